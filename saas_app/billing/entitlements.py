"""What somebody may use now, decided from the local mirror. The one place that reads a subscription's status.

Access by status follows https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from saas_app.auth import service as accounts
from saas_app.auth.models import User
from saas_app.billing.models import ENDED_STATUSES, NEVER_PAID, Product, Subscription
from saas_app.billing.plans import (
    FREE,
    SOLD,
    Feature,
    Limit,
    Plan,
    cheapest_beyond,
    cheapest_with,
    named,
    plan_by_key,
    rank,
)
from saas_app.billing.terms import with_terms
from saas_app.core.clock import now
from saas_app.core.errors import AppError
from saas_app.core.words import _
from saas_app.core.written import sentence

# How long somebody whose renewal failed keeps what they paid for, while their bank or card is sorted out.
GRACE = timedelta(days=7)


# Somebody has paid from this account, so it is more than an address that a stranger typed in.
accounts.stakes.append(
    sa.exists().where(col(Subscription.user_id) == User.id, col(Subscription.status).not_in(NEVER_PAID))
)


# What else opens a plan for the person whose session it is: the keys of plans. A feature adds its own.
grants: list[Callable[[Session], Iterable[str]]] = []


class Access(StrEnum):
    """What a subscription gives at this moment.

    READ_ONLY: what was made with it is there to read, and paying what is due opens it again.
    """

    FULL = "full"
    GRACE = "grace"
    READ_ONLY = "read only"
    NONE = "none"

    @property
    def opens(self) -> bool:
        """Whether anything new may be done with the plan."""
        return self in (Access.FULL, Access.GRACE)


class NotEntitled(AppError):
    """This person's plan does not hold what they asked for; `plan` is the cheapest one that does, or Free if none.

    `need` names what was asked for: a feature, a limit or a plan.
    """

    status = 402

    def __init__(self, message: str, plan: Plan, need: str = "") -> None:
        super().__init__(message)
        self.plan = plan
        self.need = need


class PlanFull(NotEntitled):
    """A counted thing is used up on this plan."""

    def __init__(self, limit: Limit, holds: int, plan: Plan) -> None:
        more = _(" {name} holds more.").format(name=plan.name) if plan is not FREE else ""
        super().__init__(
            _("Your plan holds {holds} {things}.{more}").format(holds=holds, things=named(limit), more=more),
            plan,
            limit.value,
        )


class FeatureLocked(NotEntitled):
    """A feature that this plan does not have."""

    def __init__(self, feature: Feature, plan: Plan) -> None:
        words = sentence(named(feature))
        where = (
            _("is part of {name}").format(name=plan.name) if plan is not FREE else _("is part of no plan at the moment")
        )
        super().__init__(f"{words} {where}.", plan, feature.value)


class PlanNeeded(NotEntitled):
    """Only a bigger plan does."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(_("This is part of {name}.").format(name=plan.name), plan, plan.key)


class PlanLocked(NotEntitled):
    """Their plan holds it, but has not been paid for."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            _("{name} is locked until it is paid. What you saved is there to read; paying opens it at once.").format(
                name=plan.name
            ),
            plan,
            plan.key,
        )


@dataclass(frozen=True)
class Entitlements:
    """What one person may use: their plan, and the subscription that runs, if any.

    `for_good` says that the plan comes from something they own, and not from the subscription; `locked` is the plan
    that they would have if they paid what is due. `rows` are all their subscriptions, those that are over too.
    """

    plan: Plan
    access: Access
    subscription: Subscription | None = None
    locked: Plan | None = None
    for_good: bool = False
    rows: tuple[Subscription, ...] = ()


def access_of(subscription: Subscription, at: datetime) -> Access:
    """What this subscription gives at that time. A status that we do not know gives nothing new."""
    if subscription.pause_behavior == "void":  # we have stopped it; with the other two it is billed, and stays open
        return Access.NONE
    match subscription.status:
        case "active" | "trialing":
            return Access.FULL
        case "past_due":
            since = subscription.past_due_since or subscription.current_period_start
            return Access.GRACE if at < since + GRACE else Access.READ_ONLY
        case "unpaid":
            return Access.READ_ONLY
        case _:
            return Access.NONE


def by_rank(rows: Iterable[Subscription], at: datetime) -> list[Subscription]:
    """Subscriptions that are not over, the one that counts first: of those that open something the oldest."""
    live = [row for row in rows if row.status not in ENDED_STATUSES]
    return sorted(live, key=lambda row: (not access_of(row, at).opens, row.status == "incomplete", row.created_at))


def entitlements(session: Session) -> Entitlements:
    """What the person whose session this is may use now: the better of what they subscribe to and what they own."""
    subscribed = _subscribed(session)
    keys = {key for grant in grants for key in grant(session)}
    if not keys:
        return subscribed
    best = max((plan for plan in sold(session) if plan.key in keys), key=rank, default=FREE)
    if rank(best) <= rank(subscribed.plan):
        return subscribed
    return replace(subscribed, plan=best, access=Access.FULL, locked=None, for_good=True)


def _subscribed(session: Session) -> Entitlements:
    at, rows = now(), tuple(session.exec(select(Subscription)))
    live = by_rank(rows, at)
    for row in live:
        plan, access = _plan_of(session, row), access_of(row, at)
        if plan is not None and access.opens:
            return Entitlements(plan, access, row, rows=rows)
    if not live:
        return Entitlements(FREE, Access.FULL, rows=rows)
    locked = _plan_of(session, live[0]) if access_of(live[0], at) is Access.READ_ONLY else None
    return Entitlements(FREE, Access.READ_ONLY if locked else Access.FULL, live[0], locked, rows=rows)


def require(session: Session, feature: Feature) -> None:
    """Go on only if this person's plan has the feature; raises FeatureLocked, or PlanLocked for one to be paid."""
    found = entitlements(session)
    if feature in found.plan.features:
        return
    if found.locked and feature in found.locked.features:
        raise PlanLocked(found.locked)
    raise FeatureLocked(feature, cheapest_with(feature, sold(session)))


def require_plan(session: Session, plan: Plan) -> None:
    """Go on only on this plan or a bigger one; raises PlanNeeded, or PlanLocked for one to be paid."""
    found = entitlements(session)
    if rank(found.plan) >= rank(plan):
        return
    if found.locked and rank(found.locked) >= rank(plan):
        raise PlanLocked(found.locked)
    raise PlanNeeded(plan)


def require_room(session: Session, limit: Limit, used: int) -> None:
    """Go on only if this person's plan holds one more; raises PlanFull, or PlanLocked if it only has to be paid.

    Call it in the transaction that adds.
    """
    found = entitlements(session)
    holds = found.plan.limit(limit)
    if holds is None or used < holds:
        return
    if found.locked and ((more := found.locked.limit(limit)) is None or used < more):
        raise PlanLocked(found.locked)
    raise PlanFull(limit, holds, cheapest_beyond(limit, used, sold(session)))


def sold(session: Session) -> list[Plan]:
    """The plans that are sold, the cheapest first, with what their products in Stripe say of them."""
    rows = {row.plan_key: row for row in session.exec(select(Product)) if row.active}
    return [_with_terms(plan, rows.get(plan.key)) for plan in SOLD]


def _plan_of(session: Session, row: Subscription) -> Plan | None:
    """The plan that a subscription pays for, with the terms of its own product: an archived one keeps its own."""
    plan = plan_by_key(row.plan_key)
    return _with_terms(plan, session.get(Product, row.stripe_product_id)) if plan else None


def _with_terms(plan: Plan, product: Product | None) -> Plan:
    return with_terms(plan, product.limits, product.features) if product else plan
