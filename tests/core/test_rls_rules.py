"""What row-level security promises besides the attacks: ordinary work works, and each layer holds alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import selectinload
from sqlmodel import Session, delete, func, select, update

from saas_app.auth.models import User
from saas_app.core import db, engines, rls_session
from saas_app.core.errors import ConfigError, RowLevelSecurity
from saas_app.core.jobs import Outbox, enqueue
from saas_app.core.rls import Actor, access
from saas_app.core.rls_session import BoundSession
from tests.conftest import administer, pointing_at
from tests.factories import a_user, as_system
from tests.scratch_tables import Grant, Ledger, Note, Poster, Project


def test_people_do_ordinary_work_on_their_own_rows(database: str) -> None:
    ada = a_user()
    with db.session_for(ada) as session:
        project = Project(name="loans")  # type: ignore[call-arg]
        session.add(project)
        session.flush()
        session.add_all([Note(project_id=project.id, body=str(i)) for i in range(3)])  # type: ignore[call-arg]
    with db.session_for(ada) as session:
        found = session.exec(select(Project).options(selectinload(Project.notes))).one()  # type: ignore[arg-type]
        assert sorted(note.body for note in found.notes) == ["0", "1", "2"]
        assert session.exec(select(func.count()).select_from(Note)).one() == 3
        assert session.exec(select(func.max(Note.body))).one() == "2"
        assert session.exec(select(Note.body).join(Project).where(Project.name == "loans")).all()
        first = session.get_one(Note, found.notes[0].id)
        first.body = "changed"
        session.add(first)
        session.flush()
        session.refresh(first)
        assert first.body == "changed"
        session.exec(update(Note).where(Note.body == "1").values(body="one"))
        with session.begin_nested():
            session.exec(delete(Note).where(Note.body == "2"))
    with db.session_for(ada, read_only=True) as session:
        assert sorted(session.exec(select(Note.body)).all()) == ["changed", "one"]
        assert session.exec(select(User)).one().name == "Ada"


def test_a_new_row_belongs_to_whoever_made_it(database: str) -> None:
    ada = a_user()
    with db.session_for(ada) as session:
        session.add(Note(body="mine"))  # type: ignore[call-arg]
    assert as_system(lambda session: session.exec(select(Note.user_id)).all()) == [ada.id]


def test_everybody_reads_what_is_shared_and_nobody_writes_it(database: str) -> None:
    ada = a_user()
    as_system(lambda session: session.add(Poster(words="prices")))
    with db.session_for(ada) as session:
        assert session.exec(select(Poster.words)).all() == ["prices"]
    with pytest.raises(RowLevelSecurity), db.session_for(ada) as session:
        session.add(Poster(words="cheaper"))
    with pytest.raises(RowLevelSecurity), db.session_for(ada) as session:
        session.exec(update(Poster).values(words="cheaper"))


def test_nobody_grants_themselves_what_is_sold(database: str) -> None:
    ada = a_user()
    as_system(lambda session: session.add(Grant(user_id=ada.id, level="free")))
    with db.session_for(ada) as session:
        assert session.exec(select(Grant.level)).all() == ["free"]
    for attempt in (
        lambda session: session.exec(update(Grant).values(level="pro")),
        lambda session: session.add(Grant(level="pro")),
        lambda session: setattr(session.exec(select(Grant)).one(), "level", "pro"),
        lambda session: setattr(session.exec(select(User)).one(), "is_admin", True),
        lambda session: session.exec(update(User).values(is_admin=True)),
    ):
        with pytest.raises(RowLevelSecurity), db.session_for(ada) as session:
            attempt(session)


def test_a_user_may_leave_a_job_behind_and_never_see_it(database: str) -> None:
    ada = a_user()
    with db.session_for(ada) as session:
        assert enqueue(session, "nothing", {"a": 1}, key="once")
        assert not enqueue(session, "nothing", {"a": 2}, key="once")
    assert as_system(lambda session: session.exec(select(Outbox.payload)).all()) == [{"a": 1}]
    with pytest.raises(RowLevelSecurity), db.session_for(ada) as session:
        rls_session.append(session, Ledger(words="x"))


@pytest.mark.parametrize("who", [None, "", "alice"])
def test_a_session_without_somebody_is_refused(sqlite: str, who: Any) -> None:
    engine = engines.engine_for(Actor("a"), read_only=False)
    with pytest.raises(RowLevelSecurity):
        BoundSession(engine, who)
    with pytest.raises(RowLevelSecurity):
        BoundSession(engine, Actor(""))
    with pytest.raises(RowLevelSecurity), db.session_for(""):
        pass


def test_a_system_session_needs_a_listed_reason(sqlite: str) -> None:
    with pytest.raises(RowLevelSecurity), db.system_session("just because"):  # type: ignore[arg-type]
        pass


def test_many_users_at_once_each_see_their_own(database: str) -> None:
    """The condition is compiled once and kept; the user in it must not be."""
    people = [a_user(f"user{number}") for number in range(8)]
    as_system(lambda session: session.add_all([Note(user_id=person.id, body=person.name) for person in people]))

    def look(number: int) -> bool:
        person = people[number % len(people)]
        try:
            with db.session_for(person, read_only=True) as session:
                seen = session.exec(select(Note.body)).all()
                if number % 5 == 0:
                    raise InterruptedError
        except InterruptedError:
            pass
        return seen == [person.name]

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(look, range(240)))


def test_a_pooled_connection_remembers_nobody(database: str) -> None:
    ada = a_user()
    with db.session_for(ada) as session:
        session.add(Note(body="mine"))  # type: ignore[call-arg]
    with engines.engine_for(Actor(ada.id), read_only=False).connect() as connection:
        with pytest.raises(RowLevelSecurity):
            connection.execute(text("SELECT body FROM scratch_notes"))
        with pytest.raises(RowLevelSecurity):
            connection.execute(sa.insert(Note).values(id="n", user_id=ada.id, body="x"))


@pytest.fixture
def without_python_guards() -> Any:
    """As if somebody had broken every check of ours: only the database is left."""
    hooks = [
        ("do_orm_execute", rls_session._filter),
        ("before_flush", rls_session._check_flush),
        ("before_attach", rls_session._check_attached),
    ]
    for name, hook in hooks:
        event.remove(BoundSession, name, hook)
    yield
    for name, hook in hooks:
        event.listen(BoundSession, name, hook)


def test_without_our_checks_the_database_still_holds(database: str, without_python_guards: None) -> None:
    alice, bob = a_user("alice"), a_user("bob")
    as_system(lambda session: session.add(Note(id="bobs", user_id=bob.id, body="bob")))

    def read(session: Session) -> Any:
        return session.exec(select(Note.body)).all()

    def write(session: Session) -> Any:
        session.add(Note(user_id=bob.id, body="evil"))
        session.flush()

    def change(session: Session) -> Any:
        note = Note(id="bobs", user_id=alice.id, body="x")
        sa.orm.make_transient_to_detached(note)
        session.add(note)
        note.body = "evil"
        session.flush()

    seen: Any = []
    for attempt in (read, write, change):
        try:
            with db.session_for(alice) as session:
                seen = attempt(session) or seen
        except (RowLevelSecurity, DBAPIError, sa.orm.exc.StaleDataError):
            continue
    assert seen == []
    assert as_system(lambda session: session.exec(select(Note.body)).all()) == ["bob"]


def test_plain_connections_of_the_login_see_nothing(postgresql: str) -> None:
    ada = a_user()
    as_system(lambda session: session.add(Note(user_id=ada.id, body="mine")))
    engine = sa.create_engine(engines.engine_for(Actor("a"), read_only=False).url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM scratch_notes")).scalar() == 0


def test_another_user_in_the_setting_is_all_that_raw_sql_could_do(postgresql: str) -> None:
    """In the role of users, tables of the system are out of reach even for raw SQL."""
    ada = a_user()
    engine = sa.create_engine(engines.engine_for(Actor("a"), read_only=False).url, poolclass=sa.NullPool)
    for table in ("scratch_ledger", "email_tokens", "authenticators", "recovery_codes", "tries", "mailbox", "outbox"):
        with engine.connect() as connection:
            connection.execute(text("SET ROLE saas_user"))
            connection.execute(text("SELECT set_config('app.user_id', :me, false)"), {"me": ada.id})
            with pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608


def test_the_start_is_refused_when_a_table_is_open(postgresql: str, postgresql_admin: sa.URL) -> None:
    engines.check_isolation()
    admin = postgresql_admin.set(database=engines.engine_for(Actor("a"), read_only=False).url.database)
    administer(admin, "CREATE TABLE forgotten (id text, user_id text)")
    try:
        with pytest.raises(ConfigError, match="forgotten has no enforced policy"):
            engines.check_isolation()
    finally:
        administer(admin, "DROP TABLE forgotten")


def test_a_superuser_is_refused_in_production(
    postgresql: str, postgresql_admin: sa.URL, production: dict[str, str]
) -> None:
    database = engines.engine_for(Actor("a"), read_only=False).url.database
    url = postgresql_admin.set(database=database).render_as_string(hide_password=False)
    with pointing_at(url), pytest.raises(ConfigError, match="bypasses row-level security"):
        engines.check_isolation()


def test_two_logins_cannot_cross(postgresql: str, postgresql_admin: sa.URL, configured: Any) -> None:
    url = engines.engine_for(Actor("a"), read_only=False).url
    for login, role in (("saas_test_users", "saas_user"), ("saas_test_system", "saas_system")):
        administer(
            postgresql_admin,
            f"DO $$ BEGIN CREATE ROLE {login} LOGIN PASSWORD 'test' NOINHERIT; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            f"GRANT {role} TO {login}",
        )
    users = url.set(username="saas_test_users").render_as_string(hide_password=False)
    system = url.set(username="saas_test_system").render_as_string(hide_password=False)
    with pointing_at(users):
        configured(DATABASE_SYSTEM_URL=system)
        db.start()
        ada = a_user()
        with db.session_for(ada) as session:
            session.add(Note(body="mine"))  # type: ignore[call-arg]
        with (
            sa.create_engine(users, poolclass=sa.NullPool).connect() as connection,
            pytest.raises(DBAPIError, match="permission denied to set role"),
        ):
            connection.execute(text("SET ROLE saas_system"))
        administer(postgresql_admin, "GRANT saas_system TO saas_test_users")
        try:
            with pytest.raises(ConfigError, match="may act as saas_system"):
                engines.check_isolation()
        finally:
            administer(postgresql_admin, "REVOKE saas_system FROM saas_test_users")


def test_every_table_that_names_a_user_says_who_may_touch_it() -> None:
    """A table with a user in it is Owned, or on the list of those that only the system sees."""
    system_only = {"authenticators", "challenges", "email_tokens", "recovery_codes"}
    for table in User.metadata.tables.values():
        if "user_id" in table.columns:
            assert table.name in access().owner_columns or table.name in system_only
