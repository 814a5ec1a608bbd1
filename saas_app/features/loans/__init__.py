"""Loan scenarios: what a flat costs a month, and in the end."""
