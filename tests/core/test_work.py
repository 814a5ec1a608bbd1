"""Work in tables: nothing lost, nothing done twice by mistake, whoever dies."""

import asyncio
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from saas_app.core import db, jobs, leases
from saas_app.core.errors import AppError
from saas_app.core.jobs import Job, Outbox, Schedule, registry
from saas_app.core.leases import LeaseLost
from saas_app.core.worker import AT_ONCE, Worker
from tests.conftest import Hands
from tests.factories import a_user, as_system
from tests.scratch_tables import Ledger, Parcel

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def own_registry() -> object:
    """Only what core declares is done, whatever other tests have imported; what a test declares is forgotten."""
    before = (
        dict(registry.handlers),
        dict(registry.tasks),
        dict(registry.lanes),
        set(registry.at_start),
        dict(registry.batches),
    )
    registry.tasks, registry.lanes, registry.batches = {"tidy": registry.tasks["tidy"]}, {}, {}
    yield
    registry.handlers, registry.tasks, registry.lanes, registry.at_start, registry.batches = before


def parcels(count: int = 1) -> None:
    as_system(lambda session: session.add_all([Parcel(words=str(number)) for number in range(count)]))


def one_parcel() -> Parcel:
    return as_system(lambda session: session.exec(select(Parcel)).one())


def claim_one() -> Parcel:
    return as_system(lambda session: leases.claim(session, Parcel)[0])


# --- leases -----------------------------------------------------------------------------------------


def test_claimed_work_is_nobody_elses_until_the_lease_ends(database: str, hands: Hands) -> None:
    parcels()
    claim_one()
    assert as_system(lambda session: leases.claim(session, Parcel)) == []
    assert not as_system(lambda session: leases.due(session, Parcel))
    hands.move(seconds=61)
    again = claim_one()
    assert again.attempts == 2


def test_a_worker_that_was_too_slow_writes_nothing(database: str, hands: Hands) -> None:
    parcels()
    slow = claim_one()
    hands.move(seconds=61)
    quick = claim_one()

    def finish_late(session: Session) -> None:
        session.add(Ledger(words="written by the slow one"))
        leases.complete(session, slow)

    with pytest.raises(LeaseLost):
        as_system(finish_late)
    with pytest.raises(LeaseLost):
        as_system(lambda session: leases.fail(session, slow, "late"))
    assert as_system(lambda session: session.exec(select(Ledger)).all()) == []
    as_system(lambda session: leases.complete(session, quick))
    assert one_parcel().status == "done"
    with pytest.raises(LeaseLost):
        as_system(lambda session: leases.complete(session, quick))


def test_parallel_claims_never_share_a_row(database: str) -> None:
    parcels(40)

    def take(_: int) -> list[str]:
        return as_system(lambda session: [row.id for row in leases.claim(session, Parcel, limit=3)])

    with ThreadPoolExecutor(6) as pool:
        taken = [row for batch in pool.map(take, range(14)) for row in batch]
    assert len(taken) == len(set(taken))
    rest = as_system(lambda session: [row.id for row in leases.claim(session, Parcel, limit=40)])
    assert sorted([*taken, *rest]) == sorted(as_system(lambda session: session.exec(select(Parcel.id)).all()))


def test_failures_wait_longer_each_time_and_the_twelfth_is_the_last(database: str, hands: Hands) -> None:
    parcels()
    waits: list[float] = []
    for _ in range(leases.TRIES):
        row = claim_one()
        as_system(lambda session, row=row: leases.fail(session, row, "no"))
        waits.append((one_parcel().due_at - hands.at).total_seconds())
        hands.at = max(hands.at, one_parcel().due_at)
    for number, wait in enumerate(waits[:-1]):
        assert 5 * 2**number * 0.8 <= wait <= 5 * 2**number * 1.2
    row = one_parcel()
    assert (row.status, row.attempts, row.error) == ("dead", 12, "no")
    hands.move(days=1)
    assert as_system(lambda session: leases.claim(session, Parcel)) == []


def test_work_that_kills_every_worker_ends_dead_too(database: str, hands: Hands) -> None:
    parcels()
    for _ in range(leases.TRIES):
        claim_one()
        hands.move(seconds=61)
    assert as_system(lambda session: leases.claim(session, Parcel)) == []
    assert one_parcel().status == "dead"


def test_dead_work_of_every_kind_can_be_tried_again(database: str) -> None:
    async def work(row: Parcel) -> None: ...

    jobs.lane(Parcel, work)
    as_system(lambda session: session.add_all([Parcel(status="dead", attempts=12), Parcel(status="done")]))
    as_system(lambda session: session.add(Outbox(kind="letter", status="dead", attempts=12)))
    assert as_system(jobs.retry_dead) == 2
    assert claim_one().attempts == 1
    assert as_system(lambda session: leases.claim(session, Outbox)[0]).attempts == 1


# --- the worker -------------------------------------------------------------------------------------


async def test_a_job_is_done_once_with_its_effect_and_keeps_no_payload(database: str) -> None:
    seen: list[Job] = []

    @jobs.handles("letter")
    async def deliver(job: Job) -> jobs.Effect:
        seen.append(job)
        return lambda session: session.add(Ledger(words="sent"))

    as_system(lambda session: jobs.enqueue(session, "letter", {"link": "https://secret"}, key="one"))
    await Worker().drain()
    await Worker().drain()
    assert [job.payload for job in seen] == [{"link": "https://secret"}]
    row = as_system(lambda session: session.exec(select(Outbox)).one())
    assert (row.status, row.payload) == ("done", {})
    assert as_system(lambda session: session.exec(select(Ledger.words)).all()) == ["sent"]


def test_a_job_is_as_lasting_as_what_it_belongs_to(database: str) -> None:
    def change_of_mind(session: Session) -> None:
        session.add(Ledger(words="order"))
        jobs.enqueue(session, "letter", {})
        raise InterruptedError

    with pytest.raises(InterruptedError):
        as_system(change_of_mind)
    assert as_system(lambda session: session.exec(select(func.count()).select_from(Outbox)).one()) == 0


async def test_what_goes_wrong_is_noted_without_other_peoples_words(database: str, hands: Hands) -> None:
    errors: list[Exception] = [ValueError("ada@example.com"), AppError("The server did not take it.")]

    @jobs.handles("letter")
    async def deliver(job: Job) -> None:
        raise errors[job.attempts - 1]

    as_system(lambda session: jobs.enqueue(session, "letter", {"a": 1}))
    noted: list[str] = []
    for _ in errors:
        await Worker().drain()
        row = as_system(lambda session: session.exec(select(Outbox)).one())
        noted.append(row.error)
        assert (row.status, row.payload, row.lease_token) == ("pending", {"a": 1}, None)
        hands.move(minutes=1)
    assert noted == ["ValueError", "AppError: The server did not take it."]


async def test_an_effect_that_fails_is_taken_back_and_tried_again(database: str, hands: Hands) -> None:
    def effect(session: Session) -> None:
        session.add(Ledger(words="half"))
        session.flush()
        raise ValueError

    async def work(row: Parcel) -> jobs.Effect | None:
        return effect if row.attempts == 1 else None

    jobs.lane(Parcel, work)
    parcels()
    await Worker().drain()
    assert (one_parcel().status, one_parcel().error) == ("pending", "ValueError")
    hands.move(minutes=1)
    await Worker().drain()
    assert one_parcel().status == "done"
    assert as_system(lambda session: session.exec(select(Ledger)).all()) == []


async def test_work_that_needs_nothing_is_ignored_with_a_reason(sqlite: str) -> None:
    async def work(row: Parcel) -> None:
        raise jobs.Ignore("of another account")

    jobs.lane(Parcel, work)
    parcels()
    await Worker().drain()
    assert (one_parcel().status, one_parcel().error) == ("ignored", "of another account")


async def test_one_of_many_workers_does_what_is_scheduled(database: str, hands: Hands) -> None:
    done: list[int] = []

    async def tidy() -> None:
        done.append(1)

    jobs.every("tidy", timedelta(hours=1), tidy)
    await asyncio.gather(*(Worker().drain() for _ in range(4)))
    assert len(done) == 1
    hands.move(minutes=59)
    await Worker().drain()
    assert len(done) == 1
    hands.move(minutes=2)
    await asyncio.gather(*(Worker().drain() for _ in range(4)))
    assert len(done) == 2


async def test_what_makes_up_for_an_absence_is_done_at_each_start_and_nothing_else_is(
    database: str, hands: Hands
) -> None:
    done: asyncio.Queue[str] = asyncio.Queue()
    jobs.every("tidy", timedelta(hours=1), lambda: done.put("tidy"))
    jobs.every("catch up", timedelta(hours=1), lambda: done.put("catch up"), at_start=True)
    await Worker().drain()
    assert sorted([done.get_nowait(), done.get_nowait()]) == ["catch up", "tidy"]
    hands.move(minutes=1)
    worker = Worker()
    await worker.start()
    try:
        assert await asyncio.wait_for(done.get(), 5) == "catch up"
    finally:
        await worker.stop()
    assert done.empty()


async def test_a_schedule_never_dies(sqlite: str, hands: Hands) -> None:
    async def broken() -> None:
        raise ValueError

    jobs.every("broken", timedelta(minutes=1), broken)
    for _ in range(leases.TRIES + 3):
        await Worker().drain()
        hands.move(days=1)
    row = as_system(lambda session: session.exec(select(Schedule).where(Schedule.id == "broken")).one())
    assert (row.status, row.error) == ("pending", "ValueError")


async def test_a_commit_wakes_the_worker(database: str) -> None:
    arrived = asyncio.Event()

    @jobs.handles("letter")
    async def deliver(job: Job) -> None:
        arrived.set()

    ada = a_user()
    worker = Worker()
    await worker.start()
    try:
        await db.run(ada, lambda session: jobs.enqueue(session, "letter", {}))
        async with asyncio.timeout(5):
            await arrived.wait()
    finally:
        await worker.stop()
    assert registry.wakers == []


async def test_a_slow_row_holds_up_nobody_behind_it(sqlite: str) -> None:
    may_end, others = asyncio.Event(), asyncio.Semaphore(0)

    async def work(row: Parcel) -> None:
        if row.words == "0":
            await may_end.wait()
        else:
            others.release()

    jobs.lane(Parcel, work)
    parcels(2 * AT_ONCE)
    worker = Worker()
    await worker.start()
    async with asyncio.timeout(20):
        for _ in range(2 * AT_ONCE - 1):
            await others.acquire()
    may_end.set()
    await worker.stop()
    assert as_system(lambda session: set(session.exec(select(Parcel.status)).all())) == {"done"}


async def test_stopping_lets_running_work_end_and_takes_no_more(sqlite: str) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work(row: Parcel) -> None:
        begun.set()
        await may_end.wait()

    jobs.lane(Parcel, work)
    parcels()
    worker = Worker()
    await worker.start()
    await begun.wait()
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    parcels(1)
    may_end.set()
    await stopping
    statuses = as_system(lambda session: session.exec(select(Parcel.status).order_by(col(Parcel.created_at))).all())
    assert statuses == ["done", "pending"]


def test_health_tells_delays_and_dead_work(database: str, hands: Hands) -> None:
    async def work(row: Parcel) -> None: ...

    jobs.lane(Parcel, work)
    as_system(lambda session: session.add_all([Parcel(), Parcel(), Parcel(status="dead")]))
    as_system(lambda session: jobs.enqueue(session, "letter", {}, due_at=hands.at + timedelta(days=1)))
    hands.move(minutes=10)
    health = as_system(jobs.health)
    assert (health.oldest, health.pending, health.dead) == (600, 2, 1)


async def test_a_task_that_fails_for_ten_minutes_is_not_healthy_until_it_works_again(
    database: str, hands: Hands
) -> None:
    broken = True

    async def look() -> None:
        if broken:
            raise AppError("Nobody answers.")

    jobs.every("look", timedelta(hours=1), look)
    for _ in range(jobs.FAILING_AFTER):
        assert as_system(jobs.health).failing == {}
        await Worker().drain()
        hands.at = as_system(lambda session: session.get_one(Schedule, "look").due_at)
    assert as_system(jobs.health).failing == {"look": "AppError: Nobody answers."}
    broken = False
    await Worker().drain()
    assert as_system(jobs.health).failing == {}


def test_a_schedule_that_nobody_follows_is_late_unless_nobody_knows_it(sqlite: str, hands: Hands) -> None:
    async def look() -> None: ...

    jobs.every("look", timedelta(hours=1), look)
    as_system(lambda session: session.add_all([Schedule(id="look"), Schedule(id="of yesterday's release")]))
    hands.move(minutes=11)
    health = as_system(jobs.health)
    assert (health.oldest, health.pending) == (660, 1)
    as_system(lambda session: leases.claim(session, Schedule, Schedule.id == "look"))
    assert as_system(jobs.health).oldest == 0


async def test_what_was_done_a_month_ago_is_dropped_and_what_died_after_three(sqlite: str, hands: Hands) -> None:
    as_system(lambda session: session.add(Outbox(kind="x", status="done", done_at=hands.at)))
    as_system(lambda session: session.add(Outbox(kind="x", status="dead", done_at=hands.at)))
    hands.move(days=31)
    await Worker().drain()
    assert as_system(lambda session: session.exec(select(Outbox.status)).all()) == ["dead"]
    hands.move(days=60)
    await Worker().drain()
    assert as_system(lambda session: session.exec(select(Outbox.status)).all()) == []


async def test_work_that_this_process_does_not_know_is_left_for_one_that_does(database: str) -> None:
    as_system(lambda session: jobs.enqueue(session, "of tomorrow's release", {}))
    as_system(lambda session: session.add(Schedule(id="of yesterday's release")))
    await Worker().drain()
    assert as_system(lambda session: session.exec(select(Outbox.attempts)).one()) == 0
    assert as_system(lambda session: session.get_one(Schedule, "of yesterday's release")).attempts == 0


# --- killed in the middle ---------------------------------------------------------------------------

CHILD = """
import asyncio, os, sys
from saas_app import models
from tests import scratch_tables
from saas_app.core import db, jobs, leases
from tests.scratch_tables import Ledger, Parcel

async def work(row):
    if sys.argv[1] == "working":
        print("ready", flush=True)
        await asyncio.sleep(60)
    def effect(session):
        session.add(Ledger(words=row.words))
        session.flush()
        if sys.argv[1] == "writing":
            print("ready\\n", end="", flush=True)  # at once: three threads may say it
            import threading
            threading.Event().wait(60)
    return effect

jobs.lane(Parcel, work)
from saas_app.core.worker import Worker
asyncio.run(Worker().drain())
"""


@pytest.mark.parametrize("moment", ["working", "writing"])
def test_a_killed_worker_loses_nothing_and_does_nothing_twice(database: str, moment: str, hands: Hands) -> None:
    hands.at = datetime.now(UTC)
    parcels(3)
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", CHILD, moment], cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
    hands.move(minutes=5)

    async def work(row: Parcel) -> jobs.Effect:
        return lambda session: session.add(Ledger(words=row.words))

    jobs.lane(Parcel, work)
    asyncio.run(Worker().drain())
    assert as_system(lambda session: sorted(session.exec(select(Ledger.words)).all())) == ["0", "1", "2"]
    assert as_system(lambda session: set(session.exec(select(Parcel.status)).all())) == {"done"}


def test_a_worker_of_its_own_ends_in_good_order_when_told_to(sqlite: str) -> None:
    """SIGTERM while it works: what was begun is finished, and the process ends by itself."""
    parcels()
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", SLOW_CHILD], cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0
    assert one_parcel().status == "done"


SLOW_CHILD = """
import asyncio
from saas_app import models
from tests import scratch_tables
from saas_app.core import jobs, worker
from tests.scratch_tables import Parcel

async def work(row):
    print("ready", flush=True)
    await asyncio.sleep(0.5)

jobs.lane(Parcel, work)
asyncio.run(worker.work_until_stopped())
"""
