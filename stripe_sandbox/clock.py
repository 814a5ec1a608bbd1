"""The sandbox's time: the wall clock plus an offset that only ever grows, or the frozen time of a test clock.

Everything about billing happens in this time. Signatures, event times and the life of hosted sessions
stay in real time, because a browser and an app are on the other end.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from stripe_sandbox.errors import StripeError

if TYPE_CHECKING:
    from stripe_sandbox.store import Tx

HOUR = 3600
DAY = 24 * HOUR
REAL = "real"  # the wall
GLOBAL = "global"  # the wall plus the offset: customers without a test clock
_OWNERS = ("customer", "subscription", "invoice", "payment_intent", "charge", "intent")


def now(tx: "Tx") -> int:
    """Sandbox time in unix seconds."""
    return int(time.time()) + offset(tx)


def offset(tx: "Tx") -> int:
    """How many seconds the sandbox is ahead of the wall."""
    return int(tx.fact("clock_offset", "0"))


def move_to(tx: "Tx", moment: int) -> None:
    """Set the clock forward to a moment. It never goes back."""
    ahead = moment - int(time.time())
    if ahead > offset(tx):
        tx.remember("clock_offset", str(ahead))


def enter(tx: "Tx", ids: Iterable[Any]) -> None:
    """Go over to the time of the customer that these ids belong to, when they have a test clock."""
    for id_ in ids:
        name = _clock_of(tx, id_)
        if name is not None:
            found = tx.find(name, "test_helpers.test_clock")
            if found and not found.get("deleted"):
                tx.clock = name
                tx.now = found["_"].get("at", found["frozen_time"])
            return


def refuse_while_advancing(tx: "Tx") -> None:
    """Stripe answers 429 to whoever changes a clock, or what is on it, while it advances."""
    found = tx.find(tx.test_clock, "test_helpers.test_clock") if tx.test_clock else None
    if found and found["status"] == "advancing":
        raise StripeError(
            429, "invalid_request_error", "Test clock advancement underway: wait until its status is ready."
        )


def _clock_of(tx: "Tx", id_: Any, depth: int = 3) -> str | None:
    """The test clock behind an id, through the customer whom it belongs to."""
    found = tx.find(id_) if isinstance(id_, str) else None
    if found is None:
        return None
    if found["object"] == "test_helpers.test_clock":
        return found["id"]
    if found.get("test_clock"):
        return found["test_clock"]
    for name in _OWNERS:
        if depth and isinstance(found.get(name), str):
            return _clock_of(tx, found[name], depth - 1)
    return None
