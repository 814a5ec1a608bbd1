"""What a person has saved."""

from datetime import datetime

from sqlmodel import Field

from saas_app.core.rls import Owned
from saas_app.core.types import Utc


class Scenario(Owned, table=True):
    """One loan somebody wants to look at again. Amounts in minor units, the rate in thousandths of a percent."""

    __tablename__ = "scenarios"

    id: str = Field(primary_key=True)
    name: str
    client: str = ""
    principal: int
    currency: str = "eur"
    rate_milli: int
    years: int
    extra: int = 0
    created_at: datetime = Field(sa_type=Utc)
