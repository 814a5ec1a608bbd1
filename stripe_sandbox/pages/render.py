"""Draws templates: escaped, with money and dates as people read them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from stripe_sandbox import cards, money

_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
STYLE = (_HERE / "style.css").read_text()


def page(template: str, status: int = 200, /, **values: Any) -> Response:
    """A page as a response."""
    return HTMLResponse(_TEMPLATES.get_template(template).render(**values), status)


def notice(status: int, title: str, text: str, link: str | None = None, label: str = "Go back") -> Response:
    """A page that only says something."""
    return page("notice.html", status, title=title, text=text, link=link, label=label)


def go(url: str) -> Response:
    """303: the browser asks for the next page with GET."""
    return RedirectResponse(url, 303)


def _date(moment: int | None) -> str:
    if not moment:
        return "–"
    day = datetime.fromtimestamp(moment, UTC)
    return f"{day.day} {day:%B %Y}"


def _day(moment: int | None) -> str:
    """Short, for tables."""
    if not moment:
        return "–"
    day = datetime.fromtimestamp(moment, UTC)
    return f"{day.day} {day:%b %Y}"


def _time(moment: float | None) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "–"


def _every(recurring: dict[str, Any] | None) -> str:
    """`month`, or `3 months`."""
    if recurring is None:
        return ""
    count = recurring["interval_count"]
    return recurring["interval"] if count == 1 else f"{count} {recurring['interval']}s"


_BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "discover": "Discover"}


def _brand(name: str) -> str:
    return _BRANDS.get(name, name.capitalize())


def _grouped(number: str) -> str:
    if len(number) == 15:
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


_TEMPLATES.filters |= {
    "money": money.shown,
    "date": _date,
    "day": _day,
    "time": _time,
    "every": _every,
    "brand": _brand,
    "grouped": _grouped,
}
_TEMPLATES.globals["test_cards"] = cards.SHOWN
