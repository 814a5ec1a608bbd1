"""How often something may be tried, counted in the database: exact over workers, and kept over restarts.

A try is counted in a transaction of its own, before the work, so that work which fails does not take it back:

    await db.run_system("throttle", ratelimit.hit, LOGIN_BY_IP, ip)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel

from saas_app.core import clock, tokens
from saas_app.core.errors import TooManyTries
from saas_app.core.types import Dropped, Utc


@dataclass(frozen=True, slots=True)
class Rule:
    """So many tries of one key in each window of time."""

    name: str
    limit: int
    window: timedelta


class Try(SQLModel, table=True):
    """The tries of one key in one window. Keys are digests: addresses of visitors are not kept."""

    __tablename__ = "tries"  # pyright: ignore[reportAssignmentType]
    __dropped__: ClassVar[Dropped] = ("ends_at", timedelta(0))

    name: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    window_start: datetime = Field(sa_type=Utc, primary_key=True)
    count: int = 0
    ends_at: datetime = Field(sa_type=Utc, index=True)


# Statements put together once, since a log-in under attack runs them more than any other: that takes longer than the
# database does.
_TRIES: sa.Table = sa.inspect(Try).local_table  # pyright: ignore[reportAssignmentType]
_ONE = (_TRIES.c.name == sa.bindparam("name"), _TRIES.c.key == sa.bindparam("key"))
_FORGET = sa.delete(_TRIES).where(*_ONE)
_COUNTED = sa.select(_TRIES.c.count).where(*_ONE, _TRIES.c.window_start == sa.bindparam("window_start"))


@cache
def _counting(dialect: str) -> sa.UpdateBase:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(_TRIES)
    more = {"count": _TRIES.c.count + statement.excluded.count}
    upsert = statement.on_conflict_do_update(index_elements=["name", "key", "window_start"], set_=more)
    return upsert.returning(_TRIES.c.name, _TRIES.c.key, _TRIES.c.count)


def hit(session: Session, rule: Rule, key: str) -> None:
    """Count one try; TooManyTries when the limit was reached already."""
    if count(session, rule, key) > rule.limit:
        raise refusal(rule)


def count(session: Session, rule: Rule, key: str, *, times: int = 1) -> int:
    """Count a try, or several, without refusing any; returns how many this window has seen."""
    return count_all(session, [(rule, key)], times=times)[0]


def count_all(session: Session, tries: Sequence[tuple[Rule, str]], *, times: int = 1) -> list[int]:
    """Count one try of each, as `count` does, in one statement. No key of a rule may be named twice."""
    found = [(rule, _key(rule, key), _start(rule)) for rule, key in tries]
    rows = [
        {"name": rule.name, "key": key, "window_start": start, "ends_at": start + rule.window, "count": times}
        for rule, key, start in found
    ]
    connection = session.connection()
    counts: Sequence[Any] = connection.execute(_counting(connection.dialect.name), rows).all()
    by_try: dict[tuple[str, str], int] = {(row[0], row[1]): row[2] for row in counts}
    return [by_try[rule.name, key] for rule, key, _ in found]


def is_full(session: Session, rule: Rule, key: str) -> bool:
    """Whether the next try would be refused."""
    given = {"name": rule.name, "key": _key(rule, key), "window_start": _start(rule)}
    found = session.connection().execute(_COUNTED, given).scalar()
    return found is not None and found >= rule.limit


def clear(session: Session, *tries: tuple[Rule, str]) -> None:
    """Forget the tries of a key of a rule, or of several."""
    session.connection().execute(_FORGET, [{"name": rule.name, "key": _key(rule, key)} for rule, key in tries])


def refusal(rule: Rule) -> TooManyTries:
    """What somebody is told who has used their tries up."""
    return TooManyTries(_seconds_left(rule))


def _key(rule: Rule, key: str) -> str:
    return tokens.keyed_digest(f"try:{rule.name}", key)[:32]


def _start(rule: Rule) -> datetime:
    seconds = int(rule.window.total_seconds())
    return datetime.fromtimestamp(int(clock.now().timestamp()) // seconds * seconds, UTC)


def _seconds_left(rule: Rule) -> int:
    return int((_start(rule) + rule.window - clock.now()).total_seconds()) + 1
