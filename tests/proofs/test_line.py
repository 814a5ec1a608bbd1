"""A bad line to Stripe: whatever is cut, refused or late, one click makes one thing, and what waits is done later."""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta

import pytest

from saas_app.billing import checkout
from saas_app.billing.account import ensure_customer, sync_account
from saas_app.billing.gateway import client
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.models import CheckoutAttempt, Subscription, WebhookEvent
from saas_app.billing.reconcile import keep_events
from saas_app.core import clock, leases
from saas_app.core.viewer import Viewer
from tests.billing.conftest import hang_up
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.factories import a_user
from tests.proofs.line import Fault, Line

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SESSIONS, CUSTOMERS = "/v1/checkout/sessions", "/v1/customers"
AND_THE_RETRY = 2  # the SDK asks once more by itself


@pytest.fixture
async def line(shop: Stripe, configured: Callable[..., None]) -> AsyncGenerator[Line]:
    """The app's way to the shop."""
    made = Line(shop.url)
    await hang_up()
    configured(STRIPE_API_BASE=made.url)
    yield made
    await hang_up()
    made.close()


async def _click(viewer: Viewer) -> str:
    return await checkout.start_checkout(viewer, "pro_v1", "year")


async def test_an_answer_that_was_lost_once_is_asked_for_under_the_same_key_in_the_same_click(
    shop: Stripe, line: Line
) -> None:
    ada = a_user()
    await ensure_customer(ada)
    for fault in (Fault.NEVER_ANSWERED, Fault.HALVED, Fault.NEVER_ARRIVED):
        line.faults.append(fault)
        await sync_account(ada.id)
    assert await _click(ada)
    assert len(shop.all("customers")) == len(shop.all("checkout/sessions")) == 1


@pytest.mark.parametrize("fault", [Fault.NEVER_ANSWERED, Fault.HALVED])
async def test_what_stripe_did_without_our_hearing_of_it_is_found_by_the_next_click(
    shop: Stripe, line: Line, fault: Fault
) -> None:
    """Customer and checkout: the key was there before the call, and the same again brings the same thing."""
    ada = a_user()
    line.faults.extend([fault] * AND_THE_RETRY)
    with pytest.raises(StripeUnavailable):
        await ensure_customer(ada)
    account = await ensure_customer(ada)
    price = shop.price("pro_v1_year")["id"]
    line.faults.extend([fault] * AND_THE_RETRY)
    with pytest.raises(StripeUnavailable):
        await checkout.open_session(ada, account, checkout.Wish(price, "eur"))
    assert (
        await checkout.open_session(ada, account, checkout.Wish(price, "eur"))
        == shop.all("checkout/sessions")[0]["url"]
    )
    assert len({*line.keys(CUSTOMERS)}) == len({*line.keys(SESSIONS)}) == 1
    assert len(shop.all("customers")) == len(shop.all("checkout/sessions")) == 1


async def test_a_failure_that_stripe_repeats_for_a_day_holds_nobody_up(shop: Stripe, line: Line) -> None:
    """A 500 is said again to the same key, so the next click brings another, for the customer and for the checkout."""
    ada = a_user()
    line.faults.append(Fault.BROKEN)
    with pytest.raises(StripeUnavailable):
        await ensure_customer(ada)
    account = await ensure_customer(ada)
    line.faults.append(Fault.BROKEN)
    price = shop.price("pro_v1_year")["id"]
    with pytest.raises(StripeUnavailable):
        await checkout.open_session(ada, account, checkout.Wish(price, "eur"))
    shop.pay(await checkout.open_session(ada, account, checkout.Wish(price, "eur")))
    await sync_account(ada.id)
    assert sorted(row.status for row in rows(CheckoutAttempt)) == ["abandoned", "open"]
    assert [row.status for row in rows(Subscription)] == ["active"]
    assert len(shop.all("subscriptions")) == 1


async def test_a_click_waits_for_another_one_under_the_same_key(shop: Stripe, line: Line) -> None:
    account = await ensure_customer(ada := a_user())
    line.faults.extend([Fault.IN_USE] * (AND_THE_RETRY + 1))
    assert await checkout.open_session(ada, account, checkout.Wish(shop.price("pro_v1_year")["id"], "eur"))
    assert len({*line.keys(SESSIONS)}) == 1 < len(line.keys(SESSIONS))


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.DOWN, Fault.NO_JSON, Fault.NEVER_ARRIVED, Fault.HALVED])
async def test_an_event_waits_while_stripe_will_not_talk_and_longer_each_time(
    shop: Stripe, line: Line, fault: Fault
) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await keep_events(clock.now().replace(year=2020), clock.now())
    line.faults.extend([fault] * 200)
    began = clock.now()
    await do_waiting_work()
    waiting = [row for row in rows(WebhookEvent) if row.status == "pending"]
    assert waiting
    assert all(row.due_at > began + leases.FIRST_PAUSE / 2 for row in waiting)
    assert len({row.due_at for row in waiting}) > 1  # they do not come back together
    line.be_kind()
    later = clock.now() + timedelta(minutes=1)
    with clock.showing(lambda: later):
        await do_waiting_work()
    assert {row.status for row in rows(WebhookEvent)} <= {"done", "ignored"}
    assert [row.status for row in rows(Subscription)] == ["active"]


async def test_a_key_that_stripe_has_forgotten_is_not_used_again(shop: Stripe, line: Line) -> None:
    """After a day the same key would open a second checkout, so a new attempt is made; nobody knows the lost one."""
    account = await ensure_customer(ada := a_user())
    price = shop.price("pro_v1_year")["id"]
    line.faults.extend([Fault.NEVER_ANSWERED] * AND_THE_RETRY)
    with pytest.raises(StripeUnavailable):
        await checkout.open_session(ada, account, checkout.Wish(price, "eur"))
    tomorrow = clock.now() + timedelta(hours=25)
    with clock.showing(lambda: tomorrow):
        await checkout.open_session(ada, account, checkout.Wish(price, "eur"))
    assert len({*line.keys(SESSIONS)}) == 2
    assert sorted(row.status for row in rows(CheckoutAttempt)) == ["expired", "open"]


async def test_a_stripe_that_takes_too_long_is_given_up_and_nothing_is_half_written(shop: Stripe, line: Line) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await hang_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "TIMEOUT_SECONDS", 0.3)
        line.wait_seconds = 1.0
        with pytest.raises(StripeUnavailable):
            await sync_account(ada.id)
    assert rows(Subscription) == []
    line.be_kind()
    await hang_up()
    await sync_account(ada.id)
    assert [row.status for row in rows(Subscription)] == ["active"]
