"""The sums of the book. Amounts are ints of minor units, rates and shares Decimals in percent.

Schedules, renting against buying and returns come from `features.loans`; here is what the book adds: paying early,
moving rates, and fees in the rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import islice

from saas_app.features.loans.rent import Choice, ahead_from, rent_against_buy
from saas_app.features.loans.schedule import Loan, calculate

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Month:
    """One payment: what of it is interest, what repays, and what is owed after it."""

    number: int
    interest: Decimal
    principal: Decimal
    balance: Decimal


def months(loan: Loan) -> Iterator[Month]:
    """Each payment in turn; nothing is rounded."""
    rate, balance = loan.rate / 1200, Decimal(loan.principal)
    payment = exact_payment(loan)
    for number in range(1, loan.years * 12 + 1):
        interest = balance * rate
        balance -= payment - interest
        yield Month(number, interest, payment - interest, balance)


def exact_payment(loan: Loan) -> Decimal:
    """P·i / (1 − (1 + i)⁻ⁿ), not yet rounded."""
    rate, number = loan.rate / 1200, loan.years * 12
    return loan.principal * rate / (1 - (1 + rate) ** -number) if rate else Decimal(loan.principal) / number


def month(loan: Loan, number: int) -> Month:
    """That payment of the loan, counted from 1."""
    return next(islice(months(loan), number - 1, None))


def half_repaid_at(loan: Loan) -> int:
    """The first payment after which no more than half of the loan is owed."""
    return next(each.number for each in months(loan) if each.balance * 2 <= loan.principal)


def rest(loan: Loan, years: int) -> int:
    """What is owed after so many years."""
    return cents(month(loan, years * 12).balance)


def after(loan: Loan, years: int, *, rate: Decimal | None = None, lump: int = 0) -> Loan:
    """The loan that is left after some years, over what is left of its term: at a new rate, or after a lump sum."""
    left = rest(loan, years) - lump
    return Loan(left, loan.rate if rate is None else rate, loan.years - years)


def interest_with_lump(loan: Loan, years: int, lump: int) -> tuple[int, int]:
    """Pay a lump sum after some years and go on paying as before: all interest, and the number of payments."""
    payment, rate = exact_payment(loan), loan.rate / 1200
    balance, interest, number = Decimal(loan.principal), Decimal(0), 0
    while balance > 0:
        number += 1
        cost = balance * rate
        interest += cost
        balance -= min(balance, payment - cost)
        if number == years * 12:
            balance -= min(balance, Decimal(lump))
    return cents(interest), number


def rate_with_costs(loan: Loan, *, fee: int = 0, monthly: int = 0) -> Decimal:
    """The yearly rate, in percent, at which what one gets is worth what one pays: fees and monthly costs included.

    One gets the loan less the fee; (1 + i)¹² − 1 makes a year of the month. The same sum as an "APR" or "effective
    rate"; what a country puts into its own differs.
    """
    paid, number = exact_payment(loan) + monthly, loan.years * 12

    def short(rate: Decimal) -> bool:
        return paid * (1 - (1 + rate) ** -number) / rate > loan.principal - fee

    low, high = Decimal("0.000001"), Decimal("0.1")
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if short(middle) else (low, middle)
    return ((1 + low) ** 12 - 1) * HUNDRED


def even_after(choice: Choice) -> int:
    """The first year at whose end the owner is ahead for good; 0 when that never happens within the loan."""
    return ahead_from(rent_against_buy(choice))


def growth_to_get_even(price: int, fees: int, sale: Decimal, years: int) -> Decimal:
    """By how much a year, in percent, a price has to grow until a sale brings back price and fees."""
    wanted = Decimal(price + fees) / (price * (1 - sale / HUNDRED))
    with localcontext() as context:
        context.prec = 40
        return (wanted ** (1 / Decimal(years)) - 1) * HUNDRED


def cents(exact: Decimal) -> int:
    """Rounded to the minor unit, half up."""
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def interest(loan: Loan) -> int:
    """All interest of a loan that is paid as agreed."""
    return calculate(loan).total_interest
