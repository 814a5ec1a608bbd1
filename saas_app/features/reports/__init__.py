"""Reports: a loan on paper for a bank or a client, and as a page behind a link."""
