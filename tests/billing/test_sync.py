"""The one writer: what Stripe said last is what stays, however answers overtake each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from saas_app.billing import sync
from saas_app.billing.account import bind, open_account, sync_account
from saas_app.billing.gateway.shapes import StripeCard, StripeCustomer, StripeInvoice, StripeSubscription
from saas_app.billing.models import Customer, Invoice, Subscription
from saas_app.billing.sync import Fetch
from saas_app.core.jobs import Outbox
from saas_app.core.viewer import Viewer
from tests.billing.shop import Stripe, rows
from tests.factories import a_user, as_system

START = datetime(2027, 3, 1, tzinfo=UTC)
SUBSCRIPTION = StripeSubscription(
    id="sub_1",
    status="active",
    price_id="price_year",
    product_id="prod_pro",
    lookup_key="pro_v1_year",
    unit_amount=7200,
    currency="eur",
    interval="year",
    quantity=1,
    created=START,
    current_period_start=START,
    current_period_end=START + timedelta(days=365),
    cancel_at_period_end=False,
    ends_at=None,
    trial_end=None,
    pause_behavior="",
    latest_invoice_id="in_1",
)
PAYING = StripeCustomer("cus_1", card=StripeCard("visa", "4242", 12, 2034), subscriptions=(SUBSCRIPTION,))
CANCELED = replace(PAYING, subscriptions=(replace(SUBSCRIPTION, status="canceled", ends_at=START),))


@pytest.fixture
def customer(database: str) -> Viewer:
    """Somebody whose account is bound to cus_1."""
    viewer = a_user()

    def tie(session: object) -> None:
        bind(session, open_account(session, viewer.id), "cus_1")  # type: ignore[arg-type]

    as_system(tie)
    return viewer


def _begin(viewer: Viewer) -> Fetch:
    fetch = as_system(lambda session: sync.begin(session, viewer.id))
    assert fetch is not None
    return fetch


def _apply(fetch: Fetch, found: StripeCustomer) -> bool:
    return as_system(lambda session: sync.apply(session, fetch, found))


def _statuses() -> list[str]:
    return [row.status for row in rows(Subscription)]


@pytest.mark.parametrize("later_comes_first", [True, False])
def test_a_fetch_that_began_later_wins_whichever_arrives_first(customer: Viewer, later_comes_first: bool) -> None:
    earlier, later = _begin(customer), _begin(customer)
    answers = [(earlier, PAYING), (later, CANCELED)]
    written = [_apply(*each) for each in (reversed(answers) if later_comes_first else answers)]
    assert _statuses() == ["canceled"]
    assert written == ([True, False] if later_comes_first else [True, True])


def test_the_same_answer_twice_is_written_once(customer: Viewer) -> None:
    fetch = _begin(customer)
    assert [_apply(fetch, PAYING), _apply(fetch, PAYING)] == [True, False]
    assert len(rows(Subscription)) == 1


def test_a_subscription_that_stripe_no_longer_lists_is_over(customer: Viewer) -> None:
    _apply(_begin(customer), PAYING)
    _apply(_begin(customer), replace(PAYING, subscriptions=()))
    assert _statuses() == ["canceled"]


def test_a_late_answer_for_a_deleted_customer_brings_nothing_back(customer: Viewer) -> None:
    late = _begin(customer)
    _apply(_begin(customer), StripeCustomer("cus_1", deleted=True))
    assert _apply(late, PAYING) is False
    assert rows(Subscription) == []


def test_a_deleted_customer_ends_its_subscription_and_makes_room_for_another(customer: Viewer) -> None:
    _apply(_begin(customer), PAYING)
    _apply(_begin(customer), StripeCustomer("cus_1", deleted=True))
    row = rows(Customer)[0]
    assert (row.stripe_customer_id, row.generation, row.card_last4) == (None, 1, "")
    assert _statuses() == ["canceled"]


def test_a_plan_is_known_by_its_product_and_before_that_by_its_lookup_key(customer: Viewer) -> None:
    _apply(_begin(customer), PAYING)
    assert [row.plan_key for row in rows(Subscription)] == ["pro_v1"]


def test_a_failed_renewal_counts_its_days_from_the_first_sight_and_forgets_them_when_paid(customer: Viewer) -> None:
    past_due = replace(PAYING, subscriptions=(replace(SUBSCRIPTION, status="past_due"),))
    since = []
    for answer in (PAYING, past_due, past_due, PAYING):
        _apply(_begin(customer), answer)
        since.append(rows(Subscription)[0].past_due_since)
    assert since[0] is None
    assert since[1] is not None
    assert since[1] == since[2]
    assert since[3] is None


def test_invoices_are_kept_once_and_follow_their_state(customer: Viewer) -> None:
    invoice = StripeInvoice("in_1", "0001", "open", 7200, 7200, 0, "eur", START, "https://x.example/i", "", "sub_1")
    for status in ("open", "paid"):
        _apply(_begin(customer), replace(PAYING, invoices=(replace(invoice, status=status),)))
    assert [(row.stripe_invoice_id, row.status) for row in rows(Invoice)] == [("in_1", "paid")]


def test_each_change_is_told_by_mail_once(customer: Viewer) -> None:
    ending = replace(PAYING, subscriptions=(replace(SUBSCRIPTION, ends_at=START + timedelta(days=365)),))
    invoice = StripeInvoice("in_1", "0001", "open", 7200, 7200, 0, "eur", START, "https://x.example/i", "", "sub_1")
    failed = replace(invoice, attempt_count=1, next_payment_attempt=START + timedelta(days=3))
    past_due = replace(PAYING, subscriptions=(replace(SUBSCRIPTION, status="past_due"),), invoices=(failed,))
    paid = replace(PAYING, invoices=(replace(invoice, status="paid", amount_paid=7200),))
    for answer in (PAYING, PAYING, past_due, past_due, paid, paid, ending, ending, paid, ending, CANCELED, CANCELED):
        _apply(_begin(customer), answer)
    told = [row.key.split(":")[1] for row in rows(Outbox)]
    each_once = ["ended", "failed", "kept", "receipt", "recovered", "subscribed"]
    assert sorted(told) == sorted([*each_once, "canceled", "canceled"])  # of two cancellations both are told


async def test_one_look_writes_all_that_stripe_has(shop: Stripe) -> None:
    viewer = a_user()
    await shop.subscribe(viewer, interval="month")
    assert await sync_account(viewer.id)
    customer, subscription, invoice = rows(Customer)[0], rows(Subscription)[0], rows(Invoice)[0]
    assert (customer.card_brand, customer.card_last4) == ("visa", "4242")
    assert (subscription.status, subscription.plan_key, subscription.unit_amount) == ("active", "pro_v1", 900)
    assert (invoice.status, invoice.total, invoice.currency) == ("paid", 900, "eur")
    assert invoice.hosted_invoice_url.startswith(shop.url)
    assert {row.user_id for row in (customer, subscription, invoice)} == {viewer.id}
