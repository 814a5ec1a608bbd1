"""What a person has saved."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from saas_app.core.rls import Owned
from saas_app.core.types import Utc


class ClientFolder(Owned, table=True):
    """The scenarios of one client (folders.py)."""

    __tablename__ = "client_folders"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.UniqueConstraint("user_id", "name", name="uq_client_folders_name"),)

    id: str = Field(primary_key=True)
    name: str
    created_at: datetime = Field(sa_type=Utc)


class Scenario(Owned, table=True):
    """One loan somebody wants to look at again. Amounts in minor units, rates in thousandths of a percent.

    The fields of the loan are those of `schedule.Loan`. `change_month` and `lump_month` are 0 for none, and `folder_id`
    is '' outside all folders. It is no foreign key: those are checked past the row policies, so one would let a person
    find out about another's folders, and an id without a folder shows as none.
    """

    __tablename__ = "scenarios"  # pyright: ignore[reportAssignmentType]

    id: str = Field(primary_key=True)
    name: str
    folder_id: str = Field(default="", sa_column_kwargs={"server_default": ""})
    notes: str = Field(default="", sa_column_kwargs={"server_default": ""})
    principal: int = Field(sa_type=sa.BigInteger)
    currency: str = "eur"
    rate_milli: int
    years: int
    extra: int = Field(default=0, sa_type=sa.BigInteger)
    kind: str = Field(default="annuity", sa_column_kwargs={"server_default": "annuity"})
    resting: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    fee: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    fee_in_loan: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    change_month: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    new_rate_milli: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lump: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    lump_month: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lowers: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    created_at: datetime = Field(sa_type=Utc)
