"""The one way to rows: a short transaction, on behalf of one user or of the system for a named reason.

    await db.run(viewer, service.add_note, "title")              one writing transaction as this user
    await db.read(viewer, service.notes)                         a reading one
    await db.run_system("webhook", inbox.keep, event)            as the system; reasons are listed in core/reasons.py

A service gets the session first, returns plain data and never commits: the transaction ends here, once.
Engines are synchronous (three times faster on SQLite than an async driver) and work in a small pool of threads.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from saas_app.core import engines, habits
from saas_app.core.config import settings
from saas_app.core.errors import DatabaseBusy, RowLevelSecurity
from saas_app.core.reasons import REASONS, SystemReason
from saas_app.core.rls import Actor
from saas_app.core.rls_session import BoundSession
from saas_app.core.viewer import Viewer

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
Work = Callable[Concatenate[Session, P], R]
Who = Viewer | str
Opening = Callable[[], AbstractContextManager[BoundSession]]

WAITING_PER_THREAD = 32


async def run(who: Who, work: Work[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do this as the user, in one writing transaction."""
    return await _in_thread(_as_read_here(lambda: session_for(who)), work, *args, **kwargs)


async def read(who: Who, work: Work[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Look this up as the user; writing is refused by the database."""
    return await _in_thread(_as_read_here(lambda: session_for(who, read_only=True)), work, *args, **kwargs)


async def run_system(reason: SystemReason, work: Work[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do this over everybody's rows, in one writing transaction."""
    return await _in_thread(lambda: system_session(reason), work, *args, **kwargs)


async def read_system(reason: SystemReason, work: Work[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Look this up over everybody's rows; writing is refused by the database."""
    return await _in_thread(_as_read_here(lambda: system_session(reason, read_only=True)), work, *args, **kwargs)


async def rehearse_system(reason: SystemReason, work: Work[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do this over everybody's rows, and take all of it back: to see what it would write. Nobody is told of it."""

    def and_back(session: Session, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(session, *args, **kwargs)
        finally:
            session.rollback()
            session.info.pop("after_commit", None)

    return await _in_thread(lambda: system_session(reason), and_back, *args, **kwargs)


@contextmanager
def session_for(who: Who, *, read_only: bool = False) -> Generator[BoundSession]:
    """A transaction of one user; commits at the end, rolls back on an exception."""
    user_id = who.id if isinstance(who, Viewer) else who
    if not user_id:
        raise RowLevelSecurity("a session needs somebody to work for")
    with _transaction(Actor(user_id), read_only) as session:
        yield session


@contextmanager
def system_session(reason: SystemReason, *, read_only: bool = False) -> Generator[BoundSession]:
    """A transaction over everybody's rows; commits at the end, rolls back on an exception."""
    if reason not in REASONS:
        raise RowLevelSecurity(f"“{reason}” is no listed reason for a system session (core/reasons.py)")
    log.debug("system session: %s", reason)
    with _transaction(Actor(None, reason), read_only) as session:
        yield session


def after_commit(session: Session, callback: Callable[[], object]) -> None:
    """Do this when, and only when, what the session writes is committed; in the thread that committed."""
    session.info.setdefault("after_commit", []).append(callback)


@contextmanager
def _transaction(actor: Actor, read_only: bool) -> Generator[BoundSession]:
    with engines.busy_in_words():
        session = BoundSession(engines.engine_for(actor, read_only=read_only), actor, read_only=read_only)
        try:
            yield session
            session.commit()
        finally:
            session.close()
    for callback in session.info.pop("after_commit", ()):
        try:
            callback()
        except Exception:
            log.exception("a callback after a commit failed; the commit stands")


class _Threads:
    """The threads that hold the transactions, and how many calls wait for one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._pending = 0

    def submit(self, call: Callable[[], R]) -> "Future[R]":
        """Queue a call, or refuse it at once: a long queue would only answer people who have gone."""
        threads = settings().database_threads
        with self._lock:
            if self._pending >= threads * (1 + WAITING_PER_THREAD):
                raise DatabaseBusy
            if self._pool is None:
                self._pool = ThreadPoolExecutor(threads, thread_name_prefix="db")
            self._pending += 1
            future = self._pool.submit(call)
        future.add_done_callback(self._leave)
        return future

    def _leave(self, future: "Future[Any]") -> None:
        with self._lock:
            self._pending -= 1

    def close(self) -> None:
        """Let running transactions end."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True)


_threads = _Threads()


def _as_read_here(opening: Opening) -> Opening:
    """The same, with texts as whoever asks writes them. A thread does not know who that is, and what the system writes
    down, such as a mail, is nobody's: it follows the installation."""
    reader = habits.current()

    @contextmanager
    def opened() -> Generator[BoundSession]:
        with habits.those_of(reader), opening() as session:
            yield session

    return opened if reader else opening


async def _in_thread(opening: Opening, work: Work[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    def call() -> R:
        with opening() as session:
            return work(session, *args, **kwargs)

    return await asyncio.wrap_future(_threads.submit(call))


def start() -> None:
    """Check what must hold before anybody is served. Called by the lifespan, never at import (workers fork)."""
    engines.check_isolation()


def stop() -> None:
    """Finish running transactions and close every connection."""
    _threads.close()
    engines.dispose()
