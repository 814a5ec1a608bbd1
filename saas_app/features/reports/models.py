"""What is kept of reports and links."""

from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from saas_app.core import clock
from saas_app.core.ids import new_id
from saas_app.core.rls import Owned
from saas_app.core.types import Dropped, Utc

KEPT_FOR = timedelta(days=30)


class Report(Owned, table=True):
    """A report that somebody asked for. It outlives its scenario, and is dropped with its file after 30 days.

    status: pending → ready | failed, with the reason in `error`. `period_start` says in which period it was counted.
    """

    __tablename__ = "reports"  # pyright: ignore[reportAssignmentType]
    __dropped__: ClassVar[Dropped] = ("created_at", KEPT_FOR)

    id: str = Field(default_factory=lambda: new_id("rpt"), primary_key=True)
    scenario_id: str
    title: str
    recipient: str = ""
    whole_schedule: bool = False
    status: str = "pending"
    error: str = ""
    period_start: datetime = Field(sa_type=Utc)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc, index=True)


class ReportFile(Owned, table=True):
    """The PDF of a report: apart from it, so that a list of reports does not read them all."""

    __tablename__ = "report_files"  # pyright: ignore[reportAssignmentType]

    report_id: str = Field(primary_key=True, foreign_key="reports.id", ondelete="CASCADE")
    content: bytes = Field(sa_type=sa.LargeBinary)


class Letterhead(Owned, table=True):
    """Whose name stands on somebody's reports. `logo` is a PNG that we have drawn anew, or empty."""

    __tablename__ = "letterheads"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.UniqueConstraint("user_id", name="uq_letterheads_user_id"),)

    id: str = Field(default_factory=lambda: new_id("lhd"), primary_key=True)
    name: str = ""
    address: str = ""
    logo: bytes = Field(default=b"", sa_type=sa.LargeBinary)


class ShareLink(Owned, table=True):
    """A scenario to look at for whoever has the link, known by its digest only. It goes with its scenario."""

    __tablename__ = "share_links"  # pyright: ignore[reportAssignmentType]

    id: str = Field(default_factory=lambda: new_id("lnk"), primary_key=True)
    digest: str = Field(unique=True)
    scenario_id: str = Field(foreign_key="scenarios.id", ondelete="CASCADE", index=True)
    recipient: str = ""
    views: int = 0
    viewed_at: datetime | None = Field(default=None, sa_type=Utc)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
