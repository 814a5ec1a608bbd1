"""The banner says the most urgent thing and what answers it; the papers beside it are complete."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from saas_app.billing import service, statement, words
from saas_app.billing.models import Customer, Invoice, Price, Product, UpcomingInvoice
from saas_app.billing.notices import Notice
from saas_app.billing.service import BillingView
from saas_app.core import db
from saas_app.core.viewer import Viewer
from tests.billing.rows import subscription
from tests.conftest import Hands
from tests.factories import a_user, as_system

SOON = timedelta(days=2)


@pytest.fixture
def ada(sqlite: str, hands: Hands) -> Viewer:
    """Somebody with a card that lasts."""
    viewer = a_user()
    as_system(lambda session: session.add(_customer(viewer.id, hands.at)))
    return viewer


def _customer(user_id: str, at: datetime) -> Customer:
    card = {"card_brand": "visa", "card_last4": "4242", "card_exp_month": 12, "card_exp_year": 2034}
    return Customer(id="acct_1", user_id=user_id, stripe_customer_id="cus_1", created_at=at, synced_at=at, **card)


def _invoice(user_id: str, at: datetime, **changes: Any) -> Invoice:
    values = {
        "stripe_invoice_id": "in_1",
        "user_id": user_id,
        "stripe_subscription_id": "sub_1",
        "status": "open",
        "total": 7200,
        "amount_due": 7200,
        "amount_paid": 0,
        "currency": "eur",
        "created_at": at,
        "hosted_invoice_url": "https://invoice.example/in_1",
    }
    return Invoice(**{**values, **changes})


def _price(at: datetime, name: str = "Agent") -> None:
    def add(session: Any) -> None:
        session.add(Product(stripe_product_id="prod_agent", plan_key="agent_v1", name=name))
        session.flush()
        terms = {"unit_amount": 2900, "currency": "eur", "interval": "month"}
        session.add(Price(stripe_price_id="price_agent", stripe_product_id="prod_agent", created_at=at, **terms))

    as_system(add)


def _add(*rows: Any) -> None:
    as_system(lambda session: session.add_all(rows))


def _seen(viewer: Viewer) -> BillingView:
    with db.session_for(viewer.id, read_only=True) as session:
        return service.billing(session)


def _said(viewer: Viewer) -> Notice:
    return _seen(viewer).notice


def test_an_invoice_that_was_sent_says_until_when_it_is_to_be_paid(ada: Viewer, hands: Hands) -> None:
    at, due = hands.at, hands.at + timedelta(days=14)
    _add(subscription(ada.id), _invoice(ada.id, at, due_at=due))
    said = _said(ada)
    assert (said.tone, said.title) == ("info", f"Your invoice of €72 is due on {words.day(due)}")
    assert (said.pay, said.pay_url, said.action) == ("Pay €72 now", "https://invoice.example/in_1", "")


@pytest.mark.parametrize(("late", "tone"), [(1, "warn"), (8, "bad")])
def test_an_invoice_that_was_sent_and_is_late_names_its_day_and_offers_no_card(
    ada: Viewer, hands: Hands, late: int, tone: str
) -> None:
    due = hands.at - timedelta(days=late)
    _add(subscription(ada.id, status="past_due", past_due_since=due), _invoice(ada.id, hands.at, due_at=due))
    said = _said(ada)
    assert said.tone == tone
    assert words.day(due) in said.title + said.words
    assert "through" not in said.title  # nobody tried to charge anything
    assert (said.pay, said.action) == ("Pay €72 now", "")


def test_an_open_invoice_that_is_charged_by_itself_is_nothing_to_speak_of(ada: Viewer, hands: Hands) -> None:
    _add(subscription(ada.id), _invoice(ada.id, hands.at))
    assert _said(ada) == Notice()


def test_a_failed_payment_names_amount_next_try_and_the_end_of_grace(ada: Viewer, hands: Hands) -> None:
    at = hands.at
    again = at + timedelta(days=3)
    _add(
        subscription(ada.id, status="past_due", past_due_since=at),
        _invoice(ada.id, at, attempt_count=1, next_payment_attempt=again),
    )
    said = _said(ada)
    assert (said.tone, said.title) == ("warn", "Your payment of €72 did not go through")
    assert said.words == "Everything stays open until November 30, 2026. We try again on November 26, 2026."
    assert (said.pay, said.pay_url) == ("Pay €72 now", "https://invoice.example/in_1")
    assert (said.action, said.flow) == ("Update card", "payment_method_update")
    hands.move(days=7)
    locked = _seen(ada)
    assert (locked.notice.tone, locked.notice.title) == ("bad", "Pro is locked until it is paid")
    assert (locked.plan_key, locked.plan_title, locked.status) == ("free", "Pro", "Past due")


def test_a_bank_that_asks_comes_before_everything_else(ada: Viewer, hands: Hands) -> None:
    _add(
        subscription(ada.id, status="past_due", past_due_since=hands.at, ends_at=hands.at + SOON),
        _invoice(ada.id, hands.at, attempt_count=1, needs_action=True),
    )
    said = _said(ada)
    assert said.title == "Your bank wants you to confirm a payment of €72"
    assert (said.pay, said.pay_url) == ("Confirm €72", "https://invoice.example/in_1")


def test_nobody_is_asked_to_pay_what_the_bank_has_taken_already(ada: Viewer, hands: Hands) -> None:
    _add(
        subscription(ada.id, status="past_due", past_due_since=hands.at),
        _invoice(ada.id, hands.at, attempt_count=1, being_paid=True),
    )
    said = _said(ada)
    assert (said.tone, said.title) == ("info", "Your payment of €72 is under way")
    assert (said.pay, said.action) == ("", "")
    assert "opens when" not in said.words
    hands.move(days=7)
    assert _said(ada).words.endswith("Pro opens when it arrives.")


def test_a_change_that_the_bank_has_not_answered_names_the_day_on_which_it_is_dropped(
    ada: Viewer, hands: Hands
) -> None:
    _price(hands.at)
    row = subscription(ada.id, pending_price_id="price_agent", pending_until=hands.at + SOON)
    _add(row, _invoice(ada.id, hands.at, attempt_count=1, being_paid=True))
    said = _said(ada)
    assert said.title == "Your payment of €72 is under way"
    assert f"by {words.day(hands.at + SOON)}, your change is dropped" in said.words


def test_a_change_that_waits_for_its_payment_says_until_when(ada: Viewer, hands: Hands) -> None:
    _price(hands.at)
    _add(
        subscription(ada.id, pending_price_id="price_agent", pending_until=hands.at + SOON),
        _invoice(ada.id, hands.at, attempt_count=1, amount_due=2000),
    )
    said = _said(ada)
    assert said.title == "Your change to Agent waits for its payment"
    assert "it is €29 a month" in said.words
    assert "dropped on November 25, 2026" in said.words
    assert said.pay == "Pay €20 now"


def test_an_end_and_a_planned_change_can_both_be_taken_back(ada: Viewer, hands: Hands) -> None:
    _price(hands.at)
    _add(subscription(ada.id, next_price_id="price_agent", next_at=hands.at + SOON))
    said = _said(ada)
    assert (said.title, said.action, said.door) == ("Agent from November 25, 2026", "Keep Pro", "/billing/keep")
    _add(subscription(ada.id, id="sub_0", created_at=hands.at - timedelta(days=999), ends_at=hands.at + SOON))
    as_system(lambda session: session.delete(session.get_one(type(subscription("x")), "sub_1")))
    said = _said(ada)
    assert (said.title, said.door) == ("Pro ends on November 25, 2026", "/billing/keep")


def test_a_product_may_have_any_name_at_stripe(ada: Viewer, hands: Hands) -> None:
    _price(hands.at, name="Agent | {Team}")
    _add(subscription(ada.id, next_price_id="price_agent", next_at=hands.at + SOON))
    said = _said(ada)
    assert said.title == "Agent | {Team} from November 25, 2026"
    assert said.words.endswith("After that it is €29 a month.")


@pytest.mark.parametrize(
    ("days", "card", "title"),
    [
        (10, "4242", ""),
        (2, "4242", "Your trial ends in 2 days"),
        (1, "4242", "Your trial ends tomorrow"),
        (10, "", "Your trial ends in 10 days"),
    ],
)
def test_the_end_of_a_trial_is_told_early_to_whoever_has_no_card(
    ada: Viewer, hands: Hands, days: int, card: str, title: str
) -> None:
    _add(subscription(ada.id, status="trialing", trial_end=hands.at + timedelta(days=days)))
    as_system(lambda session: setattr(session.get_one(Customer, "acct_1"), "card_last4", card))
    said = _said(ada)
    assert said.title == title
    assert (said.action == "Add a card") is (card == "")


@pytest.mark.parametrize(
    ("status", "title", "door"),
    [
        ("paused", "Your plan is paused", "/billing/resume"),
        ("incomplete", "Your payment is not finished", "/billing/portal"),
        ("unpaid", "Pro is locked until it is paid", "/billing/portal"),
        ("a_status_stripe_will_invent", "", ""),
    ],
)
def test_every_other_status_has_its_banner(ada: Viewer, status: str, title: str, door: str) -> None:
    _add(subscription(ada.id, status=status))
    said = _said(ada)
    assert (said.title, said.door) == (title, door)


def test_a_stop_of_ours_says_when_it_goes_on(ada: Viewer, hands: Hands) -> None:
    _add(subscription(ada.id, pause_behavior="void", pause_resumes_at=hands.at + SOON))
    seen = _seen(ada)
    assert (seen.date_label, seen.date, seen.can_change) == ("Resumes on", "November 25, 2026", False)
    assert "until November 25, 2026" in seen.notice.words


@pytest.mark.parametrize(("month", "is_soon"), [(11, True), (12, True), (1, False)])
def test_a_card_that_expires_soon_is_said(ada: Viewer, month: int, is_soon: bool) -> None:
    def wear(session: Any) -> None:
        row = session.get_one(Customer, "acct_1")
        row.card_exp_month, row.card_exp_year = month, 2026 if month > 1 else 2027

    as_system(wear)
    assert _seen(ada).card_soon is is_soon


@pytest.mark.parametrize(
    ("discount", "words"),
    [
        ({"discount_percent": "20", "discount_duration": "forever"}, "Spring: 20 % off"),
        ({"discount_off": 500, "discount_duration": "once"}, "Spring: €5 off the next invoice"),
    ],
)
def test_a_discount_is_said_with_its_terms(ada: Viewer, discount: dict[str, Any], words: str) -> None:
    _add(subscription(ada.id, discount_name="Spring", **discount))
    assert _seen(ada).discount == words


# --- The papers


def test_twelve_invoices_are_shown_and_the_others_counted(ada: Viewer, hands: Hands) -> None:
    _add(*[_invoice(ada.id, hands.at + timedelta(days=n), stripe_invoice_id=f"in_{n:02}") for n in range(15)])
    with db.session_for(ada.id, read_only=True) as session:
        first, all_ = statement.invoices(session), statement.invoices(session, 24)
    assert (len(first.shown), first.more) == (12, 3)
    assert first.shown[0].date == "December 7, 2026"
    assert (len(all_.shown), all_.more) == (15, 0)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "paid", "amount_paid": 7200}, "Paid"),
        ({"status": "paid", "amount_paid": 7200, "amount_refunded": 100}, "Partly refunded"),
        ({"status": "paid", "amount_paid": 7200, "amount_refunded": 7200}, "Refunded"),
        ({"status": "open"}, "To pay"),
        ({"status": "open", "needs_action": True}, "Confirm it"),
        ({"status": "open", "being_paid": True}, "Processing"),
        ({"status": "void"}, "Void"),
        ({"status": "uncollectible"}, "Not collected"),
    ],
)
def test_an_invoice_says_what_became_of_it(ada: Viewer, hands: Hands, changes: dict[str, Any], status: str) -> None:
    _add(_invoice(ada.id, hands.at, **changes))
    with db.session_for(ada.id, read_only=True) as session:
        assert statement.invoices(session).shown[0].status == status


def test_the_next_charge_adds_up_line_by_line(ada: Viewer, hands: Hands) -> None:
    lines = [["1 × Pro (at €72.00 / year)", 7200]]
    sums = {"discount": 1440, "tax": 1094, "total": 6854, "amount_due": 6354, "currency": "eur"}
    _add(
        subscription(ada.id),
        UpcomingInvoice(stripe_subscription_id="sub_1", user_id=ada.id, charged_at=hands.at, lines=lines, **sums),
    )
    with db.session_for(ada.id, read_only=True) as session:
        found = statement.next_charge(session)
    assert (found.title, found.date, found.amount) == ("Next charge", "November 23, 2026", "€63.54")
    assert [(line.words, line.amount) for line in found.lines] == [
        ("Pro (at €72.00 / year)", "€72"),
        ("Discount", "−€14.40"),
        ("Tax", "€10.94"),
        ("Credit", "−€5"),
    ]


def test_somebody_elses_papers_are_not_mine(ada: Viewer, hands: Hands) -> None:
    bob = a_user("Bob")
    sums = {"total": 1, "amount_due": 1, "currency": "eur"}
    _add(
        subscription(ada.id),
        _invoice(ada.id, hands.at),
        UpcomingInvoice(stripe_subscription_id="sub_1", user_id=ada.id, charged_at=hands.at, **sums),
    )
    with db.session_for(bob.id, read_only=True) as session:
        assert statement.invoices(session).shown == ()
        assert statement.next_charge(session).title == ""
        assert not statement.details(session).known
