"""The whole schedule of a saved scenario, payment by payment, as a bank prints it."""

from dataclasses import dataclass

from sqlmodel import Session

from saas_app.billing.money import in_column, money
from saas_app.core.words import _
from saas_app.features.loans.schedule import schedule
from saas_app.features.loans.service import find, loan_of
from saas_app.features.loans.views import NO_PICTURE, Picture, result_view


@dataclass(frozen=True)
class PaymentView:
    """One payment in words; `turns` marks the first that repays more than it costs."""

    number: int
    due: str
    interest: str
    principal: str
    early: str
    balance: str
    turns: bool


@dataclass(frozen=True)
class Plan:
    """Every payment of one scenario, with the picture of its years; `totals` says what the columns add up to.

    Where it never `repays_early`, a column of that would be empty.
    """

    id: str = ""
    name: str = ""
    turns_at: int = 0
    totals: str = ""
    picture: Picture = NO_PICTURE
    repays_early: bool = False
    payments: tuple[PaymentView, ...] = ()


def plan_of(session: Session, scenario_id: str) -> Plan:
    """The schedule in whole cents; raises NotFound. Whatever was saved can be read, on any plan."""
    row = find(session, scenario_id)
    loan, currency = loan_of(row), row.currency
    months, result = schedule(loan, in_cents=True), result_view(loan, currency)
    interest = money(int(sum(month.interest for month in months)), currency)
    last = money(int(months[-1].payment), currency)
    return Plan(
        id=row.id,
        name=row.name,
        turns_at=result.turns_at,
        totals=_(
            "In whole cents, as it is paid: {interest} of interest, and a last payment of {last}, which takes "
            "up what rounding has left."
        ).format(interest=interest, last=last),
        picture=result.picture,
        repays_early=any(month.early for month in months),
        payments=tuple(
            PaymentView(
                number=month.number,
                due=in_column(int(month.payment), currency),
                interest=in_column(int(month.interest), currency),
                principal=in_column(int(month.principal), currency),
                early=in_column(int(month.early), currency) if month.early else "",
                balance=in_column(int(month.balance), currency),
                turns=month.number == result.turns_at,
            )
            for month in months
        ),
    )
