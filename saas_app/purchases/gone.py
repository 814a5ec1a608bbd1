"""What is paid from an account that is gone goes back, by itself.

A bank may answer days after somebody has left, and a checkout that was open elsewhere may be paid in that very moment.
Nobody is there to get what was bought, so the money is returned. Of an account that is gone we know its id and what it
had paid for when it left; what was paid for before is no matter of ours any more.
"""

import logging

from sqlmodel import Session, col, select

from saas_app.account import leaving
from saas_app.auth.models import User
from saas_app.billing.gateway import subscriptions
from saas_app.billing.gateway.orders import fetch_order
from saas_app.billing.gateway.shapes import StripeOrder
from saas_app.billing.models import NEVER_PAID, Customer, Subscription
from saas_app.core import db, jobs
from saas_app.purchases.models import FormerBuyer, Purchase

log = logging.getLogger(__name__)

REFUND = "refund of an account that is gone"


def remember(session: Session, user: User) -> None:
    """Part of erasing somebody: under which account they paid, and what they had paid for."""
    account = session.exec(select(Customer).where(Customer.user_id == user.id)).first()
    if account is None:
        return
    bought = select(Purchase.stripe_checkout_session_id).where(Purchase.user_id == user.id, col(Purchase.paid))
    begun = select(Subscription.stripe_subscription_id).where(
        Subscription.user_id == user.id, col(Subscription.status).not_in(NEVER_PAID)
    )
    paid_for = sorted({*session.exec(bought), *session.exec(begun)})
    session.merge(FormerBuyer(id=account.id, paid_for=paid_for))


async def take_back(order: StripeOrder) -> bool:
    """Return what was paid, if the account that paid it is gone; False for any other order."""
    return bool(order.account_id) and await db.run_system("leaving", _notice, order)


def _notice(session: Session, order: StripeOrder) -> bool:
    former = session.get(FormerBuyer, order.account_id)
    if former is None:
        return False
    was_theirs = {order.session_id, order.subscription_id} & {*former.paid_for}
    if order.paid and not was_theirs:
        jobs.enqueue(session, REFUND, {"session": order.session_id}, key=f"gone:{order.session_id}")
    return True


@jobs.handles(REFUND)
async def refund(job: jobs.Job) -> None:
    """End what was begun, then return every payment, each once. Raises StripeUnavailable, and is tried again."""
    order = await fetch_order(str(job.payload["session"]))
    if order is None or not order.paid or order.refunded:
        raise jobs.Ignore("there is nothing to return")
    if order.subscription_id:
        await subscriptions.cancel_subscription(order.subscription_id, comment="The account is gone")
        await subscriptions.refund_everything(order.subscription_id, order.customer_id, why="requested_by_customer")
    elif order.payment_id != order.session_id:
        await subscriptions.refund_payment(order.payment_id, why="requested_by_customer")
    log.warning("returned what was paid in %s, since its account is gone", order.session_id)


leaving.keep.append(remember)
