"""Going down waits for the end of what was paid, and the billing page says so."""

from saas_app.billing import portal
from saas_app.billing.account import sync_account
from saas_app.billing.models import Subscription
from saas_app.billing.service import BillingView, billing
from saas_app.core import db
from saas_app.core.viewer import Viewer
from tests.billing.shop import Stripe, rows
from tests.factories import a_user


async def _choose_in_the_portal(shop: Stripe, viewer: Viewer, lookup_key: str) -> None:
    mine = next(row for row in rows(Subscription) if row.user_id == viewer.id)
    shop.switch(await portal.open_portal(viewer), mine.stripe_subscription_id, lookup_key)
    await sync_account(viewer.id)


async def _seen(viewer: Viewer) -> BillingView:
    return await db.read(viewer, billing)


async def _an_agent(shop: Stripe) -> Viewer:
    ada = a_user()
    await shop.subscribe(ada, "agent_v1", "month")
    await sync_account(ada.id)
    return ada


async def test_a_downgrade_waits_and_says_when_and_for_how_much(shop: Stripe) -> None:
    ada = await _an_agent(shop)
    await _choose_in_the_portal(shop, ada, "pro_v1_month")
    seen = await _seen(ada)
    assert (seen.plan_key, seen.date_label) == ("agent_v1", "Changes on")
    assert seen.notice.title == f"Pro from {seen.date}"
    assert "Until then Agent stays open" in seen.notice.words
    assert "€9 a month" in seen.notice.words
    shop.let_the_period_end(rows(Subscription)[0].stripe_subscription_id)
    await sync_account(ada.id)
    seen = await _seen(ada)
    assert (seen.plan_key, seen.date_label, seen.notice.title) == ("pro_v1", "Renews on", "")


async def test_a_shorter_interval_waits_too_and_going_up_does_not(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada, "pro_v1", "year")
    await sync_account(ada.id)
    await _choose_in_the_portal(shop, ada, "pro_v1_month")
    seen = await _seen(ada)
    assert (seen.interval, seen.date_label) == ("yearly", "Changes on")
    bob = a_user("Bob")
    await shop.subscribe(bob, "pro_v1", "month")
    await sync_account(bob.id)
    await _choose_in_the_portal(shop, bob, "agent_v1_month")
    assert (await _seen(bob)).plan_key == "agent_v1"


async def test_a_downgrade_that_was_taken_back_is_forgotten(shop: Stripe) -> None:
    ada = await _an_agent(shop)
    await _choose_in_the_portal(shop, ada, "pro_v1_month")
    shop.change(f"subscription_schedules/{shop.all('subscription_schedules')[0]['id']}/release")
    await sync_account(ada.id)
    assert (await _seen(ada)).date_label == "Renews on"
