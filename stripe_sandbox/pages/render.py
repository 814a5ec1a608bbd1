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
LIVE = (_HERE / "live.js").read_text()


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


def _minute(moment: int | None) -> str:
    """A day and its time, for the clock."""
    if not moment:
        return "–"
    found = datetime.fromtimestamp(moment, UTC)
    return f"{found.day} {found:%b %Y, %H:%M}"


def _ahead(seconds: int) -> str:
    days, hours = seconds // 86400, seconds % 86400 // 3600
    return " ".join(
        f"{count} {word}{'' if count == 1 else 's'}" for count, word in ((days, "day"), (hours, "hour")) if count
    )


def _price_words(price: dict[str, Any]) -> str:
    """`$19.00 / month`."""
    amount = money.shown(price["unit_amount"], price["currency"])
    return f"{amount} / {_every(price['recurring'])}" if price["recurring"] else f"{amount} once"


def _coupon_words(coupon: dict[str, Any]) -> str:
    """`25% for 3 months`."""
    amount = (
        f"{coupon['percent_off']:g}%"
        if coupon["percent_off"]
        else money.shown(coupon["amount_off"], coupon["currency"])
    )
    months = coupon["duration_in_months"]
    lasts = {"once": "once", "forever": "for ever"}.get(coupon["duration"], f"for {months} months")
    return f"{amount} {lasts}"


def _method_name(method: dict[str, Any]) -> str:
    """`Visa ending in 4242`."""
    kind: str = method["type"]
    if kind == "card":
        return f"{_brand(method['card']['brand'])} ending in {method['card']['last4']}"
    name = {"sepa_debit": "SEPA debit"}.get(kind, kind.replace("_", " ").capitalize())
    last4 = method.get(kind, {}).get("last4")
    return f"{name} ending in {last4}" if last4 else name


_REASONS = {
    "subscription_create": "the subscription began",
    "subscription_cycle": "a new period began",
    "subscription_update": "the subscription changed",
    "manual": "it was asked for",
}


def _because(reason: str | None) -> str:
    """Why there is an invoice, as people say it."""
    return _REASONS.get(reason, reason.replace("_", " ")) if reason else ""


_TEMPLATES.filters |= {
    "minute": _minute,
    "ahead": _ahead,
    "price_words": _price_words,
    "coupon_words": _coupon_words,
    "method_name": _method_name,
    "charge_method": lambda charge: _method_name(charge["payment_method_details"]),
    "pairs": lambda metadata: ", ".join(f"{key} = {value}" for key, value in metadata.items()),
    "because": _because,
    "brief": lambda text: text if len(text) <= 30 else f"{text[:29]}…",
    "words": lambda text: text.replace("_", " ").replace(".", " "),
    "option": lambda value: (value, value.replace("_", " ").capitalize()),
    "cur": lambda code: (code, code.upper()),
    "number": lambda value: f"{value:g}",
    "money": money.shown,
    "date": _date,
    "day": _day,
    "time": _time,
    "every": _every,
    "brand": _brand,
    "grouped": _grouped,
}
_TEMPLATES.globals["test_cards"] = cards.SHOWN
