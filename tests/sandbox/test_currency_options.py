"""One price in several currencies: whoever pays picks one, and stays with it."""

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import Shop

OPTIONS = {"eur": {"unit_amount": 1700}, "jpy": {"unit_amount": 2900}}


def _with_options(shop: Shop) -> None:
    """Every price in euros and yen too."""
    for price, times in ((shop.monthly, 1), (shop.yearly, 10), (shop.team_monthly, 2)):
        given = {code: {"unit_amount": each["unit_amount"] * times} for code, each in OPTIONS.items()}
        shop.api.prices.update(price.id, {"currency_options": given})


def _subscribed(shop: Shop, currency: str) -> tuple[Any, Any]:
    customer = shop.customer()
    session = shop.session(customer, currency=currency)
    shop.pay(session.url)
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]})
    assert (done.currency, done.invoice.currency) == (currency, currency)
    return customer, done


def test_a_price_is_listed_in_the_currency_it_was_made_in_and_its_others_only_when_asked_for(shop: Shop) -> None:
    _with_options(shop)
    price = shop.api.prices.retrieve(shop.monthly.id, {"expand": ["currency_options"]})
    amounts = {code: option["unit_amount"] for code, option in price.currency_options.to_dict().items()}
    assert (price.currency, price.unit_amount, amounts) == ("usd", 1900, {"usd": 1900, "eur": 1700, "jpy": 2900})
    assert "currency_options" not in shop.api.prices.retrieve(shop.monthly.id).to_dict()
    assert "price.updated" in shop.events()


def test_a_checkout_in_another_currency_bills_and_renews_in_it(shop: Shop) -> None:
    _with_options(shop)
    customer, done = _subscribed(shop, "jpy")
    assert (done.amount_total, done.invoice.amount_paid) == (2900, 2900)
    assert done.subscription.currency == "jpy"
    shown = done.subscription["items"].data[0].price
    assert (shown.currency, shown.unit_amount) == ("usd", 1900)
    shop.renew(done.subscription)
    assert [each.amount_paid for each in shop.api.invoices.list({"customer": customer.id}).data] == [2900, 2900]
    assert shop.api.customers.retrieve(customer.id).currency == "jpy"


def test_a_change_of_plan_stays_in_the_currency_of_the_subscription(shop: Shop) -> None:
    _with_options(shop)
    _, done = _subscribed(shop, "eur")
    item = done.subscription["items"].data[0].id
    changed = shop.api.subscriptions.update(
        done.subscription.id,
        {"items": [{"id": item, "price": shop.team_monthly.id}], "proration_behavior": "always_invoice"},
    )
    invoice = shop.api.invoices.retrieve(changed.latest_invoice)
    assert (changed.currency, invoice.currency, invoice.amount_paid) == ("eur", "eur", 1700)
    page = shop.browser.get(shop.portal(done.customer and shop.api.customers.retrieve(done.customer)).url)
    assert "€34.00" in page.text
    assert "$" not in page.text


def test_a_currency_that_a_price_lacks_is_refused(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="only supports `usd`"):
        shop.session(currency="chf")
    with pytest.raises(stripe.InvalidRequestError, match="currency that the price is made in"):
        shop.api.prices.update(shop.monthly.id, {"currency_options": {"usd": {"unit_amount": 1}}})


def test_another_currency_is_added_on_the_screen_of_a_price(shop: Shop) -> None:
    form = {"currency": "jpy", "amount": "2900"}
    assert shop.browser.post(f"{shop.url}/prices/{shop.monthly.id}/currencies", data=form).status_code == 303
    price = shop.api.prices.retrieve(shop.monthly.id, {"expand": ["currency_options"]})
    assert price.currency_options.to_dict()["jpy"]["unit_amount"] == 2900
    assert "¥2,900" in shop.browser.get(f"{shop.url}/prices/{shop.monthly.id}").text
    refused = shop.browser.post(f"{shop.url}/prices/{shop.monthly.id}/currencies", data={**form, "amount": "many"})
    assert refused.status_code == 422
    assert 'value="many"' in refused.text
