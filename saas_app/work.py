"""All background work, imported once so that every process that does it or counts it knows the same."""

from saas_app.account import leaving
from saas_app.auth import codes
from saas_app.billing import farewell, reconcile, twice
from saas_app.features.reports import printing
from saas_app.purchases import entitlements as purchases
from saas_app.purchases import farewell as purchases_farewell
from saas_app.purchases import reconcile as link_orders

__all__ = [
    "codes",
    "farewell",
    "leaving",
    "link_orders",
    "printing",
    "purchases",
    "purchases_farewell",
    "reconcile",
    "twice",
]
