"""Customers, with everything we mirror of them."""

from collections.abc import Iterable
from typing import Any

import stripe

from saas_app.billing.gateway.client import ask, ask_with_key, client, each_of, id_of, when
from saas_app.billing.gateway.errors import StripeMissing, StripeRefused
from saas_app.billing.gateway.orders import orders_of
from saas_app.billing.gateway.shapes import StripeCard, StripeCustomer, StripeInvoice, StripeSubscription

INVOICES_OF_ONE = 24  # the newest, of one customer


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
    api = client().v1
    try:
        customer = await ask(
            api.customers.retrieve_async(stripe_customer_id, {"expand": ["invoice_settings.default_payment_method"]})
        )
    except StripeMissing:
        return StripeCustomer(stripe_customer_id, deleted=True)
    if getattr(customer, "deleted", False):
        return StripeCustomer(stripe_customer_id, deleted=True)
    asked = api.subscriptions.list_async(
        {
            "customer": stripe_customer_id,
            "status": "all",
            "limit": 100,
            "expand": ["data.default_payment_method", "data.schedule"],
        }
    )
    subscriptions = [item async for item in each_of(asked)]
    invoices = await ask(api.invoices.list_async({"customer": stripe_customer_id, "limit": INVOICES_OF_ONE}))
    return StripeCustomer(
        id=stripe_customer_id,
        card=first_card([*map(card_of_subscription, subscriptions), card_of_customer(customer)]),
        subscriptions=tuple(read_subscription(item) for item in subscriptions),
        invoices=tuple(read_invoice(item) for item in invoices.data if item.status != "draft"),
        orders=tuple(await orders_of(stripe_customer_id)),
    )


async def resume_subscription(subscription_id: str) -> None:
    """Let a paused subscription go on: a new period begins, and Stripe tries to collect it."""
    await ask(client().v1.subscriptions.resume_async(subscription_id))


async def cancel_subscription(subscription_id: str) -> None:
    """End a subscription at once, without giving money back (https://docs.stripe.com/api/subscriptions/cancel)."""
    try:
        await ask(client().v1.subscriptions.cancel_async(subscription_id, {"prorate": False, "invoice_now": False}))
    except StripeRefused:
        found = await ask(client().v1.subscriptions.retrieve_async(subscription_id))
        if found.status not in ("canceled", "incomplete_expired"):  # it had ended already
            raise


def first_card(cards: Iterable[StripeCard | None]) -> StripeCard | None:
    """The card that will be charged: a running subscription's own, else the customer's default."""
    return next((card for card in cards if card is not None), None)


def card_of_subscription(found: stripe.Subscription) -> StripeCard | None:
    """The card that this subscription will charge, if it has one of its own and is not over."""
    return _card(found.default_payment_method) if found.status not in ("canceled", "incomplete_expired") else None


def card_of_customer(found: stripe.Customer) -> StripeCard | None:
    """The card that a customer pays with unless a subscription says otherwise."""
    return _card(found.invoice_settings.default_payment_method) if found.invoice_settings else None


def _card(method: Any) -> StripeCard | None:
    card = getattr(method, "card", None)
    return StripeCard(card.brand, card.last4, card.exp_month, card.exp_year) if card is not None else None


def read_subscription(found: stripe.Subscription) -> StripeSubscription:
    """A subscription in our words."""
    item = found.items.data[0]
    price = item.price
    end = when(item.current_period_end)
    ends_at = found.ended_at or found.cancel_at
    return StripeSubscription(
        id=found.id,
        status=found.status,
        price_id=price.id,
        product_id=id_of(price.product),
        lookup_key=price.lookup_key or "",
        unit_amount=price.unit_amount or 0,
        currency=price.currency,
        interval=price.recurring.interval if price.recurring else "",
        quantity=item.quantity or 1,
        created=when(found.created),
        current_period_start=when(item.current_period_start),
        current_period_end=end,
        cancel_at_period_end=found.cancel_at_period_end,
        ends_at=when(ends_at) if ends_at else (end if found.cancel_at_period_end else None),
        trial_end=when(found.trial_end) if found.trial_end else None,
        pause_behavior=found.pause_collection.behavior if found.pause_collection else "",
        latest_invoice_id=id_of(found.latest_invoice),
        **_planned(found, item.current_period_end),
    )


def _planned(found: stripe.Subscription, period_end: int) -> dict[str, Any]:
    """What the schedule of a subscription turns it into, when it has one that does."""
    schedule: Any = found.schedule
    phases: list[Any] = schedule.phases if schedule and schedule.status == "active" else []
    phase = next((each for each in phases if each.start_date >= period_end), None)
    if phase is None or not phase["items"]:
        return {}
    return {"next_price_id": id_of(phase["items"][0].price), "next_at": when(phase.start_date)}


def read_invoice(found: stripe.Invoice) -> StripeInvoice:
    """An invoice in our words."""
    parent = found.parent.subscription_details if found.parent else None
    return StripeInvoice(
        id=found.id or "",
        number=found.number or "",
        status=found.status or "",
        total=found.total,
        amount_due=found.amount_due,
        amount_paid=found.amount_paid,
        currency=found.currency,
        created=when(found.created),
        hosted_invoice_url=found.hosted_invoice_url or "",
        invoice_pdf=found.invoice_pdf or "",
        subscription_id=id_of(parent.subscription) if parent else "",
    )
