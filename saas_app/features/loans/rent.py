"""Renting a flat against buying it, year by year. Amounts in minor units, rates in percent a year.

Two households begin with the same money (the price and the costs of buying, less the loan) and spend the same each
month. The owner pays the loan and the running costs, the tenant pays the rent. Whoever pays less for housing in a month
saves the difference, at the rate that savings earn:

    savings ← savings × (1 + s/12) + difference     s: what savings earn
    value   ← value × (1 + g)    once a year        g: by how much prices rise; rent and running costs rise by r

At the end of a year the owner has what a sale would leave (the value, less the costs of selling and what is owed) and
any savings; the tenant has the savings. So what the down payment would have earned elsewhere counts as a cost of
owning, as in https://en.wikipedia.org/wiki/Opportunity_cost. Taxes are left out.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from saas_app.features.loans.schedule import Loan, calculate, schedule

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Choice:
    """A flat that can be bought with a loan, or rented. `price` and `fees` are paid once, `rent` each month, `running`
    by an owner in the first year. `sale` is what a sale costs in percent of the value. The rates are guesses.
    """

    price: int
    fees: int
    loan: Loan
    running: int
    rent: int
    growth: Decimal
    rise: Decimal
    saving: Decimal
    sale: Decimal

    @property
    def own(self) -> int:
        """What the owner puts in, and the tenant keeps."""
        return self.price + self.fees - self.loan.principal


@dataclass(frozen=True)
class Year:
    """What each household has at the end of a year, in minor units."""

    number: int
    owner: int
    tenant: int


@dataclass(frozen=True)
class Gone:
    """What does not come back of the first year's money: the owner's `interest`, `running` costs and what own money no
    longer earns (`missed`); the tenant's `rent`.
    """

    interest: int
    running: int
    missed: int
    rent: int

    @property
    def owner(self) -> int:
        """All three together."""
        return self.interest + self.running + self.missed


def rent_against_buy(choice: Choice) -> tuple[Year, ...]:
    """How both stand at the end of each year of the loan's term. Whoever owes more than there is has less than 0."""
    with localcontext() as context:
        context.prec = 40
        return tuple(_years(choice))


def ahead_from(years: tuple[Year, ...]) -> int:
    """The first year at whose end the owner has no less than the tenant, and keeps it so; 0 when there is none."""
    behind = [each.number for each in years if each.owner < each.tenant]
    first = behind[-1] + 1 if behind else 1
    return first if first <= len(years) else 0


def gone_in_first_year(choice: Choice) -> Gone:
    """What both households pay in the first year and never see again; fees and changes of value are left out."""
    interest = calculate(choice.loan).years[0].interest if choice.loan.borrowed else 0
    return Gone(interest, choice.running, _cents(choice.own * choice.saving / HUNDRED), choice.rent * 12)


def _years(choice: Choice) -> list[Year]:
    payments, earns = schedule(choice.loan), 1 + choice.saving / 1200
    value, owner, tenant = Decimal(choice.price), Decimal(0), Decimal(choice.own)
    rent, running = Decimal(choice.rent), Decimal(choice.running) / 12
    found: list[Year] = []
    for year in range(1, choice.loan.years + 1):
        owed = Decimal(0)  # and nothing is due once the loan is repaid, which may be before its term ends
        for number in range(12 * year - 12, 12 * year):
            month = payments[number] if number < len(payments) else None
            due, owed = (month.payment + month.early, month.balance) if month else (Decimal(0), Decimal(0))
            difference = due + running - rent
            tenant = tenant * earns + max(difference, Decimal(0))
            owner = owner * earns + max(-difference, Decimal(0))
        value *= 1 + choice.growth / HUNDRED
        rent *= 1 + choice.rise / HUNDRED
        running *= 1 + choice.rise / HUNDRED
        left = value * (1 - choice.sale / HUNDRED) - owed
        found.append(Year(year, _cents(left + owner), _cents(tenant)))
    return found


def _cents(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
