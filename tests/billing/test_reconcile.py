"""What no webhook told us is found anyway."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas_app.billing import inbox, reconcile, stripe_account
from saas_app.billing.account import bind, open_account, sync_account
from saas_app.billing.entitlements import entitlements
from saas_app.billing.gateway.errors import StripeMissing, StripeUnavailable
from saas_app.billing.gateway.events import list_events
from saas_app.billing.gateway.shapes import StripeEvent
from saas_app.billing.models import Customer, Subscription, WebhookEvent
from saas_app.billing.stripe_account import remember, stripe_object
from saas_app.billing.webhooks import keep
from saas_app.core import clock, db, leases
from saas_app.core.viewer import Viewer
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.conftest import Hands
from tests.factories import a_user, as_system

SIX_ANSWERS_THEN_NONE = 5  # how the dice of an unkind Stripe fall


def _plan(viewer: Viewer) -> str:
    with db.session_for(viewer.id, read_only=True) as session:
        return entitlements(session).plan.key


def _events(*types: str) -> AsyncIterator[StripeEvent]:
    return list_events(list(types), clock.now().replace(year=2020), clock.now())


async def _two_hours_of_silence(shop: Stripe) -> tuple[Viewer, Viewer]:
    """Bob was a subscriber. While nothing arrives here, Ada subscribes and Bob's subscription ends."""
    ada, bob = a_user("Ada"), a_user("Bob")
    await shop.subscribe(bob)
    await sync_account(bob.id)
    await shop.subscribe(ada)
    shop.delete(f"subscriptions/{rows(Subscription)[0].stripe_subscription_id}")
    assert (_plan(ada), _plan(bob)) == ("free", "pro_v1")
    return ada, bob


async def test_missed_events_are_listed_again_and_heal_both_ways(shop: Stripe) -> None:
    ada, bob = await _two_hours_of_silence(shop)
    assert await reconcile.catch_up() > 0
    await do_waiting_work()
    assert (_plan(ada), _plan(bob)) == ("pro_v1", "free")


async def test_looking_at_everybody_heals_what_left_no_event(shop: Stripe) -> None:
    ada, bob = await _two_hours_of_silence(shop)
    assert await reconcile.sync_everybody() == 2
    assert (_plan(ada), _plan(bob)) == ("pro_v1", "free")
    assert rows(WebhookEvent) == []


async def test_however_little_time_there_is_everybody_is_looked_at_in_the_end(shop: Stripe) -> None:
    for person in (people := [a_user(name) for name in ("Ada", "Bob", "Cy")]):
        await shop.subscribe(person)
    long_after = clock.now() + timedelta(hours=25)
    with clock.showing(lambda: long_after):
        assert [await reconcile.sync_some(within=timedelta(0)) for _ in range(4)] == [1, 1, 1, 0]
    assert {_plan(person) for person in people} == {"pro_v1"}


async def test_whom_a_webhook_led_us_to_is_left_alone_for_a_day(shop: Stripe) -> None:
    await _two_hours_of_silence(shop)
    await reconcile.catch_up()
    await do_waiting_work()
    assert await reconcile.sync_some() == 0
    tomorrow = clock.now() + timedelta(days=1)
    with clock.showing(lambda: tomorrow):
        assert await reconcile.sync_some() == 2


async def test_a_customer_that_cannot_be_read_stands_in_nobodys_way(shop: Stripe) -> None:
    ada, bob = await _two_hours_of_silence(shop)
    _bind(a_user("Cy"), "")  # Stripe answers, but not with a customer
    assert await reconcile.sync_everybody() == 2
    assert (_plan(ada), _plan(bob)) == ("pro_v1", "free")


async def test_with_stripe_down_nobody_is_asked_after_for_long(shop: Stripe, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(9):
        _bind(a_user(f"Person {number}"), f"cus_{number}")
    shop.tell("down", seconds=600)
    with pytest.raises(StripeUnavailable):
        await reconcile.sync_some()
    assert caplog.text.count("could not be compared") == reconcile.MOST_FAILURES_IN_A_ROW


def _bind(viewer: Viewer, stripe_customer_id: str) -> None:
    as_system(lambda session: bind(session, open_account(session, viewer.id), stripe_customer_id))


async def test_a_look_over_a_long_silence_that_is_cut_off_goes_on_where_it_stood(shop: Stripe) -> None:
    await shop.subscribe(a_user())
    silence = clock.now() - timedelta(days=2)
    as_system(lambda session: remember(session, reconcile.WATERMARK, silence.isoformat()))
    shop.tell("chaos", fail=0.5, seed=SIX_ANSWERS_THEN_NONE)
    with pytest.raises(StripeUnavailable):
        await reconcile.catch_up()
    seen_until = as_system(lambda session: datetime.fromisoformat(stripe_object(session, reconcile.WATERMARK)))
    assert silence < seen_until < clock.now() - timedelta(days=1)
    assert rows(WebhookEvent) == []
    shop.tell("chaos")
    assert await reconcile.catch_up() == len(rows(WebhookEvent)) > 0


async def test_events_that_arrived_already_are_not_listed_twice(shop: Stripe) -> None:
    await shop.subscribe(a_user())
    first = await reconcile.catch_up()
    assert first == len(rows(WebhookEvent))
    assert await reconcile.catch_up() == 0


async def test_events_in_any_order_and_twice_end_in_stripes_truth(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    shop.delete(f"subscriptions/{rows(Subscription)[0].stripe_subscription_id}")
    newest_first = [each async for each in _events(*reconcile.setup.EVENTS[:20])]
    for event in (*newest_first, *reversed(newest_first)):
        await db.run_system("webhook", keep, event)
        await do_waiting_work()
    assert _plan(ada) == "free"
    assert [row.status for row in rows(Subscription)] == ["canceled"]


async def test_with_stripe_down_an_event_waits_and_is_done_afterwards(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    async for event in _events("customer.subscription.created"):
        await db.run_system("webhook", keep, event)
    shop.tell("down", seconds=600)
    await do_waiting_work()
    assert [row.status for row in rows(WebhookEvent)] == ["pending"]
    shop.tell("down", seconds=0)
    later = clock.now() + leases.FIRST_PAUSE * 2
    with clock.showing(lambda: later):
        await do_waiting_work()
    assert [row.status for row in rows(WebhookEvent)] == ["done"]
    assert _plan(ada) == "pro_v1"


async def test_an_event_outlives_any_trouble_with_stripe(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    async for event in _events("customer.subscription.created"):
        await db.run_system("webhook", keep, event)
    shop.tell("down", seconds=600)
    tried = sa.update(WebhookEvent).where(col(WebhookEvent.status) == "pending").values(attempts=leases.TRIES - 1)
    as_system(lambda session: session.exec(tried))
    await do_waiting_work()
    assert [row.status for row in rows(WebhookEvent)] == ["pending"]
    shop.tell("down", seconds=0)
    later = clock.now() + timedelta(hours=4)
    with clock.showing(lambda: later):
        await do_waiting_work()
    assert [row.status for row in rows(WebhookEvent)] == ["done"]
    assert _plan(ada) == "pro_v1"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_an_event_that_we_cannot_handle_dies_and_holds_up_nobody(shop: Stripe) -> None:
    ada, bob = a_user("Ada"), a_user("Bob")
    for person in (ada, bob):
        await shop.subscribe(person)
    bad_row = (
        "CREATE TRIGGER bad_row BEFORE INSERT ON subscriptions "
        f"WHEN NEW.user_id = '{ada.id}' BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    as_system(lambda session: session.connection().execute(sa.text(bad_row)))
    async for event in _events("customer.subscription.created"):
        await db.run_system("webhook", keep, event)
    hands = Hands()
    hands.at = clock.now()
    with clock.showing(hands):
        for _ in range(leases.TRIES):
            await do_waiting_work()
            assert _plan(bob) == "pro_v1"
            hands.move(hours=4)
    assert sorted(row.status for row in rows(WebhookEvent)) == ["dead", "done"]
    dead = next(row for row in rows(WebhookEvent) if row.status == "dead")
    assert dead.error == "IntegrityError"
    as_system(lambda session: session.connection().execute(sa.text("DROP TRIGGER bad_row")))
    assert await inbox.replay(dead.id) == "customer.subscription.created"
    await do_waiting_work()
    assert _plan(ada) == "pro_v1"


async def test_an_event_that_never_came_can_be_played_by_its_id(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    missed = [event.id async for event in _events("customer.subscription.created")]
    await inbox.replay(missed[0])
    await do_waiting_work()
    assert _plan(ada) == "pro_v1"
    with pytest.raises(StripeMissing):
        await inbox.replay("evt_of_nobody")


async def test_a_key_of_another_account_kills_no_event_however_long_it_stays(shop: Stripe) -> None:
    await shop.subscribe(a_user())
    async for event in _events("customer.subscription.created"):
        await db.run_system("webhook", keep, event)
    tried = sa.update(WebhookEvent).where(sa.true()).values(attempts=leases.TRIES - 1)
    as_system(lambda session: session.exec(tried))
    as_system(lambda session: remember(session, stripe_account.ACCOUNT, "sandbox:acct_of_another"))
    stripe_account._checked.clear()
    await do_waiting_work()
    (row,) = rows(WebhookEvent)
    assert (row.status, row.attempts, row.error[:12]) == ("pending", leases.TRIES - 1, "OtherAccount")


async def test_a_card_that_was_removed_leaves_the_page(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    card = shop.all(f"payment_methods?customer={rows(Customer)[0].stripe_customer_id}")[0]
    assert rows(Customer)[0].card_last4 == "4242"
    shop.change(f"payment_methods/{card['id']}/detach")
    async for event in _events("payment_method.detached"):
        await db.run_system("webhook", keep, event)
    await do_waiting_work()
    assert rows(Customer)[0].card_last4 == ""
