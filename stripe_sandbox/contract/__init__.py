"""Stripe's contract, to hold requests and responses against: the published spec and the installed SDK's types."""
