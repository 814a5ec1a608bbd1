"""Log-ins that come at once share their transactions: what one of them meets is no other's matter. And what a log-in is
opened for still holds when it is committed.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, func, select

from saas_app.account import service as account
from saas_app.auth import code_flows, flows, limits, links, passwords, service, sessions
from saas_app.auth.models import LoginSession, User
from saas_app.auth.service import Entry
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.auth.tries import count_logins
from saas_app.core import db, ratelimit, tokens
from saas_app.core.errors import BadInput, LoginNeeded
from saas_app.core.ratelimit import Rule
from saas_app.core.viewer import Viewer
from tests.auth.conftest import GOOD_PASSWORD
from tests.conftest import Hands
from tests.factories import a_user, as_system

ADDRESS = "ada@example.com"
NEW_PASSWORD = "quite another river bed"
STRANGER = Visit("192.0.2.7", "a stranger")
MINE = Visit("192.0.2.1", "my browser")


def a_member(name: str = "Ada", **values: Any) -> Viewer:
    email = f"{name.lower()}@example.com"
    return a_user(name, **{"password_hash": passwords.hash_now(GOOD_PASSWORD, email), **values})


def row_of(user_id: str) -> User:
    return as_system(lambda session: session.get_one(User, user_id))


def logged_in(user_id: str, visit: Visit) -> str:
    """The digest of a session that is open."""
    token = as_system(lambda session: sessions.open_session(session, session.get_one(User, user_id), visit).token)
    return tokens.digest(token)


def mailed(user_id: str, purpose: links.Purpose) -> str:
    """The token of a link."""
    return as_system(
        lambda session: links.issue(session, session.get_one(User, user_id), purpose, new_email=ADDRESS).token
    )


def devices() -> list[str]:
    return as_system(lambda session: sorted(session.exec(select(LoginSession.device)).all()))


# --- What changes while somebody logs in (on SQLite writers come one after another)


@contextmanager
def meanwhile(change: Callable[[Session], object]) -> Generator[None]:
    """Inside, what `change` writes is written but not committed; that comes once somebody waits for it."""
    written = threading.Event()

    def other_process() -> None:
        with db.system_session("command") as session:
            change(session)
            session.flush()
            written.set()
            waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            end = time.monotonic() + 20
            while time.monotonic() < end and not as_system(lambda other: other.execute(waiting).scalar_one()):
                pass

    thread = threading.Thread(target=other_process)
    thread.start()
    assert written.wait(10)
    yield
    thread.join()


Change = Callable[[Session], object]


@pytest.fixture(params=["a reset", "a new password", "the way back"])
def change(request: pytest.FixtureRequest, postgresql: str) -> tuple[Viewer, Change]:
    """Ada, and what she does to be alone in her account again."""
    ada = a_member()
    new = passwords.hash_now(NEW_PASSWORD, ADDRESS)
    match request.param:
        case "a reset":
            link = mailed(ada.id, "reset")
            return ada, lambda session: service.reset_password(session, link, new, MINE)
        case "a new password":
            mine = logged_in(ada.id, MINE)
            return ada, lambda session: account.change_password(session, ada.id, new, mine, MINE)
        case _:
            link = mailed(ada.id, "undo")
            return ada, lambda session: account.take_back(session, link, MINE)


async def test_a_log_in_with_the_former_password_does_not_outlive_its_change(change: tuple[Viewer, Change]) -> None:
    ada, happens = change
    shown = row_of(ada.id)
    with meanwhile(happens):
        admitted = await db.run_system("log-in", service.admit_all, [Entry(shown, STRANGER)])
    assert admitted == [None]
    assert STRANGER.device not in devices()


async def test_a_confirmation_with_the_former_password_does_not_outlive_its_change(
    change: tuple[Viewer, Change],
) -> None:
    ada, happens = change
    theirs = logged_in(ada.id, STRANGER)
    with meanwhile(happens), pytest.raises((BadInput, LoginNeeded)):
        await code_flows.confirm_by_password(ada, GOOD_PASSWORD, theirs, STRANGER)
    assert STRANGER.device not in devices()


@pytest.mark.parametrize("purpose", ["verify", "reset", "change", "undo"])
async def test_a_link_that_is_being_used_elsewhere_is_used_up(postgresql: str, purpose: links.Purpose) -> None:
    """The other use is written but not committed, so looking for the link still finds it."""
    link = mailed(a_member().id, purpose)
    with meanwhile(lambda session: links.use(session, link, purpose)), pytest.raises(links.LinkGone):
        await db.run_system("command", links.use, link, purpose)


async def test_a_browser_that_was_logged_out_meanwhile_is_not_logged_in_again_by_confirming(database: str) -> None:
    ada = a_member()
    theirs = logged_in(ada.id, STRANGER)
    as_system(lambda session: sessions.close_session(session, theirs))
    with pytest.raises(LoginNeeded):
        await code_flows.confirm_by_password(ada, GOOD_PASSWORD, theirs, STRANGER)
    assert devices() == []


async def test_nobody_logs_in_to_an_account_that_began_to_leave_meanwhile(database: str) -> None:
    ada = a_member()
    shown = row_of(ada.id)
    as_system(lambda session: setattr(session.get_one(User, ada.id), "leaving_at", shown.created_at))
    assert await db.run_system("log-in", service.admit_all, [Entry(shown, MINE)]) == [None]
    assert devices() == []


# --- One transaction for many


async def test_each_of_many_who_log_in_at_once_gets_their_own_session_and_no_other(database: str, hands: Hands) -> None:
    """Right and wrong passwords, unknown addresses, in any order; two of them in one account."""
    people = {name: a_member(name) for name in ("Ada", "Bob", "Cleo", "Dora")}
    asked = [(f"{name.lower()}@example.com", GOOD_PASSWORD) for name in ("Dora", "Ada", "Cleo", "Ada", "Bob")]
    asked[2:2] = [("bob@example.com", NEW_PASSWORD), ("nobody@example.com", GOOD_PASSWORD)]
    told = await asyncio.gather(
        *(
            flows.log_in(email, password, Visit(f"192.0.2.{place}", f"browser {place}"))
            for place, (email, password) in enumerate(asked)
        ),
        return_exceptions=True,
    )
    assert [isinstance(each, BadInput) for each in told] == [False, False, True, True, False, False, False]
    for place, each in enumerate(told):
        if isinstance(each, LoggedIn):
            found = await sessions.find_viewer(tokens.digest(each.token))
            assert found is not None
            assert (found.id, found.email) == (each.user_id, asked[place][0])
            row = as_system(lambda session, each=each: session.get_one(LoginSession, tokens.digest(each.token)))
            assert row.device == f"browser {place}"
    assert len(devices()) == 5
    assert {person.id for person in people.values()} == {each.user_id for each in told if isinstance(each, LoggedIn)}


async def test_each_of_many_is_counted_for_everybody_and_the_bell_rings_once(
    database: str, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOGINS", Rule("log-ins", 5, limits.LOGINS.window))
    asked = [(f"person-{number}@example.com", Visit(f"192.0.2.{number}")) for number in range(3)]
    rings = [[each.rings for each in as_system(lambda session: count_logins(session, asked))] for _ in range(3)]
    assert rings == [[False] * 3, [True, False, False], [False] * 3]
    assert as_system(lambda session: ratelimit.count(session, limits.LOGINS, "")) == 10


async def test_two_at_once_get_in_with_a_password_whose_hash_is_made_anew(database: str) -> None:
    ada = a_member(password_hash=passwords._context().using(argon2__rounds=1).hash(GOOD_PASSWORD))
    shown = row_of(ada.id)
    better = passwords.hash_now(GOOD_PASSWORD, ADDRESS)
    entries = [Entry(shown, MINE, better_hash=better), Entry(shown, STRANGER, better_hash=better)]
    admitted = await db.run_system("log-in", service.admit_all, entries)
    assert all(isinstance(each, LoggedIn) for each in admitted)
    assert row_of(ada.id).password_hash == better


async def test_a_password_that_was_made_void_meanwhile_lets_nobody_in(database: str) -> None:
    ada = a_member()
    shown = row_of(ada.id)
    as_system(lambda session: setattr(session.get_one(User, ada.id), "password_hash", ""))
    assert await db.run_system("log-in", service.admit_all, [Entry(shown, STRANGER)]) == [None]


async def test_whoever_goes_away_before_the_answer_is_counted_and_stops_nobody(sqlite: str, hands: Hands) -> None:
    a_member()
    going = [asyncio.create_task(flows.log_in(ADDRESS, NEW_PASSWORD, STRANGER)) for _ in range(3)]
    bob = a_member("Bob")
    staying = asyncio.create_task(flows.log_in("bob@example.com", GOOD_PASSWORD, MINE))
    await asyncio.sleep(0)
    for each in going:
        each.cancel()
    entry = await staying
    assert isinstance(entry, LoggedIn)
    assert entry.user_id == bob.id
    seen = as_system(lambda session: ratelimit.count(session, limits.LOGINS_BY_ACCOUNT, ADDRESS))
    assert seen == 4


async def test_accounts_of_one_address_are_admitted_in_one_order_so_that_no_two_processes_wait_for_each_other(
    postgresql: str,
) -> None:
    """Unproved accounts of one address, by two processes that got them in opposite orders, again and again."""
    unproved = [a_member(email=ADDRESS, email_verified_at=None) for _ in range(12)]
    rows = [row_of(each.id) for each in unproved]

    async def process(order: list[User]) -> None:
        entries = [Entry(row, Visit("192.0.2.1", known=frozenset({row.id}))) for row in order]
        asked = [(ADDRESS, entry.visit) for entry in entries]
        for _ in range(5):
            await db.run_system("log-in", lambda session: count_logins(session, asked))
            await db.run_system("log-in", service.admit_all, entries)

    await asyncio.gather(process(rows), process(rows[::-1]), process(rows[6:] + rows[:6]))
    assert as_system(lambda session: session.exec(select(func.count()).select_from(LoginSession)).one()) == 180
