"""Pausing a subscription, going on with it, and pausing only the collection
(docs.stripe.com/billing/subscriptions/pause)."""

from typing import Any

from stripe_sandbox import discounts, events, invoice_lines, invoices, jobs, money, periods, proration, subscriptions
from stripe_sandbox.clock import HOUR
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx

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


def resume(tx: Tx, subscription: Object, *, restart: bool, prorate: bool = True, when_paid: bool = False) -> Outcome:
    """Go on: with a new period from now, or in the rhythm of before, of which the rest is billed.

    `when_paid`: it stays paused until the invoice of it is paid, for 23 hours at most.
    """
    rhythm = subscription["items"]["data"][0]["price"]["recurring"]
    anchor = tx.now if restart else subscription["billing_cycle_anchor"]
    start, end = (tx.now, periods.step(tx.now, rhythm, 1)) if restart else periods.around(anchor, rhythm, tx.now)
    lines = _rest(tx, subscription, (start, end)) if restart or prorate else []
    plan = {"anchor": anchor, "start": start, "end": end}
    if when_paid and lines:
        outcome = subscriptions.bill_now(tx, subscription, lines, on_session=True, marks={"resumption": plan})
        if not outcome.paid:
            tx.later("subscription.stay_paused", subscription["id"], tx.now + 23 * HOUR)
        return outcome
    _go_on(subscription, plan)
    outcome = Outcome("paid")
    if lines:
        outcome = subscriptions.bill_now(tx, subscription, lines, on_session=True)
        discounts.spend(tx, tx.fresh(subscription))
    else:
        events.updated(tx, subscription, _UPDATED)
        subscriptions.plan_jobs(tx, subscription)
    events.emit(tx, "customer.subscription.resumed", tx.fresh(subscription))
    return outcome


def _rest(tx: Tx, subscription: Object, period: tuple[int, int]) -> list[Object]:
    """What is left of a period, as lines."""
    start, end = period
    lines = []
    for item in subscription["items"]["data"]:
        line = invoice_lines.of_period(tx, subscription, item, (tx.now, end), trial=False)
        line["amount"] = line["subtotal"] = money.share(line["amount"], end - tx.now, end - start)
        lines.append(line)
    return lines


def _go_on(subscription: Object, plan: Object) -> None:
    for item in subscription["items"]["data"]:
        item |= {"current_period_start": plan["start"], "current_period_end": plan["end"]}
    subscription |= {"status": "active", "billing_cycle_anchor": plan["anchor"]}


@invoices.listen
def _paid(tx: Tx, invoice: Object, outcome: Outcome) -> None:
    """The invoice of going on was paid: it goes on."""
    plan = invoice[PRIVATE].get("resumption")
    subscription = tx.find(invoices.subscription_of(invoice), "subscription") if plan else None
    if plan and subscription and subscription["status"] == "paused" and outcome.paid:
        tx.never("subscription.stay_paused", subscription["id"])
        _go_on(subscription, plan)
        events.updated(tx, subscription, _UPDATED)
        subscriptions.plan_jobs(tx, subscription)
        discounts.spend(tx, tx.fresh(subscription))
        events.emit(tx, "customer.subscription.resumed", tx.fresh(subscription))


@jobs.job("subscription.stay_paused")
def stay_paused(tx: Tx, id_: str) -> None:
    """Nobody paid for going on."""
    subscription = tx.get("subscription", id_)
    invoice = tx.find(subscription["latest_invoice"], "invoice")
    if subscription["status"] == "paused" and invoice and invoice["status"] == "open":
        invoices.close(tx, invoice, "void")


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
