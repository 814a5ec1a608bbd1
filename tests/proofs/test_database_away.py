"""The database stops, or its disk is full: nothing is acknowledged that is not stored, and all goes on afterwards."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import event as listening
from sqlmodel import select
from starlette.testclient import TestClient

from saas_app.billing.models import WebhookEvent
from saas_app.core import db, engines, jobs
from saas_app.core.config import settings
from saas_app.core.jobs import Outbox
from saas_app.core.worker import Worker
from tests.billing.shop import event, rows, signed
from tests.conftest import administer
from tests.factories import as_system

DOOR, SECRET = "/api/stripe/webhook", "whsec_of_this_test"


@pytest.fixture(autouse=True)
def known_secret(configured: Callable[..., None]) -> None:
    configured(STRIPE_WEBHOOK_SECRET=SECRET)


def _post(doors: TestClient, id_: str) -> int:
    body = event(id_)
    return doors.post(DOOR, content=body, headers=signed(body)).status_code


@pytest.fixture
def stop_server(postgresql: str, postgresql_admin: sa.URL) -> Generator[Callable[..., None]]:
    """`stop_server()` hangs up on everybody and lets nobody in; `stop_server(over=True)` ends that."""
    name = sa.make_url(settings().database_url).database
    others = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608

    def stop(*, over: bool = False) -> None:
        administer(postgresql_admin, f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(over).lower()}")
        if not over:
            administer(postgresql_admin, others)

    yield stop
    stop(over=True)


def test_a_server_that_stops_is_answered_by_503_and_found_again(
    stop_server: Callable[..., None], doors: TestClient
) -> None:
    assert _post(doors, "evt_before") == 200
    stop_server()
    assert [_post(doors, f"evt_{number}") for number in range(3)] == [503, 503, 503]
    stop_server(over=True)
    assert [_post(doors, f"evt_{number}") for number in range(3)] == [200, 200, 200]
    assert {row.id for row in rows(WebhookEvent)} == {"evt_before", "evt_0", "evt_1", "evt_2"}


async def test_a_worker_whose_server_stops_goes_on_when_it_is_back(stop_server: Callable[..., None]) -> None:
    done, began = list[str](), asyncio.Event()

    @jobs.handles("slow")
    async def slow(job: jobs.Job) -> None:
        done.append(job.id)
        began.set()

    worker = Worker()
    await worker.start()
    stop_server()
    await asyncio.sleep(1.2)  # a poll or two that nobody answers
    assert not any(lane.done() for lane in worker._lanes)
    stop_server(over=True)
    as_system(lambda session: jobs.enqueue(session, "slow", {}))
    async with asyncio.timeout(15):
        await began.wait()
    await worker.stop()
    assert len(done) == 1
    assert as_system(lambda session: session.exec(select(Outbox.status)).all()) == ["done"]


@contextmanager
def _full_disk() -> Generator[None]:
    """From now on no page more fits into the file."""

    def fill(connection: object, record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1").close()  # type: ignore[attr-defined]

    db.stop()
    listening.listen(engines._views(settings().database_url)[0].engine, "connect", fill)
    try:
        yield
    finally:
        db.stop()


def test_on_a_full_disk_events_are_refused_what_is_there_is_read_and_nothing_is_torn(
    sqlite: str, doors: TestClient
) -> None:
    assert _post(doors, "evt_before") == 200
    with _full_disk():
        answers = [_post(doors, f"evt_{number}") for number in range(60)]
        assert answers[-1] == 503
        assert set(answers) <= {200, 503}
        stored = {row.id for row in rows(WebhookEvent)}
    acknowledged = {f"evt_{number}" for number, answer in enumerate(answers) if answer == 200}
    assert stored == acknowledged | {"evt_before"}
    with db.system_session("seed", read_only=True) as session:
        assert session.connection().execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
    assert _post(doors, "evt_after") == 200
