"""Mails hang on what has changed, not on what was heard: a life at the sandbox, in any order and however often."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import Session, select

from saas_app.auth.models import User
from saas_app.billing import changes, ending, reconcile, sync
from saas_app.billing.account import sync_account
from saas_app.billing.gateway.events import list_events
from saas_app.billing.models import Invoice, Subscription
from saas_app.billing.setup import EVENTS
from saas_app.billing.webhooks import keep
from saas_app.core import clock, db
from saas_app.core.jobs import Outbox
from saas_app.core.mailer import Mailbox
from saas_app.core.viewer import Viewer
from tests.billing import gallery
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.conftest import Hands
from tests.core.mail_server import Server
from tests.factories import a_user, as_system


def told() -> list[str]:
    """What the mails are about, in the order in which they were written."""
    mails = [row for row in rows(Outbox) if row.kind == "mail"]
    return [row.key.split(":")[1] for row in sorted(mails, key=lambda row: row.created_at)]


async def _news(viewer: Viewer) -> list[str]:
    """What two looks write."""
    before = told()
    await sync_account(viewer.id)
    await sync_account(viewer.id)
    after = told()
    for kind in before:
        after.remove(kind)
    return sorted(after)


async def _a_subscriber(shop: Stripe, interval: str = "month") -> tuple[Viewer, Any]:
    ada = a_user()
    await shop.subscribe(ada, "pro_v1", interval)
    assert await _news(ada) == ["receipt", "subscribed"]
    return ada, shop.all("subscriptions")[0]


async def test_the_mails_of_a_year_are_each_written_once(shop: Stripe) -> None:
    ada, subscription = await _a_subscriber(shop)
    shop.let_the_period_end(subscription["id"])
    assert await _news(ada) == ["receipt"]
    shop.take_card(subscription, "pm_card_chargeCustomerFail")
    shop.let_the_period_end(subscription["id"])
    assert await _news(ada) == ["failed"]
    shop.tell("advance", seconds=3 * 86_400)
    assert await _news(ada) == []  # tried again, in vain: nothing is other than was said
    owed = shop.all("invoices?status=open")[0]
    shop.pay(owed["hosted_invoice_url"])
    assert await _news(ada) == ["receipt", "recovered"]
    shop.change("refunds", payment_intent=_intent(shop, owed["id"]), amount=300)
    assert await _news(ada) == ["refunded"]
    shop.change("refunds", payment_intent=_intent(shop, owed["id"]))
    assert await _news(ada) == ["refunded"]
    await ending.cancel(ada, "unused", "")
    await ending.keep(ada)
    await ending.cancel(ada, "unused", "")
    assert [kind for kind in told() if kind in ("canceled", "kept")] == ["canceled", "kept", "canceled"]
    shop.let_the_period_end(subscription["id"])
    assert await _news(ada) == ["ended"]
    await do_waiting_work()
    sent = rows(Mailbox)
    assert len({mail.message_id for mail in sent}) == len(sent) == len(told())
    assert {mail.to for mail in sent} == {"ada@example.com"}
    receipts = [mail for mail in sent if mail.subject == "Your receipt for €9"]
    numbers = {row.number for row in rows(Invoice)}
    assert {number for number in numbers for mail in receipts if f"Invoice: {number}" in mail.text} == numbers


def _intent(shop: Stripe, invoice_id: str) -> str:
    paid = shop.ask(f"invoices/{invoice_id}?expand[]=payments")["payments"]["data"][-1]
    return paid["payment"]["payment_intent"]


@pytest.mark.parametrize(("then", "kinds"), [("past_due", ["last"]), ("unpaid", ["last"]), ("cancel", ["ended"])])
async def test_the_last_try_is_told_with_what_follows(shop: Stripe, then: str, kinds: list[str]) -> None:
    shop.tell("settings", retry_days=[3], then=then)
    ada, subscription = await _a_subscriber(shop)
    shop.take_card(subscription, "pm_card_chargeCustomerFail")
    shop.let_the_period_end(subscription["id"])
    assert await _news(ada) == ["failed"]
    shop.tell("advance", seconds=4 * 86_400)
    assert await _news(ada) == kinds


async def test_a_bank_that_asks_is_a_mail_of_its_own_with_the_page_that_answers_it(shop: Stripe) -> None:
    ada, subscription = await _a_subscriber(shop)
    shop.take_card(subscription, "pm_card_authenticationRequired")
    shop.let_the_period_end(subscription["id"])
    assert await _news(ada) == ["action"]
    await do_waiting_work()
    mail = next(mail for mail in rows(Mailbox) if "Your bank wants you to confirm €9" in mail.subject)
    assert shop.all("invoices?status=open")[0]["hosted_invoice_url"] in mail.text


async def test_going_up_down_and_back_is_told(shop: Stripe) -> None:
    ada, _ = await _a_subscriber(shop)
    for plan, kinds in (("agent_v1", ["changed", "receipt"]), ("pro_v1", ["planned"])):
        before = len(told())
        await changes.work_out(ada, plan, "month")
        shown = as_system(lambda session: session.exec(select(changes.PlanChange).where(_shown())).one())
        await changes.confirm(ada, shown.id)
        assert sorted(told()[before:]) == kinds
    await ending.keep(ada)
    assert told()[-1] == "unplanned"


def _shown() -> Any:
    return changes.PlanChange.status == "shown"


async def test_where_stripe_writes_receipts_we_write_none(shop: Stripe, configured: Callable[..., None]) -> None:
    configured(STRIPE_RECEIPTS="true")
    ada = a_user()
    await shop.subscribe(ada)
    assert await _news(ada) == ["subscribed"]


async def test_events_in_any_order_and_again_and_reconciling_bring_no_mail_twice(shop: Stripe) -> None:
    ada, subscription = await _a_subscriber(shop)
    shop.take_card(subscription, "pm_card_chargeCustomerFail")
    shop.let_the_period_end(subscription["id"])
    await sync_account(ada.id)
    shop.pay(shop.all("invoices?status=open")[0]["hosted_invoice_url"])
    await sync_account(ada.id)
    once = sorted(told())
    assert once == ["failed", "receipt", "receipt", "recovered", "subscribed"]
    events = [event async for event in list_events(EVENTS[:20], clock.now().replace(year=2020), clock.now())]
    for seed in range(3):
        for event in _shuffled([*events, *events], seed):
            again = replace(event, id=f"{event.id}_{seed}")
            await db.run_system("webhook", keep, again)
        await do_waiting_work()
    await reconcile.sync_everybody()
    assert sorted(told()) == once


def _shuffled(things: Sequence[Any], seed: int) -> list[Any]:
    return random.Random(seed).sample(things, k=len(things))  # noqa: S311  chance, not secrecy


@pytest.mark.parametrize("seed", range(8))
def test_looks_that_overtake_each_other_write_the_mails_of_what_was_seen_last(sqlite: str, seed: int) -> None:
    """Answers come shuffled; of those that are written, each change is told once."""
    at, ada = clock.now(), gallery.bound()
    as_system(gallery.catalogue)
    pro = gallery.subscription(at, created=at)
    late = gallery.customer(
        replace(pro, status="past_due"),
        invoices=(gallery.invoice(at, attempt_count=1, next_payment_attempt=at + timedelta(days=3)),),
    )
    paid = gallery.customer(pro, invoices=(gallery.invoice(at, status="paid", amount_paid=7200),))
    story = [gallery.customer(pro), late, late, paid, paid, late, paid]
    fetches = [as_system(lambda session: sync.begin(session, ada.id)) for _ in story]
    order = _shuffled(range(len(story)), seed)
    written: list[Any] = []
    for place in [*order, *order]:
        fetch = fetches[place]
        assert fetch is not None
        if as_system(lambda session, f=fetch, p=place: sync.apply(session, f, story[p])):
            written.append(story[place])
    steps = list(pairwise(written))
    assert told().count("recovered") == steps.count((late, paid))
    assert told().count("failed") == (late in written)
    assert told().count("receipt") == 1
    assert told().count("subscribed") == (written[0] is not late)


def test_customers_who_were_there_before_us_get_no_mails_about_their_past(sqlite: str, hands: Hands) -> None:
    ada, long_ago = gallery.bound(), hands.at - timedelta(days=30)
    old = gallery.invoice(long_ago, status="paid", amount_paid=7200, amount_refunded=100)
    gallery.hear(ada, gallery.customer(gallery.subscription(long_ago), invoices=(old,)))
    assert told() == []


@pytest.mark.parametrize(("being_paid", "kinds"), [(True, []), (False, ["failed"])])
def test_a_payment_that_the_bank_has_taken_and_not_answered_is_no_news(
    sqlite: str, hands: Hands, *, being_paid: bool, kinds: list[str]
) -> None:
    ada, began = gallery.bound(), hands.at - timedelta(days=30)
    pro = gallery.subscription(began)
    gallery.hear(ada, gallery.customer(pro))
    again = hands.at + timedelta(days=3)
    due = gallery.invoice(hands.at, attempt_count=1, next_payment_attempt=again, being_paid=being_paid)
    gallery.hear(ada, gallery.customer(replace(pro, status="past_due"), invoices=(due,)))
    assert told() == kinds


def test_who_is_locked_is_not_asked_again_for_what_the_bank_has_taken(sqlite: str, hands: Hands) -> None:
    ada, began = gallery.bound(), hands.at - timedelta(days=8)
    late = gallery.subscription(began - timedelta(days=30), status="past_due")
    due = gallery.invoice(began, attempt_count=1, failed_at=began)
    gallery.hear(ada, gallery.customer(late, invoices=(replace(due, being_paid=True),)))
    assert "locked" not in told()
    gallery.hear(ada, gallery.customer(late, invoices=(due,)))
    assert "locked" in told()


def test_who_is_leaving_gets_one_last_mail_and_not_one_about_each_end(sqlite: str, hands: Hands) -> None:
    ada = gallery.bound()
    gallery.hear(ada, gallery.customer(gallery.subscription(hands.at)))

    def leave(session: Session) -> None:
        session.get_one(User, ada.id).leaving_at = clock.now()

    as_system(leave)
    gallery.hear(ada, gallery.customer(gallery.subscription(hands.at, status="canceled")))
    assert rows(Subscription)[0].status == "canceled"
    assert told() == []


async def test_a_mail_server_that_is_away_delays_a_mail_and_does_not_double_it(
    sqlite: str, mail_server: Server, hands: Hands
) -> None:
    mail_server.refusals = 2
    ada = gallery.bound()
    as_system(gallery.catalogue)
    for _ in range(2):
        gallery.hear(ada, gallery.customer(gallery.subscription(hands.at, created=hands.at)))
    await do_waiting_work()
    assert mail_server.taken == []
    for _ in range(4):
        gallery.hear(ada, gallery.customer(gallery.subscription(hands.at, created=hands.at)))
        hands.move(minutes=5)
        await do_waiting_work()
    (mail,) = mail_server.taken
    assert (mail["Subject"], mail["Reply-To"]) == ("Pro is yours", "help@ladrillo.example")
    assert (mail["Auto-Submitted"], mail["List-Unsubscribe"]) == ("auto-generated", None)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


async def test_a_refund_of_a_renewal_that_its_bank_sends_back_is_told_by_the_event_alone(shop: Stripe) -> None:
    ada, subscription = await _a_subscriber(shop)
    shop.take_card(subscription, "pm_card_refundFail")
    shop.let_the_period_end(subscription["id"])
    assert await _news(ada) == ["receipt"]
    charge = shop.all("charges")[0]
    shop.change("refunds", charge=charge["id"], amount=400)
    assert await _news(ada) == ["refunded"]
    began = clock.now()
    shop.tell("advance", seconds=3601)
    failed = [
        event async for event in list_events(["refund.failed"], began - timedelta(days=99), began + timedelta(days=99))
    ]
    assert [event.customer_id for event in failed] == [""]  # Stripe names no customer in it
    await db.run_system("webhook", keep, failed[0])
    await do_waiting_work()
    assert told()[-1] == "refund_failed"
    mail = rows(Mailbox)[-1]
    assert mail.subject == "Your refund of €4 did not arrive"
    assert "tell us how we can return it" in mail.text
    assert await _news(ada) == []
    assert {row.amount_refunded for row in rows(Invoice)} == {0}
