"""Somebody with two subscriptions: one goes on, the other is ended and given back, once."""

from typing import Any

import pytest

from saas_app.billing import twice
from saas_app.billing.account import sync_account
from saas_app.billing.gateway import subscriptions
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.models import Invoice, Subscription
from saas_app.billing.service import billing
from saas_app.core import db
from saas_app.core.audit import AuditEvent
from saas_app.core.jobs import Job, Outbox
from saas_app.core.viewer import Viewer
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.factories import a_user


async def _paying_twice(shop: Stripe, plan: str = "agent_v1_month") -> tuple[Viewer, str, str]:
    ada = a_user()
    await shop.subscribe(ada, "pro_v1", "month")
    first = shop.all("subscriptions")[0]
    shop.tell("advance", seconds=60)
    second = _by_hand(shop, first, shop.price(plan)["id"])
    await sync_account(ada.id)
    return ada, first["id"], second["id"]


def _by_hand(shop: Stripe, first: Any, price_id: str) -> Any:
    """What somebody can do in Stripe's own screens."""
    values = {"customer": first["customer"], "default_payment_method": first["default_payment_method"]}
    return shop.change("subscriptions", **values, **{"items[0][price]": price_id})


def _refunded(shop: Stripe) -> list[int]:
    return [each["amount"] for each in shop.all("refunds")]


def _statuses(shop: Stripe) -> dict[str, str]:
    return {each["id"]: each["status"] for each in shop.all("subscriptions?status=all")}


async def test_the_oldest_goes_on_and_the_newer_is_ended_and_given_back(
    shop: Stripe, caplog: pytest.LogCaptureFixture
) -> None:
    ada, first, second = await _paying_twice(shop)
    seen = await db.read(ada, billing)
    assert (seen.plan_key, seen.notice.title) == ("pro_v1", "You have two subscriptions")
    await do_waiting_work()
    assert _statuses(shop) == {first: "active", second: "canceled"}
    assert _refunded(shop) == [2900]
    marked = shop.ask(f"subscriptions/{second}")["cancellation_details"]["comment"]
    assert marked == twice.MARK  # by which a job that was broken off knows that it has to go on
    assert f"ended {second}, the second subscription of {ada.id}" in caplog.text
    assert [row.event for row in rows(AuditEvent)] == ["second subscription ended and refunded"]
    mine = next(row for row in rows(Invoice) if row.stripe_subscription_id == second)
    assert mine.amount_refunded == 2900
    assert (await db.read(ada, billing)).notice.title == ""


async def test_looking_again_and_again_ends_it_once(shop: Stripe) -> None:
    ada, _, _ = await _paying_twice(shop)
    for _ in range(3):
        await sync_account(ada.id)
        await do_waiting_work()
    assert _refunded(shop) == [2900]
    assert [row.kind for row in rows(Outbox) if row.kind == "second subscription"] == ["second subscription"]


def _job(viewer: Viewer, second: str) -> Job:
    return Job("job_1", "second subscription", {"user": viewer.id, "subscription": second})


async def test_broken_off_between_ending_and_refunding_it_goes_on(shop: Stripe) -> None:
    ada, _, second = await _paying_twice(shop)
    await subscriptions.cancel_subscription(second, comment=twice.MARK)
    await sync_account(ada.id)
    await twice.end_second(_job(ada, second))
    await twice.end_second(_job(ada, second))
    assert _refunded(shop) == [2900]


async def test_stripe_away_is_waited_for(shop: Stripe) -> None:
    ada, _, second = await _paying_twice(shop)
    shop.tell("down", seconds=60)
    with pytest.raises(StripeUnavailable):
        await twice.end_second(_job(ada, second))
    shop.tell("down", seconds=0)
    await twice.end_second(_job(ada, second))
    assert _refunded(shop) == [2900]


@pytest.mark.parametrize("ended", [0, 1])
async def test_whoever_ended_one_themselves_keeps_the_other(shop: Stripe, ended: int) -> None:
    _, *both = await _paying_twice(shop)
    shop.delete(f"subscriptions/{both[ended]}")
    await do_waiting_work()
    assert _statuses(shop)[both[1 - ended]] == "active"
    assert _refunded(shop) == []


async def test_a_subscription_to_something_else_is_nobodys_second(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada, "pro_v1", "month")
    mine: Any = shop.all("subscriptions")[0]
    product = shop.change("products", name="Support by telephone")
    terms = {"product": product["id"], "currency": "eur", "unit_amount": 500, "recurring[interval]": "month"}
    other = shop.change("prices", **terms)
    _by_hand(shop, mine, other["id"])
    await sync_account(ada.id)
    await do_waiting_work()
    assert [row.status for row in rows(Subscription)] == ["active", "active"]
