"""Tables only tests have: what a feature of a founder would look like, with a parent and a child."""

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlmodel import Field, Relationship, SQLModel

from saas_app.core.ids import new_id
from saas_app.core.leases import Leased
from saas_app.core.rls import Owned, OwnedReadOnly, Shared

_SAME_OWNER = "and_(Project.id == foreign(Note.project_id), Project.user_id == foreign(Note.user_id))"


class Project(Owned, table=True):
    __tablename__ = "scratch_projects"
    __table_args__ = (sa.UniqueConstraint("id", "user_id"),)

    id: str = Field(default_factory=lambda: new_id("prj"), primary_key=True)
    name: str
    notes: list["Note"] = Relationship(
        back_populates="project", sa_relationship_kwargs={"overlaps": "project", "primaryjoin": _SAME_OWNER}
    )


class Note(Owned, table=True):
    """The composite key lets a child point at a parent of the same owner only; the database checks it."""

    __tablename__ = "scratch_notes"
    __table_args__ = (
        sa.ForeignKeyConstraint(["project_id", "user_id"], ["scratch_projects.id", "scratch_projects.user_id"]),
    )

    id: str = Field(default_factory=lambda: new_id("note"), primary_key=True)
    project_id: str | None = None
    body: str = ""
    project: Project | None = Relationship(
        back_populates="notes", sa_relationship_kwargs={"overlaps": "notes", "primaryjoin": _SAME_OWNER}
    )


class Grant(OwnedReadOnly, table=True):
    """What was paid for: its owner sees it, and cannot give themselves more."""

    __tablename__ = "scratch_grants"

    id: str = Field(default_factory=lambda: new_id("gnt"), primary_key=True)
    level: str = "free"


class Poster(Shared, table=True):
    __tablename__ = "scratch_posters"

    id: str = Field(default_factory=lambda: new_id("pst"), primary_key=True)
    words: str = ""


class Ledger(SQLModel, table=True):
    """The system's alone."""

    __tablename__ = "scratch_ledger"

    id: str = Field(default_factory=lambda: new_id("led"), primary_key=True)
    words: str = ""


class Parcel(Leased, table=True):
    """Work of a feature's own."""

    __tablename__ = "scratch_parcels"

    id: str = Field(default_factory=lambda: new_id("pcl"), primary_key=True)
    words: str = ""


TABLES = [each.__table__ for each in (Project, Note, Grant, Poster, Ledger, Parcel)]


def create(url: str) -> None:
    """Add the tables to a migrated database, with the same policies that a migration gives."""
    import row_policies

    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection, tables=TABLES)
        with Operations.context(MigrationContext.configure(connection)):
            row_policies.owned("scratch_projects")
            row_policies.owned("scratch_notes")
            row_policies.owned("scratch_grants", writes=False)
            row_policies.shared("scratch_posters")
            row_policies.internal("scratch_ledger")
            row_policies.internal("scratch_parcels")
    engine.dispose()
