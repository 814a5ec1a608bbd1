"""What a customer is shown of their billing: one view, worded by status, read from the local mirror."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from saas_app.billing.entitlements import Access, Entitlements, entitlements
from saas_app.billing.gateway.client import is_silent
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.models import Customer, Subscription
from saas_app.billing.money import money
from saas_app.billing.notices import Notice, is_suspended, moment_of, notice
from saas_app.billing.plans import FREE, plan_by_key
from saas_app.billing.words import day
from saas_app.core import db
from saas_app.core.clock import now
from saas_app.core.frozen import Frozen
from saas_app.core.viewer import Viewer
from saas_app.core.words import _

# Older than this, and the page says how old what it shows is.
STALE_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class BillingView(Frozen):
    """A customer's billing in words.

    `plan_key` is what is open now, `subscribed_key` and `plan_title` what the subscription is for, locked or not.
    `paid` is whether a paid plan is open, `subscribed` whether a subscription is running; `ends_later` whether
    canceling waits for the end of what was paid; `has_customer` whether there is a portal.
    """

    plan_key: str = ""
    plan_name: str = ""
    subscribed_key: str = ""
    plan_title: str = ""
    paid: bool = False
    subscribed: bool = False
    status: str = ""
    tone: str = "plain"
    price: str = ""
    interval: str = ""
    date_label: str = ""
    date: str = ""
    card: str = ""
    card_note: str = ""
    has_customer: bool = False
    card_soon: bool = False
    discount: str = ""
    can_change: bool = False
    can_cancel: bool = False
    ends_later: bool = False
    stale: str = ""
    notice: Notice = field(default_factory=Notice)


def billing(session: Session) -> BillingView:
    """This person's plan, price, dates and card."""
    found = entitlements(session)
    customer = session.exec(select(Customer)).first()
    row = found.subscription
    view = BillingView(
        plan_key=found.plan.key,
        plan_name=found.plan.name,
        plan_title=found.plan.name,
        paid=found.plan.key != FREE.key,
        status=_("Free"),
        card=_card(customer),
        card_note=_expiry(customer),
        card_soon=_expires_soon(customer),
        has_customer=bool(customer and customer.stripe_customer_id),
        stale=_stale(customer),
    )
    if row is None and found.for_good:
        return replace(view, status=_("Yours"), tone="good", price=_("Paid once"), interval=_("yours for good"))
    if row is None:
        return replace(view, notice=notice(session, found, customer))
    label, date = moment_of(row)
    status, tone = _status(row, found)
    return replace(
        view,
        status=status,
        tone=tone,
        subscribed=row.status != "incomplete",
        subscribed_key=row.plan_key,
        plan_title=own.name if (own := plan_by_key(row.plan_key)) and row.status != "incomplete" else found.plan.name,
        price=money(row.unit_amount * row.quantity, row.currency),
        interval=_("yearly") if row.interval == "year" else _("monthly"),
        date_label=label,
        date=day(date),
        discount=_discount(row),
        can_change=_can_change(row),
        can_cancel=row.ends_at is None and row.status != "incomplete",
        ends_later=row.status in ("active", "trialing", "past_due"),
        notice=notice(session, found, customer),
    )


async def frame(viewer: Viewer) -> dict[str, Any]:
    """What the frame of a page without a state says: `own_plan`, with its name and whether it is paid for."""
    plan = await db.read(viewer, lambda session: entitlements(session).plan)
    return {"own_plan": {"name": plan.name, "paid": plan.key != FREE.key}}


def _can_change(row: Subscription) -> bool:
    """Whether another plan can be chosen now; what comes first otherwise, the banner says."""
    return row.status in ("active", "trialing") and not (row.ends_at or row.next_price_id or row.pause_behavior)


def _status(row: Subscription, found: Entitlements) -> tuple[str, str]:
    if is_suspended(row):
        return _("Paused"), "warn"
    if row.ends_at and row.status in ("active", "trialing"):
        return _("Canceling"), "warn"
    return {
        "active": (_("Active"), "good"),
        "trialing": (_("Trial"), "good"),
        "past_due": (_("Past due"), "warn" if found.access is Access.GRACE else "bad"),
        "unpaid": (_("Unpaid"), "bad"),
        "incomplete": (_("Incomplete"), "warn"),
        "paused": (_("Paused"), "warn"),
    }.get(row.status, (row.status.replace("_", " ").capitalize(), "plain"))


def _card(customer: Customer | None) -> str:
    if customer is None or not customer.card_last4:
        return ""
    return _("{brand} ending in {digits}").format(
        brand=customer.card_brand.replace("_", " ").capitalize(), digits=customer.card_last4
    )


def _expiry(customer: Customer | None) -> str:
    if customer is None or not customer.card_exp_year:
        return ""
    return _("expires {month}/{year}").format(month=f"{customer.card_exp_month:02d}", year=customer.card_exp_year)


def _expires_soon(customer: Customer | None) -> bool:
    """Whether the card will have expired two months from now: it is good to the end of the month it names."""
    if customer is None or not customer.card_exp_year:
        return False
    at = now()
    return customer.card_exp_year * 12 + customer.card_exp_month <= at.year * 12 + at.month + 1


def _discount(row: Subscription) -> str:
    """Spring: 20 % off until May 3, 2027."""
    if not row.discount_name:
        return ""
    off = f"{row.discount_percent} %" if row.discount_percent else money(row.discount_off, row.currency)
    if row.discount_duration == "once":
        return _("{discount_name}: {off} off the next invoice").format(discount_name=row.discount_name, off=off)
    until = _(" until {day}").format(day=day(row.discount_ends_at)) if row.discount_ends_at else ""
    return _("{discount_name}: {off} off{until}").format(discount_name=row.discount_name, off=off, until=until)


def _stale(customer: Customer | None) -> str:
    """How old this is, when it may be behind."""
    if customer is None or customer.synced_at is None:
        return ""
    seen = customer.synced_at
    if is_silent():
        return _("{problem} This is what it told us on {day} at {time} UTC.").format(
            problem=StripeUnavailable(), day=day(seen), time=f"{seen:%H:%M}"
        )
    return _("As of {day}").format(day=day(seen)) if now() - seen >= STALE_AFTER else ""
