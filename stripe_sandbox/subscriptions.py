"""Subscriptions: change and end (docs.stripe.com/api/subscriptions). They begin in `orders.py`, `cycle.py` renews."""

from collections.abc import Callable
from typing import Any

from stripe_sandbox import (
    discounts,
    dunning,
    events,
    invoice_lines,
    invoices,
    payment_methods,
    proration,
)
from stripe_sandbox.clock import DAY, HOUR
from stripe_sandbox.errors import Invalid
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx

ENDED = ("canceled", "incomplete_expired")
_UPDATED = "customer.subscription.updated"


_AT_THE_END: list[Callable[[Tx, Object], None]] = []


def at_the_end(function: Callable[[Tx, Object], None]) -> Callable[[Tx, Object], None]:
    """Be told when a subscription ended for good."""
    _AT_THE_END.append(function)
    return function


def source(tx: Tx, subscription: Object) -> Object | None:
    """The card that pays: the subscription's own, else the customer's default."""
    customer = tx.get("customer", subscription["customer"])
    id_ = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return tx.find(id_, "payment_method") if id_ else None


def period_of(subscription: Object) -> tuple[int, int]:
    """The period that the items stand in."""
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def plan_jobs(tx: Tx, subscription: Object) -> None:
    """What the clock has to do about this subscription next."""
    id_ = subscription["id"]
    for kind in ("renew", "expire", "cancel", "upcoming"):
        tx.never(f"subscription.{kind}", id_)
    if subscription["status"] in ENDED or subscription["status"] == "paused":
        return
    end = period_of(subscription)[1]
    if subscription["status"] == "incomplete":
        tx.later("subscription.expire", id_, subscription["created"] + 23 * HOUR)
        return
    tx.later("subscription.renew", id_, end)
    if end - 3 * DAY > tx.now:
        tx.later("subscription.upcoming", id_, end - 3 * DAY)
    if subscription["cancel_at"] and not subscription["cancel_at_period_end"]:
        tx.later("subscription.cancel", id_, subscription["cancel_at"])


def announce_trial_end(tx: Tx, subscription: Object) -> None:
    """Three days before, or at once when there is less time than that."""
    moment = subscription["trial_end"] - 3 * DAY
    if moment <= tx.now:
        events.emit(tx, "customer.subscription.trial_will_end", subscription)
    else:
        tx.later("subscription.trial_will_end", subscription["id"], moment)


@invoices.listen
def _invoice_settled(tx: Tx, invoice: Object, outcome: Outcome) -> None:
    """A paid invoice activates; a failed one makes the subscription late."""
    id_ = invoices.subscription_of(invoice)
    subscription = tx.find(id_, "subscription") if id_ else None
    if subscription is None or subscription["status"] in ENDED:
        return
    if invoice[PRIVATE].get("pending_update"):
        return  # nothing has changed yet that could be late
    status = subscription["status"]
    if outcome.paid:
        _activate(tx, subscription, invoice)
    elif status in ("active", "past_due") and invoice["collection_method"] == "charge_automatically":
        over = invoice["next_payment_attempt"] is None and invoice["billing_reason"] != "manual"
        last = over and outcome.tried  # without a card it stays past due until there is one
        late(tx, subscription, last=last)


def _activate(tx: Tx, subscription: Object, invoice: Object) -> None:
    intent = invoices.intent_of(tx, invoice)
    save = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
    if save and intent and intent["payment_method"]:
        subscription["default_payment_method"] = intent["payment_method"]
    was = subscription["status"]
    if was == "incomplete" or (was in ("past_due", "unpaid") and invoice["id"] == subscription["latest_invoice"]):
        subscription["status"] = "active"
    events.updated(tx, subscription, _UPDATED)
    if subscription["status"] != was:
        plan_jobs(tx, subscription)
    customer = tx.get("customer", subscription["customer"])
    if customer["delinquent"]:
        customer["delinquent"] = False
        events.updated(tx, customer)


def late(tx: Tx, subscription: Object, *, last: bool) -> None:
    """It has not been paid for; after the last try, or the last day, the settings say how it ends."""
    customer = tx.get("customer", subscription["customer"])
    then = dunning.settings(tx)["then"]
    if last and then == "cancel":
        end(tx, subscription, "payment_failed")
        return
    subscription["status"] = "unpaid" if last and then == "unpaid" else "past_due"
    events.updated(tx, subscription, _UPDATED)
    if not customer["delinquent"]:
        customer["delinquent"] = True
        events.updated(tx, customer)


def end(tx: Tx, subscription: Object, reason: str) -> Object:
    """Cancel for good, now."""
    subscription |= {
        "status": "canceled",
        "canceled_at": subscription["canceled_at"] or tx.now,
        "ended_at": tx.now,
    }
    subscription["cancellation_details"]["reason"] = subscription["cancellation_details"]["reason"] or reason
    tx.save(subscription)
    for kind in ("renew", "expire", "cancel", "upcoming", "trial_will_end"):
        tx.never(f"subscription.{kind}", subscription["id"])
    for listener in _AT_THE_END:
        listener(tx, subscription)
    for invoice in tx.of_customer("invoice", subscription["customer"]):
        if invoices.subscription_of(invoice) == subscription["id"] and invoice["status"] in ("draft", "open"):
            tx.never("invoice.retry", invoice["id"])
            tx.never("invoice.finalize", invoice["id"])
            tx.never("invoice.due", invoice["id"])
            tx.never("invoice.overdue", invoice["id"])
            invoice |= {"auto_advance": False, "next_payment_attempt": None, "automatically_finalizes_at": None}
            events.updated(tx, invoice)
    events.emit(tx, "customer.subscription.deleted", subscription)
    return subscription


def schedule_cancel(tx: Tx, subscription: Object, *, at_period_end: bool, at: int | None = None) -> None:
    """Cancel later; the subscription goes on until then. The caller saves."""
    subscription |= {
        "cancel_at_period_end": at_period_end,
        "cancel_at": period_of(subscription)[1] if at_period_end else at,
        "canceled_at": subscription["canceled_at"] or tx.now,
    }
    subscription["cancellation_details"]["reason"] = "cancellation_requested"


def keep(subscription: Object) -> None:
    """Take a planned cancellation back. The caller saves."""
    subscription |= {"cancel_at_period_end": False, "cancel_at": None, "canceled_at": None}
    subscription["cancellation_details"] = {"comment": None, "feedback": None, "reason": None}


def change_plan(
    tx: Tx,
    subscription: Object,
    given: list[dict[str, Any]],
    *,
    behavior: str = "create_prorations",
    moment: int | None = None,
    restart: bool = False,
    on_session: bool = True,
    method: Object | None = None,
    charge: bool = True,
    intent: Object | None = None,
    end_trial: bool = False,
) -> Outcome:
    """Move to other prices or quantities now, and bill what follows from it."""
    items = proration.edit_items(tx, subscription, given)
    change = proration.change(tx, subscription, items, moment or tx.now, behavior, restart=restart or end_trial)
    if end_trial:
        subscription |= {"status": "active", "trial_end": tx.now}
        tx.never("subscription.trial_will_end", subscription["id"])
    subscription["items"]["data"] = change.items
    subscription["items"]["total_count"] = len(change.items)
    subscription["billing_cycle_anchor"] = change.anchor
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = period_of(subscription)[1]
    if not change.lines:
        events.updated(tx, subscription, _UPDATED)
        plan_jobs(tx, subscription)
        return Outcome("paid")
    if behavior == "create_prorations" and not change.restarts:
        invoice_lines.pending(tx, subscription, change.lines)
        events.updated(tx, subscription, _UPDATED)
        plan_jobs(tx, subscription)
        return Outcome("paid")
    return bill_now(tx, subscription, change.lines, on_session=on_session, method=method, charge=charge, intent=intent)


def bill_now(
    tx: Tx,
    subscription: Object,
    lines: list[Object],
    *,
    on_session: bool,
    method: Object | None = None,
    charge: bool = True,
    intent: Object | None = None,
    marks: dict[str, Any] | None = None,
) -> Outcome:
    """An invoice for these lines (and what waited), finalized and paid at once."""
    customer = tx.get("customer", subscription["customer"])
    waiting = invoice_lines.waiting(tx, customer["id"], subscription["id"])
    pairs = discounts.active(tx, subscription)
    taken = [item[PRIVATE]["line"] for item in waiting]
    invoice = invoices.build(
        tx,
        customer,
        taken + lines,
        reason="subscription_update",
        currency=subscription["currency"],
        subscription=subscription,
        pairs=pairs,
    )
    invoice[PRIVATE] |= marks or {}
    invoice_lines.take(tx, waiting, invoice["id"])
    invoices.draft(tx, invoice)
    subscription["latest_invoice"] = invoice["id"]
    events.updated(tx, subscription, _UPDATED)
    plan_jobs(tx, subscription)
    invoices.finalize(tx, invoice, intent=intent)
    if invoice["amount_due"] == 0 or not charge:
        return Outcome("paid")
    if invoice["collection_method"] == "send_invoice":
        events.emit(tx, "invoice.sent", tx.fresh(invoice))
        return Outcome("paid")
    method = method or source(tx, subscription)
    if method is None:
        raise Invalid(
            "This customer has no attached payment source or default payment method.", code="resource_missing"
        )
    return invoices.pay(tx, invoice, method, on_session=on_session, authenticated=intent is not None)


def payer(tx: Tx, invoice: Object) -> Object | None:
    """The card that pays an invoice: its own, its subscription's, or the customer's."""
    id_ = invoice["default_payment_method"]
    if id_ and (own := tx.find(id_, "payment_method")):
        return own
    id_ = invoices.subscription_of(invoice)
    if id_ and (found := tx.find(id_, "subscription")):
        return source(tx, found)
    id_ = tx.get("customer", invoice["customer"])["invoice_settings"]["default_payment_method"]
    return tx.find(id_, "payment_method") if id_ else None


def usable_method(tx: Tx, id_: str, customer: str, param: str = "default_payment_method") -> Object:
    """A card that may pay for a customer: it must be theirs."""
    method = payment_methods.usable(tx, id_, param)
    if method["customer"] is None and id_.startswith("pm_card_"):
        return payment_methods.attach_to(tx, method, customer)
    if method["customer"] != customer:
        raise Invalid(
            f"The customer does not have a payment method with the ID {id_}. "
            "The payment method must be attached to the customer.",
            param=param,
            code="resource_missing",
        )
    return method
