"""Dates and numbers in texts, as their reader writes them (`core/habits.py`). English stands here as it always did."""

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from saas_app.core import habits

if TYPE_CHECKING:
    from babel import Locale

FIGURE = re.compile(r"\d[\d,]*(\.\d+)?", re.ASCII)


def day(moment: date) -> str:
    """March 4, 2027."""
    other = habits.locale()
    if other is None:
        return f"{moment:%B} {moment.day}, {moment.year}"
    from babel.dates import format_date

    return format_date(moment, "long", locale=other)


def day_of_month(moment: date) -> str:
    """March 4, where the year is plain."""
    other = habits.locale()
    if other is None:
        return f"{moment:%B} {moment.day}"
    from babel.dates import format_skeleton

    # https://unicode.org/reports/tr35/tr35-dates.html#availableFormats_appendItems
    return format_skeleton("MMMMd", moment, locale=other)


def sentence(text: str) -> str:
    """A text that stands by itself, beginning with a capital."""
    return text[:1].upper() + text[1:]


def number(whole: int) -> str:
    """250,000."""
    return figures(f"{whole:,}")


def figures(text: str) -> str:
    """A text with its figures as they are written there: 1,234.50 becomes 1.234,50 in Spanish."""
    other = habits.locale()
    return text if other is None else FIGURE.sub(lambda found: _figure(found[0], other), text)


def around_a_sum(currency: str, sign: str) -> str:
    """What people type before or after a sum, € 5 or 5 EUR, as a pattern for Python and for JavaScript."""
    named = f"({re.escape(sign)}|{currency})"
    return f"^{named}|{named}$"


def sign_comes_first() -> bool:
    """Whether €72 is written, or 72 €."""
    other = habits.locale()
    return other is None or other.currency_formats["standard"].pattern.startswith("¤")


def _figure(text: str, other: "Locale") -> str:
    from babel.numbers import format_decimal, parse_pattern

    places = len(text.partition(".")[2])
    pattern = parse_pattern(other.decimal_formats[None].pattern)
    pattern.frac_prec = (places, places)
    written = format_decimal(Decimal(text.replace(",", "")), format=pattern, locale=other)
    return written.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")  # which every typeface has
