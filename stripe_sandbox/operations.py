"""Importing this registers every API operation and every kind of planned work."""

from stripe_sandbox import (
    account,
    catalog,
    charges,
    checkout,
    customers,
    cycle,
    discounts,
    invoices_api,
    payment_methods,
    payments,
    portal,
    setups,
    subscriptions_api,
    webhooks,
)

OPERATIONS = (
    account,
    catalog,
    charges,
    checkout,
    customers,
    cycle,
    discounts,
    invoices_api,
    payment_methods,
    payments,
    portal,
    setups,
    subscriptions_api,
    webhooks,
)
