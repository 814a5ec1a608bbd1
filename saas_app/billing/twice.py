"""Whoever pays for a plan twice gets the second payment back, and one plan goes on.

Our checkout opens no second subscription, but Stripe's own screens can. The look at Stripe that finds two leaves a job,
and the job looks again before it does anything: what it cancels it marks at Stripe first, so that, broken off at any
point, it goes on where it was and refunds each payment once.
"""

import logging
from dataclasses import dataclass

from sqlmodel import Session, select

from saas_app.billing.account import sync_account
from saas_app.billing.entitlements import by_rank
from saas_app.billing.gateway import subscriptions
from saas_app.billing.models import Customer, Subscription
from saas_app.billing.plans import plan_by_key
from saas_app.billing.sync import SECOND
from saas_app.core import audit, db, jobs
from saas_app.core.clock import now

log = logging.getLogger(__name__)

MARK = "The second of two subscriptions"


@dataclass(frozen=True)
class _Second:
    """One subscription too many, as it is now."""

    stripe_customer_id: str
    must_end: bool
    was_ended: bool


@jobs.handles(SECOND)
async def end_second(job: jobs.Job) -> jobs.Effect | None:
    """Cancel it, then give its payments back. Raises StripeUnavailable, and is tried again."""
    user_id, id_ = str(job.payload["user"]), str(job.payload["subscription"])
    await sync_account(user_id)
    second = await db.read_system("billing sync", _second, user_id, id_)
    if not second.must_end and not second.was_ended:
        raise jobs.Ignore("there is one subscription now")
    if second.must_end:
        await subscriptions.cancel_subscription(id_, comment=MARK)
    payments = await subscriptions.refund_everything(id_, second.stripe_customer_id)
    await sync_account(user_id)
    log.warning("ended %s, the second subscription of %s, and gave back %d payments", id_, user_id, payments)
    said = "second subscription ended" + (" and refunded" if payments else "")
    return lambda session: audit.record(session, user_id, said)


def _second(session: Session, user_id: str, id_: str) -> _Second:
    customer = session.exec(select(Customer).where(Customer.user_id == user_id)).first()
    rows = session.exec(select(Subscription).where(Subscription.user_id == user_id)).all()
    row = next((each for each in rows if each.stripe_subscription_id == id_), None)
    ours = [each for each in by_rank(rows, now()) if plan_by_key(each.plan_key) and each.status != "incomplete"]
    return _Second(
        stripe_customer_id=customer.stripe_customer_id or "" if customer else "",
        must_end=row in ours[1:],
        was_ended=row is not None and row.status == "canceled" and row.cancel_comment == MARK,
    )
