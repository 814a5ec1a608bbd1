"""The one place that knows what time it is: aware, in UTC, and settable by tests."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time


def now() -> datetime:
    """The present moment."""
    return _source()


@contextmanager
def showing(source: Callable[[], datetime]) -> Generator[None]:
    """Let the clock show what `source` says; the seam for tests about time."""
    global _source  # the only global hand there is
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
