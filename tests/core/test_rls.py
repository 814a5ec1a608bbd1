"""Alice attacks Bob's rows in every way we could think of. On both databases she sees and changes nothing."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.orm import Session as SqlAlchemySession
from sqlalchemy.orm import aliased, contains_eager, joinedload, make_transient_to_detached, selectinload, undefer
from sqlmodel import Session, delete, func, insert, select, update

from saas_app.auth.models import EmailToken, LoginSession, User
from saas_app.core import clock, db, engines
from saas_app.core.jobs import Outbox
from tests.conftest import KINDS, fresh_database
from tests.factories import make_user
from tests.scratch_tables import Grant, Ledger, Note, Poster, Project

NOTES: Any = Note.__table__
PROJECTS: Any = Project.__table__


@dataclass(frozen=True)
class World:
    """Two people, each with a project, three notes, a grant and a log-in session."""

    alice: str
    bob: str
    bob_note: str
    bob_project: str
    bob_grant: str
    alice_grant: str

    def bobs_rows(self) -> list[Any]:
        """All that Bob owns, and what points at it, as the system sees it."""
        with db.system_session("command") as session:
            return [
                sorted(session.exec(select(Note.id, Note.body, Note.project_id).where(Note.user_id == self.bob)).all()),
                session.exec(select(Project.id, Project.name).where(Project.user_id == self.bob)).all(),
                session.exec(select(Grant.id, Grant.level).where(Grant.user_id == self.bob)).all(),
                session.exec(select(LoginSession.digest).where(LoginSession.user_id == self.bob)).all(),
                session.exec(select(User.name, User.is_admin).where(User.id == self.bob)).all(),
                session.exec(select(func.count()).where(Note.project_id == self.bob_project)).all(),
                session.exec(select(func.count()).select_from(Note)).all(),
            ]


@pytest.fixture(scope="module", params=KINDS)
def world(request: pytest.FixtureRequest) -> Generator[World]:
    """One database for all attacks: each must leave Bob's rows as they were."""
    with fresh_database(request, request.param):
        yield make_world()


def make_world() -> World:
    with db.system_session("seed") as session:
        alice, bob = make_user(session, "alice"), make_user(session, "bob")
        made: dict[str, Any] = {}
        for user in (alice, bob):
            project = Project(user_id=user.id, name=f"{user.name}-p")
            session.add(project)
            session.flush()
            notes = [Note(user_id=user.id, project_id=project.id, body=f"{user.name}{i}") for i in range(3)]
            grant = Grant(user_id=user.id, level=user.name)
            login = LoginSession(
                user_id=user.id, digest=user.name, idle_until=clock.now(), ends_at=clock.now(), device=user.name
            )
            session.add_all([*notes, grant, login])
            made[user.name] = (project.id, notes[0].id, grant.id)
        session.add_all([Ledger(words="bob"), Poster(words="for all")])
    project, note, grant = made["bob"]
    return World(alice.id, bob.id, note, project, grant, made["alice"][2])


_BACKWARDS_IF_BOB = "case when exists (select 1 from scratch_notes where body like 'bob%') then id end desc, id"
Attack = Callable[[Session, World], Any]
ATTACKS: list[tuple[str, Attack]] = []


def attack(name: str) -> Callable[[Attack], Attack]:
    def keep(function: Attack) -> Attack:
        ATTACKS.append((name, function))
        return function

    return keep


def forged(w: World) -> Note:
    """An object that claims to have been loaded, with Bob's key and Alice's name on it."""
    row = Note(id=w.bob_note, user_id=w.alice, body="x")
    make_transient_to_detached(row)
    return row


def bobs_own(w: World) -> Note:
    """Bob's real row, carried over from a system session."""
    with db.system_session("command") as session:
        row = session.get_one(Note, w.bob_note)
        session.expunge(row)
        return row


def on_engine(session: Session, statement: Any) -> list[Any]:
    """Past the session, on a connection of its pool."""
    with session.get_bind().connect() as connection:
        if isinstance(statement, str):
            return list(connection.exec_driver_sql(statement))
        return list(connection.execute(statement))


for _name, _attack in {
    # reading, the ways people write
    "select all": lambda s, w: [n.body for n in s.exec(select(Note))],
    "select by id": lambda s, w: s.exec(select(Note).where(Note.id == w.bob_note)).all(),
    "get": lambda s, w: s.get(Note, w.bob_note),
    "get, populate_existing": lambda s, w: s.get(Note, w.bob_note, populate_existing=True),
    "get, for update": lambda s, w: s.get(Note, w.bob_note, with_for_update=True),
    "count": lambda s, w: s.exec(select(func.count()).select_from(Note)).one() - 3 and "bob",
    "count of a column": lambda s, w: s.exec(select(func.count(Note.id))).one() - 3 and "bob",
    "columns only": lambda s, w: s.exec(select(Note.body)).all(),
    "alias": lambda s, w: s.exec(select(aliased(Note).body)).all(),
    "alias of a subquery": lambda s, w: s.exec(select(aliased(Note, select(Note).subquery()).body)).all(),
    "alias of the table": lambda s, w: s.exec(select(aliased(Note, NOTES.alias()).body)).all(),
    "join": lambda s, w: s.exec(select(Project.name, Note.body).join(Note)).all(),
    "self join": lambda s, w: (lambda o: s.exec(select(Note.body, o.body).join(o, o.id != Note.id)).all())(
        aliased(Note)
    ),
    "self join, no relation": lambda s, w: (lambda o: s.exec(select(o.body).where(o.id != Note.id)).all())(
        aliased(Note)
    ),
    "join along a relationship to an alias": lambda s, w: (
        lambda o: s.exec(select(o.body).select_from(Project).join(Project.notes.of_type(o))).all()
    )(aliased(Note)),
    "outer join to an alias": lambda s, w: (
        lambda o: s.exec(select(o.body).select_from(Note).outerjoin(o, o.id != Note.id)).all()
    )(aliased(Note)),
    "exists over an alias": lambda s, w: (
        lambda o: s.exec(select(Note.body).where(select(o.id).where(o.user_id == w.bob).exists())).all() and "bob"
    )(aliased(Note)),
    "alias of an alias's subquery": lambda s, w: (
        lambda o: s.exec(select(aliased(Note, select(o).subquery()).body)).all()
    )(aliased(Note)),
    "alias in a scalar subquery": lambda s, w: (
        lambda o: s.exec(select(Note.body, select(func.max(o.body)).scalar_subquery())).all()
    )(aliased(Note)),
    "three aliases": lambda s, w: (
        lambda a, b: s.exec(select(Note.body, a.body, b.body).join(a, a.id != Note.id).join(b, b.id != a.id)).all()
    )(aliased(Note), aliased(Note)),
    "alias of other people": lambda s, w: (lambda o: s.exec(select(User.name, o.name).join(o, o.id != User.id)).all())(
        aliased(User)
    ),
    "update where an alias": lambda s, w: (
        lambda o: (
            s.exec(update(Note).values(body=select(func.max(o.body)).scalar_subquery()))
            and [n.body for n in s.exec(select(Note))]
        )
    )(aliased(Note)),
    "contains_eager of an alias": lambda s, w: (
        lambda o: [
            n.body
            for p in s.exec(
                select(Project).join(o, o.id != Project.id).options(contains_eager(Project.notes.of_type(o)))
            ).unique()
            for n in p.notes
        ]
    )(aliased(Note)),
    "an entity in where only": lambda s, w: s.exec(select(Project.name).where(Note.user_id == w.bob)).all() and "bob",
    "an alias in where only": lambda s, w: (
        lambda o: s.exec(select(Project.name).where(o.user_id == w.bob)).all() and "bob"
    )(aliased(Note)),
    "an entity in order by only": lambda s, w: s.exec(select(Project.name).order_by(Note.body)).all() and "bob",
    "an entity in having only": lambda s, w: (
        s.exec(select(func.count(Project.id)).having(func.max(Note.body).like("bob%"))).all() and "bob"
    ),
    "an entity in an update's where only": lambda s, w: (
        s.exec(update(Project).where(Note.user_id == w.bob).values(name="seen"))
        and s.exec(select(Project.name)).one() == "seen"
        and "bob"
    ),
    "an entity in a delete's where only": lambda s, w: (
        s.exec(delete(Note).where(Project.user_id == w.bob)) and len(s.exec(select(Note)).all()) < 3 and "bob"
    ),
    "a relationship in where": lambda s, w: s.exec(
        select(Note.body).where(Note.project.has(Project.user_id == w.bob))
    ).all(),
    "join along a relationship": lambda s, w: s.exec(select(Note.body).select_from(Project).join(Project.notes)).all(),
    "join with a condition": lambda s, w: s.exec(select(Note.body).join(Project, Project.id == w.bob_project)).all(),
    "recursive CTE": lambda s, w: (
        lambda c: s.exec(select(c.union_all(select(Note.id, Note.body).join(c, c.c.id < Note.id)).c.body)).all()
    )(select(Note.id, Note.body).cte(recursive=True)),
    "cross join": lambda s, w: s.exec(select(Project.name, Note.body).where(sa.true())).all(),
    "outer join": lambda s, w: s.exec(select(User.email, Note.body).outerjoin(Note, Note.user_id == User.id)).all(),
    "subquery": lambda s, w: s.exec(select(select(Note.body).subquery().c.body)).all(),
    "common table expression": lambda s, w: (lambda c: s.exec(select(c.c.body)).all())(select(Note.body).cte()),
    "lateral": lambda s, w: s.exec(select(Project.name, select(Note.body).lateral().c.body)).all(),
    "exists": lambda s, w: s.exec(select(sa.exists().where(Note.user_id == w.bob))).one() and "bob",
    "exists of a select": lambda s, w: (
        s.exec(select(sa.exists(select(Note.id).where(Note.user_id == w.bob)))).one() and "bob"
    ),
    "any()": lambda s, w: s.exec(select(Project).where(Project.notes.any(Note.user_id == w.bob))).all(),
    "scalar subquery": lambda s, w: s.exec(select(select(func.max(Note.body)).scalar_subquery())).all(),
    "correlated": lambda s, w: s.exec(
        select(Project.name, select(func.max(Note.body)).where(Note.user_id != Project.user_id).scalar_subquery())
    ).all(),
    "union": lambda s, w: s.execute(select(Note.body).union_all(select(Project.name))).all(),
    "intersect": lambda s, w: s.execute(sa.intersect(select(Note.user_id), select(Project.user_id))).all() and None,
    "order by subquery": lambda s, w: s.exec(
        select(Note.body).order_by(select(func.max(Note.body)).scalar_subquery())
    ).all(),
    "lazy load": lambda s, w: [n.body for p in s.exec(select(Project)) for n in p.notes],
    "lazy load of a forged parent": lambda s, w: [
        n.body
        for n in (lambda p: make_transient_to_detached(p) or s.add(p) or p)(
            Project(id=w.bob_project, user_id=w.alice, name="x")
        ).notes
    ],
    "selectinload": lambda s, w: [
        n.body for p in s.exec(select(Project).options(selectinload(Project.notes))) for n in p.notes
    ],
    "joinedload": lambda s, w: [
        n.body for p in s.exec(select(Project).options(joinedload(Project.notes))).unique() for n in p.notes
    ],
    "undefer": lambda s, w: [n.body for n in s.exec(select(Note).options(undefer("*")))],
    "legacy query": lambda s, w: [n.body for n in SqlAlchemySession.query(s, Note)],
    "legacy query get": lambda s, w: SqlAlchemySession.query(s, Note).filter_by(id=w.bob_note).first(),
    "stream": lambda s, w: [n.body for n in s.exec(select(Note).execution_options(yield_per=1))],
    # reading, past the mapping
    "raw text": lambda s, w: s.execute(text("select body from scratch_notes")).all(),
    "raw text count": lambda s, w: s.execute(text("select count(*) from scratch_notes")).scalar() and "bob",
    "raw text with columns": lambda s, w: s.execute(text("select body from scratch_notes").columns(Note.body)).all(),
    "Core table": lambda s, w: s.execute(sa.select(NOTES.c.body)).all(),
    "Core column beside an entity": lambda s, w: s.execute(sa.select(Project.id, NOTES.c.body)).all(),
    "Core alias beside an entity": lambda s, w: s.execute(sa.select(Project.id, NOTES.alias().c.body)).all(),
    "Core join": lambda s, w: (
        len(s.execute(sa.select(Project.id).select_from(sa.join(Project, NOTES, sa.true()))).all()) - 3 and "bob"
    ),
    "Core subquery in where": lambda s, w: (
        s.execute(sa.select(Project.id).where(sa.exists(sa.select(NOTES.c.id).where(NOTES.c.user_id == w.bob)))).all()
        and "bob"
    ),
    "Core CTE": lambda s, w: (lambda c: s.execute(sa.select(Project.id, c.c.body)).all())(
        sa.select(NOTES.c.body).cte()
    ),
    "a table by name": lambda s, w: s.execute(
        sa.select(Project.id, sa.table("scratch_notes", sa.column("body")).c.body)
    ).all(),
    "literal column": lambda s, w: s.execute(
        sa.select(Project.id, sa.literal_column("(select max(body) from scratch_notes)"))
    ).all(),
    "text in a column list": lambda s, w: s.execute(
        sa.select(Project.id, text("(select max(body) from scratch_notes)"))
    ).all(),
    "text in where": lambda s, w: (
        s.execute(
            sa.select(Project.id).where(text("exists (select 1 from scratch_notes where body like 'bob%')"))
        ).all()
        and "bob"
    ),
    "text in order by": lambda s, w: (lambda ids: ids != sorted(ids) and "bob")(
        [row.id for row in s.execute(sa.select(Note.id).order_by(text(_BACKWARDS_IF_BOB)))]
    ),
    "prefix": lambda s, w: s.execute(sa.select(Note.body).prefix_with("(select max(body) from scratch_notes),")).all(),
    "suffix": lambda s, w: s.execute(sa.select(Note.body).suffix_with("union select body from scratch_notes")).all(),
    "hint": lambda s, w: s.execute(
        sa.select(Note.body).with_statement_hint("union select body from scratch_notes")
    ).all(),
    "an operator made of SQL": lambda s, w: s.execute(
        sa.select(Note.body.op("|| (select max(body) from scratch_notes) ||")(""))
    ).all(),
    "from_statement, text": lambda s, w: [
        n.body for n in s.scalars(select(Note).from_statement(text("select * from scratch_notes")))
    ],
    "from_statement, Core": lambda s, w: [n.body for n in s.scalars(select(Note).from_statement(sa.select(NOTES)))],
    "connection()": lambda s, w: s.connection().execute(text("select body from scratch_notes")).all(),
    "the engine of the session": lambda s, w: on_engine(s, text("select body from scratch_notes")),
    "another bind": lambda s, w: s.execute(select(Note), bind_arguments={"bind": s.get_bind()}).all(),
    "driver SQL": lambda s, w: on_engine(s, "select body from scratch_notes"),
    "Core insert on the engine": lambda s, w: on_engine(s, sa.insert(NOTES).values(id="n", user_id=w.bob, body="evil")),
    # tables that are not theirs
    "a system table": lambda s, w: s.exec(select(Ledger.words)).all(),
    "a system table's rows": lambda s, w: s.exec(select(Ledger)).all() and "bob",
    "e-mail tokens": lambda s, w: s.exec(select(EmailToken)).all() or s.exec(select(EmailToken.digest)).all(),
    "the outbox": lambda s, w: s.exec(select(Outbox)).all() and "bob",
    "other people": lambda s, w: s.exec(select(User.name).where(User.id != w.alice)).all(),
    "other people by get": lambda s, w: s.get(User, w.bob),
    "other people's sessions": lambda s, w: s.exec(select(LoginSession.device)).all(),
    # writing
    "update all": lambda s, w: s.exec(update(Note).values(body="pwn")),
    "update one": lambda s, w: s.exec(update(Note).where(Note.id == w.bob_note).values(body="pwn")),
    "update of the Core table": lambda s, w: s.exec(
        sa.update(NOTES).where(NOTES.c.id == w.bob_note).values(body="pwn")
    ),
    "update by a list of keys": lambda s, w: s.execute(update(Note), [{"id": w.bob_note, "body": "pwn"}]),
    "update from another table": lambda s, w: s.exec(
        update(Note).where(Note.project_id == Project.id, Project.id == w.bob_project).values(body="pwn")
    ),
    "update with a Core subquery": lambda s, w: (
        s.exec(update(Note).values(body=sa.select(func.max(NOTES.c.body)).scalar_subquery()))
        and [n.body for n in s.exec(select(Note))]
    ),
    "update returning": lambda s, w: s.execute(update(Note).values(body=Note.body).returning(Note.body)).all(),
    "bulk_update_mappings": lambda s, w: s.bulk_update_mappings(Note, [{"id": w.bob_note, "body": "pwn"}]),
    "bulk_insert_mappings": lambda s, w: s.bulk_insert_mappings(Note, [{"user_id": w.bob, "body": "evil"}]),
    "bulk_save_objects": lambda s, w: s.bulk_save_objects([Note(user_id=w.bob, body="evil")]),
    "give rows away": lambda s, w: s.exec(update(Note).values(user_id=w.bob)),
    "give rows away, by column": lambda s, w: s.exec(update(Note).values({Note.user_id: w.bob})),
    "give rows away, ordered": lambda s, w: s.exec(update(Note).ordered_values((Note.user_id, w.bob))),
    "steal a row": lambda s, w: s.exec(update(Note).where(Note.id == w.bob_note).values(user_id=w.alice)),
    "delete": lambda s, w: s.exec(delete(Note).where(Note.id == w.bob_note)),
    "delete of the Core table": lambda s, w: s.exec(sa.delete(NOTES).where(NOTES.c.id == w.bob_note)),
    "legacy delete": lambda s, w: SqlAlchemySession.query(s, Note).filter(Note.id == w.bob_note).delete(),
    "legacy update": lambda s, w: (
        SqlAlchemySession.query(s, Note).filter(Note.id == w.bob_note).update({"body": "pwn"})
    ),
    "insert for Bob": lambda s, w: s.add(Note(user_id=w.bob, body="evil")) or s.flush(),
    "insert statement": lambda s, w: s.exec(insert(Note).values(user_id=w.bob, body="evil", id="n")),
    "insert from select": lambda s, w: s.exec(
        insert(Note).from_select(
            ["id", "user_id", "body"], sa.select(NOTES.c.id + "x", sa.literal(w.alice), NOTES.c.body)
        )
    ),
    "insert with the append mark": lambda s, w: s.exec(
        insert(Note).values(user_id=w.bob, id="n"), execution_options={"append": True, "row_filter": True}
    ),
    "merge": lambda s, w: s.merge(Note(id=w.bob_note, user_id=w.alice, body="pwn")) and s.flush(),
    "attach to Bob's project": lambda s, w: s.add(Note(body="in bobs", project_id=w.bob_project)) or s.flush(),
    "forged object, update": lambda s, w: (lambda n: s.add(n) or setattr(n, "body", "pwn") or s.flush())(forged(w)),
    "forged object, delete": lambda s, w: (lambda n: s.add(n) or s.delete(n) or s.flush())(forged(w)),
    "forged object, refresh": lambda s, w: (lambda n: s.add(n) or s.refresh(n) or n.body)(forged(w)),
    "forged object, one attribute": lambda s, w: (lambda n: s.add(n) or s.expire(n, ["body"]) or n.body)(forged(w)),
    "Bob's object attached": lambda s, w: s.add(bobs_own(w)) or s.get(Note, w.bob_note),
    "Bob's object changed": lambda s, w: (lambda n: s.add(n) or setattr(n, "body", "pwn") or s.flush())(bobs_own(w)),
    "Bob's object merged": lambda s, w: (lambda n: s.expire(n) or n.body)(s.merge(bobs_own(w), load=False)),
    "move own row to Bob": lambda s, w: setattr(s.exec(select(Note)).first(), "user_id", w.bob) or s.flush(),
    "put own note into Bob's project": lambda s, w: (
        setattr(s.exec(select(Note)).first(), "project_id", w.bob_project) or s.flush()
    ),
    "append a note to Bob's project": lambda s, w: (
        s.add(Note(user_id=w.alice, project=s.get(Project, w.bob_project), project_id=w.bob_project)) or s.flush()
    ),
    "rename Bob": lambda s, w: s.exec(update(User).where(User.id == w.bob).values(name="pwn")),
    "create a user": lambda s, w: s.add(User(name="bob2", email="e@x", email_key="e@x", password_hash="")) or s.flush(),
    "end Bob's session": lambda s, w: s.exec(delete(LoginSession).where(LoginSession.digest == "bob")),
    "make a session for Bob": lambda s, w: (
        s.add(LoginSession(user_id=w.bob, digest="evil", idle_until=clock.now(), ends_at=clock.now())) or s.flush()
    ),
    "bring a grant of Bob's up": lambda s, w: s.exec(update(Grant).where(Grant.id == w.bob_grant).values(level="pwn")),
    # becoming somebody else
    "change the setting": lambda s, w: (
        s.execute(select(func.set_config("app.user_id", w.bob, True))).all() and [n.body for n in s.exec(select(Note))]
    ),
    "swap the actor after the transaction began": lambda s, w: (
        (s.exec(select(Note)).all() and s.info.update(actor=engines.Actor(w.bob)))
        or (_ for _ in ()).throw(PermissionError)
    ),
    "savepoint, then raw": lambda s, w: s.begin_nested() and s.execute(text("select body from scratch_notes")).all(),
}.items():
    attack(_name)(_attack)


@pytest.mark.parametrize(("name", "attempt"), ATTACKS, ids=[name for name, _ in ATTACKS])
def test_alice_cannot(name: str, attempt: Attack, world: World) -> None:
    before = world.bobs_rows()
    try:
        with db.session_for(world.alice) as session:
            seen = repr(attempt(session, world))
    except Exception:
        seen = ""
    assert "bob" not in seen.lower()
    assert world.bobs_rows() == before
