"""Reports: asked for and counted in one transaction, printed by the worker, fetched by whoever asked."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from saas_app.billing import usage
from saas_app.billing.entitlements import require
from saas_app.billing.plans import Feature, Limit
from saas_app.billing.usage import Taken
from saas_app.core import jobs, live, written
from saas_app.core.clock import now
from saas_app.core.db import after_commit
from saas_app.core.errors import NotFound
from saas_app.core.rls_session import owner_of
from saas_app.core.words import _
from saas_app.features.loans.payments import plan_of
from saas_app.features.loans.service import find, loan_of
from saas_app.features.reports.content import Content, write
from saas_app.features.reports.forms import Wish
from saas_app.features.reports.letterhead import sender
from saas_app.features.reports.models import KEPT_FOR, Report, ReportFile

JOB = "report"
NEVER_CAME = timedelta(hours=1)
BROKE = _("It could not be made, and was not counted. Please try again; if it happens again, write to us.")


@dataclass(frozen=True)
class ReportView:
    """A report in words; `href` is where its file is once it is there."""

    id: str
    title: str
    recipient: str
    made: str
    status: str
    error: str
    href: str
    until: str


@dataclass(frozen=True)
class Shelf:
    """The reports of the last thirty days, newest first, and how many more the plan includes."""

    reports: tuple[ReportView, ...] = ()
    room: str = ""


@dataclass(frozen=True)
class File:
    """A report to be sent."""

    name: str
    content: bytes


def ask_for(session: Session, wish: Wish) -> str:
    """Count a report and have it made; gives its id. Raises FeatureLocked, UsedUp and NotFound, and counts nothing."""
    require(session, Feature.REPORT)
    scenario = find(session, wish.scenario_id)
    taken = usage.use(session, Limit.REPORTS)
    row = Report(
        user_id=owner_of(session),
        scenario_id=scenario.id,
        title=wish.title or scenario.name,
        recipient=wish.recipient,
        whole_schedule=wish.whole_schedule,
        period_start=taken.period_start,
        created_at=now(),
    )
    session.add(row)
    session.flush()
    jobs.enqueue(session, JOB, {"report": row.id, "user": row.user_id}, key=f"report:{row.id}")
    _tell(session)
    return row.id


def shelf(session: Session) -> Shelf:
    """Everything that this person has asked for and that is still kept."""
    newest = select(Report).order_by(col(Report.created_at).desc(), col(Report.id))
    return Shelf(tuple(_view(row) for row in session.exec(newest)), _room(session))


def to_print(session: Session, report_id: str) -> tuple[Content, datetime]:
    """What is to be printed, as the scenario is now, and when it was asked for; raises NotFound."""
    row = _pending(session, report_id)
    if row is None:
        raise NotFound(_("This report is not waiting to be made (any more)."))
    scenario = find(session, row.scenario_id)
    plan = plan_of(session, scenario.id) if row.whole_schedule else None
    content = write(
        loan_of(scenario),
        scenario.currency,
        title=row.title,
        recipient=row.recipient,
        at=row.created_at,
        sender=sender(session),
        payments=plan.payments if plan else (),
        totals=plan.totals if plan else "",
    )
    return content, row.created_at


def finish(session: Session, report_id: str, made: bytes) -> None:
    """Keep the file. A report that was deleted or given up meanwhile stays so."""
    row = _pending(session, report_id)
    if row is not None:
        row.status = "ready"
        session.add(row)
        session.add(ReportFile(report_id=row.id, user_id=row.user_id, content=made))
        _tell(session)


def give_up(session: Session, report_id: str, why: str) -> None:
    """Say why it will not come, and give its use back; once."""
    row = _pending(session, report_id)
    if row is not None:
        row.status, row.error = "failed", why
        session.add(row)
        usage.give_back(session, _taken(row))
        _tell(session)


def delete_report(session: Session, report_id: str) -> None:
    """Delete a report of one's own with its file; one that was not made yet is not counted."""
    row = _find(session, report_id)
    if row.status == "pending":
        usage.give_back(session, _taken(row))
    session.delete(row)
    _tell(session)


def file_of(session: Session, report_id: str) -> File:
    """The file, for whoever's report it is at this moment; raises NotFound, also while it is being made."""
    row = _find(session, report_id)
    kept = session.exec(select(ReportFile).where(ReportFile.report_id == row.id)).first()
    if kept is None:
        raise NotFound(_("This report does not exist (any more)."))
    plain = re.sub(r"[^a-z0-9]+", "-", row.title.lower()).strip("-")[:60]
    return File(f"{plain or 'report'}.pdf", kept.content)


def overdue(session: Session) -> list[tuple[str, str]]:
    """Whose reports, of everybody's, should have come long ago: user and report."""
    late = (Report.status == "pending", col(Report.created_at) < now() - NEVER_CAME)
    return [(row.user_id, row.id) for row in session.exec(select(Report).where(*late))]


def _room(session: Session) -> str:
    found = usage.meter(session, Limit.REPORTS)
    if found.left is None:
        return _("{count} made").format(count=found.used)
    return _("{left} of {holds} left this month").format(left=found.left, holds=found.holds) if found.holds else ""


def _view(row: Report) -> ReportView:
    ready = row.status == "ready"
    return ReportView(
        id=row.id,
        title=row.title,
        recipient=row.recipient,
        made=written.day(row.created_at),
        status=row.status,
        error=row.error,
        href=f"/reports/{row.id}.pdf" if ready else "",
        until=written.day(row.created_at + KEPT_FOR),
    )


def _taken(row: Report) -> Taken:
    return Taken(Limit.REPORTS, 1, row.period_start)


def _find(session: Session, report_id: str) -> Report:
    row = session.exec(select(Report).where(Report.id == report_id)).first()
    if row is None:
        raise NotFound(_("This report does not exist (any more)."))
    return row


def _pending(session: Session, report_id: str) -> Report | None:
    return session.exec(select(Report).where(Report.id == report_id, Report.status == "pending")).first()


def _tell(session: Session) -> None:
    owner = owner_of(session)
    after_commit(session, lambda: live.announce(owner))
