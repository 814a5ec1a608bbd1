"""Moves the common clock behind the dashboard's back, so that a page can show how far it is."""

import logging
import threading
from dataclasses import dataclass, replace

from stripe_sandbox.jobs import Runner

log = logging.getLogger("stripe_sandbox")


@dataclass(frozen=True)
class Movement:
    """One way of the clock. Times are unix seconds; `done` counts pieces of planned work."""

    start: int
    target: int
    at: int
    done: int = 0

    @property
    def percent(self) -> int:
        return 100 * (self.at - self.start) // max(1, self.target - self.start)


class Mover:
    """Moves one way at a time, in a thread of its own."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._lock = threading.Lock()
        self._arrived = threading.Event()
        self.under_way: Movement | None = None

    def begin(self, now: int, target: int) -> bool:
        """Set out for a moment. False when a movement is under way already."""
        with self._lock:
            if self.under_way:
                return False
            self.under_way = Movement(now, target, now)
            self._arrived.clear()
        threading.Thread(target=self._move, args=(self.under_way,), name="clock", daemon=True).start()
        return True

    def _move(self, movement: Movement) -> None:
        def told(at: int, done: int) -> None:
            self.under_way = replace(movement, at=at, done=done)

        try:
            self._runner.advance(movement.target, told)
        except Exception:  # the file went away, or the like
            log.exception("The clock could not be moved")
        finally:
            self.under_way = None
            self._arrived.set()

    def arrives_within(self, seconds: float) -> bool:
        """Wait a moment: a short way needs no progress."""
        return self._arrived.wait(seconds)
