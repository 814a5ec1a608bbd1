"""The examples of the book and how their figures are written. Whoever changes an example changes it here."""

from decimal import Decimal

from saas_app.billing.money import money
from saas_app.core import written
from saas_app.core.words import ngettext
from saas_app.features.loans.rent import Choice
from saas_app.features.loans.schedule import Loan
from saas_app.features.loans.yields import Let

EURO = 100
SMALL = Loan(100_000 * EURO, Decimal(5), 30)
FLAT = Loan(200_000 * EURO, Decimal(3), 25)
PRICE = 250_000 * EURO
AREA, RENT, RUNNING = 70, 950 * EURO, 3_750 * EURO
TAX, NOTARY, AGENT, SALE = Decimal(6), Decimal("1.5"), Decimal("2.5"), Decimal(3)
FEES = PRICE * 10 // 100
CHOICE = Choice(PRICE, FEES, FLAT, RUNNING, RENT, Decimal("1.5"), Decimal(2), Decimal(3), SALE)
NEAR = Let(PRICE, FEES, RENT, Decimal(5), 3_000 * EURO)
FAR = Let(60 * 1_451 * EURO, 6 * 1_451 * EURO, 60 * 930, Decimal(5), 1_800 * EURO)
BORROWED_FAR = 70_000 * EURO
ASKED, AGREED, WORKS = 198_000 * EURO, 189_000 * EURO, 9_000 * EURO


def euro(cents: int) -> str:
    """€948.42, and €250,000 where there are no cents."""
    return money(cents, "eur")


def percent(value: Decimal, places: int = 2) -> str:
    """`4.56 %`, without zeros that say nothing, and never broken over two lines."""
    text = f"{value:.{places}f}".replace("-", "−")
    return written.figures(f"{text.rstrip('0').rstrip('.') if '.' in text else text}\N{NO-BREAK SPACE}%")


def ratio(value: Decimal) -> str:
    """`21.9`, to the tenth."""
    return written.figures(f"{value:.1f}")


def months(count: int) -> str:
    """195 months."""
    return ngettext("{count} month", "{count} months", count).format(count=count)


def row(*cells: str) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"
