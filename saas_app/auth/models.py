"""People, the browsers they are logged in with, and the links we have mailed them."""

from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saas_app.core import clock
from saas_app.core.ids import new_id
from saas_app.core.rls import Owned
from saas_app.core.types import Dropped, Utc
from saas_app.core.viewer import Viewer

VERIFIED = sa.text("email_verified_at IS NOT NULL")


class User(SQLModel, table=True):
    """A person with an account. Their own session may read this row; only the system writes it.

    An address belongs to the one account that has proved it; unproved accounts with the same address may exist
    beside it and know nothing of each other (auth/service.py says why).
    """

    __tablename__ = "users"  # pyright: ignore[reportAssignmentType]
    __owner__: ClassVar[str] = "id"
    __user_writes__: ClassVar[bool] = False
    __table_args__ = (
        sa.Index("one_owner_per_address", "email_key", unique=True, sqlite_where=VERIFIED, postgresql_where=VERIFIED),
        sa.Index("users_by_address", "email_key"),
    )

    id: str = Field(default_factory=lambda: new_id("usr"), primary_key=True)
    name: str
    email: str
    email_key: str
    email_verified_at: datetime | None = Field(default=None, sa_type=Utc)
    password_hash: str = Field(repr=False)
    password_changed_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    is_admin: bool = False
    terms_version: str = ""
    terms_accepted_at: datetime | None = Field(default=None, sa_type=Utc)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    last_login_at: datetime | None = Field(default=None, sa_type=Utc)
    leaving_at: datetime | None = Field(default=None, sa_type=Utc)

    def viewer(self, login: "LoginSession | None" = None) -> Viewer:
        """What pages may know of this person, who is here by this log-in.

        An administrator is one only in a session that has passed a second factor; else an ordinary member.
        """
        return Viewer(
            id=self.id,
            email=self.email,
            name=self.name,
            is_admin=self.is_admin and login is not None and login.second_factor_at is not None,
            email_verified=self.email_verified_at is not None,
            session_id=login.id if login else "",
            confirmed_at=login.confirmed_at if login else None,
            has_password=self.password_hash != "",
        )


class LoginSession(Owned, table=True):
    """One browser that is logged in. The key is the digest of its cookie; the cookie itself is kept nowhere."""

    __tablename__ = "login_sessions"  # pyright: ignore[reportAssignmentType]
    __dropped__: ClassVar[Dropped] = ("ends_at", timedelta(0))

    digest: str = Field(primary_key=True)
    id: str = Field(default_factory=lambda: new_id("ses"), unique=True)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    seen_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    idle_until: datetime = Field(sa_type=Utc)
    ends_at: datetime = Field(sa_type=Utc, index=True)
    is_remembered: bool = False
    confirmed_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    second_factor_at: datetime | None = Field(default=None, sa_type=Utc)
    method: str = "password"
    device: str = ""
    ip: str = ""


class EmailToken(SQLModel, table=True):
    """A link or a code we have mailed, by its digest: one purpose, one use. The system's alone, so it is not Owned.

    `new_email` is the address that a change of address leads to; `tries` counts wrong codes.
    """

    __tablename__ = "email_tokens"  # pyright: ignore[reportAssignmentType]
    __dropped__: ClassVar[Dropped] = ("expires_at", timedelta(days=1))

    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    purpose: str
    email_key: str
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    expires_at: datetime = Field(sa_type=Utc, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Utc)
    code_digest: str = ""
    tries: int = 0
    new_email: str = ""
