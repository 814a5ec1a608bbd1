"""What is counted anew in each period: used up exactly, shown with its limit, and given back when the work failed.

    use(session, Limit.REPORTS)                       in the transaction of the work: a failure takes both back
    async with using(viewer, Limit.REPORTS): …        around work that is none (gates.py)

A period is a month of the subscription, counted from the day on which its current period began, so that whoever pays
by the year has each month's share too. On Free it is the calendar month.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select, update

from saas_app.billing.entitlements import Entitlements, FeatureLocked, NotEntitled, entitlements, sold
from saas_app.billing.models import Subscription, Usage
from saas_app.billing.plans import FREE, Feature, Limit, Plan, cheapest_beyond, cheapest_with, named
from saas_app.core import written
from saas_app.core.clock import now
from saas_app.core.ids import new_id
from saas_app.core.rls_session import owner_of
from saas_app.core.words import _

# Limits that count rows which are there, and not uses in a period: a feature says how many there are.
held: dict[Limit, Callable[[Session], int]] = {}


class UsedUp(NotEntitled):
    """What the plan includes for this period is used; `resets_at` is when the next begins."""

    def __init__(self, limit: Limit, holds: int, resets_at: datetime, plan: Plan) -> None:
        more = _(" {name} includes more.").format(name=plan.name) if plan is not FREE else ""
        until = _("The next begin on {day}.").format(day=written.day_of_month(resets_at))
        super().__init__(
            _("Your plan includes {holds} {things} a month. {until}{more}").format(
                holds=holds, things=named(limit), until=until, more=more
            ),
            plan,
            limit.value,
        )
        self.resets_at = resets_at


@dataclass(frozen=True)
class Meter:
    """One limit as it stands: `holds` is None without limit, `resets_at` for what is not counted by the period."""

    limit: Limit
    used: int
    holds: int | None
    resets_at: datetime | None = None

    @property
    def left(self) -> int | None:
        """How many more there are; None without limit."""
        return None if self.holds is None else max(0, self.holds - self.used)


@dataclass(frozen=True)
class Taken:
    """A use that was counted, to be given back if nothing came of it."""

    limit: Limit
    amount: int
    period_start: datetime


def meter(session: Session, limit: Limit) -> Meter:
    """How this person stands with one limit."""
    found = entitlements(session)
    holds = found.plan.limit(limit)
    if limit in held:
        return Meter(limit, held[limit](session), holds)
    start, end = period(found, now())
    row = _row(session, limit, start)
    return Meter(limit, row.used if row else 0, holds, end)


@dataclass(frozen=True)
class Open:
    """What a person's plan opens, a refusal for each feature that it does not, and every limit as it stands."""

    features: tuple[Feature, ...]
    locked: tuple[FeatureLocked, ...]
    meters: tuple[Meter, ...]


def what_is_open(session: Session) -> Open:
    """All of this person's gates at once."""
    plan, plans = entitlements(session).plan, sold(session)
    return Open(
        features=tuple(each for each in Feature if each in plan.features),
        locked=tuple(FeatureLocked(each, cheapest_with(each, plans)) for each in Feature if each not in plan.features),
        meters=tuple(meter(session, limit) for limit in Limit),
    )


def use(session: Session, limit: Limit, amount: int = 1) -> Taken:
    """Count so many uses, or none of them: raises UsedUp when the plan does not include them.

    However many come at once, exactly as many get through as there are: the sum and the limit are compared in the
    statement that writes, and a person's writing transactions come one after another.
    """
    if amount < 1:
        raise ValueError("a use counts at least one")
    found = entitlements(session)
    holds, (start, end) = found.plan.limit(limit), period(found, now())
    row = _row(session, limit, start)
    if row is None:
        row = Usage(id=new_id("use"), user_id=owner_of(session), name=limit, period_start=start, period_end=end)
        session.add(row)
        session.flush()
    counted = update(Usage).where(col(Usage.id) == row.id).values(used=Usage.used + amount)
    if holds is not None:
        counted = counted.where(col(Usage.used) + amount <= holds)
    if not session.exec(counted).rowcount:
        raise UsedUp(limit, holds or 0, end, cheapest_beyond(limit, row.used, sold(session)))
    return Taken(limit, amount, start)


def give_back(session: Session, taken: Taken) -> None:
    """Uncount a use of which nothing came, in the period in which it was counted."""
    mine = (col(Usage.name) == taken.limit, col(Usage.period_start) == taken.period_start)
    enough = col(Usage.used) >= taken.amount
    session.exec(update(Usage).where(*mine, enough).values(used=Usage.used - taken.amount))


def period(found: Entitlements, at: datetime) -> tuple[datetime, datetime]:
    """When the period that `at` lies in began, and when the next begins."""
    if found.subscription is None or found.plan.key == FREE.key:
        start = datetime(at.year, at.month, 1, tzinfo=UTC)
        return start, _months_on(start, 1)
    return _month_of(found.subscription, at)


def _month_of(row: Subscription, at: datetime) -> tuple[datetime, datetime]:
    anchor = row.current_period_start
    passed = (at.year - anchor.year) * 12 + at.month - anchor.month
    if _months_on(anchor, passed) > at:
        passed -= 1
    return _months_on(anchor, passed), _months_on(anchor, passed + 1)


def _months_on(moment: datetime, months: int) -> datetime:
    """The same day so many months on; in a shorter month its last day, as Stripe does it."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _row(session: Session, limit: Limit, start: datetime) -> Usage | None:
    return session.exec(select(Usage).where(Usage.name == limit, Usage.period_start == start)).first()
