"""What a person has saved."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from saas_app.core.rls import Owned
from saas_app.core.types import Utc


class Scenario(Owned, table=True):
    """One loan somebody wants to look at again. Amounts in minor units, the rate in thousandths of a percent."""

    __tablename__ = "scenarios"  # pyright: ignore[reportAssignmentType]

    id: str = Field(primary_key=True)
    name: str
    client: str = ""
    principal: int = Field(sa_type=sa.BigInteger)
    currency: str = "eur"
    rate_milli: int
    years: int
    extra: int = Field(default=0, sa_type=sa.BigInteger)
    created_at: datetime = Field(sa_type=Utc)
