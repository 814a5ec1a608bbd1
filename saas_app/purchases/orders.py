"""Looking at orders that began at a payment link: fetched here, and written by `claims.apply`."""

from sqlalchemy.exc import IntegrityError

from saas_app.billing.account import sync_account
from saas_app.billing.gateway.errors import StripeMissing
from saas_app.billing.gateway.orders import customer_of_payment, fetch_order, session_of_payment
from saas_app.billing.gateway.shapes import StripeOrder
from saas_app.billing.stripe_account import check_account
from saas_app.billing.webhooks import owner_of
from saas_app.core import db, jobs
from saas_app.purchases import claims, gone


async def look_at_payment(payment_intent_id: str) -> bool:
    """Look at the order that a payment was for, else at who made it, as for a renewal. False for nothing of ours.

    A refund and a dispute name the payment, and nobody.
    """
    if not payment_intent_id:
        return False
    if session_id := await session_of_payment(payment_intent_id):
        return await look_at_order(session_id)
    try:
        customer = await customer_of_payment(payment_intent_id)
    except StripeMissing:
        return False
    owner = await db.read_system("claim", owner_of, customer) if customer else None
    return await sync_account(owner) if owner else False


async def look_at_order(session_id: str) -> bool:
    """Fetch one order and write it down; False when it is nothing of ours. Raises StripeUnavailable, OtherAccount."""
    await check_account()
    if not await db.read_system("claim", claims.is_known, session_id):
        try:
            first = await fetch_order(session_id)
        except StripeMissing:
            return False
        if first is None:
            return False
        if owner := await db.read_system("claim", owner_of, first.customer_id):
            return await sync_account(owner) or True
        if await gone.take_back(first):
            return True
        if not await _follow(first):
            return False
    seq = await db.run_system("claim", claims.begin, session_id)
    found = await fetch_order(session_id)
    if found is not None:
        await db.run_system("claim", claims.apply, seq, found)
    return True


async def _follow(order: StripeOrder) -> bool:
    try:
        return await db.run_system("claim", claims.follow, order)
    except IntegrityError:  # another event of the same order, at the same moment
        return True


@jobs.handles(claims.LOOK)
async def look_later(job: jobs.Job) -> None:
    """Fetch an order whose owner has become known."""
    await look_at_order(job.payload["session_id"])


@jobs.handles(claims.LOOK_AT_CUSTOMER)
async def look_at_customer(job: jobs.Job) -> None:
    """Fetch a customer that was tied to an account."""
    await sync_account(job.payload["user_id"])
