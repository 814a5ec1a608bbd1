"""All background work, imported once so that every process that does it or counts it knows the same."""

from saas_app.billing import reconcile

__all__ = ["reconcile"]
