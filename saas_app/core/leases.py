"""Work that must be done once, kept in a table: claimed under a lease, done outside any transaction, marked at the end.

A claim is committed with a random token. Whoever finishes proves the token, so a worker that was too slow, and
whose row somebody else has taken over, writes nothing. A killed worker loses its lease by time.
"""

import random
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from saas_app.core import clock
from saas_app.core.errors import Conflict
from saas_app.core.types import Dropped, Utc
from saas_app.core.words import _

LEASE = timedelta(seconds=60)
TRIES = 12
FIRST_PAUSE = timedelta(seconds=5)


class Leased(SQLModel):
    """Columns of a table whose rows are work. The class adds its own primary key `id`.

    status: pending → done | ignored (needs nothing) | dead (12 tries; a person must look)
    """

    __dropped__: ClassVar[Dropped] = ("done_at", timedelta(days=30))
    __dies__: ClassVar[bool] = True  # False for what must go on for ever

    status: str = Field(default="pending")
    attempts: int = 0
    due_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    lease_until: datetime | None = Field(default=None, sa_type=Utc)
    lease_token: str | None = None
    error: str = ""
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    done_at: datetime | None = Field(default=None, sa_type=Utc)


L = TypeVar("L", bound=Leased)


class LeaseLost(Conflict):
    """Somebody else has taken this work over; what was about to be written is void."""

    def __init__(self) -> None:
        super().__init__(_("This is being done elsewhere."))


def due(session: Session, table: type[L], *only: Any) -> bool:
    """Whether a claim would find anything."""
    return session.exec(_due(table, *only).limit(1)).first() is not None


def claim(session: Session, table: type[L], *only: Any, limit: int = 1, lease: timedelta = LEASE) -> Sequence[L]:
    """Take over due rows until the lease ends. Commit before you begin to work on them.

    Two workers never get the same row: PostgreSQL skips locked rows, and on SQLite a writer is alone.
    """
    rows: Sequence[L] = session.exec(_due(table, *only).limit(limit).with_for_update(skip_locked=True)).all()
    taken, token = list[L](), secrets.token_hex(16)
    for row in rows:
        row.attempts += 1
        if table.__dies__ and row.attempts > TRIES:
            row.status, row.error, row.done_at = "dead", row.error or "the worker died every time", clock.now()
        else:
            row.lease_token, row.lease_until = token, clock.now() + lease
            taken.append(row)
        session.add(row)
    session.flush()
    return taken


def waiting(table: type[Leased]) -> tuple[sa.ColumnElement[bool], ...]:
    """What is true of rows that are due while nobody works on them."""
    now = clock.now()
    free = sa.or_(col(table.lease_until).is_(None), col(table.lease_until) <= now)
    return (col(table.status) == "pending", col(table.due_at) <= now, free)


def _due(table: type[L], *only: Any) -> SelectOfScalar[L]:
    return select(table).where(*waiting(table), *only).order_by(col(table.due_at))


def complete(session: Session, row: Leased, *, status: str = "done", **values: Any) -> None:
    """Mark the work done, in the transaction that writes its effect; LeaseLost takes both back."""
    _finish(session, row, **{"status": status, "done_at": clock.now(), "error": "", **values})


def complete_all(session: Session, rows: Sequence[Leased], *, status: str = "done", error: str = "") -> None:
    """As `complete`, for rows of one claim; if one of them was taken over, none is marked, and all are done again."""
    table: Any = type(rows[0])
    mine = (
        table.id.in_([getattr(row, "id") for row in rows]),  # noqa: B009  (each table has its own id)
        table.lease_token == rows[0].lease_token,
        table.status == "pending",
    )
    values = {"status": status, "error": error, "done_at": clock.now(), "lease_token": None, "lease_until": None}
    if session.exec(update(table).where(*mine).values(**values)).rowcount != len(rows):
        raise LeaseLost


def postpone(session: Session, row: Leased, due_at: datetime, **values: Any) -> None:
    """Put the row back for later without counting a failure."""
    _finish(session, row, due_at=due_at, attempts=0, **values)


def fail(session: Session, row: Leased, error: str, *, passes: bool = False) -> None:
    """Put the row back with a growing pause; after the last try it is dead, unless what stopped it passes by itself."""
    if row.__dies__ and row.attempts >= TRIES and not passes:
        _finish(session, row, status="dead", done_at=clock.now(), error=error[:500])
    else:
        tries = min(row.attempts, TRIES - 1) if row.__dies__ else row.attempts
        _finish(session, row, due_at=clock.now() + pause(row.attempts), error=error[:500], attempts=tries)


def pause(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s … about 3 hours, ±20 % so that what failed together does not come back together."""
    return FIRST_PAUSE * 2 ** (min(attempts, TRIES) - 1) * random.uniform(0.8, 1.2)  # noqa: S311  it spreads load


def _finish(session: Session, row: Leased, **values: Any) -> None:
    table: Any = type(row)
    mine = (table.id == getattr(row, "id"), table.lease_token == row.lease_token, table.status == "pending")  # noqa: B009  (each table has its own id)
    values |= {"lease_token": None, "lease_until": None}
    if session.exec(update(table).where(*mine).values(**values)).rowcount != 1:
        raise LeaseLost
