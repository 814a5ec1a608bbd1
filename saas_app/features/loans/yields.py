"""What a flat earns when it is let. Amounts in minor units, results as Decimals: percent, or a plain ratio.

price to rent          price / (12 × rent)
gross yield            12 × rent / price
net yield              (12 × rent − running costs) / (price + costs of buying)     return on all money
return on own money    (12 × rent − running costs − interest) / (price + costs of buying − loan)

Yield and price to rent are each other's inverse: https://en.wikipedia.org/wiki/Rental_yield. The return on own money is
that of the first year (the cash put in earns what the loan leaves; repaying is saving, not cost), as return on equity
is figured for any business: https://en.wikipedia.org/wiki/Return_on_equity. Taxes and changes of value are left out.
"""

from dataclasses import dataclass
from decimal import Decimal

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Flat:
    """A flat that is bought and let: `price` and `buying` (taxes, notary, agent) once, `rent` a month without what the
    tenant pays on top, `running` a year for what the owner pays.
    """

    price: int
    rent: int
    buying: int = 0
    running: int = 0


@dataclass(frozen=True)
class Yields:
    """`price_to_rent` in years of rent, the others in percent a year; None where there is nothing to divide by."""

    price_to_rent: Decimal | None
    gross: Decimal
    net: Decimal
    on_own_money: Decimal | None


def yields(flat: Flat, *, loan: int = 0, interest: int = 0) -> Yields:
    """How the flat pays, with `loan` borrowed for it and `interest` paid in the first year.

    Raises ValueError for a flat that costs nothing.
    """
    if flat.price <= 0:
        raise ValueError("a flat has a price")
    yearly, invested = 12 * flat.rent, flat.price + flat.buying
    left = yearly - flat.running
    own = invested - loan
    return Yields(
        price_to_rent=Decimal(flat.price) / yearly if yearly else None,
        gross=HUNDRED * yearly / flat.price,
        net=HUNDRED * left / invested,
        on_own_money=HUNDRED * (left - interest) / own if own > 0 else None,
    )
