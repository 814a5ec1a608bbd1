"""Money that must not get lost, and currencies that must not be mixed."""

import httpx
import pytest
import stripe

from tests.sandbox.shop import Shop, wait_until


def test_voiding_an_invoice_gives_the_balance_back(shop: Shop) -> None:
    customer = shop.api.customers.create({"email": "a@example.com", "balance": -500})
    shop.api.invoice_items.create({"customer": customer.id, "amount": 2000, "currency": "usd"})
    wanted = {"customer": customer.id, "pending_invoice_items_behavior": "include"}
    invoice = shop.api.invoices.finalize_invoice(shop.api.invoices.create(wanted).id)
    assert (invoice.amount_due, shop.api.customers.retrieve(customer.id).balance) == (1500, 0)
    shop.api.invoices.void_invoice(invoice.id)
    assert shop.api.customers.retrieve(customer.id).balance == -500
    newest = shop.api.customers.balance_transactions.list(customer.id).data[0]
    assert (newest.type, newest.amount, newest.invoice) == ("unapplied_from_invoice", -500, invoice.id)


def test_one_customer_pays_in_one_currency_at_a_time(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    euros = {"product": shop.pro.id, "unit_amount": 900, "currency": "eur", "recurring": {"interval": "month"}}
    price = shop.api.prices.create(euros)
    card = subscription.default_payment_method
    wanted = {"customer": customer.id, "items": [{"price": price.id}], "default_payment_method": card}
    with pytest.raises(stripe.InvalidRequestError, match="combine currencies"):
        shop.api.subscriptions.create(wanted)
    shop.api.subscriptions.cancel(subscription.id)
    assert shop.api.subscriptions.create(wanted).currency == "eur"


def test_a_coupon_takes_off_its_own_currency_only(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    coupon = shop.api.coupons.create({"amount_off": 500, "currency": "eur", "duration": "once"})
    shop.api.subscriptions.cancel(subscription.id)
    wanted = {"customer": customer.id, "items": [{"price": shop.monthly.id}], "discounts": [{"coupon": coupon.id}]}
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        shop.api.subscriptions.create(wanted)


def test_links_that_the_clock_makes_lead_somewhere(shop: Shop) -> None:
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = shop.api.customers.create(card)
    subscription = shop.api.subscriptions.create({"customer": customer.id, "items": [{"price": shop.monthly.id}]})
    shop.renew(subscription)
    invoice = shop.api.invoices.list().data[0]
    assert invoice.hosted_invoice_url.startswith(f"{shop.url}/i/")
    assert httpx.get(invoice.invoice_pdf).content.startswith(b"%PDF")


def test_a_reset_ends_a_movement_of_the_clock(shop: Shop) -> None:
    for number in range(12):
        shop.subscriber(customer=shop.customer(f"ann{number}@example.com"))
    now = httpx.get(f"{shop.url}/_sandbox/health").json()["now"]
    moving = {"step": str(now + 3 * 365 * 86400), "back": "/"}
    shop.browser.post(f"{shop.url}/clock", data=moving)
    httpx.post(f"{shop.url}/_sandbox/reset").raise_for_status()
    wait_until(lambda: not httpx.get(f"{shop.url}/pulse").json()["moving"])
    assert httpx.get(f"{shop.url}/_sandbox/health").json()["offset"] == 0


@pytest.mark.parametrize("days", ["x", ["a"], None, [-3], [5, 3], [1.5], [True], list(range(1, 12))])
def test_nonsense_is_no_plan_of_retries(fresh: str, days: object) -> None:
    answer = httpx.post(f"{fresh}/_sandbox/settings", json={"retry_days": days})
    assert answer.status_code == 400
    assert httpx.get(f"{fresh}/_sandbox/settings").json()["retry_days"] == [3, 5, 7]


def test_a_declined_change_of_plan_is_declined_once_and_leaves_its_trace(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    url = shop.portal(customer).url
    shop.browser.post(f"{shop.url}/customers/{customer.id}/decline", data={"on": "yes"})
    wanted = {"price": shop.team_monthly.id, "quantity": "1"}
    assert shop.browser.post(f"{url}/confirm/{subscription.id}", data=wanted).status_code == 422
    assert "payment_intent.payment_failed" in shop.events()
    assert shop.browser.post(f"{url}/confirm/{subscription.id}", data=wanted).status_code == 303
