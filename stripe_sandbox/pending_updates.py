"""A change of plan that waits for its payment (docs.stripe.com/billing/subscriptions/pending-updates).

With `payment_behavior=pending_if_incomplete` the subscription stays as it is until the invoice of the change is
paid; after 23 hours without that, the change is dropped and its invoice voided.
"""

from typing import Any

from stripe_sandbox import events, invoice_lines, invoices, jobs, proration, subscriptions, wire
from stripe_sandbox.clock import HOUR
from stripe_sandbox.errors import Invalid
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx

ALLOWED = frozenset(
    [
        "items",
        "payment_behavior",
        "proration_behavior",
        "proration_date",
        "billing_cycle_anchor",
        "off_session",
        "expand",
    ]
)
_UPDATED = "customer.subscription.updated"
_LIVES = 23 * HOUR


def ask(
    tx: Tx,
    subscription: Object,
    given: list[dict[str, Any]],
    *,
    behavior: str,
    moment: int | None,
    restart: bool,
    on_session: bool,
) -> Outcome:
    """Bill the change; it comes into force when that is paid, now or later."""
    if subscription["status"] not in ("active", "past_due"):
        raise Invalid(
            f"A subscription that is {subscription['status']} cannot have a pending update.", param="payment_behavior"
        )
    drop(tx, subscription)
    items = proration.edit_items(tx, subscription, given)
    change = proration.change(tx, subscription, items, moment or tx.now, behavior, restart=restart)
    if not change.lines or (behavior == "create_prorations" and not change.restarts):
        return subscriptions.change_plan(tx, subscription, given, behavior=behavior, moment=moment, restart=restart)
    subscription["pending_update"] = {
        "billing_cycle_anchor": change.anchor if change.restarts else None,
        "discounts": None,
        "expires_at": tx.now + _LIVES,
        "metadata": None,
        "subscription_items": wire.public(change.items),
        "trial_end": None,
        "trial_from_plan": None,
    }
    subscription[PRIVATE]["pending"] = {"items": change.items, "anchor": change.anchor, "told": False}
    outcome = subscriptions.bill_now(
        tx, subscription, change.lines, on_session=on_session, marks={"pending_update": True}
    )
    fresh = tx.fresh(subscription)
    if fresh["pending_update"]:
        fresh[PRIVATE]["pending"] |= {"told": True, "invoice": fresh["latest_invoice"]}
        tx.save(fresh)
        tx.later("subscription.pending_expire", fresh["id"], fresh["pending_update"]["expires_at"])
    return outcome


@invoices.listen
def _settled(tx: Tx, invoice: Object, outcome: Outcome) -> None:
    """The invoice of a change was paid: the change comes into force."""
    if not invoice[PRIVATE].get("pending_update") or not outcome.paid:
        return
    subscription = tx.get("subscription", invoices.subscription_of(invoice) or "")
    if subscription["pending_update"] is None:
        return
    pending = subscription[PRIVATE].pop("pending")
    subscription["pending_update"] = None
    subscription["items"]["data"] = pending["items"]
    subscription["items"]["total_count"] = len(pending["items"])
    subscription["billing_cycle_anchor"] = pending["anchor"]
    tx.never("subscription.pending_expire", subscription["id"])
    events.updated(tx, subscription, _UPDATED)
    subscriptions.plan_jobs(tx, subscription)
    if pending["told"]:
        events.emit(tx, "customer.subscription.pending_update_applied", subscription)


@jobs.job("subscription.pending_expire")
def expire(tx: Tx, id_: str) -> None:
    """23 hours without a payment."""
    subscription = tx.get("subscription", id_)
    if drop(tx, subscription):
        events.emit(tx, "customer.subscription.pending_update_expired", tx.fresh(subscription))


def drop(tx: Tx, subscription: Object) -> bool:
    """Forget a change that was never paid, and void its invoice. False when there was none."""
    if subscription["pending_update"] is None:
        return False
    pending = subscription[PRIVATE].pop("pending")
    subscription["pending_update"] = None
    tx.never("subscription.pending_expire", subscription["id"])
    events.updated(tx, subscription, _UPDATED)
    invoice = tx.find(pending.get("invoice"), "invoice")
    if invoice and invoice["status"] == "open":
        for line in invoice["lines"]["data"]:
            invoice_lines.give_back(tx, line)
        invoices.close(tx, invoice, "void")
    return True


@subscriptions.at_the_end
def _ended(tx: Tx, subscription: Object) -> None:
    drop(tx, subscription)
