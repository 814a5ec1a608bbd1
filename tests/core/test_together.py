"""Writes that come at once are committed together, and none of them is lost or takes another with it."""

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from saas_app.core import db, jobs, leases
from saas_app.core.errors import AppError, DatabaseBusy
from saas_app.core.jobs import Ignore, registry
from saas_app.core.together import MOST_AT_ONCE, Together
from saas_app.core.worker import Worker
from tests.conftest import Hands
from tests.core.test_work import own_registry, parcels
from tests.factories import as_system
from tests.scratch_tables import Ledger, Parcel

assert own_registry  # an autouse fixture, here too


class Poison(AppError):
    """What no transaction can write."""


class Book:
    """Writes words, and remembers how many came in each transaction."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.first = threading.Event()

    def write(self, session: Session, words: Sequence[str]) -> list[int]:
        self.batches.append(len(words))
        self.first.set()
        session.add_all([Ledger(words=each) for each in words])
        session.flush()
        if "poison" in words:
            raise Poison("no")
        return [len(each) for each in words]


def written() -> list[str]:
    return sorted(as_system(lambda session: session.exec(select(Ledger.words)).all()))


async def test_what_comes_while_one_commit_is_under_way_shares_the_next(database: str) -> None:
    book = Book()
    together = Together("jobs", book.write)
    first = asyncio.create_task(together.add("a"))
    await asyncio.to_thread(book.first.wait, 10)
    told = await asyncio.gather(first, *(together.add("bb" * number) for number in range(1, 40)))
    assert told == [1, *(2 * number for number in range(1, 40))]
    assert book.batches == [1, 39]
    assert len(written()) == 40


async def test_a_batch_has_an_end(sqlite: str) -> None:
    book = Book()
    together = Together("jobs", book.write)
    await asyncio.gather(*(together.add("a") for _ in range(MOST_AT_ONCE + 10)))
    assert book.batches == [MOST_AT_ONCE, 10]


async def test_one_that_cannot_be_written_takes_no_other_with_it(database: str) -> None:
    together = Together("jobs", Book().write)
    words = ["a", "poison", "b"]
    told = await asyncio.gather(*(together.add(each) for each in words), return_exceptions=True)
    assert [told[0], told[2]] == [1, 1]
    assert isinstance(told[1], Poison)
    assert written() == ["a", "b"]


async def test_a_busy_database_is_said_to_everybody_and_nothing_is_kept(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(session: Session, words: Sequence[str]) -> list[int]:
        raise DatabaseBusy

    together = Together("jobs", away)
    told = await asyncio.gather(*(together.add(each) for each in "abc"), return_exceptions=True)
    assert [type(each) for each in told] == [DatabaseBusy] * 3
    assert written() == []


async def test_two_that_wait_for_each_other_are_told_apart_and_both_written(postgresql: str) -> None:
    """The database ends one of two transactions that wait for each other; what it held is written again by itself."""
    as_system(lambda session: session.add_all([Ledger(id="a", words="a"), Ledger(id="b", words="b")]))
    held = threading.Event()

    def other_process() -> None:
        with db.system_session("command") as session:
            session.get(Ledger, "b", with_for_update=True)
            held.set()
            waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            end = time.monotonic() + 20
            while time.monotonic() < end and not as_system(lambda asking: asking.execute(waiting).scalar_one()):
                pass
            session.get_one(Ledger, "a", with_for_update=True).words += " other"

    def write(session: Session, ids: Sequence[str]) -> list[str]:
        tries.append(len(ids))
        for each in ids:
            session.get_one(Ledger, each, with_for_update=True).words += " ours"
            session.flush()
        return list(ids)

    tries: list[int] = []
    together = Together("jobs", write)
    other = asyncio.create_task(asyncio.to_thread(other_process))
    await asyncio.to_thread(held.wait, 10)
    assert await asyncio.gather(together.add("a"), together.add("b")) == ["a", "b"]
    await other
    assert tries == [2, 1, 1]
    assert written() == ["a other ours", "b ours"]


async def test_whoever_leaves_does_not_stop_the_others(sqlite: str) -> None:
    together = Together("jobs", Book().write)
    leaving, staying = asyncio.create_task(together.add("a")), asyncio.create_task(together.add("bb"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 2
    assert written() == ["a", "bb"]


# --- Rows that are worked on together


def states() -> dict[str, tuple[str, str, int]]:
    found = as_system(lambda session: session.exec(select(Parcel)).all())
    return {row.words: (row.status, row.error, row.attempts) for row in found}


async def test_rows_are_marked_by_what_became_of_them(database: str, hands: Hands) -> None:
    parcels(5)

    async def work(rows: Sequence[Parcel]):  # type: ignore[no-untyped-def]
        by_words = {row.words: row for row in rows}
        yield [by_words["0"]], lambda session: session.add(Ledger(words="effect"))
        yield [by_words["1"]], Ignore("needs nothing")
        yield [by_words["2"], by_words["3"]], Poison("no")

    jobs.batch_lane(Parcel, work)
    await Worker().drain()
    found = states()
    assert found["0"] == ("done", "", 1)
    assert found["1"] == ("ignored", "needs nothing", 1)
    assert found["2"] == found["3"] == ("pending", "Poison: no", 1)
    assert found["4"] == ("pending", "Unanswered: Nothing was said of this row.", 1)
    assert written() == ["effect"]


async def test_what_breaks_half_way_keeps_what_was_said_before(database: str, hands: Hands) -> None:
    parcels(3)

    async def work(rows: Sequence[Parcel]):  # type: ignore[no-untyped-def]
        yield rows[:1], None
        raise Poison("broken")

    jobs.batch_lane(Parcel, work)
    await Worker().drain()
    assert sorted(status for status, _, _ in states().values()) == ["done", "pending", "pending"]


async def test_rows_that_were_taken_over_are_not_marked_nor_their_effect_written(database: str, hands: Hands) -> None:
    parcels(2)

    async def slow(rows: Sequence[Parcel]):  # type: ignore[no-untyped-def]
        hands.move(seconds=61)
        registry.batches[Parcel] = quick
        await Worker().drain()
        yield rows, lambda session: session.add(Ledger(words="too late"))

    async def quick(rows: Sequence[Parcel]):  # type: ignore[no-untyped-def]
        yield rows, lambda session: session.add(Ledger(words="in time"))

    jobs.batch_lane(Parcel, slow)
    await Worker().drain()
    assert written() == ["in time"]
    assert {status for status, _, _ in states().values()} == {"done"}


async def test_a_hundred_rows_are_marked_in_one_transaction(sqlite: str) -> None:
    parcels(100)
    marked: list[int] = []

    async def work(rows: Sequence[Parcel]):  # type: ignore[no-untyped-def]
        yield rows, lambda session: marked.append(session.exec(select(func.count()).select_from(Parcel)).one())

    jobs.batch_lane(Parcel, work)
    await Worker().drain()
    left = as_system(lambda session: session.exec(select(Parcel.id).where(col(Parcel.status) != "done")).all())
    assert (marked, left) == ([100], [])


async def test_a_row_that_kills_its_worker_goes_alone_and_takes_no_other_with_it(database: str, hands: Hands) -> None:
    parcels(5)
    for _ in range(2):  # two workers began on all of them, and died
        as_system(lambda session: leases.claim(session, Parcel, limit=5))
        hands.move(seconds=61)
    as_system(lambda session: session.add(Parcel(words="fresh")))
    seen: list[list[str]] = []

    async def work(rows: Sequence[Parcel]):  # type: ignore[no-untyped-def]
        seen.append([row.words for row in rows])
        yield rows, None

    jobs.batch_lane(Parcel, work)
    await Worker().drain()
    assert seen[0] == ["fresh"]
    assert sorted(seen[1:]) == [[str(number)] for number in range(5)]
