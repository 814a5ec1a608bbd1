"""Paid by a link without an account: whoever reads the mail of that address gets it, once, and nobody else does."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from saas_app.account import leaving
from saas_app.auth import service as accounts
from saas_app.auth.links import LASTS, LinkGone
from saas_app.auth.models import User
from saas_app.auth.sessions import Visit
from saas_app.billing.account import sync_account
from saas_app.billing.entitlements import entitlements
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.gateway.orders import fetch_order
from saas_app.billing.models import Customer, Subscription
from saas_app.core import clock, db
from saas_app.core.viewer import Viewer
from saas_app.purchases import claims, flows, reconcile
from saas_app.purchases.claims import NothingToClaim
from saas_app.purchases.models import LinkOrder, Purchase, Standing
from tests.auth.conftest import GOOD_PASSWORD
from tests.billing.shop import do_waiting_work, rows
from tests.factories import a_user, as_system
from tests.purchases.conftest import OpenBrowser
from tests.purchases.market import Market, claim_link, standings, told

EMAIL = "ada@example.com"
HERE = Visit("192.0.2.7", "a browser")


def _token() -> str:
    return claim_link(EMAIL).rpartition("/")[2]


def _plan(viewer: Viewer) -> str:
    with db.session_for(viewer.id, read_only=True) as session:
        return entitlements(session).plan.key


def _prove(viewer: Viewer) -> None:
    as_system(lambda session: accounts.make_owner(session, session.get_one(User, viewer.id)))


async def test_who_has_proved_the_address_owns_it_at_once(market: Market) -> None:
    ada = a_user(email=EMAIL)
    session_id = market.pay_by_link("Ada@Example.com")
    await market.tell_all()
    assert standings(ada) == [Standing.OWNED]
    assert told() == ["bought"]
    market.refund(session_id)
    await market.tell_all()
    assert standings(ada) == [Standing.REFUNDED]


async def test_a_buyer_without_an_account_is_written_to_once_and_claims_it(
    market: Market, open_browser: OpenBrowser
) -> None:
    market.pay_by_link(EMAIL)
    for _ in range(2):
        await market.tell_all()
        await reconcile.look_at_some()
    assert told() == ["claim"]
    browser = open_browser()
    opened = await browser.get(claim_link(EMAIL))
    assert opened.headers["location"] == "/claim"
    assert (await browser.post("/claim")).headers["location"] == "/login?next=%2Fclaim"
    form = {"name": "Ada", "email": EMAIL, "password": GOOD_PASSWORD, "next": "/claim"}
    assert (await browser.post("/signup", data=form)).headers["location"] == "/claim"
    assert (await browser.post("/claim")).headers["location"] == "/billing"
    (row,) = rows(Purchase)
    assert (row.user_id, row.standing) == (rows(User)[0].id, Standing.OWNED)


async def test_a_claim_works_once(market: Market) -> None:
    market.pay_by_link(EMAIL)
    await market.tell_all()
    token, ada, bob = _token(), a_user("Ada", email="other@example.com"), a_user("Bob")
    done = await asyncio.gather(
        *(flows.claim(viewer, token, HERE) for viewer in (ada, bob) * 5), return_exceptions=True
    )
    assert [type(each) for each in done].count(str) == 1
    assert {type(each) for each in done} <= {str, LinkGone}
    with pytest.raises(LinkGone):
        await flows.claim(bob, token, HERE)
    assert len(rows(Purchase)) == 1


async def test_a_stranger_who_signs_up_with_the_address_gets_nothing(market: Market) -> None:
    eve = a_user("Eve", email=EMAIL, email_verified_at=None)
    market.pay_by_link(EMAIL, query=f"?client_reference_id={eve.id}&prefilled_email={eve.email}")
    await market.tell_all()
    late = a_user("Late", email=EMAIL, email_verified_at=None)
    await market.tell_all()
    await reconcile.look_at_some()
    assert rows(Purchase) == []
    assert told() == ["claim"]
    for guess in ("x" * 43, "", rows(LinkOrder)[0].claim_digest):
        with pytest.raises(LinkGone):
            await flows.claim(late, guess, HERE)


async def test_proving_the_address_later_is_as_good_as_the_link(market: Market) -> None:
    market.pay_by_link(EMAIL)
    await market.tell_all()
    token = _token()
    ada = a_user(email=EMAIL, email_verified_at=None)
    _prove(ada)
    await do_waiting_work()
    assert standings(ada) == [Standing.OWNED]
    with pytest.raises(LinkGone):
        await flows.claim(ada, token, HERE)


async def test_it_stays_with_its_owner_whatever_becomes_of_the_address(market: Market) -> None:
    ada = a_user(email=EMAIL)
    session_id = market.pay_by_link(EMAIL)
    await market.tell_all()
    moved = {"email": "new@example.com", "email_key": "new@example.com"}
    as_system(lambda session: session.exec(sa.update(User).values(**moved)))
    bob = a_user("Bob", email=EMAIL)
    market.refund(session_id, 500)
    await market.tell_all()
    assert (standings(ada), standings(bob)) == ([Standing.OWNED], [])


@pytest.mark.parametrize("step", ["refund", "dispute"])
async def test_money_that_went_back_before_the_claim_gives_nothing(market: Market, step: str) -> None:
    session_id = market.pay_by_link(EMAIL)
    await market.tell_all()
    token, ada = _token(), a_user("Ada", email="other@example.com")
    market.refund(session_id) if step == "refund" else market.dispute(session_id)
    with pytest.raises(NothingToClaim):  # though no event has told us yet
        await flows.claim(ada, token, HERE)
    assert rows(Purchase) == []


async def test_what_was_refunded_before_we_heard_of_it_invites_nobody(market: Market) -> None:
    market.refund(market.pay_by_link(EMAIL))
    await market.tell_all()
    assert told() == []


async def test_a_link_that_has_run_out_claims_nothing(market: Market) -> None:
    market.pay_by_link(EMAIL)
    await market.tell_all()
    token, ada = _token(), a_user("Ada", email="other@example.com")
    later = clock.now() + LASTS["claim"]
    with clock.showing(lambda: later), pytest.raises(LinkGone):
        await flows.claim(ada, token, HERE)


async def test_with_stripe_down_the_link_stays_good(market: Market) -> None:
    market.pay_by_link(EMAIL)
    await market.tell_all()
    token, ada = _token(), a_user("Ada", email="other@example.com")
    market.tell("down", seconds=600)
    with pytest.raises(StripeUnavailable):
        await flows.claim(ada, token, HERE)
    market.tell("down", seconds=0)
    assert await flows.claim(ada, token, HERE) == "The flat in numbers"
    assert standings(ada) == [Standing.OWNED]


async def test_the_token_is_kept_as_a_digest_and_no_longer_than_it_is_needed(market: Market) -> None:
    market.pay_by_link(EMAIL)
    await market.tell_all()
    token, ada = _token(), a_user("Ada", email="other@example.com")
    assert token not in str([row.model_dump() for row in rows(LinkOrder)])
    await flows.claim(ada, token, HERE)
    assert [row.claim_digest for row in rows(LinkOrder)] == [None]


async def test_a_subscription_by_link_ties_its_customer_to_the_proved_account(market: Market) -> None:
    ada = a_user(email=EMAIL)
    session_id = market.pay_by_link(EMAIL, link=market.link("pro_v1_month"))
    await market.tell_all()
    assert _plan(ada) == "pro_v1"
    assert rows(Customer)[0].stripe_customer_id == market.ask(f"checkout/sessions/{session_id}")["customer"]


async def test_a_subscription_by_link_is_claimed_like_a_book(market: Market) -> None:
    market.pay_by_link(EMAIL, link=market.link("pro_v1_month"))
    await market.tell_all()
    assert told() == ["claim"]
    ada = a_user("Ada", email="other@example.com")
    await flows.claim(ada, _token(), HERE)
    await do_waiting_work()
    assert _plan(ada) == "pro_v1"


async def test_a_second_customer_of_one_person_is_said_aloud_and_changes_nothing(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    ada = a_user(email=EMAIL)
    await market.subscribe(ada)
    await sync_account(ada.id)
    before = rows(Customer)[0].stripe_customer_id
    market.pay_by_link(EMAIL, link=market.link("agent_v1_month"))
    await market.tell_all()
    assert rows(Customer)[0].stripe_customer_id == before
    assert [row.plan_key for row in rows(Subscription)] == ["pro_v1"]
    assert "move or refund it in Stripe" in caplog.text


async def test_what_is_nothing_of_ours_is_left_alone(market: Market) -> None:
    data: dict[str, Any] = {"unit_amount": 500, "currency": "eur", "product_data[name]": "A donation"}
    price = market.change("prices", **data)
    link = market.change("payment_links", **{"line_items[0][price]": price["id"], "line_items[0][quantity]": 1})
    market.pay_by_link(EMAIL, link=link["url"])
    await market.tell_all()
    assert rows(LinkOrder) == rows(Purchase) == []
    assert told() == []


async def test_a_refund_that_no_event_told_of_is_found_within_a_day(market: Market) -> None:
    ada = a_user(email=EMAIL)
    session_id = market.pay_by_link(EMAIL)
    await market.tell_all()
    market.refund(session_id)
    assert await reconcile.look_at_some() == 0
    tomorrow = clock.now() + reconcile.SEEN_EVERY
    with clock.showing(lambda: tomorrow):
        assert await reconcile.look_at_some() == 1
    assert standings(ada) == [Standing.REFUNDED]


async def test_an_answer_that_overtakes_a_newer_one_changes_nothing(market: Market) -> None:
    ada = a_user(email=EMAIL)
    session_id = market.pay_by_link(EMAIL)
    await market.tell_all()
    late = await db.run_system("claim", claims.begin, session_id)
    paid = await fetch_order(session_id)
    market.refund(session_id)
    await market.tell_all()
    assert paid is not None
    assert not await db.run_system("claim", claims.apply, late, paid)
    assert standings(ada) == [Standing.REFUNDED]


async def _leave(viewer: Viewer) -> None:
    as_system(lambda session: leaving.ask(session, viewer.id, Visit()))
    await do_waiting_work()


async def test_what_was_paid_for_before_somebody_left_is_nobodys_matter_afterwards(market: Market) -> None:
    ada = a_user(email=EMAIL)
    session_id = await market.buy(ada)
    await market.tell_all()
    await _leave(ada)
    market.refund(session_id, 500)
    await market.tell_all()
    assert rows(LinkOrder) == rows(Purchase) == []
    assert "claim" not in told()
    assert [each["amount"] for each in market.all("refunds")] == [500]


async def test_what_is_paid_when_its_account_is_gone_goes_back_once(market: Market) -> None:
    ada = a_user(email=EMAIL)
    plan, book = await market.begin(ada), await market.begin_buying(ada)
    market.pay(plan)
    market.pay(book)  # nobody here knows of either when the account is taken apart
    as_system(lambda session: leaving.erase(session, ada.id))
    for _ in range(3):
        await market.tell_all()
    refunds = market.all("refunds")
    assert sorted(each["amount"] for each in refunds) == [1900, 7200]
    assert market.payment(book.rpartition("/")[2]) in {each["payment_intent"] for each in refunds}
    assert [each["status"] for each in market.all("subscriptions?status=all")] == ["canceled"]
    assert rows(LinkOrder) == rows(Purchase) == rows(Subscription) == []
    assert "claim" not in told()


async def test_an_order_of_an_account_that_was_never_here_is_said_aloud_and_refunds_nothing(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    ada = a_user(email=EMAIL)
    await market.buy(ada)
    as_system(lambda session: session.exec(sa.delete(Customer)))
    await market.tell_all()
    assert "of an account that is not here" in caplog.text
    assert market.all("refunds") == []


async def test_whoever_leaves_takes_their_rows_along_and_is_not_invited_again(market: Market) -> None:
    ada = a_user(email=EMAIL)
    session_id = market.pay_by_link(EMAIL)
    await market.buy(a_user("Bob"))
    await market.tell_all()
    as_system(lambda session: leaving.ask(session, ada.id, Visit()))
    await do_waiting_work()
    assert [row.user_id for row in rows(Purchase)] == [row.id for row in rows(User)]
    assert [(row.email, row.claim_digest) for row in rows(LinkOrder)] == [("", None)]
    market.refund(session_id, 500)
    await market.tell_all()
    assert "claim" not in told()
    assert len(rows(Purchase)) == 1
