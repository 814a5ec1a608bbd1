"""The picture of a report as SVG: a column for each year, with its scale."""

from html import escape

from saas_app.features.loans.chart import HEIGHT, WIDTH
from saas_app.features.loans.views import Picture
from saas_app.ui.paper import BRICK, CLAY, FAMILY, INK, LINE, QUIET

LEFT, TOP, FOOT = 8, 24, 26  # room around the columns, in the units of the drawing
WHOLE_WIDTH, WHOLE_HEIGHT = WIDTH + 2 * LEFT, HEIGHT + TOP + FOOT
LABELS = 6  # about so many years are named


def svg(picture: Picture, tallest: str, years: int) -> str:
    """The drawing, with `tallest` beside its highest line."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WHOLE_WIDTH} {WHOLE_HEIGHT}" '
        f'font-family="{FAMILY}" font-size="14" fill="{QUIET}">'
        f'<g transform="translate({LEFT} {TOP})">'
        f"{_line(0)}{_line(HEIGHT / 2)}"
        f'<path d="{picture.repaid}" fill="{BRICK}"/><path d="{picture.interest}" fill="{CLAY}"/>'
        f"{_turn(picture.turn)}{_line(HEIGHT, INK)}"
        f'<text x="0" y="-7">{escape(tallest)} a year</text>{_years(years)}</g></svg>'
    )


def _line(y: float, colour: str = LINE) -> str:
    return f'<line x1="0" y1="{y}" x2="{WIDTH}" y2="{y}" stroke="{colour}" stroke-width="1"/>'


def _turn(x: str) -> str:
    if not x:
        return ""
    return f'<line x1="{x}" y1="0" x2="{x}" y2="{HEIGHT}" stroke="{INK}" stroke-width="2" stroke-dasharray="6 4"/>'


def _years(years: int) -> str:
    """Year numbers in round steps: each, every fifth, every tenth."""
    step = next((each for each in (1, 2, 5, 10) if years / each <= LABELS), 10)
    named = [1, *range(step, years + 1, step)] if step > 1 else range(1, years + 1)
    middle = WIDTH / max(1, years)
    return "".join(
        f'<text x="{(year - 0.57) * middle:.1f}" y="{HEIGHT + 18}" text-anchor="middle">{year}</text>' for year in named
    )
