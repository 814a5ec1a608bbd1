"""What is counted by the period: exact under pressure, given back on failure, anew with the next period."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saas_app.billing import usage
from saas_app.billing.entitlements import Access, Entitlements
from saas_app.billing.gates import explain, using
from saas_app.billing.models import Product, Usage
from saas_app.billing.plans import FREE, PRO_V1, Limit
from saas_app.billing.usage import UsedUp
from saas_app.core import clock, db
from saas_app.core.viewer import Viewer
from tests.billing.rows import subscription
from tests.billing.shop import rows
from tests.factories import a_user, as_system

THREE = {"scenarios": 3}


@pytest.fixture(autouse=True)
def metered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenarios are what a plan holds; these tests count them by the period."""
    monkeypatch.delitem(usage.held, Limit.SCENARIOS, raising=False)


def _member_with_three(name: str = "Ada", **row: Any) -> Viewer:
    """Somebody on a Pro plan that includes three."""
    ada = a_user(name)
    pro = Product(stripe_product_id="prod_pro", plan_key="pro_v1", name="Pro", limits=THREE)
    as_system(lambda session: [session.merge(pro), session.add(subscription(ada.id, id=f"sub_{name}", **row))])
    return ada


async def _use(viewer: Viewer) -> bool:
    try:
        await db.run(viewer, usage.use, Limit.SCENARIOS)
    except UsedUp:
        return False
    return True


async def test_twenty_at_once_of_three_get_exactly_three(database: str) -> None:
    ada = _member_with_three()
    done = await asyncio.gather(*(_use(ada) for _ in range(20)))
    assert done.count(True) == 3
    assert [row.used for row in rows(Usage)] == [3]


async def test_one_person_uses_up_nothing_of_another(database: str) -> None:
    ada, bob = _member_with_three("Ada"), _member_with_three("Bob")
    for _ in range(3):
        assert await _use(ada)
    assert not await _use(ada)
    assert await _use(bob)


async def test_many_at_a_time_are_counted_whole_or_not_at_all(database: str) -> None:
    ada = _member_with_three()
    await db.run(ada, usage.use, Limit.SCENARIOS, 2)
    with pytest.raises(UsedUp):
        await db.run(ada, usage.use, Limit.SCENARIOS, 2)
    assert [row.used for row in rows(Usage)] == [2]
    with pytest.raises(ValueError, match="at least one"):
        await db.run(ada, usage.use, Limit.SCENARIOS, -1)


async def test_a_use_whose_transaction_fails_was_none(database: str) -> None:
    ada = _member_with_three()

    def work(session: Any) -> None:
        usage.use(session, Limit.SCENARIOS)
        raise KeyError("half way")

    with pytest.raises(KeyError):
        await db.run(ada, work)
    assert rows(Usage) == []


async def test_work_that_fails_or_is_cancelled_gives_its_use_back(database: str) -> None:
    ada = _member_with_three()
    with pytest.raises(KeyError):
        async with using(ada, Limit.SCENARIOS):
            raise KeyError("half way")
    begun = asyncio.Event()

    async def for_ever() -> None:
        async with using(ada, Limit.SCENARIOS):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(for_ever())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [row.used for row in rows(Usage)] == [0]
    async with using(ada, Limit.SCENARIOS, 3):
        pass
    assert [row.used for row in rows(Usage)] == [3]


async def test_the_next_period_begins_anew_and_its_day_is_told(database: str) -> None:
    start = clock.now().replace(microsecond=0) - timedelta(days=1)
    ada = _member_with_three(interval="month", current_period_start=start)
    assert [await _use(ada) for _ in range(4)] == [True, True, True, False]
    with db.session_for(ada.id, read_only=True) as session:
        found = usage.meter(session, Limit.SCENARIOS)
    assert (found.used, found.holds, found.left) == (3, 3, 0)
    assert found.resets_at is not None
    with pytest.raises(UsedUp) as refused:
        await db.run(ada, usage.use, Limit.SCENARIOS)
    day = f"{found.resets_at:%B} {found.resets_at.day}"
    assert str(refused.value).startswith(f"Your plan includes 3 scenarios a month. The next begin on {day}.")
    assert (await explain(refused.value)).resets == day
    resets_at = found.resets_at
    with clock.showing(lambda: resets_at):
        assert await _use(ada)
    assert sorted(row.used for row in rows(Usage)) == [1, 3]


async def test_somebody_on_free_uses_by_the_calendar_month_what_free_holds(database: str) -> None:
    ada = a_user()
    assert [await _use(ada) for _ in range(3)] == [True, True, False]
    (row,) = rows(Usage)
    assert (row.period_start.day, row.period_end.day, row.period_start.hour) == (1, 1, 0)


@pytest.mark.parametrize(
    ("anchor", "at", "start", "end"),
    [
        ("2027-03-01T10:00", "2027-03-15T00:00", "2027-03-01T10:00", "2027-04-01T10:00"),
        ("2027-03-01T10:00", "2027-04-01T09:59", "2027-03-01T10:00", "2027-04-01T10:00"),
        ("2027-03-01T10:00", "2027-04-01T10:00", "2027-04-01T10:00", "2027-05-01T10:00"),
        ("2027-01-31T10:00", "2027-02-28T10:00", "2027-02-28T10:00", "2027-03-31T10:00"),
        ("2027-01-31T10:00", "2028-02-29T11:00", "2028-02-29T10:00", "2028-03-31T10:00"),
        ("2027-12-31T10:00", "2028-01-01T10:00", "2027-12-31T10:00", "2028-01-31T10:00"),
    ],
)
def test_a_month_of_a_subscription_begins_on_its_own_day(anchor: str, at: str, start: str, end: str) -> None:
    row = subscription("usr_1", current_period_start=_at(anchor))
    found = usage.period(Entitlements(PRO_V1, Access.FULL, row), _at(at))
    assert found == (_at(start), _at(end))


def test_free_has_calendar_months_whatever_ended() -> None:
    row = subscription("usr_1", current_period_start=_at("2027-03-05T00:00"))
    assert usage.period(Entitlements(FREE, Access.FULL, row), _at("2027-12-31T23:59")) == (
        _at("2027-12-01T00:00"),
        _at("2028-01-01T00:00"),
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
