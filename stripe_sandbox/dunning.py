"""When a renewal fails: further tries after fixed days, then an end (docs.stripe.com/billing/revenue-recovery).

The days and the end are settings of the sandbox: `POST /_sandbox/settings`.
"""

import json

from stripe_sandbox.clock import DAY
from stripe_sandbox.store import PRIVATE, Object, Tx

_DEFAULT = {"retry_days": [3, 5, 7], "then": "cancel"}
_LAST_DAY, _MOST_TRIES = 60, 8
ENDS = ("cancel", "unpaid", "past_due")


def settings(tx: Tx) -> Object:
    """Days after the first failure, and what happens after the last: cancel, unpaid or past_due."""
    return {**_DEFAULT, **json.loads(tx.fact("dunning", "{}"))}


def change(tx: Tx, given: Object) -> Object:
    """Set the days, the end, or both; raises ValueError, in words, for nonsense."""
    days = given.get("retry_days", settings(tx)["retry_days"])
    good = isinstance(days, list) and all(type(day) is int and 0 < day <= _LAST_DAY for day in days)  # pyright: ignore[reportUnknownVariableType]
    if not good or days != sorted(set(days)) or len(days) > _MOST_TRIES:
        raise ValueError("Days after the first failure, growing, up to 60, such as 3, 5, 7.")
    then = given.get("then", settings(tx)["then"])
    if then not in ENDS:
        raise ValueError(f"then is one of {', '.join(ENDS)}")
    tx.remember("dunning", json.dumps({"retry_days": days, "then": then}))
    return settings(tx)


def give_up_at(tx: Tx, invoice: Object) -> int:
    """When the last action comes for an invoice that was sent, and is not paid when due."""
    return invoice["due_date"] + max(settings(tx)["retry_days"], default=0) * DAY


def plan(tx: Tx, invoice: Object) -> None:
    """Set the next try of an invoice that just failed, or none after the last."""
    if invoice["billing_reason"] not in ("subscription_cycle", "subscription_update", "subscription"):
        return
    waits = invoice[PRIVATE].get("pending_update") or invoice[PRIVATE].get("resumption")
    if waits or invoice["collection_method"] == "send_invoice":
        return  # the customer pays it, or it is dropped
    days = settings(tx)["retry_days"]
    tried = invoice["attempt_count"] - 1
    if tried < len(days):
        first = invoice["status_transitions"]["finalized_at"]
        invoice["next_payment_attempt"] = max(tx.now + 1, first + days[tried] * DAY)
        tx.later("invoice.retry", invoice["id"], invoice["next_payment_attempt"])
    else:
        invoice["next_payment_attempt"] = None
        tx.never("invoice.retry", invoice["id"])
