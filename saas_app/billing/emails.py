"""What we write to a customer when their subscription changes, once per change."""

from datetime import datetime

from sqlmodel import Session

from saas_app.auth.models import User
from saas_app.billing.models import ENDED_STATUSES, Subscription
from saas_app.billing.money import money
from saas_app.billing.plans import plan_by_key
from saas_app.core import mailer
from saas_app.core.config import settings

LIVE = frozenset({"active", "trialing"})


def on_change(session: Session, row: Subscription, old_status: str, old_end: datetime | None) -> None:
    """Write the mail that fits this transition, if any. The key makes a repeated look write none twice."""
    plan = plan_by_key(row.plan_key)
    name = plan.name if plan else "your plan"
    key = row.stripe_subscription_id
    if row.status in LIVE and old_status not in (*LIVE, "past_due"):
        price = f"{money(row.unit_amount, row.currency)} a {row.interval}"
        _write(
            session,
            row.user_id,
            f"subscribed:{key}",
            f"{name} is yours",
            f"{name} is unlocked, for {price}. The next payment is on {_day(row.current_period_end)}. "
            "You can change or cancel it at any time.",
        )
    elif row.status in LIVE and row.ends_at and not old_end:
        _write(
            session,
            row.user_id,
            f"canceling:{key}:{row.ends_at:%Y-%m-%d}",
            f"{name} ends on {_day(row.ends_at)}",
            f"You have canceled {name}. It stays open until {_day(row.ends_at)}, and nothing more is charged. "
            "What you have saved stays yours. If you change your mind, keep the plan with one click.",
        )
    elif row.status == "past_due" and old_status != "past_due":
        _write(
            session,
            row.user_id,
            f"past_due:{key}:{row.past_due_since:%Y-%m-%d}",
            "Your payment did not go through",
            f"We could not charge your card for {name}. Nothing is locked yet: pay under Billing, or put "
            "in another card there and we will try again.",
        )
    elif row.status in ENDED_STATUSES and old_status not in ("", "incomplete", *ENDED_STATUSES):
        _write(
            session,
            row.user_id,
            f"ended:{key}",
            f"{name} has ended",
            f"{name} has ended and you are on Free again. Everything you saved is still there to read.",
        )


def _write(session: Session, user_id: str, key: str, subject: str, words: str) -> None:
    user = session.get(User, user_id)
    if user is None:
        return
    link = f"{settings().base_url}/billing"
    mailer.send_note(session, to=user.email, name=user.name, subject=subject, words=words, link=link, key=key)


def _day(moment: datetime) -> str:
    return f"{moment:%B} {moment.day}, {moment.year}"
