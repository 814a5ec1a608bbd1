"""Planned work: which function runs when a moment comes, on the sandbox's clock or on the wall's.

`advance` runs what became due in the order of time, each piece in its own transaction at its own moment,
so a month passes in the sandbox exactly as it would outside.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from stripe_sandbox import clock
from stripe_sandbox.store import Store, Tx, real_now

log = logging.getLogger("stripe_sandbox")

Job = Callable[[Tx, str], object]
_JOBS: dict[str, Job] = {}


def job(kind: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Register the function that does a kind of planned work."""

    def register(function: Callable[..., object]) -> Callable[..., object]:
        _JOBS[kind] = function
        return function

    return register


@dataclass(frozen=True)
class Due:
    seq: int
    due: int
    kind: str
    object: str
    clock: str


class Runner:
    """Runs planned work, one piece at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()

    def run_due(self) -> int:
        """Do what is due at this moment on both clocks. Answers how many pieces."""
        with self._lock:
            return self._run("real", int(real_now())) + self._run("global", self._now())

    def advance(self, target: int) -> int:
        """Move the sandbox's clock forward to a moment, doing all work on the way."""
        with self._lock:
            done = self._run("global", target)
            with self._store.transaction() as tx:
                clock.move_to(tx, target)
            return done

    def next_renewal(self) -> int | None:
        """When the next subscription renews."""
        with self._store.transaction() as tx:
            row = tx.db.execute("SELECT min(due) FROM jobs WHERE kind = 'subscription.renew'").fetchone()
        return row[0]

    def _now(self) -> int:
        with self._store.transaction() as tx:
            return tx.now

    def _run(self, clock_name: str, until: int) -> int:
        done = 0
        while (due := self._next(clock_name, until)) is not None:
            self._do(due)
            done += 1
        return done

    def _next(self, clock_name: str, until: int) -> Due | None:
        with self._store.transaction() as tx:
            row = tx.db.execute(
                "SELECT seq, due, kind, object, clock FROM jobs"
                " WHERE clock = ? AND due <= ? AND failed IS NULL ORDER BY due, seq LIMIT 1",
                (clock_name, until),
            ).fetchone()
        return Due(*row) if row else None

    def _do(self, due: Due) -> None:
        """The work and the note that it is done stand in one transaction."""
        now = due.due if due.clock == "global" else None
        try:
            with self._store.transaction(now=now) as tx:
                tx.db.execute("DELETE FROM jobs WHERE seq = ?", (due.seq,))
                if due.clock == "global":
                    clock.move_to(tx, due.due)
                _JOBS[due.kind](tx, due.object)
        except Exception as error:
            log.exception("Planned work failed: %s of %s", due.kind, due.object)
            with self._store.transaction() as tx:
                tx.db.execute("UPDATE jobs SET failed = ? WHERE seq = ?", (repr(error), due.seq))
