"""Dates and prices in sentences."""

from datetime import datetime

from saas_app.billing.money import money
from saas_app.core import written
from saas_app.core.words import _, ngettext

# https://docs.stripe.com/api/subscriptions/object#subscription_object-cancellation_details-feedback
WHY_LEFT: dict[str, str] = {
    "too_expensive": _("It costs too much"),
    "missing_features": _("Something I need is missing"),
    "switched_service": _("I use something else now"),
    "unused": _("I do not use it enough"),
    "customer_service": _("I was not helped well"),
    "too_complex": _("It is hard to use"),
    "low_quality": _("It is not good enough"),
    "other": _("Something else"),
}
A_PERIOD = {"month": _("a month"), "year": _("a year")}


def day(moment: datetime) -> str:
    """A date as people read it: March 4, 2027."""
    return written.day(moment)


def each(amount: int, currency: str, interval: str) -> str:
    """€9 a month."""
    return f"{money(amount, currency)} {A_PERIOD.get(interval, '')}".strip()


def once(line: str) -> str:
    """Stripe writes “1 × Pro (at €9.00 / month)” on an invoice; once is not worth saying."""
    return line.removeprefix("1 × ")


def refund_came_back(amount: str) -> str:
    """What to say when a bank has sent a refund back."""
    return _(
        "Your bank has sent back the {amount} that we returned to you: most often the card has expired or "
        "was closed. The money is not lost.\n\nPlease answer this mail and tell us how we can return it to "
        "you otherwise."
    ).format(amount=amount)


def days_until(moment: datetime, at: datetime) -> str:
    """today, tomorrow, in 5 days: by the calendar, as people count."""
    days = (moment.date() - at.date()).days
    if days <= 1:
        return _("today") if days <= 0 else _("tomorrow")
    return ngettext("in {days} day", "in {days} days", days).format(days=days)
