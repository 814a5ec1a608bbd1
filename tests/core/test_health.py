"""What a load balancer and a person at the prompt learn about an installation."""

from collections.abc import Generator
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from saas_app import health
from saas_app.core import jobs
from saas_app.core.jobs import Outbox, Schedule
from saas_app.doctor import database
from tests.conftest import Hands
from tests.factories import as_system


@pytest.fixture
def browser() -> Generator[TestClient]:
    with TestClient(Starlette(routes=health.routes)) as client:
        yield client


def doctor_on_work() -> list[str]:
    """Its lines about background work."""
    return [str(each) for each in database.background_work()]


def test_work_that_nobody_does_for_ten_minutes_is_not_healthy(sqlite: str, hands: Hands, browser: TestClient) -> None:
    as_system(lambda session: session.add(Outbox(kind="mail")))
    hands.move(minutes=9)
    assert (browser.get("/healthz").status_code, doctor_on_work()[0][:2]) == (200, "ok")
    hands.move(minutes=2)
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.json()["late"]) == (503, True)
    assert doctor_on_work()[0].endswith("1 due, 0 dead, and nobody has done it for 11 minutes: is the app running?")


def test_a_task_that_keeps_failing_is_told_and_does_not_take_the_app_away(
    sqlite: str, hands: Hands, browser: TestClient
) -> None:
    name = next(iter(jobs.registry.tasks))
    row = Schedule(id=name, attempts=jobs.FAILING_AFTER, error="Nobody answers.", due_at=hands.at + timedelta(hours=1))
    as_system(lambda session: session.add(row))
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.json()["failing"]) == (200, True)
    assert "Nobody" not in answer.text
    assert doctor_on_work()[1] == f"WRONG  “{name}”, which is done on a schedule, fails every time: Nobody answers."
