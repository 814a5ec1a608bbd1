"""What a report says, as words: no drawing, no rows."""

from dataclasses import dataclass
from datetime import datetime

from saas_app.billing.money import money
from saas_app.core import written
from saas_app.core.words import _
from saas_app.features.loans.payments import PaymentView
from saas_app.features.loans.schedule import Kind, Loan, calculate
from saas_app.features.loans.views import Picture, YearView, percent, result_view, terms_of


@dataclass(frozen=True)
class Sender:
    """Whose report it is: a name, the lines of an address, a logo as PNG; all of them may be missing."""

    name: str = ""
    address: str = ""
    logo: bytes = b""


@dataclass(frozen=True)
class Formula:
    """A formula, and what its letters mean or where it counts."""

    words: str
    formula: str


@dataclass(frozen=True)
class Content:
    """Everything on the pages. `tallest` is what the highest column of the picture stands for, in words."""

    title: str
    recipient: str
    date: str
    sender: Sender
    loan: str
    facts: tuple[tuple[str, str], ...]
    picture: Picture
    tallest: str
    years: tuple[YearView, ...]
    assumptions: tuple[str, ...]
    formulae: tuple[Formula, ...]
    payments: tuple[PaymentView, ...] = ()
    totals: str = ""


def write(
    loan: Loan,
    currency: str,
    *,
    title: str,
    recipient: str,
    at: datetime,
    sender: Sender,
    payments: tuple[PaymentView, ...] = (),
    totals: str = "",
) -> Content:
    """The report of a loan; with `payments` it holds every one of them, and `totals` says what they add up to."""
    result, shown = calculate(loan), result_view(loan, currency)
    tallest = max((year.interest + year.principal for year in result.years), default=0)
    return Content(
        title=title,
        recipient=recipient,
        date=written.day(at),
        sender=sender,
        loan=terms_of(loan, currency),
        facts=_facts(loan, currency),
        picture=shown.picture,
        tallest=money(tallest, currency),
        years=shown.years,
        assumptions=_assumptions(loan, whole_schedule=bool(payments)),
        formulae=_formulae(loan),
        payments=payments,
        totals=totals,
    )


def _facts(loan: Loan, currency: str) -> tuple[tuple[str, str], ...]:
    shown = result_view(loan, currency)
    lines = (
        (_("Borrowed"), money(loan.borrowed, currency)),
        (_("A month"), f"{shown.payment}{' ' if shown.note else ''}{shown.note}"),
        (_("Interest in total"), shown.total_interest),
        (_("Fee, paid once"), money(loan.fee, currency) if loan.fee else ""),
        (_("Everything paid"), shown.total_paid),
        (_("Paid off after"), shown.term),
        (
            _("Repays more than it costs"),
            _("from payment {turns_at}").format(turns_at=shown.turns_at) if shown.turns_at else _("at no payment"),
        ),
        (_("Repaying early"), shown.saved.removeprefix(_("Repaying early ")).removesuffix(".")),
    )
    return tuple((name, value) for name, value in lines if value)


def _assumptions(loan: Loan, *, whole_schedule: bool) -> tuple[str, ...]:
    until = (
        _(", and {percent} from payment {month}").format(percent=percent(loan.change.rate), month=loan.change.month)
        if loan.change
        else ""
    )
    early = _("Early repayments are made as planned, and the bank asks nothing for them.") if _early(loan) else ""
    costs = _("Beside the fee, no") if loan.fee else _("No")
    rounding = _("Sums are worked out exactly, and rounded to the cent where they are shown")
    rows = _(". The single payments are in whole cents, as they are paid, and may differ from the sums by some cents")
    lines = (
        _("Interest is {percent} a year{until}, and stays as it is otherwise.").format(
            percent=percent(loan.rate), until=until
        ),
        _("There is a payment at the end of each month, in full and on time; a month is a twelfth of a year."),
        early,
        _("{costs} costs of the loan, and no insurance, tax or upkeep are in these sums.").format(costs=costs),
        f"{rounding}{rows if whole_schedule else ''}.",
    )
    return tuple(line for line in lines if line)


def _formulae(loan: Loan) -> tuple[Formula, ...]:
    letters = _("P is what is owed, i the yearly rate ÷ 12, n the number of payments that are left")
    equal = Formula(_("Equal payments: {letters}.").format(letters=letters), _("P × i ÷ (1 − 1 ÷ (1 + i)^n)"))
    rest = Formula(_("Interest only at first: in those years each payment is the interest."), _("P × i"))
    linear = Formula(
        _("Equal repayment, and the interest of the month on top: {letters}.").format(letters=letters),
        _("P ÷ n + P × i"),
    )
    by_kind = {Kind.ANNUITY: (equal,), Kind.LINEAR: (linear,), Kind.INTEREST_FIRST: (rest, equal)}
    month = Formula(_("Interest of a month; the rest of the payment repays the loan."), _("what is still owed × i"))
    return (*by_kind[loan.kind], month)


def _early(loan: Loan) -> bool:
    return bool(loan.extra or loan.lump)
