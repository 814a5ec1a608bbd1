"""Everything the sandbox remembers, in one SQLite file.

One request is one transaction behind one write lock: it happened wholly or not at all, also when the
process is killed in the middle. Nothing here ever waits for the network.
"""

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stripe_sandbox import clock
from stripe_sandbox.errors import Missing, StripeError

Object = dict[str, Any]

PRIVATE = "_"  # what an object knows and never shows: `obj["_"]`

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    next_try REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_open ON deliveries (state, next_try);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS attempts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery INTEGER NOT NULL,
    at REAL NOT NULL,
    status INTEGER,
    milliseconds INTEGER NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_delivery ON attempts (delivery);
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    clock TEXT NOT NULL,
    due INTEGER NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    failed TEXT,
    UNIQUE (kind, object)
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (clock, due, seq) WHERE failed IS NULL;
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
# what objects are looked for by: without these, ten thousand customers would be slow
_INDEXED = ("_.attempt.intent", "_.token", "charge", "customer", "email", "invoice", "payment_intent", "status", "type")
_TABLES = ("objects", "deliveries", "attempts", "jobs", "replies", "facts")


@dataclass
class Tx:
    """One transaction: the rows, the time in it, and which request it answers."""

    db: sqlite3.Connection
    now: int  # sandbox time
    base_url: str = ""
    request_id: str | None = None
    idempotency_key: str | None = None
    clock: str = clock.GLOBAL  # whose time `now` is: also where planned work goes
    woke: list[str] = field(default_factory=list)  # delivery, clock, event, again:evt_…: what others have to do now

    @property
    def test_clock(self) -> str | None:
        """The test clock whose time this is, if any."""
        return None if self.clock in (clock.GLOBAL, clock.REAL) else self.clock

    # -- objects

    def add(self, obj: Object) -> Object:
        """Store a new object."""
        self.db.execute(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)",
            (obj["id"], obj["object"], obj.get("created", self.now), json.dumps(obj)),
        )
        return obj

    def save(self, obj: Object) -> Object:
        """Store an object again."""
        self.db.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(obj), obj["id"]))
        return obj

    def find(self, id_: str | None, kind: str | None = None) -> Object | None:
        """The object, also when it was deleted (then only its stub), or None."""
        row = self.db.execute("SELECT kind, body FROM objects WHERE id = ?", (id_,)).fetchone()
        if row is None or (kind is not None and row[0] != kind):
            return None
        return json.loads(row[1])

    def get(self, kind: str, id_: str, *, param: str = "id", in_path: bool = False) -> Object:
        """The living object, or Stripe's `resource_missing`."""
        obj = self.find(id_, kind)
        if obj is None or obj.get("deleted"):
            raise Missing(kind, id_, param=param, in_path=in_path)
        return obj

    def at(self, kind: str, id_: str) -> Object:
        """The object that a path names; missing is a 404."""
        return self.get(kind, id_, in_path=True)

    def fresh(self, obj: Object) -> Object:
        """The same object as it is stored now."""
        found = self.find(obj["id"])
        assert found is not None  # noqa: S101 - nothing removes rows within a transaction
        return found

    def bury(self, obj: Object) -> Object:
        """Delete: what stays is the stub that later reads get."""
        stub = {"id": obj["id"], "object": obj["object"], "deleted": True}
        self.db.execute("UPDATE objects SET deleted = 1, body = ? WHERE id = ?", (json.dumps(stub), obj["id"]))
        return stub

    def select(
        self,
        kind: str,
        where: str = "",
        values: tuple[Any, ...] = (),
        limit: int = -1,
        order: str = "DESC",
        *,
        offset: int = 0,
    ) -> list[Object]:
        """Living objects of a kind, newest first. `where` is ours, never a caller's text."""
        clause = f"AND {where}" if where else ""
        rows = self.db.execute(
            f"SELECT body FROM objects WHERE kind = ? AND deleted = 0 {clause} ORDER BY seq {order} LIMIT ? OFFSET ?",  # noqa: S608
            (kind, *values, limit, offset),
        )
        return [json.loads(row[0]) for row in rows]

    def of_customer(self, kind: str, customer: str) -> list[Object]:
        """A customer's objects of a kind, newest first."""
        return self.select(kind, "json_extract(body, '$.customer') = ?", (customer,))

    # -- jobs

    def later(self, kind: str, object_id: str, due: int, clock_name: str | None = None) -> None:
        """Plan work for a moment on this transaction's clock, or on the wall's; planning it again moves it."""
        self.db.execute(
            "INSERT INTO jobs (clock, due, kind, object) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, object) DO UPDATE SET clock = excluded.clock, due = excluded.due, failed = NULL",
            (clock_name or self.clock, due, kind, object_id),
        )

    def never(self, kind: str, object_id: str) -> None:
        """Take planned work back."""
        self.db.execute("DELETE FROM jobs WHERE kind = ? AND object = ?", (kind, object_id))

    # -- facts

    def fact(self, name: str, default: str = "") -> str:
        row = self.db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else default

    def remember(self, name: str, value: str) -> None:
        self.db.execute(
            "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    @contextlib.contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may be undone alone: whatever it raises, its writes are gone."""
        self.db.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK TO attempt")
            self.db.execute("RELEASE attempt")
            raise
        self.db.execute("RELEASE attempt")


class Store:
    """Opens the file and hands out transactions, one at a time."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._keeps = False
        self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        # WAL + NORMAL: a killed process loses nothing that was committed
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA wal_autocheckpoint = 4000")  # pages: rarer, because a month of many customers is long
        self._db.execute("PRAGMA cache_size = -65536")  # KiB
        self._db.executescript(_SCHEMA)
        for path in _INDEXED:
            name = "objects_" + path.strip("_.").replace(".", "_")
            self._db.execute(
                f"CREATE INDEX IF NOT EXISTS {name} ON objects (kind, json_extract(body, '$.{path}'), seq)"
            )
        self.address = ""  # where people reach the sandbox; links that the clock makes need it
        self.on_commit: Callable[[list[str]], None] = lambda woke: None

    @contextlib.contextmanager
    def transaction(self, *, now: int | None = None, base_url: str = "", request_id: str | None = None) -> Iterator[Tx]:
        """All or nothing. A `StripeError` with `keep` commits first: the failed payment is a fact."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            self.address = base_url or self.address
            tx = Tx(self._db, 0, self.address, request_id)
            try:
                tx.now = clock.now(tx) if now is None else now
                yield tx
            except StripeError as error:
                self._db.execute("COMMIT" if error.keep else "ROLLBACK")
                raise
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
        if tx.woke:
            self.on_commit(tx.woke)

    @property
    def changes(self) -> int:
        """Grows whenever a row changes; for whoever wants to know whether to look again."""
        return self._db.total_changes

    def keep(self) -> None:
        """Remember everything as it is now, as long as this process lives."""
        with self._lock:
            for table in _TABLES:
                self._db.execute(f"DROP TABLE IF EXISTS temp.kept_{table}")
                self._db.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM main.{table}")  # noqa: S608 - our own names
            self._keeps = True

    def reset(self, *, to_kept: bool = False) -> None:
        """Forget everything, or what came after it was kept. Raises LookupError when nothing was."""
        with self._lock:
            if to_kept and not self._keeps:
                raise LookupError("Nothing was kept.")
            self._db.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                self._db.execute(f"DELETE FROM main.{table}")  # noqa: S608 - our own names
                if to_kept:
                    self._db.execute(f"INSERT INTO main.{table} SELECT * FROM temp.kept_{table}")  # noqa: S608 - our own names
            self._db.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._db.close()


def real_now() -> float:
    """Time on the wall, never shifted."""
    return time.time()
