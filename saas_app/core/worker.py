"""Does the work that waits in tables: claims it, does it, marks it. Any number of workers may run at once."""

import asyncio
import logging
import signal
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, update

from saas_app.core import clock, db, leases, upkeep
from saas_app.core.errors import AppError, DatabaseBusy
from saas_app.core.jobs import Effect, Ignore, Job, Outbox, Outcome, Schedule, registry, tables
from saas_app.core.leases import Leased, LeaseLost
from saas_app.core.rls_session import append

assert upkeep  # noqa: S101  its task is every worker's

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
FIRST_LOOK_SECONDS = 0.3  # visitors who wait for a start are answered before libraries are read for the work
AT_ONCE = 8
ROWS_OF_BATCH, BATCHES_AT_ONCE = 100, 2
TRIED_OFTEN = 2
TIME_LIMIT = leases.LEASE - timedelta(seconds=10)  # work ends before its lease does
STOP_SECONDS = 10.0


class Unanswered(AppError):
    """Work on many rows has ended without a word on some of them."""

    def __init__(self) -> None:
        super().__init__("Nothing was said of this row.")


class Worker:
    """One per process: a task for each table of work, woken by commits here and by a poll for the others'."""

    def __init__(self) -> None:
        self._woken: dict[type[Leased], asyncio.Event] = {}
        self._stopping = False
        self._lanes: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to work, on the running loop."""
        loop = asyncio.get_running_loop()
        self._woken = {table: asyncio.Event() for table in tables()}

        def waker(table: type[Leased]) -> None:
            loop.call_soon_threadsafe(self._wake, table)

        self._waker = waker
        registry.wakers.append(self._waker)
        await db.run_system("jobs", _write_schedule)
        await db.run_system("jobs", _bring_forward)
        self._lanes = [asyncio.create_task(self._go_through(table), name=table.__name__) for table in tables()]

    async def stop(self) -> None:
        """Take nothing new, and give what is running ten seconds; what is cut off is taken up after its lease."""
        self._stopping = True
        registry.wakers.remove(self._waker)
        for event in self._woken.values():
            event.set()
        if self._lanes:
            _, late = await asyncio.wait(self._lanes, timeout=STOP_SECONDS)
            for lane in late:
                lane.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def drain(self) -> int:
        """Do all that is due now, then come back: for commands and tests. Returns how much was done."""
        done = 0
        await db.run_system("jobs", _write_schedule)
        while batches := [await self._batch(table) for table in tables()]:
            if not sum(batches):
                break
            done += sum(batches)
        return done

    async def _go_through(self, table: type[Leased]) -> None:
        """Whatever is done makes room for the next: a slow row holds up nobody behind it."""
        running: set[asyncio.Task[None]] = set()
        try:
            await self._rest(table, set(), FIRST_LOOK_SECONDS)
            while not self._stopping:
                taken: Sequence[Any] = ()
                room, woken = _room(table, len(running)), self._woken[table].is_set()
                self._woken[table].clear()
                try:
                    taken = await self._next(table, room, sure=woken)
                except DatabaseBusy:
                    pass
                except Exception:
                    log.exception("the worker stumbled over %s", table.__name__)
                running |= _begin(table, taken)
                if not taken or len(taken) < room:
                    await self._rest(table, set() if room else running)
                running = {task for task in running if not _is_over(task)}
            while running:
                await asyncio.wait(running)
                running = {task for task in running if not _is_over(task)}
        finally:  # with something left only when it took too long to stop
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _next(self, table: type[Leased], room: int, *, sure: bool = False) -> Sequence[Any]:
        """Claim what is due, as far as there is room. Unless something is there for `sure`, look without a lock first:
        nearly always there is nothing."""
        known = _known(table)
        if not room or not (sure or await db.read_system("jobs", leases.due, table, *known)) or self._stopping:
            return ()
        if table in registry.batches:
            return await db.run_system("jobs", _claim_batch, table, room)
        return await db.run_system("jobs", leases.claim, table, *known, limit=room)

    def _wake(self, table: type[Leased]) -> None:
        if table in self._woken:
            self._woken[table].set()

    async def _rest(self, table: type[Leased], running: set[asyncio.Task[None]], seconds: float = POLL_SECONDS) -> None:
        """Until something is written into this table, one of these rows is done, or that time is over."""
        woken = asyncio.create_task(self._woken[table].wait())
        await asyncio.wait({woken, *running}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()

    async def _batch(self, table: type[Leased]) -> int:
        rows = await self._next(table, _room(table, 0))
        await asyncio.gather(*_begin(table, rows))
        return len(rows)


def _room(table: type[Leased], running: int) -> int:
    """For how many rows more there is room beside so many tasks."""
    if table in registry.batches:
        return ROWS_OF_BATCH if running < BATCHES_AT_ONCE else 0
    return AT_ONCE - running


def _claim_batch(session: Session, table: type[Leased], limit: int) -> Sequence[Any]:
    """As many as may be done together. What was begun twice and never answered may kill its worker: it goes alone."""
    suspect = sa.and_(col(table.attempts) >= TRIED_OFTEN, col(table.error) == "")
    return leases.claim(session, table, sa.not_(suspect), limit=limit) or leases.claim(session, table, limit=1)


def _begin(table: type[Leased], rows: Sequence[Any]) -> set[asyncio.Task[None]]:
    """A task for each row, or one for all where they are done together."""
    if table in registry.batches:
        return {asyncio.create_task(_do_together(table, rows))} if rows else set()
    return {asyncio.create_task(_do(row)) for row in rows}


def _is_over(task: asyncio.Task[None]) -> bool:
    """Whether it has ended; if by a mistake of ours, the log gets the trace."""
    if task.done() and not task.cancelled() and (mistake := task.exception()):
        log.error("the worker stumbled", exc_info=mistake)
    return task.done()


def _known(table: type[Leased]) -> tuple[Any, ...]:
    """Only what this process can do: during a deploy, or in a worker of its own, others may know more."""
    if table is Outbox:
        return (col(Outbox.kind).in_(list(registry.handlers)),)
    if table is Schedule:
        return (col(Schedule.id).in_(list(registry.tasks)),)
    return ()


async def _do(row: Any) -> None:
    """One piece of work, from claim to mark. Whatever goes wrong is written on the row."""
    try:
        try:
            async with asyncio.timeout(TIME_LIMIT.total_seconds()):
                effect = await _work(row)
            await db.run_system("jobs", _mark_done, row, effect)
        except Ignore as reason:
            await db.run_system("jobs", _mark_ignored, row, str(reason)[:500])
        except LeaseLost:
            raise
        except Exception as error:
            await db.run_system("jobs", _mark_failed, row, error)
            log.warning("%s %s failed (try %s): %s", type(row).__name__, row.id, row.attempts, type(error).__name__)
    except LeaseLost:
        log.warning("%s %s was taken over by another worker", type(row).__name__, row.id)
    except DatabaseBusy:
        log.warning("%s %s could not be marked; it will be done again", type(row).__name__, row.id)


async def _do_together(table: type[Leased], rows: Sequence[Any]) -> None:
    """Many pieces of work, marked in as few transactions as what became of them allows."""
    left = {row.id: row for row in rows}
    outcome: Outcome = Unanswered()
    try:
        async with asyncio.timeout(TIME_LIMIT.total_seconds()):
            async for some, became in registry.batches[table](rows):
                for row in some:
                    del left[row.id]
                await _mark_some(some, became)
    except Exception as error:
        outcome = error
    if left:
        await _mark_some(list(left.values()), outcome)


async def _mark_some(rows: Sequence[Any], outcome: Outcome) -> None:
    try:
        await db.run_system("jobs", _mark_together, rows, outcome)
    except LeaseLost:
        log.warning("%s %s and others were taken over by another worker", type(rows[0]).__name__, rows[0].id)
    except DatabaseBusy:
        log.warning("%s %s and others could not be marked; they will be done again", type(rows[0]).__name__, rows[0].id)
    else:
        if isinstance(outcome, Exception) and not isinstance(outcome, Ignore):
            log.warning("%s %s and others failed: %s", type(rows[0]).__name__, rows[0].id, type(outcome).__name__)


def _mark_together(session: Session, rows: Sequence[Any], outcome: Outcome) -> None:
    if isinstance(outcome, Ignore):
        leases.complete_all(session, rows, status="ignored", error=str(outcome)[:500])
    elif isinstance(outcome, Exception):
        late = isinstance(outcome, TimeoutError)  # others of the batch took the time
        for row in rows:
            leases.fail(session, row, _describe(outcome), passes=late or _passes(outcome))
    else:
        if outcome is not None:
            outcome(session)
        leases.complete_all(session, rows)


async def _work(row: Any) -> Effect | None:
    if isinstance(row, Outbox):
        return await registry.handlers[row.kind](Job(row.id, row.kind, row.payload, row.attempts))
    if isinstance(row, Schedule):
        await registry.tasks[row.id][1]()
        return None
    return await registry.lanes[type(row)](row)


def _mark_done(session: Session, row: Any, effect: Effect | None) -> None:
    if effect is not None:
        effect(session)
    if isinstance(row, Outbox):
        leases.complete(session, row, payload={})  # links and addresses are not kept
    elif isinstance(row, Schedule):
        leases.postpone(session, row, clock.now() + registry.tasks[row.id][0])
    else:
        leases.complete(session, row)


def _mark_ignored(session: Session, row: Any, reason: str) -> None:
    values: dict[str, Any] = {"payload": {}} if isinstance(row, Outbox) else {}
    leases.complete(session, row, status="ignored", error=reason, **values)


def _mark_failed(session: Session, row: Any, error: Exception) -> None:
    leases.fail(session, row, _describe(error), passes=_passes(error))


def _passes(error: Exception) -> bool:
    return isinstance(error, AppError) and error.passes


def _describe(error: Exception) -> str:
    """Our own words, or the class only: other people's messages may repeat addresses and keys."""
    return f"{type(error).__name__}: {error}" if isinstance(error, AppError) else type(error).__name__


def _write_schedule(session: Session) -> None:
    """A row for each task that has none yet, due at once."""
    for name in registry.tasks:
        append(session, Schedule(id=name))


def _bring_forward(session: Session) -> None:
    """What has to be done at a start is due now, unless another worker is at it."""
    asleep = (col(Schedule.id).in_(registry.at_start), col(Schedule.lease_until).is_(None))
    session.exec(update(Schedule).where(*asleep, col(Schedule.due_at) > clock.now()).values(due_at=clock.now()))


async def work_until_stopped() -> None:
    """A process that does nothing else; ends in good order on SIGTERM and on Ctrl-C."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopped.set)
    worker = Worker()
    await worker.start()
    await stopped.wait()
    await worker.stop()
    db.stop()
