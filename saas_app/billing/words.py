"""Dates and prices in sentences."""

from datetime import datetime

from saas_app.billing.money import money

# https://docs.stripe.com/api/subscriptions/object#subscription_object-cancellation_details-feedback
WHY_LEFT: dict[str, str] = {
    "too_expensive": "It costs too much",
    "missing_features": "Something I need is missing",
    "switched_service": "I use something else now",
    "unused": "I do not use it enough",
    "customer_service": "I was not helped well",
    "too_complex": "It is hard to use",
    "low_quality": "It is not good enough",
    "other": "Something else",
}
A_PERIOD = {"month": "a month", "year": "a year"}


def day(moment: datetime) -> str:
    """A date as people read it: March 4, 2027."""
    return f"{moment:%B} {moment.day}, {moment.year}"


def each(amount: int, currency: str, interval: str) -> str:
    """€9 a month."""
    return f"{money(amount, currency)} {A_PERIOD.get(interval, '')}".strip()


def once(line: str) -> str:
    """Stripe writes “1 × Pro (at €9.00 / month)” on an invoice; once is not worth saying."""
    return line.removeprefix("1 × ")


def refund_came_back(amount: str) -> str:
    """What to say when a bank has sent a refund back."""
    return (
        f"Your bank has sent back the {amount} that we returned to you: most often the card has expired or was closed. "
        "The money is not lost.\n\nPlease answer this mail and tell us how we can return it to you otherwise."
    )


def days_until(moment: datetime, at: datetime) -> str:
    """today, tomorrow, in 5 days: by the calendar, as people count."""
    days = (moment.date() - at.date()).days
    return "today" if days <= 0 else "tomorrow" if days == 1 else f"in {days} days"
