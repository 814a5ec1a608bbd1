"""What is sold in which currency, and in which order, as Stripe says it."""

import threading
from typing import Any

import pytest

from saas_app.billing import catalogue, changes, checkout, choices
from saas_app.billing import storefront as storefronts
from saas_app.billing.account import sync_account
from saas_app.billing.catalogue import Offer
from saas_app.billing.models import Customer, PlanChange, Subscription
from saas_app.billing.setup import sync_catalogue
from saas_app.billing.storefront import Storefront
from saas_app.core import db, habits, words
from saas_app.core.config import settings
from saas_app.core.viewer import Viewer
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


async def _shown(
    storefront: Storefront, viewer: Viewer | None = None, *, cookie: str = "", language: str = "", currency: str = ""
) -> dict[str, Any]:
    """What a public page says of prices to this person."""
    typed = Blank(currency=currency)
    headers = {"cookie": f"currency={cookie}", "accept-language": language}
    return storefront.derive(typed, await storefront.vary(headers, viewer, typed))


def _options(shop: Stripe, currency: str, unit: int) -> None:
    """Every price in this currency too, as one price with several currencies."""
    for key, times in AMOUNTS.items():
        shop.change(f"prices/{shop.price(key)['id']}", **{f"currency_options[{currency}][unit_amount]": times * unit})


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
        assert found
        assert found.price_id == shop.price("pro_v1_year")["id"] != made["pro_v1_year"]["id"]


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
    assert (slots.values["currencies"], slots.values["plans"]["pro_v1"]["year"]["total"]) == (["usd"], "€72")
    asked = await _shown(storefront, currency="USD")
    assert (asked["plans"]["pro_v1"]["year"]["total"], asked["chosen_currency"]) == ("$60", "usd")
    assert asked["currencies"] == ["eur"]
    assert "plans" not in await _shown(storefront, currency="xxx")
    assert "plans" not in await _shown(storefront)


async def test_pages_that_are_ready_are_of_yesterday_as_soon_as_a_price_has_changed(shop: Stripe) -> None:
    storefront = Storefront()
    assert storefront.current() is None
    before = await storefront.fill()
    assert storefront.current() is before
    _also_in(shop, "usd", 600)
    await sync_catalogue()
    assert storefront.current() is None
    after = await storefront.fill()
    assert storefront.current() is after is not before


async def test_pages_that_are_ready_stay_so_when_stripe_was_looked_at_and_has_nothing_new(shop: Stripe) -> None:
    storefront = Storefront()
    before = await storefront.fill()
    await sync_catalogue()
    assert storefront.current() is None
    assert await storefront.fill() is before
    assert storefront.current() is before


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


# --- One price with several currencies


@pytest.mark.parametrize(("currency", "unit", "total"), [("jpy", 600, "¥6,000"), ("kwd", 3000, "30.000 KWD")])
async def test_one_price_in_two_currencies_is_shown_charged_and_mirrored_in_the_one_that_was_chosen(
    shop: Stripe, currency: str, unit: int, total: str
) -> None:
    _options(shop, currency, unit)
    offered = await _offers(currency)
    assert offered["pro_v1"].year.total == total
    assert (await _offers())["pro_v1"].year.total == "€72"
    ada, bob = a_user(), a_user(email="bob@example.com")
    shop.pay(await checkout.start_checkout(ada, "pro_v1", "year", currency))
    shop.pay(await checkout.start_checkout(bob, "pro_v1", "year"))
    await sync_account(ada.id)
    await sync_account(bob.id)
    hers, his = (next(row for row in rows(Subscription) if row.user_id == each.id) for each in (ada, bob))
    assert (hers.currency, hers.unit_amount) == (currency, 10 * unit)
    assert (his.currency, his.unit_amount) == ("eur", 7200)
    assert hers.stripe_price_id == his.stripe_price_id == shop.price("pro_v1_year")["id"]
    assert {row.currency for row in rows(Customer)} == {currency, "eur"}


async def test_whoever_pays_in_another_currency_is_offered_and_changes_to_plans_in_it(shop: Stripe) -> None:
    _options(shop, "usd", 600)
    await sync_catalogue()
    ada = a_user()
    shop.pay(await checkout.start_checkout(ada, "pro_v1", "month", "usd"))
    await sync_account(ada.id)
    offered = await db.read(ada, choices.choices)
    assert [choice.price for plan in offered for choice in plan.choices] == [
        "$6 a month",
        "$60 a year",
        "$18 a month",
        "$180 a year",
    ]
    await changes.work_out(ada, "agent_v1", "month")
    view = await db.read(ada, choices.change_to_confirm)
    assert view
    assert (view.title, view.today) == ("Agent, $18 a month", "$12")
    await changes.confirm(ada, view.id)
    (change,), (row,) = rows(PlanChange), rows(Subscription)
    assert (change.status, change.currency, row.unit_amount, row.currency) == ("done", "usd", 1800, "usd")


async def test_whoever_was_billed_once_is_shown_and_charged_in_that_currency(shop: Stripe) -> None:
    _options(shop, "usd", 600)
    await sync_catalogue()
    ada = a_user()
    shop.pay(await checkout.start_checkout(ada, "pro_v1", "month"))
    await sync_account(ada.id)
    (row,) = rows(Subscription)
    shop.delete(f"subscriptions/{row.stripe_subscription_id}")
    storefront = Storefront()
    await storefront.fill()
    shown = await _shown(storefront, ada, cookie="usd", currency="usd")
    assert (shown["plans"]["pro_v1"]["year"]["total"], shown["currencies"]) == ("€72", [])
    shop.pay(await checkout.start_checkout(ada, "pro_v1", "year", "usd"))
    await sync_account(ada.id)
    assert {row.currency for row in rows(Subscription)} == {"eur"}


async def test_a_visitor_sees_the_currency_they_chose_else_that_of_where_they_are(shop: Stripe) -> None:
    _options(shop, "usd", 600)
    await sync_catalogue()
    storefront = Storefront()
    await storefront.fill()

    async def total(**how: str) -> str:
        return (await _shown(storefront, **how)).get("plans", storefront_usual)["pro_v1"]["year"]["total"]

    storefront_usual = (await storefront.fill()).values["plans"]
    assert await total(language="en-US,en;q=0.9") == "$60"
    assert await total(language="de-AT,en-US;q=0.5") == "€72"
    assert await total(language="en;q=0.9,en-US;q=0.2,pt-PT;q=0.1") == "$60"
    assert await total(language="ja-JP") == "€72"  # not sold in yen
    assert await total(language="en-US", cookie="eur") == "€72"
    assert await total(language="de-AT", cookie="usd") == "$60"
    assert await total(cookie="usd", currency="eur") == "€72"
    assert await total(language="x" * 5000 + ";q=?,-,") == "€72"


async def test_another_currency_chosen_later_opens_another_checkout_and_closes_the_first(shop: Stripe) -> None:
    _options(shop, "usd", 600)
    await sync_catalogue()
    ada = a_user()
    first = await checkout.start_checkout(ada, "pro_v1", "year")
    second = await checkout.start_checkout(ada, "pro_v1", "year", "usd")
    states = {each["url"]: each["status"] for each in shop.all("checkout/sessions")}
    assert (first != second, states.get(second)) == (True, "open")
    assert [each["status"] for each in shop.all("checkout/sessions")] == ["open", "expired"]
    assert await checkout.start_checkout(ada, "pro_v1", "year", "usd") == second


@pytest.mark.parametrize(
    ("site", "country", "total", "here"),
    [("en", "en-IN", "₹12,34,567", "₹1,234,567"), ("es", "es-MX", "₹1,234,567", "1.234.567\xa0₹")],
)
async def test_a_price_is_written_as_its_reader_writes_it_and_kept_in_nobody_s_way(
    shop: Stripe, monkeypatch: pytest.MonkeyPatch, site: str, country: str, total: str, here: str
) -> None:
    monkeypatch.setattr(words, "language", lambda: site)
    _also_in(shop, "inr", 12_345_670)
    await sync_catalogue()
    storefront = Storefront()

    async def yearly(reader: str, currency: str) -> str:
        with habits.those_of(habits.of(reader)):
            await storefront.fill()
            return str((await _shown(storefront, currency=currency))["plans"]["pro_v1"]["year"]["total"])

    assert await yearly(country, "inr") == total
    for reader in (site, country, "de", country):
        assert await yearly(reader, "inr") == (total if reader == country else here)
    assert storefront._in_currency["inr"]["plans"]["pro_v1"]["year"]["total"] == here


async def test_prices_are_kept_for_few_ways_of_writing_them(shop: Stripe, monkeypatch: pytest.MonkeyPatch) -> None:
    _also_in(shop, "inr", 12_345_670)
    monkeypatch.setattr(storefronts, "MOST_WRITINGS", 3)
    storefront = Storefront()
    await storefront.fill()
    for currency in ("", "inr"):
        for reader in ("en-IN", "en-DE", "en-CH", "en-ZA"):
            with habits.those_of(habits.of(reader)):
                await _shown(storefront, currency=currency)
            assert len(storefront._written) <= 3
    await sync_catalogue()
    await storefront.fill()
    assert storefront._written == {}


async def test_while_the_database_is_busy_prices_are_shown_as_the_installation_writes_them(shop: Stripe) -> None:
    storefront, over = Storefront(), threading.Event()
    await storefront.fill()
    for _ in range(settings().database_threads * (1 + db.WAITING_PER_THREAD)):
        db._threads.submit(over.wait)
    try:
        with habits.those_of("en-GB"):
            assert "plans" not in await _shown(storefront)
            assert habits.current() == ""
    finally:
        over.set()
