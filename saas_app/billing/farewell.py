"""What ends at Stripe when somebody deletes their account: open checkouts, then subscriptions. Invoices stay there."""

from contextlib import suppress

from sqlmodel import Session, col, select

from saas_app.account import leaving
from saas_app.billing.account import sync_account
from saas_app.billing.checkout import close_attempt
from saas_app.billing.gateway import hosted, subscriptions
from saas_app.billing.gateway.errors import StripeMissing, StripeRefused
from saas_app.billing.models import ENDED_STATUSES, CheckoutAttempt, Subscription
from saas_app.core import db


async def end_at_stripe(user_id: str) -> None:
    """Close what could still be paid, then cancel what runs, as Stripe has it now. Raises StripeUnavailable."""
    for session_id in await db.read_system("leaving", _open_checkouts, user_id):
        with suppress(StripeRefused, StripeMissing):  # it was paid or has run out: the look below sees what came of it
            await hosted.expire_checkout_session(session_id)
        await db.run_system("checkout", close_attempt, session_id, "expired")
    await sync_account(user_id)
    for subscription_id in await db.read_system("leaving", _running, user_id):
        with suppress(StripeMissing):
            await subscriptions.cancel_subscription(subscription_id)
    await sync_account(user_id)


def had_trial(session: Session, user_id: str) -> bool:
    """Whether any subscription of theirs began with a trial."""
    query = select(Subscription).where(Subscription.user_id == user_id, col(Subscription.trial_end).is_not(None))
    return session.exec(query.limit(1)).first() is not None


def _open_checkouts(session: Session, user_id: str) -> list[str]:
    query = select(CheckoutAttempt).where(CheckoutAttempt.user_id == user_id, CheckoutAttempt.status == "open")
    return [row.stripe_checkout_session_id for row in session.exec(query) if row.stripe_checkout_session_id]


def _running(session: Session, user_id: str) -> list[str]:
    query = select(Subscription).where(Subscription.user_id == user_id)
    return [row.stripe_subscription_id for row in session.exec(query) if row.status not in ENDED_STATUSES]


leaving.settle.append(end_at_stripe)
leaving.had_trial.append(had_trial)
