"""What time does to subscriptions and invoices: renew, retry, end trials, expire (billing/subscriptions/overview)."""

from stripe_sandbox import (
    discounts,
    dunning,
    events,
    invoice_lines,
    invoices,
    jobs,
    payments,
    periods,
    schedules,
    subscriptions,
    wire,
)
from stripe_sandbox.clock import HOUR
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx

_UPDATED = "customer.subscription.updated"


@jobs.job("subscription.renew")
def renew(tx: Tx, id_: str) -> None:
    """A period is over: end, leave the trial, or go on with a draft invoice."""
    subscription = schedules.before_renewal(tx, tx.get("subscription", id_))
    if subscription["status"] in subscriptions.ENDED:
        return
    if subscription["cancel_at_period_end"]:
        subscriptions.end(tx, subscription, "cancellation_requested")
        return
    if subscription["status"] == "trialing":
        if subscriptions.source(tx, subscription) is None and _trial_without_card(tx, subscription):
            return
        subscription["status"] = "active"
    roll(subscription)
    _bill_period(tx, subscription)


def _trial_without_card(tx: Tx, subscription: Object) -> bool:
    """Answers whether the trial's end was dealt with; otherwise an invoice is made, and fails."""
    choice = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if choice == "cancel":
        subscriptions.end(tx, subscription, "cancellation_requested")
        return True
    if choice == "pause":
        subscription["status"] = "paused"
        events.updated(tx, subscription, _UPDATED)
        events.emit(tx, "customer.subscription.paused", subscription)
        subscriptions.plan_jobs(tx, subscription)
        return True
    return False


def roll(subscription: Object) -> None:
    """Move every item to the period that begins now."""
    for item in subscription["items"]["data"]:
        start = item["current_period_end"]
        anchor = subscription["billing_cycle_anchor"]
        item["current_period_start"] = start
        item["current_period_end"] = periods.around(anchor, item["price"]["recurring"], start)[1]
    subscription["next_pending_invoice_item_invoice"] = None


def _bill_period(tx: Tx, subscription: Object) -> Object:
    """The draft of a renewal: an hour for the app to change it, then it is finalized and paid."""
    customer = tx.get("customer", subscription["customer"])
    invoice = next_invoice(tx, customer, subscription, "subscription_cycle")
    waiting = invoice_lines.waiting(tx, customer["id"], subscription["id"])
    invoice_lines.take(tx, waiting, invoice["id"])
    subscription["latest_invoice"] = invoice["id"]
    discounts.spend(tx, subscription)
    events.updated(tx, subscription, _UPDATED)
    subscriptions.plan_jobs(tx, subscription)
    pause = subscription["pause_collection"]
    hold = pause is not None or subscription["status"] == "unpaid"
    if hold:
        invoice["auto_advance"] = False
    invoices.draft(tx, invoice, finalizes_at=None if hold else tx.now + HOUR)
    if pause and pause["behavior"] != "keep_as_draft":
        invoices.finalize(tx, invoice)
        if invoice["status"] == "open":
            invoices.close(tx, invoice, "void" if pause["behavior"] == "void" else "uncollectible")
    return invoice


def next_invoice(tx: Tx, customer: Object, subscription: Object, reason: str) -> Object:
    """The invoice of the period that the items stand in, with what waited for it. Not stored."""
    item = subscription["items"]["data"][0]
    period = (item["current_period_start"], item["current_period_end"])
    lines = [
        invoice_lines.of_period(tx, subscription, each, period, trial=False) for each in subscription["items"]["data"]
    ]
    waiting = invoice_lines.waiting(tx, customer["id"], subscription["id"])
    return invoices.build(
        tx,
        customer,
        [each[PRIVATE]["line"] for each in waiting] + lines,
        reason=reason,
        currency=subscription["currency"],
        subscription=subscription,
        period=(period[0], period[0]),
        pairs=discounts.active(tx, subscription, period[0]),  # of a preview this lies ahead: some will be over by then
    )


@jobs.job("invoice.finalize")
def finalize(tx: Tx, id_: str) -> None:
    """The hour is over: number it, and take the money."""
    invoice = tx.get("invoice", id_)
    if invoice["status"] != "draft":
        return
    invoices.finalize(tx, invoice)
    if invoice["status"] != "open":
        return
    if invoice["collection_method"] == "charge_automatically":
        collect(tx, invoice)
    else:
        events.emit(tx, "invoice.sent", tx.fresh(invoice))


@jobs.job("invoice.due")
def due(tx: Tx, id_: str) -> None:
    """An invoice that was sent is not paid on its day: its subscription is late."""
    _not_paid(tx, id_, last=False)
    invoice = tx.get("invoice", id_)
    if invoice["status"] == "open":
        tx.later("invoice.overdue", id_, dunning.give_up_at(tx, invoice))


@jobs.job("invoice.overdue")
def overdue(tx: Tx, id_: str) -> None:
    """Nor some days later: what the settings say for the end of retries comes."""
    _not_paid(tx, id_, last=True)


def _not_paid(tx: Tx, id_: str, *, last: bool) -> None:
    invoice = tx.get("invoice", id_)
    found = tx.find(invoices.subscription_of(invoice), "subscription")
    if invoice["status"] == "open" and found and found["status"] in ("active", "past_due"):
        subscriptions.late(tx, found, last=last)


@jobs.job("invoice.retry")
def collect(tx: Tx, invoice: Object | str) -> Outcome:
    """Try the card on file while nobody is there to answer questions."""
    found = tx.get("invoice", invoice) if isinstance(invoice, str) else invoice
    method = subscriptions.payer(tx, found)
    if method:
        return invoices.pay(tx, found, method, on_session=False)
    if invoices.is_asked(tx, found):
        return Outcome("processing")
    return payments.no_method(tx, invoices.intent_of(tx, found))


@jobs.job("subscription.expire")
def expire(tx: Tx, id_: str) -> None:
    """23 hours without a first payment: it never began."""
    subscription = tx.get("subscription", id_)
    if subscription["status"] != "incomplete":
        return
    invoice = tx.get("invoice", subscription["latest_invoice"])
    if invoice["status"] == "open" and invoices.is_asked(tx, invoice):
        tx.later("subscription.expire", id_, tx.now + HOUR)  # what a bank has taken cannot be called off
        return
    if invoice["status"] == "open":
        invoices.close(tx, invoice, "void")
    subscription |= {"status": "incomplete_expired", "ended_at": tx.now}
    events.updated(tx, subscription, _UPDATED)
    subscriptions.plan_jobs(tx, subscription)


@jobs.job("subscription.cancel")
def cancel(tx: Tx, id_: str) -> None:
    """The chosen day of cancellation has come."""
    subscriptions.end(tx, tx.get("subscription", id_), "cancellation_requested")


@jobs.job("subscription.trial_will_end")
def trial_will_end(tx: Tx, id_: str) -> None:
    subscription = tx.get("subscription", id_)
    if subscription["status"] == "trialing":
        events.emit(tx, "customer.subscription.trial_will_end", subscription)


@jobs.job("subscription.upcoming")
def upcoming(tx: Tx, id_: str) -> None:
    """A few days before a renewal: what it will cost. This invoice has no id."""
    subscription = tx.get("subscription", id_)
    if subscription["cancel_at_period_end"] or subscription["status"] not in ("active", "trialing", "past_due"):
        return
    ahead = wire.public(subscription)
    roll(ahead)
    invoice = next_invoice(tx, tx.get("customer", ahead["customer"]), ahead, "upcoming")
    invoice["next_payment_attempt"] = subscription["items"]["data"][0]["current_period_end"] + HOUR
    events.emit(tx, "invoice.upcoming", {key: value for key, value in invoice.items() if key != "id"})


def end_trial(tx: Tx, subscription: Object, *, on_session: bool) -> Outcome:
    """`trial_end=now`: the first paid period begins, and is billed at once."""
    if subscriptions.source(tx, subscription) is None and _trial_without_card(tx, subscription):
        return Outcome("paid")
    tx.never("subscription.trial_will_end", subscription["id"])
    subscription["trial_end"] = tx.now
    rhythm = subscription["items"]["data"][0]["price"]["recurring"]
    period = (tx.now, periods.step(tx.now, rhythm, 1))
    for item in subscription["items"]["data"]:
        item |= {"current_period_start": period[0], "current_period_end": period[1]}
    subscription |= {"status": "active", "billing_cycle_anchor": tx.now}
    lines = [
        invoice_lines.of_period(tx, subscription, item, period, trial=False) for item in subscription["items"]["data"]
    ]
    outcome = subscriptions.bill_now(tx, subscription, lines, on_session=on_session)
    fresh = tx.fresh(subscription)
    discounts.spend(tx, fresh)
    return outcome
