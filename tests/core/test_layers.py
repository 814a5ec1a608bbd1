"""Each guard of row-level security is taken away in turn, and the whole attack list runs again: who holds then?

`layers.txt` says what got through without which guard. On PostgreSQL nothing does, whichever check of ours is gone,
and nothing does with the policies gone and our checks in place. On SQLite, which has no policies, reading rests on
the session's checks; what gets through there without one of them is known by name.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session, delete

from saas_app.auth.models import EmailToken, LoginSession, User
from saas_app.core import db, engines, rls_engine, rls_session
from saas_app.core.jobs import Outbox
from saas_app.core.rls import Actor
from saas_app.core.rls_session import BoundSession
from tests.conftest import KINDS, administer, fresh_database
from tests.core.test_rls import ATTACKS, World, make_world
from tests.scratch_tables import Grant, Ledger, Note, Poster, Project

LAYERS = Path(__file__).with_name("layers.txt")
Remove = Callable[[pytest.MonkeyPatch], None]


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _unlisten(name: str, hook: Any) -> Remove:
    def remove(patch: pytest.MonkeyPatch) -> None:
        event.remove(BoundSession, name, hook)

    return remove


def _open_session(patch: pytest.MonkeyPatch) -> None:
    for name in ("connection", "get_bind", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"):
        patch.setattr(BoundSession, name, getattr(Session, name))


GUARDS: dict[str, Remove] = {
    "the condition on every statement": lambda patch: patch.setattr(rls_session, "_criteria", lambda me, rules: []),
    "the look at what a statement is made of": lambda patch: patch.setattr(
        rls_session, "refuse_foreign_parts", _nothing
    ),
    "the look at what an update or a delete names": lambda patch: patch.setattr(
        rls_session, "_refuse_foreign_write", _nothing
    ),
    "the look at what is flushed": _unlisten("before_flush", rls_session._check_flush),
    "the look at what is attached": _unlisten("before_attach", rls_session._check_attached),
    "the session that gives no connection away": _open_session,
    "the engine that runs nothing for strangers": lambda patch: patch.setattr(
        rls_engine, "_refuse_strangers", _nothing
    ),
    "the database": lambda patch: patch.setattr(rls_engine, "_NOT_THEIRS", "0"),
}
LISTENING = {
    "the look at what is flushed": ("before_flush", rls_session._check_flush),
    "the look at what is attached": ("before_attach", rls_session._check_attached),
}


@contextmanager
def without(guard: str) -> Generator[None]:
    """Take one guard away. The engines are made afterwards, so that theirs can be left out too."""
    with pytest.MonkeyPatch.context() as patch:
        GUARDS[guard](patch)
        try:
            yield
        finally:
            if guard in LISTENING:
                event.listen(BoundSession, *LISTENING[guard])


def open_database(admin: sa.URL) -> None:
    """PostgreSQL as if no migration had said who may touch what."""
    admin = admin.set(database=engines.engine_for(Actor("a"), read_only=False).url.database)
    tables = [each.__tablename__ for each in (Note, Project, Grant, Ledger, Poster, LoginSession, EmailToken, User)]
    for table in (*tables, Outbox.__tablename__):
        administer(admin, f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        administer(admin, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        administer(admin, f"GRANT ALL ON {table} TO saas_user")


TABLES = (Note, Project, Grant, LoginSession, EmailToken, Outbox, Ledger, Poster, User)


def empty() -> None:
    """Take everybody away again."""
    with db.system_session("seed") as session:
        for table in TABLES:
            session.exec(delete(table))


def all_rows() -> list[Any]:
    """Everything that is there, Bob's and all else, to see whether an attack has left a trace."""
    with db.system_session("command", read_only=True) as session:
        return [sorted(map(repr, session.execute(sa.select(table.__table__)))) for table in TABLES]


def got_through() -> list[str]:
    """The attacks of the list that show or change a row of Bob's. Each finds the same rows as the one before."""
    found = list[str]()
    world = make_world()
    made, bobs = all_rows(), world.bobs_rows()
    for name, attempt in ATTACKS:
        seen = _try(attempt, world)
        try:
            touched = all_rows() != made
            harmed = touched and world.bobs_rows() != bobs
        except Exception:
            touched = harmed = True
        if harmed or "bob" in seen.lower():
            found.append(name)
        if touched:
            empty()
            world = make_world()
            made, bobs = all_rows(), world.bobs_rows()
    return found


def _try(attempt: Any, world: World) -> str:
    try:
        with db.session_for(world.alice) as session:
            return repr(attempt(session, world))
    except Exception:
        return ""


def known(kind: str, guard: str) -> list[str]:
    """What `layers.txt` says: a heading for each database and guard, then the attacks that get through without it."""
    listed: dict[str, list[str]] = {}
    heading = ""
    for line in LAYERS.read_text().splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
            listed[heading] = []
        elif line.strip() and not line.startswith("#"):
            listed[heading].append(line.strip())
    return listed[f"{kind}, without {guard}"]


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.parametrize("kind", KINDS)
def test_without_one_guard_only_what_is_known_gets_through(
    kind: str, guard: str, request: pytest.FixtureRequest
) -> None:
    with without(guard), fresh_database(request, kind):
        if guard == "the database" and kind == "postgresql":
            open_database(request.getfixturevalue("postgresql_admin"))
        assert got_through() == known(kind, guard)


def test_on_postgresql_no_single_guard_is_the_last_one() -> None:
    assert [guard for guard in GUARDS if known("postgresql", guard)] == []
