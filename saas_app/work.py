"""All background work, imported once so that every process that does it or counts it knows the same."""

from saas_app.account import leaving
from saas_app.auth import codes
from saas_app.billing import farewell, reconcile, twice

__all__ = ["codes", "farewell", "leaving", "reconcile", "twice"]
