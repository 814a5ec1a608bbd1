"""Passwords: argon2id and nothing else, made and checked beside the event loop, two at a time.

Everything about passlib stays in this file, so that another library is one edit (docs/decisions).
"""

import asyncio
import hmac
import os
import sys
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

from saas_app.core import tokens
from saas_app.core.errors import HashingBusy

R = TypeVar("R")

LONGEST = 256  # checked before hashing: a password is no way to keep our processors busy
MEMORY_KIB, ROUNDS, LANES = 19_456, 2, 1  # OWASP's and ASVS' figures; about 25 ms
SALT_BYTES = 16  # RFC 9106, section 3.1
THREADS, WAITING = 2, 24
NICENESS = 10
ARGON2ID = "$argon2id$"


@cache
def _context() -> Any:
    return CryptContext(
        schemes=["argon2"],
        argon2__type="ID",
        argon2__memory_cost=MEMORY_KIB,
        argon2__rounds=ROUNDS,
        argon2__parallelism=LANES,
    )


def hash_now(password: str, of: str) -> str:
    """The hash to keep, salted for the address with the key `of`. Blocks for about 25 ms: in the app use `hashed`."""
    return _quietly(lambda: _salted(_salt(of)).hash(_same_letters(password)))


def fits(password: str, kept: str) -> bool:
    """Whether this is the password behind the hash. Blocks, as `hash_now` does."""
    return first_now(password, [kept]) is not None


def first_now(password: str, kept: Sequence[str]) -> int | None:
    """Which of the hashes of one address is of this password. Does the work of one, whatever there is to find.

    Accounts of one address have one salt, so that hashing once answers for all of them. One that has another salt,
    because it came here from another address, is looked at if it comes first, and gets this address' salt then. What
    is no argon2id hash fits nothing.
    """
    hashes = [each for each in kept if each.startswith(ARGON2ID)]
    again = _again(password[:LONGEST], hashes[0] if hashes else _dummy())
    right = [hmac.compare_digest(again.encode(), each.encode()) and each in hashes for each in kept]
    return next((place for place, is_right in enumerate(right) if is_right), None)


def is_outdated(kept: str, of: str) -> bool:
    """Whether the hash is weaker than one made today, or salted for another address. A stronger one is left alone."""
    found = _read(kept)
    if found.memory_cost > MEMORY_KIB or found.rounds > ROUNDS:
        return False
    return found.memory_cost < MEMORY_KIB or found.rounds < ROUNDS or found.salt != _salt(of)


async def hashed(password: str, of: str) -> str:
    """The hash to keep, salted for the address with the key `of`."""
    return await beside(lambda: hash_now(password, of))


async def first_that_fits(password: str, kept: Sequence[str]) -> int | None:
    """As `first_now`, beside the event loop."""
    return await beside(lambda: first_now(password, kept))


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
                self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="hashing", initializer=_step_back)
            self._pending += 1
            future = self._pool.submit(call)
        future.add_done_callback(self._leave)
        return future

    def _leave(self, future: "Future[Any]") -> None:
        with self._lock:
            self._pending -= 1


_hashing = _Hashing()


def _step_back() -> None:
    """Let the event loop go first where processors are scarce. Only Linux gives a thread a rank of its own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _salt(of: str) -> bytes:
    """The salt of an address: nobody else can know it, and no two addresses share it."""
    return bytes.fromhex(tokens.keyed_digest("password salt", of))[:SALT_BYTES]


def _salted(salt: bytes) -> Any:
    return _context().handler("argon2").using(salt=salt)


def _read(kept: str) -> Any:
    return _context().handler("argon2").from_string(kept)


def _again(password: str, kept: str) -> str:
    """What would be kept if this were the password behind the hash, and it had been made as that one was."""

    def make() -> str:
        found = _read(kept)
        same = _salted(found.salt).using(
            memory_cost=found.memory_cost,
            rounds=found.rounds,
            parallelism=found.parallelism,
            digest_size=len(found.checksum),
        )
        return same.hash(_same_letters(password))

    return _quietly(make)


@cache
def _dummy() -> str:
    """A hash of nothing anybody knows, so that an unknown address costs as much as a known one."""
    return hash_now("nobody's password", "nobody")


def _same_letters(password: str) -> str:
    """The same characters typed on another keyboard are the same password (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def _quietly(call: Callable[[], R]) -> R:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return call()
