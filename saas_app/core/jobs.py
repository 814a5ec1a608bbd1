"""Work for later, kept in the same transaction as what it belongs to: nothing is lost, nothing is done for nothing.

    jobs.enqueue(session, "mail", {"to": …}, key="welcome:usr_1")     in a service

    @jobs.handles("mail")                                             once, at import
    async def deliver(job: jobs.Job) -> None: …

    jobs.every("tidy", timedelta(hours=1), tidy)                      one of all workers does it
    jobs.lane(WebhookEvent, handle_event)                             any other table of Leased rows

A handler works outside any transaction and may return an effect, `f(session)`, which is written in the one
transaction that also marks the work done. Work is done at least once: a worker may die after the last step.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, Session, col, func, select

from saas_app.core import clock, db, leases
from saas_app.core.ids import new_id
from saas_app.core.leases import Leased, LeaseLost, claim, complete, due, fail, postpone
from saas_app.core.rls import Appended
from saas_app.core.rls_session import append

__all__ = ["LeaseLost", "Leased", "claim", "complete", "due", "fail", "postpone"]

FAILING_AFTER = 8  # tries of a task in a row; by the pauses between them that takes about ten minutes

Effect = Callable[[Session], object]
Payload = dict[str, Any]


class Outbox(Leased, Appended, table=True):
    """Something to be sent or done, once per key. The payload is dropped when it is done."""

    __tablename__ = "outbox"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.Index("outbox_due", "status", "due_at"),)

    id: str = Field(default_factory=lambda: new_id("job"), primary_key=True)
    kind: str
    key: str | None = Field(default=None, unique=True)
    payload: Payload = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)


class Schedule(Leased, table=True):
    """Something to be done again and again; one row per name, so only one worker does it."""

    __tablename__ = "schedule"  # pyright: ignore[reportAssignmentType]
    __dies__: ClassVar[bool] = False

    id: str = Field(primary_key=True)


@dataclass(frozen=True, slots=True)
class Job:
    """An outbox row as its handler sees it."""

    id: str
    kind: str
    payload: Payload
    attempts: int = 1


class Ignore(Exception):
    """Raised by a handler for work that needs nothing: it is marked `ignored`, with the reason."""


Handler = Callable[[Job], Awaitable[Effect | None]]
Waker = Callable[[type[Leased]], object]
Work = Callable[[Any], Awaitable[Effect | None]]
Task = Callable[[], Awaitable[object]]
# What became of some rows: an effect to write with their mark, nothing, a reason to ignore them, or what went wrong.
Outcome = Effect | Exception | None
Batch = Callable[[Sequence[Any]], AsyncIterator[tuple[Sequence[Any], Outcome]]]


@dataclass
class Registry:
    """What this process knows how to do."""

    handlers: dict[str, Handler] = field(default_factory=dict[str, Handler])
    tasks: dict[str, tuple[timedelta, Task]] = field(default_factory=dict[str, tuple[timedelta, Task]])
    at_start: set[str] = field(default_factory=set[str])
    lanes: dict[type[Leased], Work] = field(default_factory=dict[type[Leased], Work])
    batches: dict[type[Leased], Batch] = field(default_factory=dict[type[Leased], Batch])
    wakers: list[Waker] = field(default_factory=list[Waker])


registry = Registry()


def enqueue(
    session: Session, kind: str, payload: Payload, *, key: str | None = None, due_at: datetime | None = None
) -> bool:
    """Keep this work with everything else the session writes; False when the key was used before."""
    row = Outbox(kind=kind, payload=payload, key=key, due_at=due_at or clock.now())
    is_new = append(session, row)
    if is_new:
        db.after_commit(session, lambda: wake(Outbox))
    return is_new


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Declare who does this kind of outbox work."""

    def declare(handler: Handler) -> Handler:
        registry.handlers[kind] = handler
        return handler

    return declare


def every(name: str, interval: timedelta, task: Task, *, at_start: bool = False) -> None:
    """Do this about once per interval, in whichever process comes first; with `at_start` also when a process begins,
    to make up for what it was not there to see."""
    registry.tasks[name] = (interval, task)
    if at_start:
        registry.at_start.add(name)


def lane(table: type[Leased], work: Work) -> None:
    """Let workers go through another table of Leased rows."""
    registry.lanes[table] = work


def batch_lane(table: type[Leased], work: Batch) -> None:
    """The same for a table of many small rows: `work` gets up to a hundred, and says of some at a time what became of
    them, whichever come first. Rows that it says nothing of have failed."""
    registry.batches[table] = work


def wake(table: type[Leased]) -> None:
    """Tell this process's workers that there is something to do in this table; others find it within a second."""
    for waker in list(registry.wakers):
        waker(table)


def tables() -> tuple[type[Leased], ...]:
    """Every table of work."""
    return (Outbox, Schedule, *registry.lanes, *registry.batches)


@dataclass(frozen=True, slots=True)
class Health:
    """How the background work is doing.

    oldest: for how long the most delayed row has been due without anybody working on it, in seconds
    failing: what is done on a schedule and has gone wrong for ten minutes and more: name and error
    """

    oldest: float
    pending: int
    dead: int
    failing: dict[str, str]


def health(session: Session) -> Health:
    """Delays, dead rows and failing tasks over every table of work."""
    oldest, pending, dead = 0.0, 0, 0
    known = col(Schedule.id).in_(list(registry.tasks))  # rows of former releases are nobody's work
    for table in tables():
        waiting = (*leases.waiting(table), *([known] if table is Schedule else []))
        first, count = session.exec(select(func.min(table.due_at), func.count()).where(*waiting)).one()
        oldest = max(oldest, (clock.now() - first).total_seconds() if first else 0.0)
        pending += count
        dead += session.exec(select(func.count()).select_from(table).where(col(table.status) == "dead")).one()
    failing = select(Schedule).where(known, col(Schedule.attempts) >= FAILING_AFTER, col(Schedule.error) != "")
    return Health(oldest, pending, dead, {row.id: row.error for row in session.exec(failing)})


def retry_dead(session: Session) -> int:
    """Give dead rows another twelve tries. Returns how many those are."""
    revived = 0
    for table in tables():
        if table is Schedule:
            continue
        dead = sa.update(table).where(col(table.status) == "dead")
        again = dead.values(status="pending", attempts=0, due_at=clock.now(), done_at=None)
        revived += session.exec(again).rowcount
    db.after_commit(session, lambda: [wake(table) for table in tables()])
    return revived
