"""Pictures of a schedule as SVG paths, in a box of WIDTH × HEIGHT. `quick.js` draws the columns in the same way.

All figures are numbers with one decimal, whatever the loan: a path never holds a NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from saas_app.features.loans.schedule import Result, YearRow

WIDTH, HEIGHT = 600, 200
FILLED = 0.86  # of a column's room


@dataclass(frozen=True)
class Columns:
    """A column for each year: interest stands on top of what is repaid."""

    repaid: str
    interest: str


def columns(years: Sequence[YearRow]) -> Columns:
    """What is paid in each year; the tallest column has the whole height."""
    tallest = max((year.interest + year.principal for year in years), default=0) or 1
    step = WIDTH / max(1, len(years))
    repaid = interest = ""
    for place, year in enumerate(years):
        x, wide = f"{place * step:.1f}", f"{step * FILLED:.1f}"
        low, high = year.principal / tallest * HEIGHT, (year.principal + year.interest) / tallest * HEIGHT
        repaid += f"M{x} {HEIGHT}v-{low:.1f}h{wide}V{HEIGHT}z"
        interest += f"M{x} {HEIGHT - low:.1f}v-{high - low:.1f}h{wide}v{high - low:.1f}z"
    return Columns(repaid, interest)


def owed_line(result: Result, borrowed: int, *, most: int = 0, years: int = 0) -> str:
    """What is owed, from the first day to the end; `most` and `years` put several lines to one scale."""
    top, long = max(most, borrowed) or 1, max(years, len(result.years)) or 1
    points = [(0, borrowed), *((year.year, year.balance) for year in result.years)]
    return "M" + "L".join(f"{at / long * WIDTH:.1f} {HEIGHT - owed / top * HEIGHT:.1f}" for at, owed in points)


@dataclass(frozen=True)
class Lines:
    """Lines over the same years on one scale. `zero` is where nothing stands, `top` the value at the upper edge."""

    paths: tuple[str, ...]
    zero: str
    top: int


def lines(*series: Sequence[int]) -> Lines:
    """A line for each series, from edge to edge; the highest and the lowest value, or zero, touch the frame."""
    top = max(0, *(max(each) for each in series))
    low = min(0, *(min(each) for each in series))

    def height(value: int) -> str:
        return f"{(top - value) / ((top - low) or 1) * HEIGHT:.1f}"

    paths = tuple(
        "M" + "L".join(f"{at / max(1, len(each) - 1) * WIDTH:.1f} {height(value)}" for at, value in enumerate(each))
        for each in series
    )
    return Lines(paths, height(0), top)


def across(month: int, years: int) -> float:
    """Where a payment stands, from the left, in a picture of so many years."""
    return round((month - 0.5) / (max(1, years) * 12) * WIDTH, 1)
