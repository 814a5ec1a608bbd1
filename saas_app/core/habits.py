"""Whose habits dates, numbers and money follow: those of whoever reads, within the language of this installation.

Somebody in Britain reads an English page with “4 March 2027”, somebody in Mexico a Spanish one with “1,234.50”; the
words are the same for all. The edge sets it for each request and for each event of a tab (`follow`). Those of the
installation count where nobody reads: in the worker, in what is kept for many, in what the system writes down.
"""

import re
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from saas_app.core import words

if TYPE_CHECKING:
    from babel import Locale

LONGEST = 200  # of what a browser says of its languages; the first ones count
COUNTRY = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?-([a-z]{2}|\d{3})(?=-|$)", re.I | re.ASCII)
OURS = (words.ENGLISH, "en-US", words.PSEUDO)  # which the code writes by itself

_reader: ContextVar[str] = ContextVar("reader", default="")


def follow(accept_language: str) -> str:
    """From now on in this request, event or task, write as this reader does; gives the name of their habits."""
    found = of(accept_language)
    _reader.set(found)
    return found


def current() -> str:
    """Whose habits count here: en-GB, es-MX; "" for those of the installation."""
    return _reader.get()


@contextmanager
def those_of(name: str) -> Generator[None]:
    """Write like this for a while."""
    before = _reader.set(name)
    try:
        yield
    finally:
        _reader.reset(before)


def of_the_installation() -> AbstractContextManager[None]:
    """For what is kept: a reader after this one may have other habits."""
    return those_of("")


def of(accept_language: str) -> str:
    """The habits of the first language in this header that is ours, if CLDR knows its country; "" for our own.

    Anybody can send anything, so there are no more answers than CLDR has countries for the language.
    """
    mine = _tongue(words.language())
    for part in accept_language[:LONGEST].split(","):
        tag = part.partition(";")[0].strip()
        if _tongue(tag) == mine:
            return _of_country(tag)
    return ""


def locale() -> "Locale | None":
    """These habits as Babel has them, which is imported for nobody else; None for ours."""
    return _locale(current() or words.language())


@cache
def _locale(name: str) -> "Locale | None":
    if name in OURS:
        return None
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name, sep="-")
    except (UnknownLocaleError, ValueError):
        return None  # a language that CLDR does not know yet has our figures


def _of_country(tag: str) -> str:
    found = COUNTRY.match(tag)
    if found is None:  # of a language alone nobody knows which of its countries is meant
        return ""
    tongue, script, country = found.groups("")
    name = "-".join(filter(None, (tongue.lower(), script.title(), country.upper())))
    mine = words.language()
    return "" if name == mine or (name in OURS and mine in OURS) else _known(name, mine)


_alike: dict[tuple[str, ...], str] = {}


@lru_cache(maxsize=512)
def _known(name: str, mine: str) -> str:
    """The first name that came up for the same habits; "" for what is written as here, in other letters, or unknown.

    Few names are left of many, and a page is kept once for all of them.
    """
    from babel import Locale, UnknownLocaleError

    try:
        theirs, ours = Locale.parse(name, sep="-"), Locale.parse(mine, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    ways = _ways(theirs)
    if theirs.territory != name.rpartition("-")[2] or _letters(theirs) != _letters(ours) or ways == _ways(ours):
        return ""
    return _alike.setdefault((mine, *ways), str(theirs).replace("_", "-"))


def _ways(locale: "Locale") -> tuple[str, ...]:
    """How these habits write, by examples of all that we write."""
    from babel.dates import format_date, format_skeleton
    from babel.numbers import format_decimal

    days = [date(2027, month, 4) for month in range(1, 13)]
    return (
        *(format_date(day, "long", locale=locale) for day in days),
        *(format_skeleton("MMMMd", day, locale=locale) for day in days),
        format_decimal(Decimal("1234567.5"), locale=locale),
        str(locale.currency_formats["standard"].pattern).partition("#")[0],
    )


def _letters(locale: "Locale") -> str:
    """The script: Serbian in Montenegro is in other letters than in Serbia."""
    from babel.core import get_global

    likely = get_global("likely_subtags")
    return locale.script or likely.get(str(locale), likely.get(locale.language, "__")).split("_")[1]


def _tongue(tag: str) -> str:
    return tag.partition("-")[0].lower()
