"""Which account elsewhere belongs to which of ours."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from saas_app.core import clock
from saas_app.core.ids import new_id
from saas_app.core.rls import OwnedReadOnly
from saas_app.core.types import Utc


class Identity(OwnedReadOnly, table=True):
    """An account at a provider, by what the provider never gives to anybody else: its issuer and its subject."""

    __tablename__ = "identities"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    id: str = Field(default_factory=lambda: new_id("idy"), primary_key=True)
    provider: str
    issuer: str
    subject: str
    email: str
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
