"""The bridge to the database: short transactions, committed once, refused in words when it is busy."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session, func, select

from saas_app.core import db, engines
from saas_app.core.config import settings
from saas_app.core.errors import BadInput, DatabaseBusy, NotMigrated
from saas_app.core.rls import Actor
from tests.factories import a_user, as_system
from tests.scratch_tables import Ledger, Note


def add(session: Session, words: str) -> str:
    row = Ledger(words=words)
    session.add(row)
    return row.id


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Ledger)).one()


async def test_a_call_is_one_transaction(database: str) -> None:
    def fail(session: Session) -> None:
        add(session, "half")
        session.flush()
        raise InterruptedError

    await db.run_system("seed", add, "whole")
    with pytest.raises(InterruptedError):
        await db.run_system("seed", fail)
    assert await db.read_system("seed", count) == 1


async def test_what_users_call_runs_as_them(database: str) -> None:
    ada, bob = a_user("ada"), a_user("bob")

    def note(session: Session, body: str) -> None:
        session.add(Note(body=body))  # type: ignore[call-arg]

    await asyncio.gather(*(db.run(who, note, who.name) for who in (ada, bob) for _ in range(5)))
    seen = await db.read(bob.id, lambda session: set(session.exec(select(Note.body)).all()))
    assert seen == {"bob"}


async def test_reading_writes_nothing(database: str) -> None:
    with pytest.raises(DBAPIError):
        await db.read_system("seed", lambda session: add(session, "x") and session.flush())
    await db.run_system("seed", add, "after it")
    assert await db.read_system("seed", count) == 1


async def test_callbacks_follow_the_commit_and_only_it(database: str) -> None:
    happened: list[str] = []

    def work(session: Session, *, goes_wrong: bool) -> None:
        add(session, "x")
        db.after_commit(session, lambda: happened.append(f"saw {as_system(count)}"))
        db.after_commit(session, lambda: 1 / 0)
        with session.begin_nested():
            add(session, "y")
        assert not happened
        if goes_wrong:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await db.run_system("seed", work, goes_wrong=True)
    assert happened == []
    await db.run_system("seed", work, goes_wrong=False)
    assert happened == ["saw 2"]


async def test_a_cancelled_caller_leaves_a_whole_transaction_and_a_free_place(sqlite: str) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        add(session, "x")
        begun.set()
        may_end.wait(10)

    task = asyncio.create_task(db.run_system("seed", slow))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    db.stop()  # waits for running transactions
    assert db._threads._pending == 0
    assert as_system(count) == 1


async def test_beyond_the_queue_callers_are_told_at_once(sqlite: str, configured: Callable[..., None]) -> None:
    configured(DATABASE_THREADS="1")
    may_end = threading.Event()
    waiting = [
        asyncio.create_task(db.read_system("seed", lambda session: may_end.wait(10)))
        for _ in range(1 + db.WAITING_PER_THREAD)
    ]
    await asyncio.sleep(0)
    with pytest.raises(DatabaseBusy):
        await db.read_system("seed", count)
    may_end.set()
    await asyncio.gather(*waiting)
    assert await db.read_system("seed", count) == 0


def test_a_locked_file_is_busy_and_not_an_error(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 50)
    as_system(count)  # the first connection makes the file a WAL one, which takes a lock itself
    db.stop()
    blocker = sqlite3.connect(settings().database_url.removeprefix("sqlite:///"), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        as_system(count)
    with db.system_session("seed", read_only=True) as session:
        assert count(session) == 0  # readers go on
    blocker.execute("ROLLBACK")
    blocker.close()
    as_system(lambda session: add(session, "x"))


def test_a_full_disk_is_busy_and_the_file_stays_whole(sqlite: str) -> None:
    as_system(lambda session: add(session, "before"))

    def fill(session: Session) -> None:
        session.execute(text("PRAGMA max_page_count = 1"))
        for _ in range(200):
            add(session, "x" * 4000)
        session.flush()

    with pytest.raises(DatabaseBusy):
        as_system(fill)
    db.stop()
    with db.system_session("seed", read_only=True) as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert count(session) == 1


def test_a_server_that_is_away_is_busy(configured: Callable[..., None]) -> None:
    configured(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseBusy), db.system_session("seed") as session:
        count(session)
    db.stop()


def test_mistakes_of_ours_stay_mistakes(sqlite: str) -> None:
    with pytest.raises(OperationalError):
        as_system(lambda session: session.execute(text("SELECT nothing FROM nowhere")))
    with pytest.raises(IntegrityError):
        as_system(lambda session: session.add_all([Ledger(id="a"), Ledger(id="a")]))


def test_sqlite_keeps_what_it_has_acknowledged(sqlite: str) -> None:
    with db.system_session("seed") as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_database_that_was_not_migrated_says_so(configured: Callable[..., None], tmp_path: Any) -> None:
    configured(DATABASE_URL=f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(NotMigrated, match="saas_app migrate"):
        engines.check_isolation()
    db.stop()


def test_errors_do_not_repeat_what_was_to_be_written(database: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        as_system(lambda session: session.add_all([Ledger(id="a", words="s3cret"), Ledger(id="a", words="s3cret")]))
    assert "s3cret" not in str(caught.value)


def test_nothing_connects_before_it_is_asked_to(sqlite: str) -> None:
    """Servers fork after importing; a connection made before would be shared."""
    assert len(engines._made) == 0
    engines.engine_for(Actor("a"), read_only=True)
    assert len(engines._made) == 1


def test_threads_that_begin_at_once_share_one_pool_and_none_is_forgotten(
    sqlite: str, configured: Callable[..., None]
) -> None:
    """A second one would keep its connections until somebody collects garbage."""
    together = threading.Barrier(8)

    def begin(_: int) -> Any:
        together.wait()
        return engines.engine_for(Actor(None, "seed"), read_only=False).pool

    with ThreadPoolExecutor(8) as threads:
        pools = set(threads.map(begin, range(8)))
    assert len(pools) == 1
    as_system(count)
    configured(DATABASE_URL=f"{settings().database_url}.other")
    engines.dispose()
    assert [pool.checkedin() for pool in pools] == [0]


def test_what_postgresql_cannot_keep_is_said_as_a_mistake_in_what_was_typed(postgresql: str) -> None:
    with pytest.raises(BadInput, match="cannot be saved"), db.system_session("command") as session:
        add(session, "a\x00b")
