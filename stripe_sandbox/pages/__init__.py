"""The hosted pages: checkout, 3-D Secure, portal, invoice, and the sandbox's own dashboard."""
