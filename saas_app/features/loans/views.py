"""What a loan comes to, in words and pictures. The sums are exact (schedule.py), and rounded to the cent here."""

from dataclasses import dataclass
from decimal import Decimal

from saas_app import site
from saas_app.billing.money import decimals, in_column, money
from saas_app.features.loans.chart import across, columns
from saas_app.features.loans.early import saved_by_early_repayment
from saas_app.features.loans.schedule import Kind, Loan, Result, calculate


@dataclass(frozen=True)
class YearView:
    """One year of a schedule in words."""

    year: int
    interest: str
    principal: str
    balance: str


@dataclass(frozen=True)
class Picture:
    """A column for each year, as two SVG paths, and where the payment stands that repays more than it costs."""

    repaid: str = ""
    interest: str = ""
    turn: str = ""
    words: str = ""


NO_PICTURE = Picture()


@dataclass(frozen=True)
class ResultView:
    """What a loan comes to, in words: `terms` says which loan it is, `note` what becomes of the payment, `saved` what
    early repayment saves.
    """

    payment: str = ""
    note: str = ""
    total_interest: str = ""
    total_paid: str = ""
    term: str = ""
    turns_at: int = 0
    saved: str = ""
    picture: Picture = NO_PICTURE
    years: tuple[YearView, ...] = ()
    terms: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure as it is written here, and as a plain `number` with which a script writes it for its reader."""

    words: str
    number: str


def amount(minor: int, currency: str = site.CURRENCY) -> Figure:
    """An amount to the cent."""
    return Figure(money(minor, currency), str(minor))


def about(minor: int, currency: str = site.CURRENCY) -> Figure:
    """An amount in whole units, where cents would promise more than a guess can hold."""
    return amount(round(minor, -decimals(currency)), currency)


def share(exact: Decimal) -> Figure:
    """A percentage with two decimals at most."""
    return Figure(f"{_short(exact)} %", f"{exact:.2f}")


def plain(exact: Decimal) -> Figure:
    """A number with two decimals at most."""
    return Figure(_short(exact), f"{exact:.2f}")


def result_view(loan: Loan, currency: str = site.CURRENCY) -> ResultView:
    """A loan's result in words."""
    result = calculate(loan)
    return ResultView(
        payment=money(result.payment, currency),
        note=_note(loan, result, currency),
        total_interest=money(result.total_interest, currency),
        total_paid=money(result.total_paid, currency),
        term=duration(result.months),
        turns_at=result.turns_at,
        saved=_saved(loan, currency),
        picture=_picture(result),
        years=tuple(
            YearView(
                row.year,
                in_column(row.interest, currency),
                in_column(row.principal, currency),
                in_column(row.balance, currency),
            )
            for row in result.years
        ),
        terms=terms_of(loan, currency),
    )


def terms_of(loan: Loan, currency: str = site.CURRENCY) -> str:
    """€200,000 at 3 % over 25 years, and what else was agreed."""
    kinds = {
        Kind.ANNUITY: "",
        Kind.LINEAR: "equal repayment",
        Kind.INTEREST_FIRST: f"{loan.resting} years interest only",
    }
    after = "lower payments after that" if loan.lowers else ""
    more = [
        kinds[loan.kind],
        f"{percent(loan.change.rate)} from payment {loan.change.month}" if loan.change else "",
        f"{money(loan.extra, currency)} extra a month" if loan.extra else "",
        f"{money(loan.lump.amount, currency)} repaid with payment {loan.lump.month}" if loan.lump else "",
        after if loan.extra or loan.lump else "",
        f"fee {money(loan.fee, currency)}{' in the loan' if loan.fee_in_loan else ''}" if loan.fee else "",
    ]
    first = f"{money(loan.principal, currency)} at {percent(loan.rate)} over {loan.years} years"
    return ", ".join([first, *filter(None, more)])


def percent(rate: Decimal) -> str:
    """3.5 %, without zeros at the end."""
    return f"{f'{rate:.3f}'.rstrip('0').rstrip('.')} %"


def _short(exact: Decimal) -> str:
    text = f"{exact:,.2f}".replace("-", "−")
    return text.rstrip("0").rstrip(".")


def duration(months: int) -> str:
    """25 years, 1 year and 2 months, 7 months."""
    years, rest = divmod(months, 12)
    parts = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in ((years, "year"), (rest, "month")) if count]
    return " and ".join(parts) or "no time"


def _note(loan: Loan, result: Result, currency: str) -> str:
    """`quick.js` says the first two of these in the same words."""
    if loan.kind is Kind.LINEAR:
        return f"at first, {money(result.last_payment, currency)} at the end"
    if not result.steps:
        return ""
    later = ", ".join(f"{money(step.payment, currency)} from payment {step.month}" for step in result.steps)
    return f"at first, {later}"


def _saved(loan: Loan, currency: str) -> str:
    found = saved_by_early_repayment(loan)
    if found is None:
        return ""
    sooner = f" and {duration(found.months)}" if found.months else ""
    return f"Repaying early saves {money(found.interest, currency)} of interest{sooner}."


def _picture(result: Result) -> Picture:
    drawn, years = columns(result.years), len(result.years)
    first, last = result.years[0], result.years[-1]
    words = (
        f"A column for each of {years} years: interest {_share(first.interest, first.principal)} % of the first year’s "
        f"payments, {_share(last.interest, last.principal)} % of the last year’s."
    )
    turn = str(across(result.turns_at, years)) if result.turns_at else ""
    return Picture(drawn.repaid, drawn.interest, turn, words)


def _share(interest: int, principal: int) -> int:
    return round(interest * 100 / (interest + principal)) if interest + principal else 0
