"""What second factors leave in the database: nothing with which a thief of it could log in."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saas_app.core import clock
from saas_app.core.ids import new_id
from saas_app.core.rls import OwnedReadOnly
from saas_app.core.types import Dropped, Utc


class Authenticator(SQLModel, table=True):
    """Somebody's authenticator app, with its secret encrypted. The system's alone.

    `last_counter` counts steps of 30 seconds since 1970 (RFC 6238); codes up to it are used up.
    """

    __tablename__ = "authenticators"  # pyright: ignore[reportAssignmentType]

    user_id: str = Field(foreign_key="users.id", primary_key=True)
    secret: str = Field(repr=False)
    last_counter: int
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    used_at: datetime = Field(default_factory=clock.now, sa_type=Utc)


class RecoveryCode(SQLModel, table=True):
    """A code that was not used yet, by its digest. The system's alone."""

    __tablename__ = "recovery_codes"  # pyright: ignore[reportAssignmentType]

    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)


class Passkey(OwnedReadOnly, table=True):
    """A key of somebody's device or password manager: its public half. `transports` is how to reach it, by commas."""

    __tablename__ = "passkeys"  # pyright: ignore[reportAssignmentType]

    id: str = Field(default_factory=lambda: new_id("pky"), primary_key=True)
    credential_id: str = Field(unique=True)
    public_key: str
    sign_count: int = Field(sa_type=sa.BigInteger)  # 32 bits, without a sign
    name: str
    transports: str = ""
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    used_at: datetime | None = Field(default=None, sa_type=Utc)


class Challenge(SQLModel, table=True):
    """A step that waits for its answer, by the digest of what the browser brings along. The system's alone.

    `payload` is what the next step needs: how the first factor was shown, or what a passkey has to sign.
    """

    __tablename__ = "challenges"  # pyright: ignore[reportAssignmentType]
    __dropped__: ClassVar[Dropped] = ("expires_at", timedelta(0))

    digest: str = Field(primary_key=True)
    purpose: str
    user_id: str | None = Field(default=None, foreign_key="users.id", index=True)
    payload: dict[str, Any] = Field(sa_type=sa.JSON, repr=False)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    expires_at: datetime = Field(sa_type=Utc, index=True)
    tries: int = 0
