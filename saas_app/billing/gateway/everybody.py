"""All customers of the account at once, list by list: 10,000 of them are 300 answers this way, and not 30,000."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace

from saas_app.billing.gateway.client import id_of
from saas_app.billing.gateway.customers import (
    EXPAND,
    card_of_customer,
    card_of_subscription,
    details_of,
    first_card,
)
from saas_app.billing.gateway.invoices import invoices_of_everybody
from saas_app.billing.gateway.orders import orders_of_everybody
from saas_app.billing.gateway.plain import each_plain
from saas_app.billing.gateway.shapes import StripeCard, StripeCustomer, StripeSubscription
from saas_app.billing.gateway.subscriptions import EXPAND as EXPAND_SUBSCRIPTIONS
from saas_app.billing.gateway.subscriptions import shaped


@dataclass
class Everybody:
    """Every customer as Stripe has them now; `accounts` maps a customer to the account id in its metadata."""

    customers: dict[str, StripeCustomer] = field(default_factory=dict[str, StripeCustomer])
    accounts: dict[str, str] = field(default_factory=dict[str, str])

    def of(self, stripe_customer_id: str) -> StripeCustomer:
        """One customer; one that Stripe does not list is deleted."""
        return self.customers.get(stripe_customer_id) or StripeCustomer(stripe_customer_id, deleted=True)


async def fetch_everybody() -> Everybody:
    """Customers, subscriptions, invoices and orders, all lists at a time. What changes meanwhile may be seen half.

    What is charged next is not asked: Stripe works that out for one subscription at a time.
    """
    found = Everybody()
    _, (subscriptions, cards), invoices, orders = await asyncio.gather(
        _customers(found), _subscriptions(), invoices_of_everybody(), orders_of_everybody()
    )
    for id_, customer in found.customers.items():
        found.customers[id_] = replace(
            customer,
            card=first_card([*cards.get(id_, ()), customer.card]),
            subscriptions=tuple(subscriptions.get(id_, ())),
            invoices=tuple(invoices.get(id_, ())),
            orders=tuple(orders.get(id_, ())),
        )
    return found


async def _customers(found: Everybody) -> None:
    async for customer in each_plain("/v1/customers", {"expand": [f"data.{each}" for each in EXPAND]}):
        found.customers[customer.id] = StripeCustomer(
            customer.id, card=card_of_customer(customer), details=details_of(customer), knows_upcoming=False
        )
        if customer.metadata and (account := customer.metadata.to_dict().get("account_id")):
            found.accounts[customer.id] = str(account)


async def _subscriptions() -> tuple[dict[str, list[StripeSubscription]], dict[str, list[StripeCard | None]]]:
    rows: dict[str, list[StripeSubscription]] = defaultdict(list)
    cards: dict[str, list[StripeCard | None]] = defaultdict(list)
    asked = {"status": "all", "expand": EXPAND_SUBSCRIPTIONS}
    async for subscription in each_plain("/v1/subscriptions", asked):
        customer = id_of(subscription.customer)
        rows[customer].append(shaped(subscription))
        cards[customer].append(card_of_subscription(subscription))
    return rows, cards
