"""The kit on one page, for whoever builds with it."""
