"""The arithmetic of a loan with equal payments. Every amount is an int of minor units; every formula is shown.

The payment is the annuity p = P·i / (1 − (1 + i)⁻ⁿ) with the monthly rate i = yearly rate / 12; the interest of a
month is the balance times i. Nothing is rounded on the way, so the totals are n·p − P to the cent.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

MOST_YEARS = 50
MOST_RATE = Decimal(30)


@dataclass(frozen=True)
class Loan:
    """What is borrowed: `principal` and `extra` (paid on top each month) in minor units, `rate` in percent a year.

    Raises ValueError for a term without end: the schedule has a line for each year.
    """

    principal: int
    rate: Decimal
    years: int
    extra: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.years <= MOST_YEARS:
            raise ValueError(f"a loan runs for 1 to {MOST_YEARS} years")


@dataclass(frozen=True)
class YearRow:
    """One year of a schedule, in minor units; `balance` is what is owed at its end."""

    year: int
    interest: int
    principal: int
    balance: int


@dataclass(frozen=True)
class Result:
    """What a loan comes to. `turns_at` is the first payment that repays more than it costs in interest."""

    payment: int
    total_interest: int
    total_paid: int
    months: int
    turns_at: int
    years: tuple[YearRow, ...]


def calculate(loan: Loan) -> Result:
    """The whole schedule, month by month, summed up by year. Only what is shown is rounded."""
    with localcontext() as context:
        context.prec = 40
        return _calculate(loan)


def _calculate(loan: Loan) -> Result:
    rate, balance, last = loan.rate / 1200, Decimal(loan.principal), loan.years * 12
    payment = _payment(loan.principal, rate, last)
    rows: list[YearRow] = []
    total = year_interest = year_repaid = Decimal(0)
    month = turns_at = 0
    while balance > 0 and month < last:
        month += 1
        interest = balance * rate
        repaid = balance if month == last else min(balance, payment + loan.extra - interest)
        balance -= repaid
        total += interest
        year_interest += interest
        year_repaid += repaid
        turns_at = turns_at or (month if repaid > interest else 0)
        if month % 12 == 0 or not balance:
            rows.append(YearRow((month + 11) // 12, _cents(year_interest), _cents(year_repaid), _cents(balance)))
            year_interest = year_repaid = Decimal(0)
    return Result(_cents(payment), _cents(total), _cents(total) + loan.principal, month, turns_at, tuple(rows))


def _payment(principal: int, rate: Decimal, months: int) -> Decimal:
    return principal * rate / (1 - (1 + rate) ** -months) if rate else Decimal(principal) / months


def _cents(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
