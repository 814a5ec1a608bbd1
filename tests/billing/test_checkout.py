"""However people click, there is one customer, one checkout that can be paid, and one subscription."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

import anyio
import pytest
import sqlalchemy as sa

from saas_app.billing import checkout, portal, stripe_account
from saas_app.billing.account import ensure_customer, open_account, sync_account
from saas_app.billing.checkout import Outcome
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.models import CheckoutAttempt, Customer, Subscription
from saas_app.billing.portal import NothingToManage
from saas_app.billing.setup import sync_catalogue
from saas_app.billing.stripe_account import ACCOUNT, remember
from saas_app.core import clock, db
from saas_app.core.config import settings
from saas_app.core.errors import BadInput, NotFound
from tests.billing.shop import Stripe, rows
from tests.factories import a_user, as_system


def _attempts() -> list[tuple[str, bool]]:
    return sorted((row.status, bool(row.stripe_checkout_session_id)) for row in rows(CheckoutAttempt))


async def test_twenty_clicks_at_once_make_one_customer_and_one_checkout(shop: Stripe) -> None:
    ada = a_user()
    urls = await asyncio.gather(*(checkout.start_checkout(ada, "pro_v1", "year") for _ in range(20)))
    assert len(set(urls)) == 1
    assert len(shop.all("customers")) == len(rows(Customer)) == 1
    assert len(shop.all("checkout/sessions")) == 1
    assert _attempts() == [("open", True)]


async def test_a_second_tab_gets_the_checkout_that_is_open_already(shop: Stripe) -> None:
    ada = a_user()
    first = await checkout.start_checkout(ada, "pro_v1", "year")
    assert await checkout.start_checkout(ada, "pro_v1", "year") == first


async def test_the_checkout_asks_for_the_price_that_the_pages_show_and_adds_nothing(shop: Stripe) -> None:
    """The public pages say so; whoever turns on automatic tax changes their words too (marketing/content.py)."""
    await checkout.start_checkout(a_user(), "pro_v1", "year")
    session = shop.all("checkout/sessions")[0]
    assert (session["amount_total"], session["automatic_tax"]["enabled"]) == (7200, False)


async def test_choosing_another_price_closes_the_first_checkout(shop: Stripe) -> None:
    ada = a_user()
    yearly = await checkout.start_checkout(ada, "pro_v1", "year")
    monthly = await checkout.start_checkout(ada, "pro_v1", "month")
    assert yearly != monthly
    states = {each["url"] or "closed": each["status"] for each in shop.all("checkout/sessions")}
    assert states == {monthly: "open", "closed": "expired"}
    assert _attempts() == [("expired", True), ("open", True)]


async def test_a_checkout_that_can_still_be_paid_is_closed_however_old_its_attempt_is(shop: Stripe) -> None:
    ada = a_user()
    await checkout.start_checkout(ada, "pro_v1", "year")
    later = clock.now() + checkout.REUSABLE_FOR + timedelta(minutes=30)
    with clock.showing(lambda: later):
        monthly = await checkout.start_checkout(ada, "pro_v1", "month")
    assert [each["url"] for each in shop.all("checkout/sessions") if each["status"] == "open"] == [monthly]


async def test_an_attempt_is_asked_again_for_a_customer_who_was_made_anew(shop: Stripe) -> None:
    ada = a_user()
    price = shop.price("pro_v1_year")["id"]
    account = await ensure_customer(ada)
    await checkout.open_session(ada, account, checkout.Wish(price, "eur"))
    forget = sa.update(CheckoutAttempt).where(sa.true()).values(stripe_checkout_session_id=None)
    as_system(lambda session: session.exec(forget))  # as if Stripe's answer had been lost
    shop.delete(f"customers/{account.stripe_customer_id}")
    await shop.subscribe(ada)
    await sync_account(ada.id)
    assert [row.status for row in rows(Subscription)] == ["active"]


async def test_two_tabs_with_two_plans_end_in_one_checkout_that_can_be_paid(shop: Stripe) -> None:
    ada = a_user()
    choices = [("pro_v1", "year"), ("agent_v1", "month")] * 4
    await asyncio.gather(*(checkout.start_checkout(ada, *each) for each in choices))
    payable = [each for each in shop.all("checkout/sessions") if each["status"] == "open"]
    assert len(payable) == 1
    assert [status for status, _ in _attempts()].count("open") == 1


async def test_a_click_waits_until_another_one_of_the_same_person_is_written(postgresql: str) -> None:
    ada = a_user()
    as_system(lambda session: open_account(session, ada.id))
    with other_writer() as writer:
        writer.execute(sa.text("SELECT id FROM customers WHERE user_id = :ada FOR UPDATE"), {"ada": ada.id})
        click = asyncio.create_task(
            db.run_system("checkout", checkout.open_attempt, ada.id, checkout.Wish("price_1", "eur"))
        )
        while not click.done() and not await anyio.to_thread.run_sync(_somebody_waits, writer):
            pass
        assert not click.done()
        writer.rollback()
        assert (await click).wish.price_id == "price_1"


@contextmanager
def other_writer() -> Generator[sa.Connection]:
    """A connection beside the app's own."""
    engine = sa.create_engine(settings().database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SET ROLE saas_system"))
        yield connection


def _somebody_waits(connection: sa.Connection) -> bool:
    for statement in (
        "RESET ROLE",  # who waits is shown to its own login only
        "SELECT pg_stat_clear_snapshot()",  # else a transaction sees the same answer for ever
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    ):
        found = connection.execute(sa.text(statement))
    return bool(found.scalar())


async def test_a_subscriber_is_shown_the_change_instead_of_a_second_subscription(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    assert (await checkout.start_checkout(ada, "agent_v1", "month")).endswith("/billing/change")
    assert len(shop.all("checkout/sessions")) == 1


async def test_paying_in_one_tab_while_the_other_chooses_another_plan_buys_one_subscription(shop: Stripe) -> None:
    ada = a_user()
    account = await ensure_customer(ada)
    paid = await checkout.open_session(ada, account, checkout.Wish(shop.price("pro_v1_year")["id"], "eur"))
    shop.pay(paid)  # after the other click had looked, and found no subscription
    other = await checkout.open_session(ada, account, checkout.Wish(shop.price("agent_v1_month")["id"], "eur"))
    assert other.endswith("/billing/change")
    assert [each["status"] for each in shop.all("checkout/sessions")] == ["complete"]


async def test_somebody_whose_plan_has_ended_can_subscribe_again(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    shop.delete(f"subscriptions/{rows(Subscription)[0].stripe_subscription_id}")
    await shop.subscribe(ada)
    await sync_account(ada.id)
    assert sorted(row.status for row in rows(Subscription)) == ["active", "canceled"]
    assert len(shop.all("customers")) == 1


async def test_what_is_not_sold_is_refused_in_words(shop: Stripe) -> None:
    ada = a_user()
    for plan, interval in (("free", "year"), ("gold_v9", "year"), ("pro_v1", "week")):
        with pytest.raises(BadInput, match="not sold any more"):
            await checkout.start_checkout(ada, plan, interval)
    shop.change(f"prices/{shop.price('pro_v1_year')['id']}", active="false")
    await sync_catalogue()
    with pytest.raises(BadInput):
        await checkout.start_checkout(ada, "pro_v1", "year")
    assert shop.all("checkout/sessions") == []


async def test_with_stripe_down_nothing_is_half_written_and_the_same_click_works_later(shop: Stripe) -> None:
    ada = a_user()
    shop.tell("down", seconds=600)
    with pytest.raises(StripeUnavailable, match="does not answer"):
        await checkout.start_checkout(ada, "pro_v1", "year")
    assert rows(CheckoutAttempt) == rows(Subscription) == []
    shop.tell("down", seconds=0)
    await checkout.start_checkout(ada, "pro_v1", "year")
    assert len(shop.all("customers")) == len(shop.all("checkout/sessions")) == 1


async def test_an_attempt_that_stripe_never_answered_is_asked_again_under_the_same_key(shop: Stripe) -> None:
    ada = a_user()
    price = shop.price("pro_v1_year")["id"]
    account = await ensure_customer(ada)
    shop.tell("down", seconds=600)
    with pytest.raises(StripeUnavailable):
        await checkout.open_session(ada, account, checkout.Wish(price, "eur"))
    assert _attempts() == [("open", False)]
    shop.tell("down", seconds=0)
    await checkout.start_checkout(ada, "pro_v1", "year")
    assert _attempts() == [("open", True)]
    assert len(shop.all("checkout/sessions")) == 1


async def test_a_customer_deleted_at_stripe_is_made_anew_by_the_next_click(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    first = shop.all("customers")[0]["id"]
    shop.delete(f"customers/{first}")
    await shop.subscribe(ada)
    await sync_account(ada.id)
    assert [row.stripe_customer_id for row in rows(Customer)] not in ([first], [None])
    assert sorted(row.status for row in rows(Subscription)) == ["active", "canceled"]


async def test_an_open_checkout_of_a_deleted_customer_is_not_offered_again(shop: Stripe) -> None:
    ada = a_user()
    await checkout.start_checkout(ada, "pro_v1", "year")
    shop.delete(f"customers/{shop.all('customers')[0]['id']}")
    await shop.subscribe(ada)
    await sync_account(ada.id)
    assert [row.status for row in rows(Subscription)] == ["active"]


async def test_coming_back_from_paying_unlocks_and_closes_the_attempt(shop: Stripe) -> None:
    ada = a_user()
    session_id = await shop.subscribe(ada)
    assert await checkout.finish(ada, session_id) is Outcome.ACTIVE
    assert await checkout.finish(ada, session_id) is Outcome.ACTIVE
    assert _attempts() == [("complete", True)]


async def test_coming_back_without_having_paid_opens_nothing(shop: Stripe) -> None:
    ada = a_user()
    url = await checkout.start_checkout(ada, "pro_v1", "year")
    assert await checkout.finish(ada, url.rpartition("/")[2]) is Outcome.OPEN
    assert rows(Subscription) == []


async def test_somebody_elses_checkout_is_as_unknown_as_one_that_never_was(shop: Stripe) -> None:
    ada, bob = a_user("Ada"), a_user("Bob")
    session_id = await shop.subscribe(ada)
    await checkout.start_checkout(bob, "pro_v1", "year")  # Bob is a customer too
    words = set()
    for viewer, id in ((bob, session_id), (bob, "cs_test_never_was"), (bob, "")):
        with pytest.raises(NotFound) as refused:
            await checkout.finish(viewer, id or "cs_")
        words.add(str(refused.value))
    assert len(words) == 1
    assert rows(Subscription) == []


@pytest.mark.parametrize("typed", ["", "pi_123", "cs_test_never_was", "cs_" + "x" * 400, "cs_../customers", "cs_?"])
async def test_an_address_without_a_checkout_is_known_to_be_none_at_the_first_look(shop: Stripe, typed: str) -> None:
    assert await checkout.look_at(a_user(), checkout.safe_session_id(typed)) is Outcome.UNKNOWN


async def test_only_a_failure_that_may_pass_is_worth_another_look(shop: Stripe) -> None:
    ada = a_user()
    session_id = await shop.subscribe(ada)
    shop.tell("down", seconds=600)
    assert await checkout.look_at(ada, session_id) is Outcome.LATE
    shop.tell("down", seconds=0)
    assert await checkout.look_at(ada, session_id) is Outcome.ACTIVE
    as_system(lambda session: remember(session, ACCOUNT, "live:acct_of_another"))
    stripe_account._checked.clear()
    assert await checkout.look_at(ada, session_id) is Outcome.REFUSED


async def test_the_portal_is_for_customers_only_and_for_their_own(shop: Stripe) -> None:
    ada, bob = a_user("Ada"), a_user("Bob")
    await shop.subscribe(ada)
    with pytest.raises(NothingToManage):
        await portal.open_portal(bob)
    for flow in ("", "payment_method_update", "nonsense"):
        assert "/p/session/" in await portal.open_portal(ada, flow=flow)
