"""Up to four scenarios side by side: the cheapest first, in numbers, in one picture, and in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from saas_app.billing.entitlements import require
from saas_app.billing.money import money
from saas_app.billing.plans import Feature
from saas_app.core.words import _
from saas_app.features.loans import folders
from saas_app.features.loans.chart import owed_line
from saas_app.features.loans.models import Scenario
from saas_app.features.loans.schedule import Result, calculate
from saas_app.features.loans.service import ScenarioView, find, in_order, loan_of, view
from saas_app.features.loans.views import duration

MOST = 4


@dataclass(frozen=True)
class Compared:
    """One scenario of a comparison: `line` is what is owed over time as an SVG path, `words` how it differs from the
    first. `most` and `longest` say in words how far all the lines reach.
    """

    place: int
    scenario: ScenarioView
    line: str
    words: str
    most: str
    longest: str


def compare(session: Session, ids: Sequence[str] = ()) -> tuple[Compared, ...]:
    """These scenarios, or else the first four, cheapest first; raises FeatureLocked on plans without comparison."""
    require(session, Feature.COMPARE)
    rows = [find(session, each) for each in dict.fromkeys(ids)] or in_order(session)
    found = sorted(((row, calculate(loan_of(row))) for row in rows[:MOST]), key=lambda each: _cost(*each))
    most = max((loan_of(row).borrowed for row, _ in found), default=0)
    years = max((len(result.years) for _, result in found), default=0)
    clients = folders.names(session)
    return tuple(
        Compared(
            place=place,
            scenario=view(row, clients),
            line=owed_line(result, loan_of(row).borrowed, most=most, years=years),
            words=_difference(row, result, *found[0]) if place else _("The least interest and fees of these."),
            most=money(most, row.currency),
            longest=duration(max(each.months for _, each in found)),
        )
        for place, (row, result) in enumerate(found)
    )


def _cost(row: Scenario, result: Result) -> int:
    return result.total_interest + row.fee


def _difference(row: Scenario, result: Result, first_row: Scenario, first: Result) -> str:
    """Against the cheapest: what it costs more, each month and in all, and how long it runs."""
    parts = [
        _more(_cost(row, result) - _cost(first_row, first), row.currency, _("in interest and fees")),
        _more(result.payment - first.payment, row.currency, _("a month at first")),
        _longer(result.months - first.months),
    ]
    said = [part for part in parts if part]
    return (
        _("{differences} than {name}.").format(differences=", ".join(said), name=first_row.name)
        if said
        else _("The same as {name}.").format(name=first_row.name)
    )


def _more(difference: int, currency: str, what: str) -> str:
    words = _("{amount} more {what}") if difference > 0 else _("{amount} less {what}")
    return words.format(amount=money(abs(difference), currency), what=what) if difference else ""


def _longer(months: int) -> str:
    words = _("{duration} longer") if months > 0 else _("{duration} shorter")
    return words.format(duration=duration(abs(months))) if months else ""
