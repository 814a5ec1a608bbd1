"""The conditions of a person are made once and kept for their next statements: they never serve anybody else.

On SQLite the condition is all that filters what is read, so a mistake here would show.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import pytest
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlmodel import Session, col, delete, func, select, update

from saas_app.core import db, rls_session
from tests.factories import as_system, make_user
from tests.scratch_tables import Note, Project

PEOPLE, KEPT, TURNS = 12, 5, 4


def seeded(session: Session) -> list[str]:
    """So many people, each with a project and two notes that name their owner."""
    people = [make_user(session, f"p{number}").id for number in range(PEOPLE)]
    for me in people:
        project = Project(user_id=me, name=me)
        session.add(project)
        session.flush()
        session.add_all([Note(user_id=me, project_id=project.id, body=me) for _ in range(2)])
    return people


def what_i_see(session: Session) -> list[list[Any]]:
    """One look in each way in which statements are made; what comes back names its owners."""
    other = aliased(Note)
    notes = select(Note.body)
    return [
        list(session.exec(notes).all()),
        list(session.exec(select(other.body).join(Project, col(Project.id) == other.project_id)).all()),
        [
            note.body
            for each in session.exec(select(Project).options(joinedload(Project.notes))).unique()
            for note in each.notes
        ],
        [
            note.body
            for each in session.exec(select(Project).options(selectinload(Project.notes)))
            for note in each.notes
        ],
        [note.body for each in session.exec(select(Project)) for note in each.notes],
        list(session.exec(select(Project.name).where(col(Project.id).in_(select(Note.project_id)))).all()) * 2,
        [session.exec(select(func.min(Note.body))).one(), session.exec(select(func.max(Note.body))).one()],
    ]


def play(me: str) -> None:
    with db.session_for(me, read_only=True) as session:
        for way, seen in enumerate(what_i_see(session)):
            assert seen == [me, me], way
    with db.session_for(me) as session:
        assert session.exec(update(Note).values(body=me)).rowcount == 2
        assert session.exec(delete(Note).where(col(Note.body) != me)).rowcount == 0


def test_many_people_at_once_each_see_and_write_only_what_is_theirs(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More people than conditions are kept for, so that some are made anew between two of the same person."""
    monkeypatch.setattr(rls_session, "_criteria", lru_cache(KEPT)(rls_session._criteria.__wrapped__))
    people = as_system(seeded)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(play, people * TURNS))
    left = as_system(lambda session: session.exec(select(Note.user_id, Note.body)).all())
    assert len(left) == PEOPLE * 2
    assert all(owner == body for owner, body in left)
