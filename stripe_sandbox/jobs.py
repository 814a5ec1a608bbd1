"""Planned work: which function runs when a moment comes, on the sandbox's clock or on the wall's.

`advance` runs what became due in the order of time, each piece in its own transaction at its own moment,
so a month passes in the sandbox exactly as it would outside.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from stripe_sandbox import clock
from stripe_sandbox.store import PRIVATE, Store, Tx, real_now

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
        self._generation = 0  # grows when all is forgotten: whatever was under way ends then

    def run_due(self) -> int:
        """Do what is due at this moment on the wall's and the common clock. Answers how many pieces."""
        with self._lock:
            return self._run(clock.REAL, int(real_now())) + self._run(clock.GLOBAL, self._now())

    def advance(self, target: int, told: Callable[[int, int], None] = lambda at, done: None) -> int:
        """Move the common clock forward to a moment, doing all work on the way."""
        generation = self._generation
        with self._lock:
            done = self._run(clock.GLOBAL, target, told)
            if generation != self._generation:
                return done
            with self._store.transaction() as tx:
                clock.move_to(tx, target)
            return done

    def advance_test_clock(self, id_: str, target: int) -> bool:
        """Do all work of one test clock up to a moment. False when a piece of it failed."""
        with self._lock:
            self._run(id_, target)
            with self._store.transaction() as tx:
                return not tx.db.execute("SELECT 1 FROM jobs WHERE clock = ? AND failed IS NOT NULL", (id_,)).fetchone()

    def forget(self, *, to_kept: bool = False) -> None:
        """Forget everything, or what came after it was kept, also where a clock was going."""
        self._generation += 1
        with self._lock:
            self._store.reset(to_kept=to_kept)

    def next_renewal(self) -> int | None:
        """When the next subscription on the common clock renews."""
        with self._store.transaction() as tx:
            row = tx.db.execute(
                "SELECT min(due) FROM jobs WHERE kind = 'subscription.renew' AND clock = ?", (clock.GLOBAL,)
            ).fetchone()
        return row[0]

    def _now(self) -> int:
        with self._store.transaction() as tx:
            return tx.now

    def _run(self, clock_name: str, until: int, told: Callable[[int, int], None] = lambda at, done: None) -> int:
        done, generation = 0, self._generation
        while generation == self._generation and (due := self._next(clock_name, until)) is not None:
            self._do(due)
            done += 1
            told(due.due, done)
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
        try:
            with self._store.transaction() as tx:
                tx.db.execute("DELETE FROM jobs WHERE seq = ?", (due.seq,))
                self._set_time(tx, due)
                _JOBS[due.kind](tx, due.object)
        except Exception as error:
            log.exception("Planned work failed: %s of %s", due.kind, due.object)
            with self._store.transaction() as tx:
                tx.db.execute("UPDATE jobs SET failed = ? WHERE seq = ?", (repr(error), due.seq))

    def _set_time(self, tx: Tx, due: Due) -> None:
        """Work happens at the moment it was planned for, on its own clock."""
        if due.clock == clock.REAL:
            clock.enter(tx, [due.object])
            return
        tx.now = due.due
        if due.clock == clock.GLOBAL:
            clock.move_to(tx, due.due)
            return
        tx.clock = due.clock
        own = tx.get("test_helpers.test_clock", due.clock)
        own[PRIVATE]["at"] = due.due
        tx.save(own)
