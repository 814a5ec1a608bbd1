"""What is sold in which currency, and in which order, as Stripe says it."""

from typing import Any

import pytest

from saas_app.billing import catalogue, checkout
from saas_app.billing.account import sync_account
from saas_app.billing.catalogue import Offer
from saas_app.billing.models import Subscription
from saas_app.billing.setup import sync_catalogue
from saas_app.billing.storefront import Storefront
from saas_app.core import db
from saas_app.edge.islands import Blank
from tests.billing.shop import Stripe, rows
from tests.factories import a_user

AMOUNTS = {"pro_v1_month": 1, "pro_v1_year": 10, "agent_v1_month": 3, "agent_v1_year": 30}


def _also_in(shop: Stripe, currency: str, unit: int, *keys: str) -> dict[str, Any]:
    """A second price of each of these, in another currency: so many `unit`s of its minor unit."""
    made: dict[str, Any] = {}
    for key in keys or AMOUNTS:
        first = shop.price(key)
        made[key] = shop.change(
            "prices",
            product=first["product"],
            currency=currency,
            unit_amount=AMOUNTS[key] * unit,
            **{"recurring[interval]": first["recurring"]["interval"]},
        )
    return made


async def _offers(currency: str = "") -> dict[str, Offer]:
    await sync_catalogue()
    found = await db.read_system("catalogue", catalogue.offers, currency)
    return {offer.key: offer for offer in found}


@pytest.mark.parametrize(
    ("currency", "unit", "per_month", "total"),
    [("jpy", 600, "¥500", "¥6,000"), ("kwd", 3000, "2.500 KWD", "30.000 KWD"), ("usd", 600, "$5", "$60")],
)
async def test_a_second_currency_is_offered_and_charged_once_all_is_sold_in_it(
    shop: Stripe, currency: str, unit: int, per_month: str, total: str
) -> None:
    made = _also_in(shop, currency, unit)
    usual, asked = await _offers(), await _offers(currency)
    assert (usual["pro_v1"].year.total, usual["pro_v1"].year.currency) == ("€72", "eur")
    assert (asked["pro_v1"].year.per_month, asked["pro_v1"].year.total) == (per_month, total)
    assert await db.read_system("catalogue", catalogue.currencies) == ["eur", currency]
    ada = a_user()
    shop.pay(await checkout.start_checkout(ada, "pro_v1", "year", currency))
    await sync_account(ada.id)
    (row,) = rows(Subscription)
    assert (row.currency, row.stripe_price_id) == (currency, made["pro_v1_year"]["id"])


async def test_a_currency_in_which_something_is_missing_is_neither_offered_nor_charged(
    shop: Stripe,
) -> None:
    made = _also_in(shop, "usd", 600, "pro_v1_year", "pro_v1_month", "agent_v1_year")
    await sync_catalogue()
    assert await db.read_system("catalogue", catalogue.currencies) == ["eur"]
    for asked in ("usd", "xxx", "'; --"):
        found = await db.read_system("catalogue", catalogue.price_for, "pro_v1", "year", asked)
        assert found == shop.price("pro_v1_year")["id"] != made["pro_v1_year"]["id"]


async def test_the_usual_currency_is_that_of_the_default_price_in_stripe(shop: Stripe) -> None:
    for key, price in _also_in(shop, "gbp", 500).items():
        if key.endswith("_year"):
            shop.change(f"products/{price['product']}", default_price=price["id"])
    assert (await _offers())["pro_v1"].year.total == "£50"
    assert await db.read_system("catalogue", catalogue.currencies) == ["gbp", "eur"]


async def test_the_pricing_page_takes_a_currency_that_there_is_and_ignores_others(shop: Stripe) -> None:
    _also_in(shop, "usd", 600)
    await sync_catalogue()
    storefront = Storefront()
    slots = await storefront.fill()
    assert (slots.values["currencies"], slots.values["plans"]["pro_v1"]["year"]["total"]) == (["eur", "usd"], "€72")
    asked = storefront.derive(Blank(currency="USD"))
    assert (asked["plans"]["pro_v1"]["year"]["total"], asked["chosen_currency"]) == ("$60", "usd")
    assert "plans" not in storefront.derive(Blank(currency="xxx"))
    assert "plans" not in storefront.derive(Blank())


async def test_plans_stand_in_the_order_that_stripe_says_with_what_they_hold_and_look_like(shop: Stripe) -> None:
    assert list(await _offers()) == ["free", "pro_v1", "agent_v1"]
    pro = next(each for each in shop.all("products") if each["name"] == "Pro")
    said = {"metadata[order]": "9", "metadata[limit_scenarios]": "5", "images[0]": "https://example.com/pro.png"}
    shop.change(f"products/{pro['id']}", **said)
    found = await _offers()
    assert list(found) == ["free", "agent_v1", "pro_v1"]
    assert (found["pro_v1"].holds, found["pro_v1"].image) == (
        {"scenarios": "5", "reports": "20"},
        "https://example.com/pro.png",
    )
    assert found["agent_v1"].holds == {"scenarios": "no limit", "reports": "200"}
    opened = {name for name, on in found["pro_v1"].opens.items() if on}
    assert opened == {"compare", "early_repayment", "rate_change", "loan_fee", "export", "report"}
