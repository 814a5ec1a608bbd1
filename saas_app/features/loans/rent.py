"""Renting a flat against buying it, year by year. Amounts in minor units, rates in percent a year.

Both households begin with the same money (the price and the costs of buying, less the loan) and spend the same each
month. The buyer pays the loan and the running costs; the tenant pays the rent. Whoever pays less that month saves the
difference, at the rate that savings earn:

    savings ← savings × (1 + s/12) + difference            s: what savings earn
    value   ← value × (1 + g/100) once a year              g: how prices rise; rent and running costs rise by r

At the end of a year the buyer has the value less the costs of selling and less what is owed, and any savings; the
tenant has the savings. The comparison is that of https://en.wikipedia.org/wiki/Opportunity_cost applied to the down
payment; taxes are left out.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from saas_app.features.loans.schedule import Loan, schedule

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Choice:
    """`price` and `buying` once, `rent` a month and `running` a year at first; the rates are guesses of the reader's.

    `selling` is what a sale costs, in percent of the value.
    """

    price: int
    buying: int
    rent: int
    running: int
    growth: Decimal = Decimal(2)
    rise: Decimal = Decimal(2)
    saving: Decimal = Decimal(3)
    selling: Decimal = Decimal(0)


@dataclass(frozen=True)
class Standing:
    """What each household has at the end of a year, in minor units."""

    year: int
    buyer: int
    tenant: int


def rent_against_buy(choice: Choice, loan: Loan) -> tuple[Standing, ...]:
    """How both stand at the end of each year of the loan's term.

    A loan above the price and its costs leaves the tenant with that debt's money less: savings may be negative.
    """
    with localcontext() as context:
        context.prec = 40
        return tuple(_standings(choice, loan))


def ahead_from(standings: tuple[Standing, ...]) -> int:
    """The first year at whose end the buyer has at least as much and keeps it so; 0 when there is none."""
    behind = [each.year for each in standings if each.buyer < each.tenant]
    first = behind[-1] + 1 if behind else 1
    return first if first <= len(standings) else 0


def _standings(choice: Choice, loan: Loan) -> list[Standing]:
    paid = schedule(loan)
    month_of_saving = 1 + choice.saving / 1200
    beside = 0 if loan.fee_in_loan else loan.fee
    tenant, buyer = Decimal(choice.price + choice.buying + beside - loan.principal), Decimal(0)
    value, rent, running = Decimal(choice.price), Decimal(choice.rent), Decimal(choice.running) / 12
    found: list[Standing] = []
    for year in range(1, loan.years + 1):
        for month in paid[(year - 1) * 12 : year * 12]:
            difference = month.payment + month.early + running - rent
            tenant = tenant * month_of_saving + max(difference, Decimal(0))
            buyer = buyer * month_of_saving + max(-difference, Decimal(0))
        for _ in range(max(0, year * 12 - max(len(paid), (year - 1) * 12))):  # repaid sooner: only the running costs
            tenant = tenant * month_of_saving + max(running - rent, Decimal(0))
            buyer = buyer * month_of_saving + max(rent - running, Decimal(0))
        value *= 1 + choice.growth / HUNDRED
        rent *= 1 + choice.rise / HUNDRED
        running *= 1 + choice.rise / HUNDRED
        owed = paid[year * 12 - 1].balance if year * 12 <= len(paid) else Decimal(0)
        left = value * (1 - choice.selling / HUNDRED) - owed + buyer
        found.append(Standing(year, _cents(left), _cents(tenant)))
    return found


def _cents(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
