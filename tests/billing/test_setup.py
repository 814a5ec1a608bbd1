"""The set-up command, and what is edited in Stripe's own screens afterwards."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from saas_app.billing import catalogue, setup
from saas_app.billing.account import sync_account
from saas_app.billing.catalogue import Offer
from saas_app.billing.gateway.catalogue import list_products
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.goods import GOODS
from saas_app.billing.models import Subscription, WebhookEvent
from saas_app.billing.plans import AGENT_V1, PRO_V1, SOLD, Feature, PlanPrice
from saas_app.billing.push import Thing, push_catalogue
from saas_app.billing.stripe_account import remember, stripe_object
from saas_app.billing.webhooks import keep
from saas_app.core import db
from saas_app.core.config import settings
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.factories import a_user, as_system

ONE_ANSWER_THEN_NONE = 22  # how the dice of an unkind Stripe fall
EVERYTHING: list[Thing] = [*SOLD, *GOODS.values()]
ALL = ("products", "prices", "billing_portal/configurations", "webhook_endpoints", "entitlements/features")


def _everything(stripe: Stripe) -> dict[str, list[Any]]:
    return {path: stripe.all(path) for path in ALL}


def _offers() -> dict[str, Offer]:
    with db.system_session("catalogue", read_only=True) as session:
        return {offer.key: offer for offer in catalogue.offers(session)}


async def test_the_set_up_makes_all_that_the_shop_needs(stripe: Stripe) -> None:
    said: list[str] = []
    report = await setup.set_up(said.append)
    assert tuple(said) == report.lines
    made = _everything(stripe)
    assert [product["metadata"] for product in reversed(made["products"])] == [
        {"plan": "pro_v1"},
        {"plan": "agent_v1"},
        {"one_time": "book_v1"},
    ]
    keys = {"pro_v1_month": 900, "pro_v1_year": 7200, "agent_v1_month": 2900, "agent_v1_year": 22800, "book_v1": 1900}
    assert {price["lookup_key"]: price["unit_amount"] for price in made["prices"]} == keys
    assert len(made["billing_portal/configurations"]) == 1
    assert [hook["url"] for hook in made["webhook_endpoints"]] == [f"{settings().base_url}/api/stripe/webhook"]
    assert len(settings().webhook_secrets()) == 1
    assert _offers()["pro_v1"].year.total == "€72"


async def test_a_product_carries_what_its_plan_opens_and_a_feature_added_to_the_plan_follows(stripe: Stripe) -> None:
    await setup.set_up(lambda line: None)
    assert _carried(stripe) == {
        "Pro": {"compare", "early_repayment", "rate_change", "loan_fee", "export", "report"},
        "Agent": set(Feature),
        "The flat in numbers": set(),
    }
    grown = [replace(PRO_V1, features=frozenset(Feature)), AGENT_V1]
    assert "Gave Pro the feature client_folder." in await _push(grown, follow=False)
    assert _carried(stripe)["Pro"] == set(Feature)
    assert await _push(grown, follow=False) == []


def _carried(stripe: Stripe) -> dict[str, set[str]]:
    return {
        each["name"]: {
            found["entitlement_feature"]["lookup_key"] for found in stripe.all(f"products/{each['id']}/features")
        }
        for each in stripe.all("products")
    }


async def test_a_second_set_up_changes_nothing(stripe: Stripe) -> None:
    await setup.set_up(lambda line: None)
    before, secrets = _everything(stripe), settings().webhook_secrets()
    report = await setup.set_up(lambda line: None)
    assert report.lines == ()
    assert _everything(stripe) == before
    assert settings().webhook_secrets() == secrets


async def test_a_set_up_that_was_cut_off_is_finished_by_the_next(stripe: Stripe) -> None:
    stripe.change("products", **{"name": "Pro", "metadata[plan]": "pro_v1"})
    await setup.set_up(lambda line: None)
    assert len(stripe.all("products")) == 3
    assert len(stripe.all("prices")) == 5


def _edited(**changes: Any) -> list[Thing]:
    """plans.py after somebody has edited Pro."""
    return [replace(PRO_V1, **changes), AGENT_V1, *GOODS.values()]


async def _push(plans: list[Thing], *, follow: bool = True) -> list[str]:
    """What the set-up does with these plans; gives every line that a person is told."""
    told: list[str] = []
    await push_catalogue(plans, told.append, told.append, follow=follow)
    await setup.sync_catalogue()
    return told


async def test_an_edit_of_the_plans_is_on_sale_in_the_sandbox_after_the_next_set_up(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada, interval="month")
    dearer = PlanPrice("month", 1200, "eur", "pro_v1_month")
    assert await _push(_edited(name="Plus", sells=("Everything",), prices=(dearer,)))
    offer = _offers()["pro_v1"]
    assert (offer.name, offer.features, offer.month.total) == ("Plus", ("Everything",), "€12")
    assert not offer.year.available
    assert len(shop.all("products")) == 3
    await sync_account(ada.id)
    assert [(row.plan_key, row.unit_amount) for row in rows(Subscription)] == [("pro_v1", 900)]
    assert await _push(EVERYTHING)
    assert (_offers()["pro_v1"].month.total, _offers()["pro_v1"].year.total) == ("€9", "€72")


async def test_what_is_edited_in_the_sandbox_stays_until_the_plans_are_edited(shop: Stripe) -> None:
    _, raised = _raise_the_price(shop)
    assert await _push(EVERYTHING) == []
    assert shop.price("pro_v1_year")["id"] == raised


async def test_at_stripe_an_edit_of_the_plans_is_said_and_changes_nothing(shop: Stripe) -> None:
    before = _everything(shop)
    dearer = PlanPrice("month", 1200, "eur", "pro_v1_month")
    told = " ".join(await _push(_edited(name="Plus", prices=(dearer,)), follow=False))
    assert "Plus has other words at Stripe" in told
    assert "pro_v1_month is €9 at Stripe and €12 in plans.py" in told
    assert _everything(shop) == before


async def test_a_product_that_was_archived_is_not_made_again(shop: Stripe) -> None:
    agent = next(each for each in shop.all("products") if each["metadata"].get("plan") == "agent_v1")
    shop.change(f"products/{agent['id']}", active="false")
    report = await setup.set_up(lambda line: None)
    assert not any("Agent" in line for line in report.lines)
    assert len(shop.all("products")) == 3
    assert not _offers()["agent_v1"].is_sold


async def test_a_lost_webhook_secret_is_replaced_with_its_endpoint(shop: Stripe) -> None:
    settings().stripe_file.unlink()
    report = await setup.set_up(lambda line: None)
    assert report.lines == (f"Events will be sent to {settings().base_url}/api/stripe/webhook.",)
    assert len(shop.all("webhook_endpoints")) == 1
    assert len(settings().webhook_secrets()) == 1


async def test_another_sandbox_account_makes_a_fresh_start_and_keeps_the_people(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    shop.tell("reset")
    as_system(lambda session: remember(session, "account", "sandbox:acct_of_yesterday"))
    report = await setup.set_up(lambda line: None)
    assert report.lines[0].startswith("This is another Stripe account")
    assert rows(Subscription) == []
    await shop.subscribe(ada)
    await sync_account(ada.id)
    assert [row.status for row in rows(Subscription)] == ["active"]


async def _deliver_events(stripe: Stripe, *types: str) -> None:
    """Put Stripe's newest events of these types into the inbox, and do the work."""
    from saas_app.billing.gateway.events import list_events
    from saas_app.core.clock import now

    async for event in list_events(list(types), now().replace(year=2020), now()):
        await db.run_system("webhook", keep, event)
    await do_waiting_work()


async def test_a_rename_in_stripe_is_on_the_pricing_page_after_one_event(shop: Stripe) -> None:
    pro = next(each for each in shop.all("products") if each["metadata"].get("plan") == "pro_v1")
    words = {"name": "Professional", "description": "For the signature.", "marketing_features[0][name]": "Everything"}
    shop.change(f"products/{pro['id']}", **words)
    await _deliver_events(shop, "product.updated")
    offer = _offers()["pro_v1"]
    assert (offer.name, offer.description, offer.features) == ("Professional", "For the signature.", ("Everything",))


async def test_a_new_price_is_offered_to_new_people_and_subscribers_keep_theirs(shop: Stripe) -> None:
    ada = a_user("Ada")
    await shop.subscribe(ada)
    _, new = _raise_the_price(shop)
    await _deliver_events(shop, "price.created", "price.updated")
    offer = _offers()["pro_v1"].year
    assert (offer.total, offer.per_month, offer.saving_percent) == ("€96", "€8", 11)
    await sync_account(ada.id)
    assert [(row.plan_key, row.unit_amount) for row in rows(Subscription)] == [("pro_v1", 7200)]
    with db.system_session("catalogue", read_only=True) as session:
        sold = catalogue.price_for(session, "pro_v1", "year")
    assert sold
    assert sold.price_id == new
    assert {row.status for row in rows(WebhookEvent)} == {"done"}


def _sold_in_the_portal(shop: Stripe) -> set[str]:
    update = shop.all("billing_portal/configurations")[0]["features"]["subscription_update"]
    return {price for product in update["products"] for price in product["prices"]}


def _raise_the_price(shop: Stripe) -> tuple[str, str]:
    """As docs/stripe.md says: a new one on the same product, and the old one archived."""
    old = shop.price("pro_v1_year")
    terms = {"product": old["product"], "unit_amount": 9600, "currency": "eur", "recurring[interval]": "year"}
    moved = {"lookup_key": old["lookup_key"], "transfer_lookup_key": "true"}
    new = shop.change("prices", **terms, **moved)
    shop.change(f"prices/{old['id']}", active="false")
    return old["id"], new["id"]


async def test_a_new_price_is_in_the_portal_after_one_event(shop: Stripe) -> None:
    assert len(_sold_in_the_portal(shop)) == 4
    old, new = _raise_the_price(shop)
    await _deliver_events(shop, "price.created", "price.updated")
    assert old not in _sold_in_the_portal(shop)
    assert new in _sold_in_the_portal(shop)
    assert len(shop.all("billing_portal/configurations")) == 1


async def test_a_set_up_brings_the_portal_to_the_prices_and_the_address_of_now(
    shop: Stripe, configured: Callable[..., None]
) -> None:
    _, new = _raise_the_price(shop)
    configured(BASE_URL="http://localhost:10")
    report = await setup.set_up(lambda line: None)
    assert "Configured the customer portal." in report.lines
    assert new in _sold_in_the_portal(shop)
    found = shop.all("billing_portal/configurations")
    assert [each["default_return_url"] for each in found] == ["http://localhost:10/billing/back"]


async def test_with_nothing_for_sale_the_portal_offers_no_switch(shop: Stripe) -> None:
    for product in shop.all("products"):
        shop.change(f"products/{product['id']}", active="false")
    await setup.sync_catalogue()
    assert not shop.all("billing_portal/configurations")[0]["features"]["subscription_update"]["enabled"]


async def test_an_archived_product_is_no_longer_offered(shop: Stripe) -> None:
    agent = next(each for each in shop.all("products") if each["metadata"].get("plan") == "agent_v1")
    shop.change(f"products/{agent['id']}", active="false")
    await _deliver_events(shop, "product.updated")
    assert not _offers()["agent_v1"].is_sold
    assert _offers()["pro_v1"].is_sold


async def test_a_plan_that_is_sold_by_the_month_only_is_still_sold(shop: Stripe) -> None:
    shop.change(f"prices/{shop.price('agent_v1_year')['id']}", active="false")
    await _deliver_events(shop, "price.updated")
    agent = _offers()["agent_v1"]
    assert (agent.is_sold, agent.year.available, agent.month.total) == (True, False, "€29")


async def test_the_portal_configuration_is_remembered_by_its_id(shop: Stripe) -> None:
    with db.system_session("stripe objects", read_only=True) as session:
        known = stripe_object(session, "portal_configuration")
    assert known == shop.all("billing_portal/configurations")[0]["id"]


async def test_a_catalogue_of_many_pages_fails_in_our_words_at_any_of_them(shop: Stripe) -> None:
    for number in range(100):
        shop.change("products", name=f"Thing {number}")
    assert len(await list_products()) == 103
    shop.tell("chaos", fail=0.5, seed=ONE_ANSWER_THEN_NONE)
    with pytest.raises(StripeUnavailable):
        await list_products()
