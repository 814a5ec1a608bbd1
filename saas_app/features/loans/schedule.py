"""The arithmetic of a loan. Amounts are ints of minor units, rates Decimals in percent a year.

Equal payments (annuity)   p = B·i / (1 − (1 + i)⁻ⁿ)   what is owed now, spread over the n payments that are left
Equal principal (linear)   q = B / n                   and the interest of the month on top
Interest first             B·i for some years, then an annuity over the rest of the term

where i = yearly rate / 12 and the interest of a month is what is owed × i. A new rate spreads what is owed afresh over
the payments that are left. The annuity is derived in any textbook, for example https://en.wikipedia.org/wiki/Mortgage_calculator.

**Exact or rounded.** `calculate` rounds nothing on the way: its payment and its totals are those of the formula, to the
cent, and comparisons are made with them (100,000 at 5 % over 30 years costs 93,255.78). Nobody can transfer a fraction
of a cent, so `schedule(loan, in_cents=True)` is the plan as a bank prints it: every payment and every month's interest
in whole cents, and a last payment that takes up what rounding has left. The two differ by some cents in all; pages and
files say which one they show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

MOST_YEARS = 50
MOST_RATE = Decimal(30)


class Kind(StrEnum):
    """How a loan is repaid."""

    ANNUITY = "annuity"
    LINEAR = "linear"
    INTEREST_FIRST = "interest_first"


@dataclass(frozen=True)
class RateChange:
    """From payment number `month` on, interest is `rate` percent a year."""

    month: int
    rate: Decimal


@dataclass(frozen=True)
class Lump:
    """An early repayment of `amount`, together with payment number `month`."""

    month: int
    amount: int


@dataclass(frozen=True)
class Loan:
    """What is borrowed: `principal` and `extra` (paid on top each month) in minor units, `rate` in percent a year.

    `resting` is for how many years only interest is paid. The `fee` is paid once, beside the loan or as a part of it.
    After an early repayment the loan ends sooner, or with `lowers` the payments shrink and the term stays.
    Raises ValueError for a term without end: the schedule has a line for each year.
    """

    principal: int
    rate: Decimal
    years: int
    extra: int = 0
    kind: Kind = Kind.ANNUITY
    resting: int = 0
    fee: int = 0
    fee_in_loan: bool = False
    change: RateChange | None = None
    lump: Lump | None = None
    lowers: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.years <= MOST_YEARS:
            raise ValueError(f"a loan runs for 1 to {MOST_YEARS} years")
        if not 0 <= self.resting < self.years:
            raise ValueError("a loan is repaid within its term")

    @property
    def borrowed(self) -> int:
        """What is owed on the first day."""
        return self.principal + (self.fee if self.fee_in_loan else 0)

    def early(self, month: int) -> int:
        """What is repaid with this payment on top of it."""
        return self.extra + (self.lump.amount if self.lump and self.lump.month == month else 0)


@dataclass(frozen=True)
class Month:
    """One payment, in minor units and fractions of them: its interest, what of it repays, what is repaid on top of it
    (`early`), and what is owed after it.
    """

    number: int
    interest: Decimal
    principal: Decimal
    early: Decimal
    balance: Decimal

    @property
    def payment(self) -> Decimal:
        """What is due; an early repayment comes on top."""
        return self.interest + self.principal


@dataclass(frozen=True)
class YearRow:
    """One year of a schedule, in minor units; `balance` is what is owed at its end."""

    year: int
    interest: int
    principal: int
    balance: int


@dataclass(frozen=True)
class Step:
    """From payment number `month` on, `payment` is due."""

    month: int
    payment: int


@dataclass(frozen=True)
class Result:
    """What a loan comes to. `turns_at` is the first payment that repays more than it costs in interest.

    `payment` is the first one, and `steps` say when another sum is due. `total_paid` includes the fee.
    """

    payment: int
    total_interest: int
    total_paid: int
    months: int
    turns_at: int
    years: tuple[YearRow, ...]
    steps: tuple[Step, ...] = ()
    last_payment: int = 0


def calculate(loan: Loan) -> Result:
    """What the loan comes to, summed up by year. Nothing is rounded before it is summed up, so the years add up."""
    plan = schedule(loan)
    with localcontext() as context:
        context.prec = 40
        interest = _cents(sum((each.interest for each in plan), Decimal(0)))
        turning = (each.number for each in plan if each.principal + each.early > each.interest)
        return Result(
            payment=_cents(plan[0].payment),
            total_interest=interest,
            total_paid=interest + loan.principal + loan.fee,
            months=len(plan),
            turns_at=next(turning, 0),
            years=_by_year(loan, plan),
            steps=tuple(Step(at, _cents(plan[at - 1].payment)) for at in _turning_points(loan) if at <= len(plan)),
            last_payment=_cents(plan[-1].payment),
        )


def schedule(loan: Loan, *, in_cents: bool = False) -> tuple[Month, ...]:
    """Every payment until nothing is owed: exactly, or as it is paid, in whole cents."""
    with localcontext() as context:
        context.prec = 40
        return tuple(_payments(loan, _whole if in_cents else _as_it_is))


def _payments(loan: Loan, fit: Callable[[Decimal], Decimal]) -> list[Month]:
    last, resting = loan.years * 12, loan.resting * 12
    balance, rate, regular, afresh = Decimal(loan.borrowed), loan.rate / 1200, Decimal(0), True
    found: list[Month] = []
    while balance > 0 and len(found) < last:
        number = len(found) + 1
        if loan.change and number == loan.change.month:
            rate, afresh = loan.change.rate / 1200, True
        if afresh and number > resting:
            regular, afresh = fit(_regular(loan.kind, balance, rate, last - number + 1)), False
        interest = fit(balance * rate)
        due = Decimal(0) if number <= resting else regular if loan.kind is Kind.LINEAR else regular - interest
        principal = balance if number == last else min(balance, max(due, Decimal(0)))
        early = min(balance - principal, Decimal(loan.early(number)))
        balance -= principal + early
        afresh = afresh or (loan.lowers and early > 0)
        found.append(Month(number, interest, principal, early, balance))
    return found


def _regular(kind: Kind, owed: Decimal, rate: Decimal, months: int) -> Decimal:
    """What repays `owed` in so many equal parts: payments with their interest, or for a linear loan without it."""
    if kind is Kind.LINEAR or not rate:
        return owed / months
    return owed * rate / (1 - (1 + rate) ** -months)


def _by_year(loan: Loan, plan: tuple[Month, ...]) -> tuple[YearRow, ...]:
    """The differences of rounded running totals, so that the years sum up to the totals without a cent missing."""
    rows: list[YearRow] = []
    interest, paid_interest, owed = Decimal(0), 0, loan.borrowed
    for month in plan:
        interest += month.interest
        if month.number % 12 == 0 or month is plan[-1]:
            so_far, left = _cents(interest), _cents(month.balance)
            rows.append(YearRow((month.number + 11) // 12, so_far - paid_interest, owed - left, left))
            paid_interest, owed = so_far, left
    return tuple(rows)


def _turning_points(loan: Loan) -> list[int]:
    """The payments at which another sum is due by agreement; an extra that lowers them each month is none."""
    after_lump = loan.lump.month + 1 if loan.lump and loan.lowers else 0
    found = {loan.resting * 12 + 1 if loan.resting else 0, loan.change.month if loan.change else 0, after_lump}
    return sorted(found - {0, 1})


def _as_it_is(exact: Decimal) -> Decimal:
    return exact


def _whole(exact: Decimal) -> Decimal:
    return exact.quantize(Decimal(1), ROUND_HALF_UP)


def _cents(exact: Decimal) -> int:
    """Half a cent goes up, also where it was missed by the fortieth digit of a division."""
    return int(_whole(exact.quantize(Decimal("1e-9"))))
