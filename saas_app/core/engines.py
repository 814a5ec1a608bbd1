"""Engines, made on first use: SQLite set up to lose nothing, PostgreSQL with two roles."""

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from saas_app.core.config import settings
from saas_app.core.errors import BadInput, DatabaseBusy, Deadlocked
from saas_app.core.isolation import check as check_engine
from saas_app.core.rls import Actor
from saas_app.core.rls_engine import guard
from saas_app.core.rls_session import PASS

BUSY_MILLISECONDS = 5_000
DEADLOCK = "40P01"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
_writers = threading.Lock()
_SQLITE_BUSY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
}


def engine_for(actor: Actor, *, read_only: bool) -> Engine:
    """The engine this actor's transactions run on."""
    found = settings()
    url = found.database_system_url if actor.is_system and found.database_system_url else found.database_url
    return _views(url)[read_only]


_made: dict[str, tuple[Engine, Engine]] = {}
_making = threading.Lock()


def _views(url: str) -> tuple[Engine, Engine]:
    """One pool of connections, seen for writing and for reading; the same for threads that ask for it at once."""
    with _making:
        if url not in _made:
            engine = _make(url)
            _made[url] = engine.execution_options(reading=False), engine.execution_options(reading=True)
        return _made[url]


def _make(url: str) -> Engine:
    threads = settings().database_threads
    if url.startswith("sqlite"):
        settings().data_dir.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, hide_parameters=True, pool_size=threads, max_overflow=threads, pool_timeout=5)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        for moment in ("checkin", "invalidate"):
            event.listen(engine, moment, _let_others_write)
    else:
        engine = sa.create_engine(
            url,
            hide_parameters=True,
            pool_size=threads,
            max_overflow=threads,
            pool_timeout=5,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "options": "-c timezone=UTC -c statement_timeout=30000"},
        )
    guard(engine)
    return engine


def _set_up_sqlite(connection: Any, record: Any) -> None:
    """WAL lets readers and a writer work at once. `synchronous=FULL` makes a commit survive a power cut:
    a webhook we have answered is never sent again, so losing the last commits would lose money."""
    connection.isolation_level = None  # the driver begins nothing on its own
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once: upgrading a read lock later fails without waiting.

    Writers of one process come one after another before SQLite is asked, which would let them sleep for longer and
    longer while the file is free already.
    """
    reading: bool = connection.get_execution_options().get("reading", True)
    kept = connection.connection.info
    if not reading and not kept.get("writes"):
        if not _writers.acquire(timeout=BUSY_MILLISECONDS / 1000):
            raise DatabaseBusy
        kept["writes"] = True
    for statement in (f"PRAGMA query_only={int(reading)}", "BEGIN" if reading else "BEGIN IMMEDIATE"):
        connection.exec_driver_sql(statement, execution_options={"row_filter": PASS})


def _let_others_write(connection: Any, record: Any, *_: Any) -> None:
    if record.info.pop("writes", False):
        _writers.release()


@contextmanager
def busy_in_words() -> Generator[None]:
    """A database that is locked, full or away is no mistake of ours: say so, and that trying again is safe."""
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseBusy from error
    except DataError as error:  # PostgreSQL keeps no NUL, and no number beyond its columns
        raise BadInput({"form": "This holds something that cannot be saved. Please type it anew."}) from error
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == DEADLOCK:
            raise Deadlocked from error
        if _is_busy(error):
            raise DatabaseBusy from error
        raise


def _is_busy(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in _SQLITE_BUSY
    return not isinstance(error.orig, sqlite3.Error)  # for psycopg the class says it: away, full, locked, deadlock


def check_isolation() -> None:
    """Refuse to serve when the database would not hold the line; see core/isolation.py."""
    found = settings()
    for actor in (Actor("nobody"), Actor(None, "start-up")):
        with busy_in_words(), engine_for(actor, read_only=True).connect() as connection:
            connection.connection.info["actor"] = Actor(None, "start-up")
            check_engine(connection, is_production=found.is_production, two_logins=bool(found.database_system_url))


def dispose() -> None:
    """Close every connection and forget the engines, those of an address that was configured before too."""
    with _making:
        engines = [writing for writing, _reading in _made.values()]
        _made.clear()
    for engine in engines:
        engine.dispose()
