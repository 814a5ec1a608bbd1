"""Trials: how long, with or without a card, and once for each person."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from saas_app.account.leaving import former_key
from saas_app.account.models import FormerMember
from saas_app.auth.models import User
from saas_app.billing.models import NEVER_PAID, Subscription
from saas_app.billing.plans import plan_by_key
from saas_app.core.config import settings
from saas_app.core.words import _, ngettext


@dataclass(frozen=True)
class Trial:
    """What a checkout begins with: so many days for nothing. Without a card at their end, the plan is paused."""

    days: int = 0
    needs_card: bool = True

    @property
    def words(self) -> str:
        """14 days free, no card needed; '' for none."""
        if not self.days:
            return ""
        free = ngettext("{days} day free", "{days} days free", self.days).format(days=self.days)
        return free + ("" if self.needs_card else _(", no card needed"))


def trial_of(plan_key: str) -> Trial:
    """What this plan offers to somebody new: its own terms, else those of the settings."""
    plan, now = plan_by_key(plan_key), settings()
    if plan is None:
        return Trial()
    days = now.trial_days if plan.trial_days is None else plan.trial_days
    return Trial(days, now.trial_needs_card if plan.trial_needs_card is None else plan.trial_needs_card)


def trial_for(session: Session, user_id: str, plan_key: str) -> Trial:
    """What this person gets: nothing after any subscription that lived, of this account or of one they deleted.

    Read by the system, since former members are nobody's rows.
    """
    lived = select(Subscription).where(Subscription.user_id == user_id, col(Subscription.status).not_in(NEVER_PAID))
    if session.exec(lived.limit(1)).first() is not None:
        return Trial()
    former = session.get(FormerMember, former_key(session.get_one(User, user_id).email_key))
    return Trial() if former is not None and former.had_trial else trial_of(plan_key)
