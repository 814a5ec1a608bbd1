"""Limits: exact over workers, and standing whatever happens to the work."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from saas_app.core import db, ratelimit
from saas_app.core.config import settings
from saas_app.core.errors import TooManyTries
from saas_app.core.ratelimit import Rule, Try
from saas_app.core.worker import Worker
from tests.conftest import Hands
from tests.e2e.stack import ROOT, surroundings
from tests.factories import as_system

RULE = Rule("knock", 5, timedelta(minutes=5))


def knock(key: str = "ada") -> bool:
    try:
        with db.system_session("throttle") as session:
            ratelimit.hit(session, RULE, key)
    except TooManyTries:
        return False
    return True


def test_the_limit_is_exact_however_many_come_at_once(database: str, hands: Hands) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: knock(), range(40))) == 5
    assert knock("eve")


def test_a_new_window_begins_again_and_says_when(database: str, hands: Hands) -> None:
    hands.move(minutes=1)
    assert [knock() for _ in range(6)] == [True] * 5 + [False]
    with pytest.raises(TooManyTries) as refused, db.system_session("throttle") as session:
        ratelimit.hit(session, RULE, "ada")
    assert 235 < refused.value.retry_after <= 241
    hands.move(minutes=4, seconds=1)
    assert knock()


def test_tries_can_be_looked_at_and_forgotten(database: str, hands: Hands) -> None:
    for _ in range(5):
        knock()
    assert as_system(lambda session: ratelimit.is_full(session, RULE, "ada"))
    as_system(lambda session: ratelimit.clear(session, (RULE, "ada")))
    assert not as_system(lambda session: ratelimit.is_full(session, RULE, "ada"))
    assert knock()


def test_who_tried_is_not_written_down(database: str) -> None:
    knock("ada@example.com")
    row = as_system(lambda session: session.exec(select(Try)).one())
    assert "ada" not in row.key


async def test_windows_that_are_over_are_dropped(database: str, hands: Hands) -> None:
    knock()
    hands.move(minutes=6)
    await Worker().drain()
    assert as_system(lambda session: session.exec(select(Try)).all()) == []


_PROCESS = """
import sys
from datetime import timedelta
from saas_app import models
from saas_app.core import db, ratelimit
from saas_app.core.errors import TooManyTries

rule, let_in = ratelimit.Rule("of two processes", 25, timedelta(days=3650)), 0
sys.stdin.readline()
for _ in range(20):
    try:
        with db.system_session("throttle") as session:
            ratelimit.hit(session, rule, "somebody")
        let_in += 1
    except TooManyTries:
        pass
print(let_in)
"""


def test_the_limit_is_exact_over_two_processes(database: str) -> None:
    """Counted in the database: forty tries by two processes at once, and twenty-five get in."""
    env = surroundings(DATABASE_URL=settings().database_url, APP_ENV="test")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", _PROCESS]
    both = [subprocess.Popen(command, cwd=ROOT, env=env, **pipes) for _ in range(2)]  # noqa: S603 (our own)
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert sum(int(process.communicate(timeout=60)[0]) for process in both) == 25
