"""Pausing a subscription, going on with it, and pausing only the collection
(docs.stripe.com/billing/subscriptions/pause)."""

from typing import Any

from stripe_sandbox import cycle, events, invoice_lines, invoices, jobs, money, periods, proration, subscriptions
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import Object, Tx

_UPDATED = "customer.subscription.updated"


def pause(tx: Tx, subscription: Object, *, credit: bool, invoice_now: bool) -> None:
    """Stop: nothing renews, and what was paid for unused time comes back as credit."""
    if credit and subscription["status"] in ("active", "past_due"):
        credit_rest(tx, subscription, invoice_now=invoice_now)
        subscription = tx.fresh(subscription)
    subscription["status"] = "paused"
    events.updated(tx, subscription, _UPDATED)
    events.emit(tx, "customer.subscription.paused", subscription)
    subscriptions.plan_jobs(tx, subscription)


def credit_rest(tx: Tx, subscription: Object, *, invoice_now: bool) -> None:
    """Give back the rest of the period, on an invoice of its own or with the next one."""
    nothing = [{**item, "quantity": 0} for item in subscription["items"]["data"]]
    change = proration.change(tx, subscription, nothing, tx.now, "create_prorations")
    credit = [each for each in change.lines if each["amount"] < 0]
    if not credit:
        return
    if not invoice_now:
        invoice_lines.pending(tx, subscription, credit)
        return
    invoice = invoices.build(
        tx,
        tx.get("customer", subscription["customer"]),
        credit,
        reason="subscription_update",
        currency=subscription["currency"],
        subscription=subscription,
    )
    invoices.draft(tx, invoice)
    subscription["latest_invoice"] = invoice["id"]
    events.updated(tx, subscription, _UPDATED)
    invoices.finalize(tx, invoice)


def resume(tx: Tx, subscription: Object, *, restart: bool, prorate: bool = True) -> Outcome:
    """Go on: with a new period from now, or in the rhythm of before, of which the rest is billed."""
    outcome = (
        cycle.start_now(tx, subscription, "active", on_session=True)
        if restart
        else _go_on(tx, subscription, prorate=prorate)
    )
    if outcome.paid:
        events.emit(tx, "customer.subscription.resumed", tx.fresh(subscription))
    return outcome


def _go_on(tx: Tx, subscription: Object, *, prorate: bool) -> Outcome:
    items = subscription["items"]["data"]
    start, end = periods.around(subscription["billing_cycle_anchor"], items[0]["price"]["recurring"], tx.now)
    for item in items:
        item |= {"current_period_start": start, "current_period_end": end}
    subscription["status"] = "active"
    lines = []
    for item in items:
        line = invoice_lines.of_period(tx, subscription, item, (tx.now, end), trial=False)
        line["amount"] = line["subtotal"] = money.share(line["amount"], end - tx.now, end - start)
        lines.append(line)
    if prorate:
        return subscriptions.bill_now(tx, subscription, lines, on_session=True)
    events.updated(tx, subscription, _UPDATED)
    subscriptions.plan_jobs(tx, subscription)
    return Outcome("paid")


def collection(tx: Tx, subscription: Object, wanted: dict[str, Any] | None) -> None:
    """Go on billing but take no money, until a moment or until told otherwise. The caller saves."""
    subscription["pause_collection"] = wanted and {"resumes_at": None, **wanted}
    tx.never("subscription.collect_again", subscription["id"])
    if wanted and wanted.get("resumes_at"):
        tx.later("subscription.collect_again", subscription["id"], wanted["resumes_at"])


@jobs.job("subscription.collect_again")
def collect_again(tx: Tx, id_: str) -> None:
    """`pause_collection[resumes_at]` has come."""
    subscription = tx.get("subscription", id_)
    if subscription["pause_collection"]:
        subscription["pause_collection"] = None
        events.updated(tx, subscription, _UPDATED)
