"""The drawings of the book: SVG made of four strokes, from the same examples as the text.

They take the colour of the words around them, so that they can be read by day and by night; on paper, where nothing
is around them, `ink` says which.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from html import escape

from saas_app.core.words import _
from saas_app.features.library import sums
from saas_app.features.library.examples import CHOICE, EURO, FAR, FEES, FLAT, NEAR, PRICE, RUNNING, SMALL, euro, percent
from saas_app.features.loans.rent import rent_against_buy
from saas_app.features.loans.schedule import Loan, calculate
from saas_app.features.loans.views import duration
from saas_app.features.loans.yields import Let, share

WIDTH, HEIGHT = 400, 230
LEFT, RIGHT, TOP, BOTTOM = 44, 390, 14, 196
BRICK = "#b9482a"
FAINT, SOFT = "0.2", "0.55"
Points = Sequence[tuple[float, float]]


def svg(name: str, words: str, *, ink: str = "currentColor", family: str = "serif") -> str:
    """The drawing of that name as one SVG element, with `words` for whoever cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(words)}" fill="{ink}" stroke="none" font-family="{family}" font-size="12">'
        f"{''.join(DRAWN[name]())}</svg>"
    )


# -- the strokes


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _box(x: float, y: float, wide: float, high: float, colour: str = "", faint: str = "1") -> str:
    fill = f' fill="{colour}"' if colour else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"{fill} fill-opacity="{faint}"/>'


def _line(points: Points, colour: str, wide: float = 2, dashed: str = "") -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{dashed}"' if dashed else ""
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{wide}"{dashes}/>'


def _level(y: float, words: str) -> str:
    """A line across, with what it stands for at its left end."""
    return _box(LEFT, y, RIGHT - LEFT, 0.6, faint=FAINT) + _text(LEFT - 6, y + 4, words, "end")


def _height(value: float, most: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / most


# -- the drawings


def _parts() -> Iterable[str]:
    """Price, fees, interest and running costs, one after the other."""
    parts = (
        (_("Price"), PRICE, BRICK, "1"),
        (_("Fees and taxes"), FEES, "", "0.85"),
        (_("Interest"), calculate(FLAT).total_interest, "", SOFT),
        (_("Running costs"), RUNNING * FLAT.years, "", "0.25"),
    )
    whole, x = sum(amount for _, amount, _, _ in parts), 10.0
    for place, (name, amount, colour, faint) in enumerate(parts):
        wide = 380 * amount / whole
        yield _box(x, 14, wide - 1.5, 56, colour, faint)
        yield _box(10, 94 + place * 32, 14, 14, colour, faint)
        part = percent(share(amount, whole), 1)
        yield _text(32, 106 + place * 32, name) + _text(390, 106 + place * 32, f"{_thousands(amount)}, {part}", "end")
        x += wide


def _terms() -> Iterable[str]:
    """For each term the payment beside all interest, each on its own scale."""
    terms = (10, 15, 20, 25, 30, 35)
    found = [calculate(Loan(FLAT.principal, FLAT.rate, years)) for years in terms]
    most_paid, most_cost = max(each.payment for each in found), max(each.total_interest for each in found)
    step = (RIGHT - 10) / len(terms)
    for place, (years, each) in enumerate(zip(terms, found, strict=True)):
        x = 10 + place * step
        paid, cost = 130 * each.payment / most_paid, 130 * each.total_interest / most_cost
        yield _box(x, 176 - paid, 24, paid, faint=SOFT) + _box(x + 27, 176 - cost, 24, cost, BRICK)
        yield _text(x + 25, 192, duration(years * 12), "middle")
    yield _box(10, 6, 12, 12, faint=SOFT) + _text(28, 16, _("a month, up to {amount}").format(amount=_euros(most_paid)))
    yield _box(200, 6, 12, 12, BRICK) + _text(218, 16, _("in all, up to {amount}").format(amount=_euros(most_cost)))
    yield _box(10, 176, 380, 0.8, faint=SOFT)


def _wall() -> Iterable[str]:
    """A column for each year of the loan; the part that repays stands at the bottom."""
    years = calculate(SMALL).years
    step = (RIGHT - LEFT) / len(years)
    for place, year in enumerate(years):
        share = year.principal / (year.principal + year.interest)
        x, y = LEFT + place * step, _height(share, 1)
        yield _box(x, TOP, step - 1.8, y - TOP, faint=FAINT) + _box(x, y, step - 1.8, BOTTOM - y, BRICK)
        if year.year in (1, 10, 17, 20, 30):
            yield _text(x + step / 2, BOTTOM + 16, str(year.year), "middle")
    yield _text(LEFT - 6, TOP + 10, _("all"), "end") + _text(LEFT - 6, _height(0.5, 1) + 4, _("half"), "end")
    yield _box(LEFT, _height(0.5, 1), RIGHT - LEFT, 0.8, faint=SOFT) + _text(RIGHT, BOTTOM + 30, _("year"), "end")


def _balance() -> Iterable[str]:
    """What is owed year by year, without and with something on top each month."""
    extra = Loan(FLAT.principal, FLAT.rate, FLAT.years, 100 * EURO)
    yield from (_level(_height(owed, 200), f"{owed}") for owed in (0, 50, 100, 150, 200))
    yield _line(_owed(FLAT), BRICK, 2, "5 4")
    yield _line(_owed(extra), BRICK, 2.5)
    yield from _years(FLAT.years)
    yield _text(RIGHT, TOP - 3, _("thousands of euros owed"), "end")
    yield _text(_x(17, 25), _height(95, 200), _("as agreed")) + _text(
        _x(8.2, 25), _height(62, 200), _("with 100 on top")
    )


def _owed(loan: Loan) -> Points:
    ends = [(0, loan.principal), *((year.year, year.balance) for year in calculate(loan).years)]
    return [(_x(year, FLAT.years), _height(owed / 100_000, 200)) for year, owed in ends]


def _rentbuy() -> Iterable[str]:
    """Two households over the years; a dot where they meet."""
    found, even = rent_against_buy(CHOICE), sums.even_after(CHOICE)
    yield from (_level(_height(level, 360), f"{level}") for level in (0, 100, 200, 300))
    scaled = [(each.number, each.owner / 100_000, each.tenant / 100_000) for each in found]
    yield _line([(_x(n, 25), _height(tenant, 360)) for n, _, tenant in scaled], BRICK, 2, "5 4")
    yield _line([(_x(n, 25), _height(owner, 360)) for n, owner, _ in scaled], BRICK, 2.5)
    yield from _years(FLAT.years)
    at = next(owner for n, owner, _ in scaled if n == even)
    yield f'<circle cx="{_x(even, 25):.1f}" cy="{_height(at, 360):.1f}" r="4.5"/>'
    yield _text(_x(even, 25) + 2, _height(at, 360) + 22, _("year {year}").format(year=even))
    yield _text(_x(20.5, 25), _height(300, 360), _("owner"), "end") + _text(
        RIGHT, _height(168, 360), _("tenant"), "end"
    )
    yield _text(LEFT, TOP - 2, _("thousands of euros"))


def _leverage() -> Iterable[str]:
    """Return on own money against the rate of the loan; level lines are the returns on all money."""
    yield from (_level(_lever(level), f"{level}".replace("-", "−")) for level in (-5, 0, 5, 10))
    for let, borrowed, dashes in ((FAR, 70_000 * EURO, ""), (NEAR, FLAT.principal, "5 4")):
        ends = [(_x(rate - 2, 4), _lever(float(let.on_own_money(borrowed, Decimal(rate))))) for rate in (2, 6)]
        yield _line(ends, BRICK, 2.5, dashes) + _dotted(let)
    yield from (_text(_x(rate - 2, 4), BOTTOM + 16, f"{rate}", "middle") for rate in (2, 3, 4, 5, 6))
    yield _text(RIGHT, BOTTOM + 30, _("rate of the loan in percent"), "end")
    yield _text(LEFT, TOP - 3, _("percent of own money"))
    yield _text(_x(0.75, 4), _lever(11.2), _("cheap town")) + _text(_x(1.75, 4), _lever(-2.4), _("our flat"))


def _dotted(let: Let) -> str:
    y = _lever(float(let.on_all_money))
    return "".join(_box(x, y, 2, 1.4, faint=SOFT) for x in range(LEFT, RIGHT, 6))


def _lever(value: float) -> float:
    return _height(value + 6, 19)


def _x(year: float, most: int) -> float:
    return LEFT + (RIGHT - LEFT) * year / most


def _years(most: int) -> Iterable[str]:
    yield from (_text(_x(year, most), BOTTOM + 16, str(year), "middle") for year in range(0, most + 1, 5))
    yield _text(RIGHT, BOTTOM + 30, _("year"), "end")


def _thousands(cents: int) -> str:
    return _("{amount} thousand").format(amount=euro(round(cents / 100_000) * EURO))


def _euros(cents: int) -> str:
    return euro(round(cents / EURO) * EURO)


DRAWN: dict[str, Callable[[], Iterable[str]]] = {
    "parts": _parts,
    "terms": _terms,
    "wall": _wall,
    "balance": _balance,
    "rentbuy": _rentbuy,
    "leverage": _leverage,
}
