"""Accounts: signing up, logging in, and proving an e-mail address."""
