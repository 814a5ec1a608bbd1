"""Who is leaving, and as little as possible about who has left."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saas_app.core import clock
from saas_app.core.jobs import Leased
from saas_app.core.types import Utc


class AccountDeletion(Leased, table=True):
    """An account that is being taken apart; its id is the user's. It never dies: a promise to delete is kept."""

    __tablename__ = "account_deletions"  # pyright: ignore[reportAssignmentType]
    __dies__ = False
    __table_args__ = (sa.Index("account_deletions_due", "status", "due_at"),)

    id: str = Field(primary_key=True)


class FormerMember(SQLModel, table=True):
    """A keyed digest of an address that had an account, so that a second account gets no second trial."""

    __tablename__ = "former_members"  # pyright: ignore[reportAssignmentType]

    digest: str = Field(primary_key=True)
    left_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    had_trial: bool = False
