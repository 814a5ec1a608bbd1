"""What a loan comes to, in words and pictures. The sums are exact (schedule.py), and rounded to the cent here."""

from dataclasses import dataclass
from decimal import Decimal

from saas_app import site
from saas_app.billing.money import decimals, in_column, money
from saas_app.core import written
from saas_app.core.words import _, ngettext
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
IN_WORDS = _(
    "A column for each of {years} years: interest {first} % of the first year’s payments, {last} % of the last year’s."
)


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
        payment=in_column(result.payment, currency),
        note=_note(loan, result, currency),
        total_interest=in_column(result.total_interest, currency),
        total_paid=in_column(result.total_paid, currency),
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
        Kind.LINEAR: _("equal repayment"),
        Kind.INTEREST_FIRST: _("{resting} years interest only").format(resting=loan.resting),
    }
    after = _("lower payments after that") if loan.lowers else ""
    fee = _("fee {amount} in the loan") if loan.fee_in_loan else _("fee {amount}")
    more = [
        kinds[loan.kind],
        _("{percent} from payment {month}").format(percent=percent(loan.change.rate), month=loan.change.month)
        if loan.change
        else "",
        _("{amount} extra a month").format(amount=money(loan.extra, currency)) if loan.extra else "",
        _("{amount} repaid with payment {month}").format(
            amount=money(loan.lump.amount, currency), month=loan.lump.month
        )
        if loan.lump
        else "",
        after if loan.extra or loan.lump else "",
        fee.format(amount=money(loan.fee, currency)) if loan.fee else "",
    ]
    first = _("{amount} at {percent} over {years} years").format(
        amount=money(loan.principal, currency), percent=percent(loan.rate), years=loan.years
    )
    return ", ".join([first, *filter(None, more)])


def percent(rate: Decimal) -> str:
    """3.5 %, without zeros at the end."""
    return written.figures(f"{f'{rate:.3f}'.rstrip('0').rstrip('.')} %")


def _short(exact: Decimal) -> str:
    text = f"{exact:,.2f}".replace("-", "−")
    return written.figures(text.rstrip("0").rstrip("."))


def duration(months: int) -> str:
    """25 years, 1 year and 2 months, 7 months."""
    years, rest = divmod(months, 12)
    parts = [
        words.format(count=count)
        for count, words in (
            (years, ngettext("{count} year", "{count} years", years)),
            (rest, ngettext("{count} month", "{count} months", rest)),
        )
        if count
    ]
    return _(" and ").join(parts) or _("no time")


def _note(loan: Loan, result: Result, currency: str) -> str:
    """`quick.js` says the first two of these in the same words."""
    if loan.kind is Kind.LINEAR:
        return _("at first, {amount} at the end").format(amount=money(result.last_payment, currency))
    if not result.steps:
        return ""
    first, later = _("at first, {amount} from payment {month}"), _("{amount} from payment {month}")
    return ", ".join(
        (later if number else first).format(amount=money(step.payment, currency), month=step.month)
        for number, step in enumerate(result.steps)
    )


def _saved(loan: Loan, currency: str) -> str:
    found = saved_by_early_repayment(loan)
    if found is None:
        return ""
    sooner = _(" and {duration}").format(duration=duration(found.months)) if found.months else ""
    return _("Repaying early saves {amount} of interest{sooner}.").format(
        amount=money(found.interest, currency), sooner=sooner
    )


def _picture(result: Result) -> Picture:
    drawn, years = columns(result.years), len(result.years)
    first, last = result.years[0], result.years[-1]
    words = IN_WORDS.format(
        years=years, first=_share(first.interest, first.principal), last=_share(last.interest, last.principal)
    )
    turn = str(across(result.turns_at, years)) if result.turns_at else ""
    return Picture(drawn.repaid, drawn.interest, turn, words)


def _share(interest: int, principal: int) -> int:
    return round(interest * 100 / (interest + principal)) if interest + principal else 0
