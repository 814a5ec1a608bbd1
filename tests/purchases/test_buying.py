"""What is paid once is owned once, and what Stripe says of the payment decides."""

import asyncio
import itertools
import random
from collections.abc import Callable

import pytest

from saas_app.billing import statement
from saas_app.billing.account import ensure_customer, sync_account
from saas_app.billing.checkout import Outcome, Wish, look_at, open_session
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.models import CheckoutAttempt, Customer, Invoice
from saas_app.billing.webhooks import keep
from saas_app.core import db
from saas_app.core.errors import NotFound
from saas_app.core.mailer import Mailbox
from saas_app.core.viewer import Viewer
from saas_app.purchases import catalogue, checkout, service
from saas_app.purchases.checkout import NotSold
from saas_app.purchases.entitlements import Disputed, OwnedAlready, UnderWay
from saas_app.purchases.models import Purchase, Standing
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.factories import a_user
from tests.purchases.market import DISPUTED_CARD, REFUND_FAILS, SLOW_ACCOUNT, Market, all_events, standings, told
from tests.sandbox.shop import wait_until


def offered() -> list[str]:
    with db.system_session("catalogue", read_only=True) as session:
        return [offer.key for offer in catalogue.goods(session)]


async def _seen(viewer: Viewer) -> list[tuple[str, str, list[str]]]:
    found = await db.read(viewer, service.purchases)
    return [(each.state, each.amount, [file.name for file in each.files]) for each in found]


async def test_what_nobody_delivers_is_not_offered_and_cannot_be_bought(shop: Stripe) -> None:
    assert offered() == []
    with pytest.raises(NotSold):
        await checkout.start_purchase(a_user(), "book_v1")
    assert shop.all("checkout/sessions") == []


async def test_a_book_is_paid_once_and_owned(market: Market) -> None:
    ada = a_user()
    assert offered() == ["book_v1"]
    session_id = await market.buy(ada)
    assert rows(Purchase) == []
    assert await checkout.finish(ada, session_id) is Outcome.ACTIVE
    assert await checkout.finish(ada, session_id) is Outcome.ACTIVE
    (row,) = rows(Purchase)
    assert (row.user_id, row.product_key, row.amount, row.currency) == (ada.id, "book_v1", 1900, "eur")
    assert row.stripe_payment_id == market.payment(session_id)
    assert await _seen(ada) == [("Owned", "€19", ["the-flat-in-numbers.pdf"])]
    assert await db.read(ada, service.offers) == []
    assert told() == ["bought"]


async def test_the_payment_has_an_invoice_and_says_whose_it_is(market: Market) -> None:
    ada = a_user()
    session_id = await market.buy(ada)
    await sync_account(ada.id)
    customer = rows(Customer)[0]
    intent = market.ask(f"payment_intents/{market.payment(session_id)}")
    assert intent["metadata"]["account_id"] == customer.id
    assert [(row.total, row.status) for row in rows(Invoice)] == [(1900, "paid")]
    assert rows(Purchase)[0].receipt_url == rows(Invoice)[0].receipt_url == market.all("charges")[0]["receipt_url"]


async def test_twenty_clicks_at_once_open_one_checkout(market: Market) -> None:
    ada = a_user()
    urls = await asyncio.gather(*(checkout.start_purchase(ada, "book_v1") for _ in range(20)))
    assert len(set(urls)) == 1
    assert len(market.all("customers")) == len(market.all("checkout/sessions")) == 1
    assert [(row.kind, row.status) for row in rows(CheckoutAttempt)] == [("purchase", "open")]


async def test_a_plan_and_a_book_can_be_chosen_side_by_side(market: Market) -> None:
    ada = a_user()
    book = await checkout.start_purchase(ada, "book_v1")
    await market.subscribe(ada)
    assert await checkout.start_purchase(ada, "book_v1") == book
    market.pay(book)
    await sync_account(ada.id)
    assert standings(ada) == [Standing.OWNED]


async def test_an_owner_is_told_so_and_not_charged(market: Market) -> None:
    ada = a_user()
    await market.buy(ada)
    with pytest.raises(OwnedAlready, match="nothing was charged"):
        await checkout.start_purchase(ada, "book_v1")
    assert len(market.all("checkout/sessions")) == 1


async def test_paying_in_one_tab_while_the_other_clicks_buys_once(market: Market) -> None:
    ada = a_user()
    price = market.price("book_v1")["id"]
    kind, account = checkout._kind("book_v1"), await ensure_customer(ada)
    market.pay(
        await open_session(ada, account, Wish(price, "eur"), kind)
    )  # after the other click had looked, and found nothing
    with pytest.raises(OwnedAlready):
        await open_session(ada, account, Wish(price, "eur"), kind)
    assert [each["status"] for each in market.all("checkout/sessions")] == ["complete"]


async def test_with_stripe_down_nothing_is_half_written(market: Market) -> None:
    ada = a_user()
    market.tell("down", seconds=600)
    with pytest.raises(StripeUnavailable):
        await checkout.start_purchase(ada, "book_v1")
    assert rows(CheckoutAttempt) == rows(Purchase) == []


async def test_somebody_elses_session_is_as_unknown_as_one_that_never_was(market: Market) -> None:
    ada, bob = a_user("Ada"), a_user("Bob")
    session_id = await market.buy(ada)
    await checkout.start_purchase(bob, "book_v1")  # Bob is a customer too
    words = set()
    for wanted in (session_id, "cs_test_never_was"):
        with pytest.raises(NotFound) as refused:
            await checkout.finish(bob, wanted)
        words.add(str(refused.value))
        assert await look_at(bob, wanted, checkout.finish) is Outcome.UNKNOWN
    assert len(words) == 1
    assert rows(Purchase) == []


async def test_leaving_the_checkout_buys_nothing(market: Market) -> None:
    ada = a_user()
    url = await checkout.start_purchase(ada, "book_v1")
    assert await checkout.finish(ada, url.rpartition("/")[2]) is Outcome.OPEN
    assert rows(Purchase) == []


async def test_a_bank_that_has_not_answered_gives_nothing_and_lets_nobody_pay_twice(market: Market) -> None:
    ada = a_user()
    session_id = await _pay_by_debit(market, ada, SLOW_ACCOUNT)
    assert await checkout.finish(ada, session_id) is Outcome.PROCESSING
    assert await _seen(ada) == [("Processing", "€19", [])]
    await sync_account(ada.id)
    assert [each.receipt for each in await db.read(ada, service.purchases)] == [""]
    (bill,) = (await db.read(ada, statement.invoices)).shown
    assert (bill.status, bill.amount) == ("Processing", "€19")
    with pytest.raises(UnderWay):
        await checkout.start_purchase(ada, "book_v1")
    assert told() == []


@pytest.mark.parametrize(("account", "end"), [("AT611904300234573201", [Standing.OWNED]), ("AT861904300235473202", [])])
async def test_what_the_bank_answers_later_decides(market: Market, account: str, end: list[Standing]) -> None:
    ada = a_user()
    await _pay_by_debit(market, ada, account)
    await asyncio.to_thread(wait_until, lambda: _has_answered(market))
    await market.tell_all()
    assert standings(ada) == end
    assert told() == ["bought"] * len(end)


def _has_answered(market: Market) -> bool:
    return any(event["type"].startswith("checkout.session.async_payment_") for event in market.all("events"))


async def _pay_by_debit(market: Market, viewer: Viewer, account: str) -> str:
    url = await checkout.start_purchase(viewer, "book_v1")
    session_id = url.rpartition("/")[2]
    market.pay_by_debit(session_id, account)
    return session_id


async def test_a_partial_refund_leaves_it_and_a_full_one_withdraws_it(market: Market) -> None:
    ada = a_user()
    session_id = await market.buy(ada)
    await market.tell_all()
    market.refund(session_id, 500)
    await market.tell_all()
    assert await _seen(ada) == [("Owned", "€19", ["the-flat-in-numbers.pdf"])]
    assert [each.note for each in await db.read(ada, service.purchases)] == ["€5 of it returned"]
    market.refund(session_id)
    await market.tell_all()
    assert await _seen(ada) == [("Refunded", "€19", [])]
    assert [each.key for each in await db.read(ada, service.offers)] == ["book_v1"]
    assert told() == ["bought", "refunded", "refunded"]
    texts = {mail.subject: mail.text for mail in rows(Mailbox)}
    assert "Returned in all: €5" in texts["We have returned €5"]
    assert "Returned in all: €19" in texts["We have returned €14"]
    assert "€14 to you, the rest of what you paid" in texts["We have returned €14"]


@pytest.mark.parametrize(
    ("steps", "seen"),
    [
        (["dispute"], ["Frozen"]),
        (["dispute", "won"], ["Frozen", "Owned"]),
        (["dispute", "lost"], ["Frozen", "Withdrawn"]),
        (["inquiry"], ["Owned"]),
        (["inquiry", "lost"], ["Owned", "Owned"]),
    ],
)
async def test_a_dispute_freezes_and_its_end_decides(market: Market, steps: list[str], seen: list[str]) -> None:
    ada = a_user()
    session_id = await market.buy(ada)
    await market.tell_all()
    states = []
    for step in steps:
        market.dispute(session_id, step)
        await market.tell_all()
        states += [state for state, *_ in await _seen(ada)]
    assert states == seen


async def test_what_is_disputed_is_not_sold_again_before_the_bank_has_decided(market: Market) -> None:
    ada = a_user()
    session_id = await market.buy(ada)
    market.dispute(session_id)
    await market.tell_all()
    assert await db.read(ada, service.offers) == []
    with pytest.raises(Disputed, match="nothing was charged again"):
        await checkout.start_purchase(ada, "book_v1")
    market.dispute(session_id, "lost")
    await market.tell_all()
    assert [each.key for each in await db.read(ada, service.offers)] == ["book_v1"]
    assert (await checkout.start_purchase(ada, "book_v1")).startswith(market.url)


async def test_each_change_is_told_once_however_often_we_look(market: Market) -> None:
    ada = a_user()
    session_id = await market.buy(ada)
    for step in ("", "dispute", "won"):
        if step:
            market.dispute(session_id, step)
        for _ in range(3):
            await sync_account(ada.id)
    assert told() == ["bought", "frozen", "restored"]


async def test_a_payment_that_is_disputed_at_once_is_never_open(market: Market) -> None:
    ada = a_user()
    await market.buy(ada, card=DISPUTED_CARD)
    await market.tell_all()
    assert standings(ada) == [Standing.FROZEN]


@pytest.mark.parametrize("seed", range(4))
async def test_events_in_any_order_and_twice_end_in_the_same_rows_and_mails(market: Market, seed: int) -> None:
    ada = a_user()
    session_id = await market.buy(ada)
    market.refund(session_id, 500)
    market.dispute(session_id)
    market.dispute(session_id, "won")
    events = [event async for event in all_events()] * 2
    random.Random(seed).shuffle(events)  # noqa: S311 (a test's dice)
    for event, number in zip(events, itertools.count(), strict=False):
        await db.run_system("webhook", keep, event)
        if number % 3 == 0:
            await do_waiting_work()
    await do_waiting_work()
    (row,) = rows(Purchase)
    assert (row.standing, row.amount_refunded, row.dispute_status) == (Standing.OWNED, 500, "won")
    assert told() == ["bought", "refunded"]


async def test_a_book_for_nothing_is_owned_too(market: Market) -> None:
    ada = a_user()
    coupon = market.change("coupons", percent_off=100, duration="once")
    market.change("promotion_codes", code="GIFT", **{"promotion[type]": "coupon", "promotion[coupon]": coupon["id"]})
    url = await checkout.start_purchase(ada, "book_v1")
    market.use_code(url, "GIFT")
    market.pay(url)
    assert await checkout.finish(ada, url.rpartition("/")[2]) is Outcome.ACTIVE
    assert [(row.amount, row.standing) for row in rows(Purchase)] == [(0, Standing.OWNED)]


async def test_a_customer_deleted_at_stripe_keeps_what_they_own_and_a_refund_still_counts(market: Market) -> None:
    ada = a_user()
    session_id = await market.buy(ada)
    await market.tell_all()
    market.delete(f"customers/{rows(Customer)[0].stripe_customer_id}")
    await sync_account(ada.id)
    assert standings(ada) == [Standing.OWNED]
    market.refund(session_id)
    await market.tell_all()
    assert standings(ada) == [Standing.REFUNDED]


async def test_a_refund_that_its_bank_sends_back_leaves_it_theirs_and_is_told(market: Market) -> None:
    ada = a_user()
    session_id = await market.buy(ada, card=REFUND_FAILS)
    await market.tell_all()
    market.refund(session_id)
    await market.tell_all()
    assert (await _seen(ada))[0][0] == "Refunded"
    market.tell("advance", seconds=3601)
    await market.tell_all()
    assert (await _seen(ada))[0][0] == "Owned"
    assert sorted(told()) == ["bought", "refund_failed", "refunded"]


async def test_a_dispute_leaves_it_open_until_it_is_decided_where_the_founder_wants_it_so(
    market: Market, configured: Callable[..., None]
) -> None:
    ada = a_user()
    session_id = await market.buy(ada)
    configured(DISPUTE_FREEZES="false")
    market.dispute(session_id)
    await market.tell_all()
    assert standings(ada) == [Standing.OWNED]
    market.dispute(session_id, "lost")
    await market.tell_all()
    assert standings(ada) == [Standing.WITHDRAWN]
