"""A change of plan is shown to the cent, and done exactly so, once."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from saas_app.billing import changes
from saas_app.billing.account import sync_account
from saas_app.billing.changes import AlreadyChanging, CannotChange, Outcome, SumsAreOld
from saas_app.billing.ending import keep
from saas_app.billing.entitlements import entitlements
from saas_app.billing.gateway.errors import CardRefused, StripeUnavailable
from saas_app.billing.models import PlanChange, Subscription
from saas_app.billing.service import billing
from saas_app.core import db
from saas_app.core.errors import BadInput
from saas_app.core.viewer import Viewer
from tests.billing.shop import Stripe, rows
from tests.conftest import Hands
from tests.factories import a_user, as_system

DAY = 86_400


async def _a_subscriber(shop: Stripe, plan: str = "pro_v1", interval: str = "month") -> Viewer:
    ada = a_user()
    await shop.subscribe(ada, plan, interval)
    await sync_account(ada.id)
    return ada


def _plan(viewer: Viewer) -> str:
    with db.session_for(viewer.id, read_only=True) as session:
        return entitlements(session).plan.key


def _shown(viewer: Viewer) -> PlanChange:
    with db.session_for(viewer.id, read_only=True) as session:
        found = changes.open_change(session)
        assert found is not None
        session.expunge(found)
        return found


async def _shown_to(viewer: Viewer, plan: str, interval: str) -> PlanChange:
    await changes.work_out(viewer, plan, interval)
    return _shown(viewer)


def _invoices(shop: Stripe) -> list[Any]:
    return shop.all("invoices")


async def test_going_up_charges_what_was_shown_also_when_it_is_confirmed_days_later(shop: Stripe, hands: Hands) -> None:
    ada = await _a_subscriber(shop)
    shop.tell("advance", seconds=10 * DAY)
    change = await _shown_to(ada, "agent_v1", "month")
    assert 0 < change.amount_due < 2000
    assert change.amount_due == sum(int(line[1]) for line in change.lines)
    shop.tell("advance", seconds=600)  # the sums would be others by now
    await changes.confirm(ada, change.id)
    assert _plan(ada) == "agent_v1"
    newest = _invoices(shop)[0]
    assert (newest["status"], newest["amount_paid"]) == ("paid", change.amount_due)


async def test_a_longer_interval_begins_today_and_credits_what_was_paid(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    change = await _shown_to(ada, "pro_v1", "year")
    assert (change.how, change.amount_due) == ("now", 7200 - 900)
    await changes.confirm(ada, change.id)
    assert _invoices(shop)[0]["amount_paid"] == 6300
    assert rows(Subscription)[0].current_period_end == change.takes_effect_at


async def test_ten_clicks_and_two_tabs_pay_once(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    change = await _shown_to(ada, "agent_v1", "month")
    await asyncio.gather(*[changes.confirm(ada, change.id) for _ in range(10)])
    await changes.confirm(ada, change.id)
    assert len(_invoices(shop)) == 2
    with pytest.raises(CannotChange, match="the plan you have"):
        await changes.work_out(ada, "agent_v1", "month")


async def test_of_two_tabs_the_later_one_counts_and_the_earlier_one_changes_nothing(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    early = await _shown_to(ada, "agent_v1", "year")
    late = await _shown_to(ada, "agent_v1", "month")
    with pytest.raises(SumsAreOld):
        await changes.confirm(ada, early.id)
    assert _plan(ada) == "pro_v1"
    await changes.confirm(ada, late.id)
    assert rows(Subscription)[0].interval == "month"


async def test_nothing_is_worked_out_while_another_tab_is_being_served(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    change = await _shown_to(ada, "agent_v1", "month")
    as_system(lambda session: changes.claim(session, ada.id, change.id))
    with pytest.raises(AlreadyChanging):
        await changes.work_out(ada, "agent_v1", "year")


async def test_sums_that_have_changed_are_refused_before_anything_is_paid(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    change = await _shown_to(ada, "agent_v1", "month")
    mine = rows(Subscription)[0].stripe_subscription_id
    coupon = shop.change("coupons", percent_off=50, duration="forever")
    shop.change(f"subscriptions/{mine}", **{"discounts[0][coupon]": coupon["id"]})
    with pytest.raises(SumsAreOld):
        await changes.confirm(ada, change.id)
    assert (_plan(ada), len(_invoices(shop))) == ("pro_v1", 1)


async def test_somebody_elses_change_is_nobodys(shop: Stripe) -> None:
    ada, bob = await _a_subscriber(shop), a_user("Bob")
    change = await _shown_to(ada, "agent_v1", "month")
    with pytest.raises(SumsAreOld):
        await changes.confirm(bob, change.id)
    assert _plan(ada) == "pro_v1"


async def test_a_declined_card_leaves_the_plan_as_it_was_and_a_link_to_pay(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    mine = shop.all("subscriptions")[0]
    shop.take_card(mine, "pm_card_chargeCustomerFail")
    change = await _shown_to(ada, "agent_v1", "month")
    assert await changes.confirm(ada, change.id) is Outcome.UNPAID
    row = rows(Subscription)[0]
    assert (_plan(ada), row.status, row.pending_price_id) == ("pro_v1", "active", change.to_price_id)
    open_one = _invoices(shop)[0]
    assert (open_one["status"], open_one["amount_due"]) == ("open", change.amount_due)
    shop.pay(open_one["hosted_invoice_url"])
    await sync_account(ada.id)
    assert (_plan(ada), rows(Subscription)[0].pending_price_id) == ("agent_v1", "")


async def test_many_clicks_with_a_declined_card_leave_one_invoice_to_pay(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    shop.take_card(shop.all("subscriptions")[0], "pm_card_chargeCustomerFail")
    change = await _shown_to(ada, "agent_v1", "month")
    await asyncio.gather(*[changes.confirm(ada, change.id) for _ in range(5)])
    assert [each["status"] for each in _invoices(shop)] == ["open", "paid"]


async def test_a_change_nobody_pays_for_is_dropped(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    shop.take_card(shop.all("subscriptions")[0], "pm_card_chargeCustomerFail")
    await changes.confirm(ada, (await _shown_to(ada, "agent_v1", "month")).id)
    shop.tell("advance", seconds=DAY)
    await sync_account(ada.id)
    assert (_plan(ada), rows(Subscription)[0].pending_price_id) == ("pro_v1", "")
    assert _invoices(shop)[0]["status"] == "void"


async def test_stripe_away_in_the_middle_is_taken_up_by_the_next_click(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    change = await _shown_to(ada, "agent_v1", "month")
    shop.tell("down", seconds=60)
    with pytest.raises(StripeUnavailable):
        await changes.confirm(ada, change.id)
    shop.tell("down", seconds=0)
    assert _shown(ada).status == "shown"
    await changes.confirm(ada, change.id)
    assert (_plan(ada), len(_invoices(shop))) == ("agent_v1", 2)


async def test_a_crash_after_stripe_acted_is_taken_up_by_the_next_click(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    change = await _shown_to(ada, "agent_v1", "month")
    claimed = as_system(lambda session: changes.claim(session, ada.id, change.id))
    await changes._do(claimed, await db.read(ada, changes._as_wanted, claimed))
    await changes.confirm(ada, change.id)  # the process died before it wrote anything down
    assert (_plan(ada), len(_invoices(shop)), rows(PlanChange)[0].status) == ("agent_v1", 2, "done")


async def test_going_down_costs_nothing_waits_and_can_be_taken_back(shop: Stripe) -> None:
    ada = await _a_subscriber(shop, "agent_v1", "month")
    change = await _shown_to(ada, "pro_v1", "month")
    assert (change.how, change.amount_due) == ("later", 0)
    assert change.takes_effect_at == rows(Subscription)[0].current_period_end
    await asyncio.gather(*[changes.confirm(ada, change.id) for _ in range(3)])
    row = rows(Subscription)[0]
    assert (_plan(ada), row.next_price_id, row.next_at) == ("agent_v1", change.to_price_id, change.takes_effect_at)
    with pytest.raises(CannotChange, match="planned already"):
        await changes.work_out(ada, "agent_v1", "year")
    await keep(ada)
    assert rows(Subscription)[0].next_price_id == ""
    again = await _shown_to(ada, "pro_v1", "month")
    await changes.confirm(ada, again.id)
    shop.let_the_period_end(row.stripe_subscription_id)
    await sync_account(ada.id)
    assert (_plan(ada), _invoices(shop)[0]["amount_paid"]) == ("pro_v1", 900)


async def test_a_discount_stays_through_a_change_that_waits(shop: Stripe) -> None:
    ada = await _a_subscriber(shop, "agent_v1", "month")
    mine = rows(Subscription)[0].stripe_subscription_id
    coupon = shop.change("coupons", percent_off=50, duration="forever", name="Friends")
    shop.change(f"subscriptions/{mine}", **{"discounts[0][coupon]": coupon["id"]})
    await changes.confirm(ada, (await _shown_to(ada, "pro_v1", "month")).id)
    shop.let_the_period_end(mine)
    await sync_account(ada.id)
    row = rows(Subscription)[0]
    assert (row.discount_name, row.discount_percent, row.discount_duration) == ("Friends", "50", "forever")
    assert _invoices(shop)[0]["amount_paid"] == 450


async def test_a_change_in_a_trial_ends_it_and_pays_for_the_first_period(
    shop: Stripe, configured: Callable[..., None]
) -> None:
    configured(TRIAL_DAYS="14")
    ada = await _a_subscriber(shop)
    assert rows(Subscription)[0].status == "trialing"
    change = await _shown_to(ada, "agent_v1", "month")
    assert (change.how, change.amount_due) == ("trial", 2900)
    await changes.confirm(ada, change.id)
    assert (_plan(ada), rows(Subscription)[0].status) == ("agent_v1", "active")
    assert _invoices(shop)[0]["amount_paid"] == 2900


async def test_a_card_that_is_declined_in_a_trial_leaves_the_trial_running(
    shop: Stripe, configured: Callable[..., None]
) -> None:
    configured(TRIAL_DAYS="14")
    ada = await _a_subscriber(shop)
    shop.take_card(shop.all("subscriptions")[0], "pm_card_chargeCustomerFail")
    change = await _shown_to(ada, "agent_v1", "month")
    with pytest.raises(CardRefused):
        await changes.confirm(ada, change.id)
    await sync_account(ada.id)
    row = rows(Subscription)[0]
    assert (row.status, row.plan_key, rows(PlanChange)[0].status) == ("trialing", "pro_v1", "refused")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"cancel_at_period_end": "true"}, "Keep it first"),
        ({"pause_collection[behavior]": "void"}, "is paused"),
    ],
)
async def test_what_comes_first_is_said(shop: Stripe, values: dict[str, str], words: str) -> None:
    ada = await _a_subscriber(shop)
    shop.change(f"subscriptions/{rows(Subscription)[0].stripe_subscription_id}", **values)
    with pytest.raises(CannotChange, match=words):
        await changes.work_out(ada, "agent_v1", "month")


async def test_a_late_subscription_is_paid_first_and_a_plan_that_is_not_sold_is_refused(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    shop.take_card(shop.all("subscriptions")[0], "pm_card_chargeCustomerFail")
    shop.let_the_period_end(rows(Subscription)[0].stripe_subscription_id)
    with pytest.raises(CannotChange, match="pay what is due"):
        await changes.work_out(ada, "agent_v1", "month")
    with pytest.raises(BadInput):
        await changes.work_out(ada, "gold_v9", "month")
    with pytest.raises(CannotChange, match="no plan to change"):
        await changes.work_out(a_user("Bob"), "agent_v1", "month")


async def test_a_bank_that_wants_to_be_asked_leaves_the_plan_and_gives_the_link(shop: Stripe) -> None:
    ada = await _a_subscriber(shop)
    shop.take_card(shop.all("subscriptions")[0], "pm_card_threeDSecure2Required")
    change = await _shown_to(ada, "agent_v1", "month")
    assert await changes.confirm(ada, change.id) is Outcome.UNPAID
    assert _plan(ada) == "pro_v1"
    said = (await db.read(ada, billing)).notice
    assert said.title == "Your bank wants you to confirm a payment of €20"
    assert said.pay_url == _invoices(shop)[0]["hosted_invoice_url"]
