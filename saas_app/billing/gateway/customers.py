"""Customers, with everything we mirror of them."""

from __future__ import annotations  # what stands in signatures alone is not loaded: Stripe's classes are many

import asyncio
from collections.abc import Iterable
from typing import Any

import stripe

from saas_app.billing.gateway.client import ask, ask_with_key, client
from saas_app.billing.gateway.errors import StripeMissing
from saas_app.billing.gateway.invoices import list_invoices, preview_next
from saas_app.billing.gateway.orders import orders_of
from saas_app.billing.gateway.shapes import StripeBillingDetails, StripeCard, StripeCustomer
from saas_app.billing.gateway.subscriptions import ENDED, list_subscriptions, shaped

EXPAND = ["invoice_settings.default_payment_method", "tax_ids"]


async def create_customer(account_id: str, generation: int) -> str:
    """One customer per account, however often this is called: the key is the account and its generation.

    The parameters are constant on purpose: Stripe refuses a key that comes back with others.
    """
    customer = await ask_with_key(
        lambda: client().v1.customers.create_async(
            {"metadata": {"account_id": account_id}},
            {"idempotency_key": f"customer:{account_id}:{generation}"},
        )
    )
    return customer.id


async def describe_customer(stripe_customer_id: str, *, name: str, email: str) -> None:
    """Tell Stripe whom to address on receipts."""
    await ask(client().v1.customers.update_async(stripe_customer_id, {"name": name, "email": email}))


async def fetch_customer(stripe_customer_id: str) -> StripeCustomer:
    """Everything we mirror of one customer, as Stripe has it now. Lists by customer are read-after-write."""
    try:
        customer = await ask(client().v1.customers.retrieve_async(stripe_customer_id, {"expand": EXPAND}))
    except StripeMissing:
        return StripeCustomer(stripe_customer_id, deleted=True)
    if getattr(customer, "deleted", False):
        return StripeCustomer(stripe_customer_id, deleted=True)
    subscriptions, invoices, orders = await asyncio.gather(
        list_subscriptions(stripe_customer_id), list_invoices(stripe_customer_id), orders_of(stripe_customer_id)
    )
    found = tuple(shaped(item) for item in subscriptions)
    running = [item for item in found if item.status not in ENDED]
    return StripeCustomer(
        id=stripe_customer_id,
        card=first_card([*map(card_of_subscription, subscriptions), card_of_customer(customer)]),
        subscriptions=found,
        invoices=invoices,
        details=details_of(customer),
        upcoming=await preview_next(min(running, key=lambda item: item.created)) if running else None,
        orders=tuple(orders),
    )


def first_card(cards: Iterable[StripeCard | None]) -> StripeCard | None:
    """The card that will be charged: a running subscription's own, else the customer's default."""
    return next((card for card in cards if card is not None), None)


def card_of_subscription(found: stripe.Subscription) -> StripeCard | None:
    """The card that this subscription will charge, if it has one of its own and is not over."""
    return _card(found.default_payment_method) if found.status not in ENDED else None


def card_of_customer(found: stripe.Customer) -> StripeCard | None:
    """The card that a customer pays with unless a subscription says otherwise."""
    return _card(found.invoice_settings.default_payment_method) if found.invoice_settings else None


def _card(method: Any) -> StripeCard | None:
    card = getattr(method, "card", None)
    return StripeCard(card.brand, card.last4, card.exp_month, card.exp_year) if card is not None else None


def details_of(customer: stripe.Customer) -> StripeBillingDetails:
    """As they stand on an invoice; of several tax ids the newest."""
    ids = customer.tax_ids.data if customer.tax_ids else []
    at = customer.address
    city = " ".join(part for part in (at.postal_code, at.city) if part) if at else ""
    parts = (at.line1, at.line2, city, at.state, at.country) if at else ()
    return StripeBillingDetails(
        name=customer.name or "",
        email=customer.email or "",
        address=", ".join(part for part in parts if part),
        tax_id=ids[0].value if ids else "",
        currency=customer.currency or "",
    )
