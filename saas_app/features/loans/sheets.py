"""Schedules and comparisons as CSV, for spreadsheets (RFC 4180), safe to open in one.

A cell that begins like a formula gets an apostrophe in front, as OWASP advises: https://owasp.org/www-community/attacks/CSV_Injection.
Numbers have a point and no signs or groups; the schedule is the one in whole cents, whose last payment takes up the
rounding, so every column adds up.
"""

import csv
import io
from collections.abc import Iterable

from sqlmodel import Session

from saas_app.billing.entitlements import require
from saas_app.billing.money import plain
from saas_app.billing.plans import Feature
from saas_app.core.words import _
from saas_app.features.loans import folders
from saas_app.features.loans.compare import MOST
from saas_app.features.loans.schedule import calculate, schedule
from saas_app.features.loans.service import find, in_order, loan_of
from saas_app.features.loans.views import terms_of

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PAYMENTS = (_("Payment"), _("Interest"), _("Repaid"), _("Due"), _("Repaid on top"), _("Still owed"))
SUMS = (
    _("Scenario"),
    _("Client"),
    _("Terms"),
    _("First payment"),
    _("Interest"),
    _("Fee"),
    _("Everything paid"),
    _("Payments"),
    _("Notes"),
)


def schedule_file(session: Session, scenario_id: str) -> str:
    """Every payment of one scenario; raises FeatureLocked and NotFound."""
    require(session, Feature.EXPORT)
    row = find(session, scenario_id)
    lines = (
        (month.number, *(plain(int(each), row.currency) for each in sums))
        for month in schedule(loan_of(row), in_cents=True)
        for sums in [(month.interest, month.principal, month.payment, month.early, month.balance)]
    )
    return _write(PAYMENTS, lines)


def comparison_file(session: Session, ids: tuple[str, ...] = ()) -> str:
    """What these scenarios come to, or all of them, a line each; raises FeatureLocked and NotFound."""
    require(session, Feature.EXPORT)
    rows = [find(session, each) for each in dict.fromkeys(ids[:MOST])] or in_order(session)
    clients = folders.names(session)
    lines: list[tuple[object, ...]] = []
    for row in rows:
        loan = loan_of(row)
        result = calculate(loan)
        sums = (result.payment, result.total_interest, row.fee, result.total_paid)
        words = (row.name, clients.get(row.folder_id, ""), terms_of(loan, row.currency))
        lines.append((*words, *(plain(each, row.currency) for each in sums), result.months, row.notes))
    return _write(SUMS, lines)


def _write(head: Iterable[str], lines: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_safe(each) for each in line] for line in lines)
    return "\ufeff" + out.getvalue()  # the mark tells spreadsheets that this is UTF-8


def _safe(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(RISKY) else text
