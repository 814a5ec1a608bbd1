"""What a flat earns when it is let. Amounts in minor units, results as exact Decimals: percent, or years of rent.

price to rent          price ÷ (12 × rent)
gross yield            12 × rent ÷ price
return on all money    what a year leaves ÷ (price + fees)                                   also called net yield
return on own money    (what a year leaves − interest) ÷ (price + fees − loan)

A year leaves twelve rents, less the months without a tenant, less what the owner pays. Price to rent and gross yield
are each other's inverse: https://en.wikipedia.org/wiki/Rental_yield. The return on own money is that of the first year,
as return on equity is figured for any business: https://en.wikipedia.org/wiki/Return_on_equity. Repaying is saving and
not a cost, so it counts on neither side. Taxes and changes of value are left out.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Let:
    """A flat that is bought and let: `price` and `fees` once, `rent` a month. `vacancy` is in percent of the rent,
    `costs` what the owner keeps paying in a year. Raises ValueError for a flat that costs nothing.
    """

    price: int
    fees: int
    rent: int
    vacancy: Decimal
    costs: int

    def __post_init__(self) -> None:
        if self.price <= 0:
            raise ValueError("a flat has a price")

    @property
    def net_rent(self) -> int:
        """What a year leaves, before any loan."""
        kept = self.rent * 12 * (1 - self.vacancy / HUNDRED)
        return int(kept.quantize(Decimal(1), ROUND_HALF_UP)) - self.costs

    @property
    def on_all_money(self) -> Decimal:
        """What a year leaves, in percent of everything that was paid."""
        return share(self.net_rent, self.price + self.fees)

    def own(self, borrowed: int) -> int:
        """What of everything that was paid is one's own money."""
        return self.price + self.fees - borrowed

    def on_own_money(self, borrowed: int, rate: Decimal) -> Decimal:
        """What the first year leaves after interest, in percent of one's own money, of which there must be some."""
        return share(self.net_rent - first_interest(borrowed, rate), self.own(borrowed))


def first_interest(borrowed: int, rate: Decimal) -> int:
    """The interest of a year in which nothing is repaid yet."""
    return int((borrowed * rate / HUNDRED).quantize(Decimal(1), ROUND_HALF_UP))


def price_to_rent(price: int, monthly_rent: int) -> Decimal:
    """How many years of rent a price is."""
    return Decimal(price) / (monthly_rent * 12)


def gross_yield(price: int, monthly_rent: int) -> Decimal:
    """A year of rent in percent of the price."""
    return share(monthly_rent * 12, price)


def share(part: int, whole: int) -> Decimal:
    """A part of a whole, in percent."""
    return Decimal(part) * HUNDRED / whole
