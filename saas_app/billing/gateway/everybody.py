"""All customers of the account at once, list by list: 10,000 of them are 300 answers this way, and not 30,000."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace

from saas_app.billing.gateway.client import client, each_of, id_of
from saas_app.billing.gateway.customers import (
    INVOICES_OF_ONE,
    card_of_customer,
    card_of_subscription,
    first_card,
    read_invoice,
    read_subscription,
)
from saas_app.billing.gateway.orders import orders_of_everybody
from saas_app.billing.gateway.shapes import StripeCard, StripeCustomer, StripeInvoice, StripeSubscription

PAGE = 100


@dataclass
class Everybody:
    """Every customer as Stripe has them now; `accounts` maps a customer to the account id in its metadata.

    `older` holds the invoices that a look at one customer does not list any more, by customer.
    """

    customers: dict[str, StripeCustomer] = field(default_factory=dict[str, StripeCustomer])
    accounts: dict[str, str] = field(default_factory=dict[str, str])
    older: dict[str, list[StripeInvoice]] = field(default_factory=lambda: defaultdict(list))

    def of(self, stripe_customer_id: str) -> StripeCustomer:
        """One customer; one that Stripe does not list is deleted."""
        return self.customers.get(stripe_customer_id) or StripeCustomer(stripe_customer_id, deleted=True)


async def fetch_everybody() -> Everybody:
    """Customers, subscriptions, invoices and orders, all lists at a time. What changes meanwhile may be seen half."""
    found = Everybody()
    _, (subscriptions, cards), invoices, orders = await asyncio.gather(
        _customers(found), _subscriptions(), _invoices(found), orders_of_everybody()
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
    asked = client().v1.customers.list_async(
        {"limit": PAGE, "expand": ["data.invoice_settings.default_payment_method"]}
    )
    async for customer in each_of(asked):
        found.customers[customer.id] = StripeCustomer(customer.id, card=card_of_customer(customer))
        if customer.metadata and (account := customer.metadata.to_dict().get("account_id")):
            found.accounts[customer.id] = str(account)


async def _subscriptions() -> tuple[dict[str, list[StripeSubscription]], dict[str, list[StripeCard | None]]]:
    rows: dict[str, list[StripeSubscription]] = defaultdict(list)
    cards: dict[str, list[StripeCard | None]] = defaultdict(list)
    asked = client().v1.subscriptions.list_async(
        {"status": "all", "limit": PAGE, "expand": ["data.default_payment_method", "data.schedule"]}
    )
    async for subscription in each_of(asked):
        customer = id_of(subscription.customer)
        rows[customer].append(read_subscription(subscription))
        cards[customer].append(card_of_subscription(subscription))
    return rows, cards


async def _invoices(found: Everybody) -> dict[str, list[StripeInvoice]]:
    rows: dict[str, list[StripeInvoice]] = defaultdict(list)
    seen: dict[str, int] = defaultdict(int)
    async for invoice in each_of(client().v1.invoices.list_async({"limit": PAGE})):
        customer = id_of(invoice.customer)
        seen[customer] += 1
        if invoice.status != "draft":
            (rows if seen[customer] <= INVOICES_OF_ONE else found.older)[customer].append(read_invoice(invoice))
    return rows
