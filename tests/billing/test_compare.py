"""The proof that our rows are Stripe's: nothing is said when all is well, and each difference when not."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas_app.billing import compare as comparing
from saas_app.billing.account import sync_account
from saas_app.billing.compare import Report, people
from saas_app.billing.endpoint import EXPECTED_SINCE
from saas_app.billing.gateway import endpoints
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.gateway.shapes import StripeCustomer
from saas_app.billing.models import Customer, Invoice, Price, Product, Subscription, WebhookEvent
from saas_app.billing.reconcile import catch_up
from saas_app.billing.stripe_account import PORTAL, remember
from saas_app.core import clock, live
from saas_app.core.jobs import Outbox
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.factories import a_user, as_system


async def _compare(*, repair: bool = False) -> Report:
    return await comparing.compare(repair=repair, settled=False)


def _said(report: Report) -> list[str]:
    return [str(each) for each in report.differences]


async def _members(shop: Stripe, *names: str) -> list[str]:
    """So many subscribers whose webhooks all arrived; gives their ids."""
    ids: list[str] = []
    for name in names:
        person = a_user(name)
        await shop.subscribe(person)
        ids.append(person.id)
    await catch_up()
    await do_waiting_work()
    return ids


def _set(table: type[Any], **values: Any) -> None:
    as_system(lambda session: session.exec(sa.update(table).where(sa.true()).values(**values)))


async def test_when_all_arrived_there_are_no_differences(shop: Stripe) -> None:
    await _members(shop, "Ada", "Bob")
    report = await _compare()
    assert _said(report) == []
    events = report.counts["events"]
    assert events >= 14  # what two subscribers leave behind
    assert report.summary == (
        f"3 products, 5 prices, 2 customers, 2 subscriptions, 2 invoices, 0 purchases, {events} events: 0 differences"
    )
    assert report.status == 0


@pytest.mark.parametrize(
    ("table", "column", "wrong", "words"),
    [
        (Subscription, "status", "past_due", "status: here past_due, at Stripe active"),
        (Subscription, "unit_amount", 1, "unit_amount: here 1, at Stripe 7200"),
        (Subscription, "next_price_id", "price_1", "next_price_id: here price_1, at Stripe nothing"),
        (Customer, "card_last4", "0000", "card_last4: here 0000, at Stripe 4242"),
        (Invoice, "amount_paid", 0, "amount_paid: here 0, at Stripe 7200"),
        (Invoice, "hosted_invoice_url", "https://elsewhere", "hosted_invoice_url: here one address, at Stripe another"),
        (Product, "name", "Amateur", "name: here Amateur, at Stripe Pro"),
        (Price, "unit_amount", 5, "unit_amount: here 5, at Stripe 900"),
    ],
)
async def test_any_column_that_differs_is_named_and_repaired_by_the_writer(
    shop: Stripe, table: type[Any], column: str, wrong: object, words: str
) -> None:
    await _members(shop, "Ada")
    _set(table, **{column: wrong})
    found = await _compare()
    assert any(words in line for line in _said(found)), _said(found)
    assert found.status == 1
    assert {getattr(row, column) for row in rows(table)} == {wrong}
    repaired = await _compare(repair=True)
    assert [each.repaired for each in repaired.differences] == [True] * len(found.differences)
    assert repaired.status == 0
    assert _said(await _compare()) == []


async def test_a_row_that_is_missing_is_told_with_whom_it_belongs_to(shop: Stripe) -> None:
    await _members(shop, "Ada")
    invoice, customer = rows(Invoice)[0], rows(Customer)[0]
    as_system(lambda session: session.exec(sa.delete(Invoice)))
    said = f"customer {customer.stripe_customer_id} invoice {invoice.stripe_invoice_id}: here missing, at Stripe paid"
    assert _said(await _compare()) == [said]
    assert _said(await _compare(repair=True)) == [f"{said}, repaired"]
    assert [row.stripe_invoice_id for row in rows(Invoice)] == [invoice.stripe_invoice_id]


async def test_a_row_that_stripe_does_not_know_is_told_and_left_to_a_person(shop: Stripe) -> None:
    await _members(shop, "Ada")
    as_system(lambda session: session.exec(sa.update(Invoice).where(sa.true()).values(stripe_invoice_id="in_forged")))
    report = await _compare(repair=True)
    assert any("invoice in_forged: here paid, at Stripe missing" in line for line in _said(report))
    assert report.status == 1


async def test_two_hours_of_silence_are_two_differences_and_both_heal(shop: Stripe) -> None:
    _, bob = await _members(shop, "Ada", "Bob")
    gone = next(row for row in rows(Subscription) if row.user_id == bob)
    shop.delete(f"subscriptions/{gone.stripe_subscription_id}")
    cy = a_user("Cy")
    await shop.subscribe(cy)
    statuses = [line for line in _said(await _compare()) if "status" in line or "missing, at Stripe active" in line]
    assert len(statuses) == 2
    assert (await _compare(repair=True)).status == 0
    await do_waiting_work()
    assert {row.user_id: row.status for row in rows(Subscription)}[cy.id] == "active"
    assert {row.user_id: row.status for row in rows(Subscription)}[bob] == "canceled"
    assert _said(await _compare()) == []


async def test_comparing_writes_nothing_mails_nobody_and_refreshes_no_tab(shop: Stripe) -> None:
    await _members(shop, "Ada")
    mails, seen = len(rows(Outbox)), rows(Customer)[0].synced_at
    shop.delete(f"subscriptions/{rows(Subscription)[0].stripe_subscription_id}")
    heard: list[str] = []
    live.listen(heard.append)
    try:
        assert (await _compare()).status == 1
    finally:
        live.forget(heard.append)
    assert (heard, len(rows(Outbox)), rows(Customer)[0].synced_at) == ([], mails, seen)
    assert rows(Subscription)[0].status == "active"


async def test_what_only_the_lists_saw_differently_is_asked_again_and_not_told(shop: Stripe) -> None:
    (ada,) = await _members(shop, "Ada")
    report = Report()
    listed_before_she_subscribed = people.Pair(ada, StripeCustomer(rows(Customer)[0].stripe_customer_id))
    stale = as_system(lambda session: people.rehearse(session, [listed_before_she_subscribed]))
    assert stale.differences[ada]
    await people._look_again(report, listed_before_she_subscribed, repair=True)
    assert (_said(report), report.failures) == ([], [])


async def test_a_customer_that_was_made_but_not_noted_is_bound_again(shop: Stripe) -> None:
    (ada,) = await _members(shop, "Ada")
    customer = rows(Customer)[0]
    _set(Customer, stripe_customer_id=None)
    as_system(lambda session: session.exec(sa.delete(Subscription)))
    (line,) = _said(await _compare())
    wanted = customer.stripe_customer_id
    assert line == f"account {customer.id} stripe_customer_id: here nothing, at Stripe {wanted}"
    assert (await _compare(repair=True)).status == 0
    assert [(row.user_id, row.status) for row in rows(Subscription)] == [(ada, "active")]


async def test_a_running_subscription_of_an_unknown_customer_is_told(shop: Stripe) -> None:
    stranger = shop.change("customers", payment_method="pm_card_visa", email="x@example.com", **_DEFAULT_CARD)
    subscription = shop.change(
        "subscriptions", customer=stranger["id"], **{"items[0][price]": shop.price("pro_v1_month")["id"]}
    )
    await catch_up()
    await do_waiting_work()
    report = await _compare(repair=True)
    wanted = f"here unknown, at Stripe with the running subscription {subscription['id']}"
    assert _said(report) == [f"customer {stranger['id']}: {wanted}"]
    assert report.status == 1


_DEFAULT_CARD = {"invoice_settings[default_payment_method]": "pm_card_visa"}


async def test_a_customer_deleted_at_stripe_is_forgotten_on_repair(shop: Stripe) -> None:
    await _members(shop, "Ada")
    shop.delete(f"customers/{rows(Customer)[0].stripe_customer_id}")
    assert any("stripe_customer_id" in line for line in _said(await _compare()))
    await _compare(repair=True)
    assert (rows(Customer)[0].stripe_customer_id, rows(Subscription)[0].status) == (None, "canceled")


async def test_an_event_that_never_came_is_told_and_taken_in(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    lines = _said(await _compare())
    assert lines
    assert all(": here missing, at Stripe sent" in line for line in lines)
    await _compare(repair=True)
    assert len(rows(WebhookEvent)) == len(lines)
    await do_waiting_work()
    assert _said(await _compare()) == []


async def test_an_event_that_died_is_told_and_looked_at_again(shop: Stripe) -> None:
    await _members(shop, "Ada")
    event = next(row for row in rows(WebhookEvent) if row.type == "invoice.paid")
    dead = sa.update(WebhookEvent).where(col(WebhookEvent.id) == event.id).values(status="dead", error="KeyError")
    as_system(lambda session: session.exec(dead))
    assert _said(await _compare()) == [f"{event.type} {event.id}: here dead (KeyError), at Stripe sent"]
    await _compare(repair=True)
    await do_waiting_work()
    assert _said(await _compare()) == []


async def test_events_from_before_stripe_was_asked_for_any_are_nobodys_loss(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    later = clock.now().replace(year=clock.now().year + 1).isoformat()
    as_system(lambda session: remember(session, EXPECTED_SINCE, later))
    assert _said(await _compare()) == []


async def test_a_portal_that_was_changed_by_hand_is_told_and_configured_anew(shop: Stripe) -> None:
    await _members(shop)
    portal = shop.all("billing_portal/configurations")[0]["id"]
    shop.change(f"billing_portal/configurations/{portal}", **{"features[subscription_cancel][enabled]": "false"})
    wanted = f"portal configuration {portal} features.subscription_cancel.enabled: here True, at Stripe False"
    assert _said(await _compare()) == [wanted]
    assert (await _compare(repair=True)).status == 0
    assert shop.ask(f"billing_portal/configurations/{portal}")["features"]["subscription_cancel"]["enabled"]
    as_system(lambda session: remember(session, PORTAL, "bpc_of_nobody"))
    assert _said(await _compare()) == ["portal configuration bpc_of_nobody: here there, at Stripe missing"]


async def test_an_endpoint_that_sends_too_little_is_told_and_mended(shop: Stripe) -> None:
    await _members(shop)
    hook = shop.all("webhook_endpoints")[0]["id"]
    shop.change(f"webhook_endpoints/{hook}", **{"enabled_events[0]": "customer.updated", "disabled": "true"})
    (line,) = _said(await _compare())
    assert line == f"webhook endpoint {hook}: here as set up, at Stripe it was disabled"
    assert (await _compare(repair=True)).status == 0
    mended = shop.ask(f"webhook_endpoints/{hook}")
    assert (mended["status"], "invoice.paid" in mended["enabled_events"]) == ("enabled", True)
    shop.delete(f"webhook_endpoints/{hook}")
    await _compare(repair=True)
    assert [each["api_version"] for each in shop.all("webhook_endpoints")] == [endpoints.VERSION]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_customer_who_cannot_be_compared_hides_no_other(shop: Stripe) -> None:
    ada, _ = await _members(shop, "Ada", "Bob")
    _set(Subscription, status="past_due")
    stumble = (
        "CREATE TRIGGER stumble BEFORE UPDATE ON subscriptions "
        f"WHEN OLD.user_id = '{ada}' BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    as_system(lambda session: session.connection().execute(sa.text(stumble)))
    report = await _compare()
    assert len(report.failures) == 1
    assert any("status: here past_due, at Stripe active" in line for line in _said(report))
    assert report.status == 2


async def test_with_stripe_away_nothing_is_said_to_be_compared(shop: Stripe) -> None:
    await _members(shop, "Ada")
    shop.tell("down", seconds=600)
    with pytest.raises(StripeUnavailable):
        await _compare()
