"""Deleting an account: everything goes, nothing is left half, and nobody can undo or misuse it."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, select

from saas_app.account import leaving
from saas_app.account.models import AccountDeletion, FormerMember
from saas_app.auth import service, sessions
from saas_app.auth.models import User
from saas_app.auth.sessions import Visit, find_viewer
from saas_app.core import audit, clock, db, jobs, tokens
from saas_app.core.audit import AuditEvent
from saas_app.core.errors import RowLevelSecurity
from saas_app.core.worker import Worker
from saas_app.features.loans.models import Scenario
from tests.auth.conftest import Browser, OpenBrowser
from tests.factories import a_user, as_system

pytestmark = pytest.mark.usefixtures("hands")


def owned_rows(user_id: str) -> dict[str, int]:
    """How many rows of each table belong to this person."""

    def count(session: Any) -> dict[str, int]:
        found: dict[str, int] = {}
        for table in SQLModel.metadata.sorted_tables:
            owner = table.c.id if table.name == "users" else table.c.get("user_id")
            if owner is not None:
                found[table.name] = session.execute(sa.select(sa.func.count()).where(owner == user_id)).scalar_one()
        return {name: number for name, number in found.items() if number}

    return as_system(count)


@pytest.fixture
def nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """These people never paid; what ends at Stripe has tests of its own."""
    monkeypatch.setattr(leaving, "settle", [])


@pytest.mark.usefixtures("nothing_outside")
async def test_an_account_goes_with_all_its_rows_and_leaves_a_digest(
    ada: Any, browser: Browser, open_browser: OpenBrowser
) -> None:
    bob = a_user("Bob")
    for number, person in enumerate((ada, bob)):
        with db.session_for(person) as session:
            session.add(a_scenario(number))
    before = owned_rows(bob.id)
    answer = await browser.post("/settings/delete")
    assert answer.headers["location"] == "/goodbye"
    assert "session" not in browser.cookies
    assert (await browser.log_in()).status_code == 422, "closed from the very moment"
    await Worker().drain()
    assert set(owned_rows(ada.id)) == {"audit_events"}
    assert owned_rows(bob.id) == before
    assert as_system(lambda session: session.get(User, ada.id)) is None
    former = as_system(lambda session: session.exec(select(FormerMember)).one())
    assert former.digest == leaving.former_key("ada@example.com")
    assert "ada" not in former.digest
    mails = await browser.mails("ada@example.com")
    assert "Your Ladrillo account is deleted" in [mail.subject for mail in mails]
    assert (await open_browser("192.0.2.9").sign_up()).status_code == 303, "the address is free again"


def a_scenario(number: int) -> Scenario:
    values = {"id": f"scn_{number}", "name": "flat", "principal": 10_000_000, "rate_milli": 5000, "years": 30}
    return Scenario(**values, created_at=clock.now())


async def test_it_is_taken_up_again_wherever_it_broke_off(
    ada: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    async def breaks_twice(user_id: str) -> None:
        calls.append(user_id)
        if len(calls) < 3:
            raise RuntimeError("the power went out")

    monkeypatch.setattr(leaving, "settle", [breaks_twice])
    await browser.post("/settings/delete")
    for _ in range(3):
        assert as_system(lambda session: session.get(User, ada.id)) is not None
        as_system(lambda session: setattr(session.get_one(AccountDeletion, ada.id), "due_at", clock.now()))
        await Worker().drain()
    assert as_system(lambda session: session.get(User, ada.id)) is None
    assert len(calls) == 3
    as_system(lambda session: leaving.erase(session, ada.id))  # once more is once


async def test_an_account_that_is_leaving_is_closed_in_every_way(ada: Any, browser: Browser) -> None:
    token = browser.cookies["session"]
    await browser.post("/login/code", data={"email": "ada@example.com"})
    code = await browser.code()
    as_system(lambda session: leaving.ask(session, ada.id, Visit()))
    assert await find_viewer(tokens.digest(token)) is None
    late = as_system(lambda session: sessions.open_session(session, session.get_one(User, ada.id), Visit()).token)
    assert await find_viewer(tokens.digest(late)) is None, "a session that was being opened beside it"
    assert (await browser.post("/login/enter", data={"code": code})).status_code == 422
    assert as_system(lambda session: list(service.accounts_of(session, "ada@example.com"))) == []
    assert as_system(lambda session: service.owner_of(session, "ada@example.com")) is None


async def test_what_happened_to_an_account_cannot_be_changed_or_erased(ada: Any, browser: Browser) -> None:
    as_system(lambda session: audit.record(session, ada.id, "password changed"))
    for statement in (sa.update(AuditEvent).values(event="nothing"), sa.delete(AuditEvent)):
        with pytest.raises(DBAPIError), db.system_session("command") as session:
            session.execute(statement)
    with pytest.raises(RowLevelSecurity), db.session_for(ada) as session:
        session.add(AuditEvent(user_id=ada.id, event="something nice"))
    bob = a_user("Bob")
    assert await db.read(bob, audit.recent) == []


def test_a_promise_to_delete_never_dies() -> None:
    assert not AccountDeletion.__dies__
    assert AccountDeletion in jobs.registry.lanes
