"""All background work, imported once so that every process that does it or counts it knows the same."""

from saas_app import features
from saas_app.account import leaving
from saas_app.auth import codes
from saas_app.billing import farewell, reconcile, twice
from saas_app.purchases import entitlements as purchases
from saas_app.purchases import farewell as purchases_farewell
from saas_app.purchases import reconcile as link_orders

features.join("work")

__all__ = ["codes", "farewell", "leaving", "link_orders", "purchases", "purchases_farewell", "reconcile", "twice"]
