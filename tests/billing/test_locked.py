"""Whoever is locked out finds the way back alone: the button that is shown is the one that unlocks."""

from datetime import UTC, datetime
from typing import Any

import pytest

from saas_app.billing import service
from saas_app.billing.account import sync_account
from saas_app.billing.models import Subscription
from saas_app.billing.service import BillingView
from saas_app.core import db
from saas_app.core.viewer import Viewer
from tests.billing.conftest import LogIn
from tests.billing.shop import Stripe, rows
from tests.factories import a_user

FAILS_LATER = "pm_card_chargeCustomerFail"


@pytest.fixture
async def ada(shop: Stripe) -> Viewer:
    viewer = a_user()
    await shop.subscribe(viewer, interval="month")
    await sync_account(viewer.id)
    return viewer


def _subscription(shop: Stripe) -> Any:
    return shop.all("subscriptions?status=all")[0]


async def _look(viewer: Viewer) -> BillingView:
    await sync_account(viewer.id)
    return await db.read(viewer, service.billing)


@pytest.mark.parametrize("status", ["past_due", "unpaid"])
async def test_somebody_who_owes_pays_the_open_invoice_and_is_unlocked(shop: Stripe, ada: Viewer, status: str) -> None:
    shop.tell("settings", then=status)
    shop.take_card(_subscription(shop), FAILS_LATER)
    shop.let_the_period_end(_subscription(shop)["id"], days=9)
    assert _subscription(shop)["status"] == status
    locked = await _look(ada)
    assert locked.notice.pay == "Pay €9 now"
    shop.pay(locked.notice.pay_url)
    unlocked = await _look(ada)
    assert (unlocked.paid, unlocked.status, unlocked.notice.title) == (True, "Active", "")


async def test_a_paused_plan_is_resumed_with_one_click_and_the_second_click_does_no_harm(
    shop: Stripe, ada: Viewer, log_in: LogIn
) -> None:
    shop.change(f"subscriptions/{_subscription(shop)['id']}/pause")
    paused = await _look(ada)
    assert (paused.paid, paused.notice.door) == (False, "/billing/resume")
    browser = log_in(ada)
    for _ in range(2):
        assert (await browser.post("/billing/resume")).headers["location"] == "/billing"
    resumed = await _look(ada)
    assert (resumed.paid, resumed.status, resumed.notice.title) == (True, "Active", "")


async def test_a_resumed_plan_that_the_card_does_not_pay_for_asks_for_its_invoice(
    shop: Stripe, ada: Viewer, log_in: LogIn
) -> None:
    shop.take_card(_subscription(shop), FAILS_LATER)
    paused = {"bill_for[unused_time_from][type]": "none"}
    shop.change(f"subscriptions/{_subscription(shop)['id']}/pause", **paused)
    await sync_account(ada.id)
    await log_in(ada).post("/billing/resume")
    owing = await _look(ada)
    assert owing.notice.pay == "Pay €9 now"
    shop.pay(owing.notice.pay_url)
    assert (await _look(ada)).status == "Active"


async def test_resuming_with_stripe_down_says_so_and_with_nothing_paused_does_nothing(
    shop: Stripe, ada: Viewer, log_in: LogIn
) -> None:
    assert (await log_in(a_user("Bob")).post("/billing/resume")).headers["location"] == "/billing"
    shop.change(f"subscriptions/{_subscription(shop)['id']}/pause")
    await sync_account(ada.id)
    shop.tell("down", seconds=600)
    assert (await log_in(ada).post("/billing/resume")).headers["location"] == "/billing?problem=StripeUnavailable"


async def test_plans_are_offered_to_those_who_have_none_running(shop: Stripe, ada: Viewer) -> None:
    assert (await _look(ada)).subscribed
    assert not (await _look(a_user("Bob"))).subscribed
    shop.change(f"subscriptions/{_subscription(shop)['id']}/pause")
    assert (await _look(ada)).subscribed
    shop.delete(f"subscriptions/{_subscription(shop)['id']}")
    assert not (await _look(ada)).subscribed


async def test_a_plan_that_we_have_suspended_does_not_look_as_if_it_renewed(shop: Stripe, ada: Viewer) -> None:
    shop.change(f"subscriptions/{_subscription(shop)['id']}", **{"pause_collection[behavior]": "void"})
    view = await _look(ada)
    assert (view.paid, view.status, view.date_label, view.notice.title) == (
        False,
        "Paused",
        "Since",
        "Your plan is paused",
    )


async def test_grace_is_counted_from_the_failed_try_however_late_we_look(shop: Stripe, ada: Viewer) -> None:
    shop.take_card(_subscription(shop), FAILS_LATER)
    shop.let_the_period_end(_subscription(shop)["id"], days=2)
    await sync_account(ada.id)
    tried = shop.all("invoices?status=open")[0]["status_transitions"]["finalized_at"]
    assert rows(Subscription)[0].past_due_since == datetime.fromtimestamp(tried, UTC)
    shop.pay(shop.all("invoices?status=open")[0]["hosted_invoice_url"])
    await sync_account(ada.id)
    assert rows(Subscription)[0].past_due_since is None
