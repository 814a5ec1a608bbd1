"""The sandbox's time: the wall clock plus an offset that only ever grows.

Everything about billing happens in this time. Signatures, event times and the life of hosted sessions
stay in real time, because a browser and an app are on the other end.
"""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stripe_sandbox.store import Tx

HOUR = 3600
DAY = 24 * HOUR


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
