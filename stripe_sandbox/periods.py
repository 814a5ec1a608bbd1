"""Billing periods: steps from an anchor, so that the 31st comes back after a short month."""

import calendar
from datetime import UTC, datetime, timedelta

from stripe_sandbox.store import Object


def step(anchor: int, recurring: Object, count: int) -> int:
    """The moment `count` periods after the anchor (before it when negative)."""
    start = datetime.fromtimestamp(anchor, UTC)
    interval, steps = recurring["interval"], recurring["interval_count"] * count
    if interval == "day":
        return int((start + timedelta(days=steps)).timestamp())
    if interval == "week":
        return int((start + timedelta(weeks=steps)).timestamp())
    months = steps * 12 if interval == "year" else steps
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def around(anchor: int, recurring: Object, moment: int) -> tuple[int, int]:
    """The period, counted from the anchor, that contains a moment."""
    days = {"day": 1, "week": 7, "month": 28, "year": 365}[recurring["interval"]]
    count = (moment - anchor) // (days * 86400 * recurring["interval_count"])
    while step(anchor, recurring, count) > moment:
        count -= 1
    while step(anchor, recurring, count + 1) <= moment:
        count += 1
    return step(anchor, recurring, count), step(anchor, recurring, count + 1)


def same(one: Object, other: Object) -> bool:
    """Do two prices bill in the same rhythm?"""
    return all(one[name] == other[name] for name in ("interval", "interval_count"))
