"""Passwords: argon2id and nothing else, made and checked beside the event loop, two at a time.

Everything about passlib stays in this file, so that another library is one edit (docs/decisions).
"""

import asyncio
import threading
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

with warnings.catch_warnings():  # passlib 1.7.4 asks for modules that argon2 does not need
    warnings.simplefilter("ignore", DeprecationWarning)
    from passlib.context import CryptContext

from saas_app.core.errors import HashingBusy

R = TypeVar("R")

LONGEST = 256  # checked before hashing: a password is no way to keep our processors busy
MEMORY_KIB, ROUNDS, LANES = 19_456, 2, 1  # OWASP's and ASVS' figures; about 25 ms
THREADS, WAITING = 2, 24


@cache
def _context() -> Any:
    return CryptContext(
        schemes=["argon2"],
        argon2__type="ID",
        argon2__memory_cost=MEMORY_KIB,
        argon2__rounds=ROUNDS,
        argon2__parallelism=LANES,
    )


def hash_now(password: str) -> str:
    """The hash to keep. Blocks for about 25 ms: in the app use `hashed`."""
    return _quietly(lambda: _context().hash(_same_letters(password)))


def fits(password: str, kept: str) -> bool:
    """Whether this is the password behind the hash. Blocks, as `hash_now` does.

    What is no argon2id hash fits nothing, and takes as long.
    """
    if not kept.startswith("$argon2id$"):
        password, kept = "", _dummy()
    return _quietly(lambda: bool(_context().verify(_same_letters(password)[:LONGEST], kept)))


def is_outdated(kept: str) -> bool:
    """Whether the hash is weaker than one made today. A stronger one is left alone."""
    parts = dict(pair.split("=") for pair in kept.split("$")[3].split(","))
    return int(parts["m"]) < MEMORY_KIB or int(parts["t"]) < ROUNDS


async def hashed(password: str) -> str:
    """The hash to keep."""
    return await beside(lambda: hash_now(password))


async def first_that_fits(password: str, kept: Sequence[str], *, tries: int) -> int | None:
    """Which of these hashes is of this password. Does the work of `tries` checks whatever there is to find."""
    hashes = [*kept[:tries], *[_dummy()] * (tries - len(kept[:tries]))]
    found = await beside(lambda: [fits(password, each) for each in hashes])
    return next((place for place, right in enumerate(found[: len(kept)]) if right), None)


async def beside(call: Callable[[], R]) -> R:
    """Do this work about a password in the threads for it, beside the event loop; HashingBusy when too much waits."""
    return await asyncio.wrap_future(_hashing.submit(call))


class _Hashing:
    """Two threads of our own, so that a storm of log-ins costs other requests nothing, and memory has a limit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._pending = 0

    def submit(self, call: Callable[[], R]) -> "Future[R]":
        with self._lock:
            if self._pending >= THREADS + WAITING:
                raise HashingBusy
            if self._pool is None:
                self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="hashing")
            self._pending += 1
            future = self._pool.submit(call)
        future.add_done_callback(self._leave)
        return future

    def _leave(self, future: "Future[Any]") -> None:
        with self._lock:
            self._pending -= 1


_hashing = _Hashing()


@cache
def _dummy() -> str:
    """A hash of nothing anybody knows, so that an unknown address costs as much as a known one."""
    return hash_now("nobody's password")


def _same_letters(password: str) -> str:
    """The same characters typed on another keyboard are the same password (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def _quietly(call: Callable[[], R]) -> R:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return call()
