"""What somebody should be able to use, worked out from Stripe's own objects and nothing of ours.

The table, after https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses: trialing and active open
the plan; past due opens it for seven days from the first failed try, then leaves it to be read; unpaid leaves it to be
read; everything else opens nothing. Collection that is paused by voiding opens nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.billing.shop import Stripe

GRACE = timedelta(days=7)
OVER = ("canceled", "incomplete_expired")


@dataclass(frozen=True)
class Due:
    """The plans of which one must be open; if none, those of which one must be locked, to be read."""

    open: frozenset[str]
    locked: frozenset[str]


def due_to(stripe: Stripe, customer_id: str, at: datetime) -> Due:
    """What this customer has to be given at that time."""
    opened, locked = set[str](), set[str]()
    invoices = stripe.all(f"invoices?customer={customer_id}")
    for each in stripe.all(f"subscriptions?status=all&customer={customer_id}"):
        plan = each["items"]["data"][0]["price"]["lookup_key"].rpartition("_")[0]
        if (each["pause_collection"] or {}).get("behavior") == "void":
            continue
        if each["status"] in ("trialing", "active"):
            opened.add(plan)
        elif each["status"] == "past_due":
            (opened if at < _failed_at(invoices, each["id"]) + GRACE else locked).add(plan)
        elif each["status"] == "unpaid":
            locked.add(plan)
    return Due(frozenset(opened), frozenset(locked))


def _failed_at(invoices: list[Any], subscription_id: str) -> datetime:
    tried = [
        each["status_transitions"]["finalized_at"]
        for each in invoices
        if each["status"] == "open"
        and each["attempt_count"]
        and each["parent"]["subscription_details"]["subscription"] == subscription_id
    ]
    return datetime.fromtimestamp(min(tried), UTC)


def books_of(stripe: Stripe, customer_id: str) -> dict[str, str]:
    """What each payment for a book is worth now, by its id: owned, frozen, withdrawn, refunded."""
    found: dict[str, str] = {}
    for session in stripe.all(f"checkout/sessions?customer={customer_id}"):
        if session["mode"] != "payment" or session["payment_status"] != "paid":
            continue
        charge = stripe.all(f"charges?payment_intent={session['payment_intent']}")[0]
        disputes = stripe.all(f"disputes?charge={charge['id']}")
        found[session["payment_intent"]] = _worth(charge, disputes[0]["status"] if disputes else "")
    return found


def _worth(charge: Any, dispute: str) -> str:
    if charge["refunded"]:
        return "refunded"
    if dispute == "lost":
        return "withdrawn"
    return "owned" if dispute in ("", "won", "prevented") or dispute.startswith("warning") else "frozen"
