"""Row-level security: a session is bound to one user for life, and can only see and write that user's rows.

Services write plain queries; what they may touch is decided here and, below, by the database itself:

                       SQLite                                   PostgreSQL
every ORM statement    criteria per owned class, raw SQL refused (both)
every flush            new, changed, deleted, attached rows must be the user's (both)
reads in the database  none: what did not come this way is refused   policies, FORCEd, role `saas_user`
writes in the database temporary triggers on every connection        policies WITH CHECK
between uses           the connection belongs to nobody: refused     `SET LOCAL` is gone with the transaction

A table says what user sessions may do with it by the class it is made of. A table that says nothing is the
system's alone. (docs/decisions, SECURITY.md)
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

OWNER = "user_id"


class Owned(SQLModel):
    """A row that one user reads and writes."""

    __owner__: ClassVar[str] = OWNER
    __user_writes__: ClassVar[bool] = True

    user_id: str = Field(foreign_key="users.id", index=True, nullable=False)


class OwnedReadOnly(Owned):
    """A row that its user reads and only the system writes: what was paid for is not for the payer to say."""

    __user_writes__: ClassVar[bool] = False


class Shared(SQLModel):
    """A row that every user may read and only the system writes, such as a product."""

    __shared__: ClassVar[bool] = True


class Appended(SQLModel):
    """A row that a user's session may leave behind but never see again, such as a mail to send."""

    __appended__: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Actor:
    """On whose behalf a session works: one user, or the system for a named reason."""

    user_id: str | None
    reason: str = ""

    @property
    def is_system(self) -> bool:
        return self.user_id is None


@dataclass(frozen=True, eq=False)
class Access:
    """What user sessions may do, read off the mapped classes once."""

    owned: dict[type[Any], sa.Column[str]]
    readable: frozenset[str]
    writable: frozenset[str]
    appendable: frozenset[str]
    owner_columns: dict[str, str]


def access() -> Access:
    """The rules for all tables mapped so far (features map theirs at import)."""
    return _read_off(len(SQLModel.metadata.tables), len(SQLModel._sa_registry._managers))  # pyright: ignore[reportPrivateUsage]


@cache
def _read_off(tables: int, classes: int) -> Access:
    mapped = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]  # pyright: ignore[reportPrivateUsage]
    owned = {each: each.__table__.c[each.__owner__] for each in mapped if hasattr(each, "__owner__")}
    shared = {each.__table__.name for each in mapped if getattr(each, "__shared__", False)}
    return Access(
        owned={each: getattr(each, column.key) for each, column in owned.items()},
        readable=frozenset(shared | {each.__table__.name for each in owned}),
        writable=frozenset(each.__table__.name for each in owned if each.__user_writes__),
        appendable=frozenset(each.__table__.name for each in mapped if getattr(each, "__appended__", False)),
        owner_columns={each.__table__.name: column.name for each, column in owned.items()},
    )
