"""Things to bill with the next invoice."""

import pytest
import stripe

from tests.sandbox.shop import Shop


def test_an_item_waits_for_the_invoice_of_its_subscription(shop: Shop) -> None:
    customer, first = shop.subscriber()
    other = shop.customer("other@example.com")
    item = shop.api.invoice_items.create(
        {"customer": customer.id, "amount": 500, "currency": "usd", "description": "Help", "subscription": first.id}
    )
    assert item.parent.subscription_details.subscription == first.id
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.invoice_items.create({"customer": other.id, "amount": 1, "currency": "usd", "subscription": first.id})
    shop.pay(shop.session(customer, line_items=[{"price": shop.team_monthly.id, "quantity": 1}]).url)
    assert shop.api.invoices.list().data[0].total == 4900
    shop.renew(first)
    bills = shop.api.invoices.list({"subscription": first.id}).data
    assert bills[0].total == 2400
    assert "Help" in [line.description for line in bills[0].lines.data]


def test_an_item_can_be_changed_while_it_waits_and_on_a_draft(shop: Shop) -> None:
    customer = shop.customer()
    item = shop.api.invoice_items.create({"customer": customer.id, "amount": 500, "currency": "usd"})
    shop.api.invoice_items.update(item.id, {"amount": 700, "description": "Help", "metadata": {"a": "b"}})
    wanted = {"customer": customer.id, "pending_invoice_items_behavior": "include"}
    invoice = shop.api.invoices.create(wanted)
    assert (invoice.total, invoice.lines.data[0].description) == (700, "Help")
    shop.api.invoice_items.update(item.id, {"amount": 900})
    assert shop.api.invoices.retrieve(invoice.id).total == 900
    shop.api.invoices.finalize_invoice(invoice.id)
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.invoice_items.update(item.id, {"amount": 1})


def test_a_priced_item_counts_by_its_quantity(shop: Shop) -> None:
    customer = shop.customer()
    once = shop.api.prices.create({"product": shop.pro.id, "unit_amount": 300, "currency": "usd"})
    item = shop.api.invoice_items.create({"customer": customer.id, "pricing": {"price": once.id}, "quantity": 2})
    assert item.amount == 600
    assert shop.api.invoice_items.update(item.id, {"quantity": 5}).amount == 1500
