"""What no webhook told us of orders from payment links is found anyway: each is looked at once a day."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.core import db, jobs
from saas_app.core.clock import now
from saas_app.purchases import webhooks
from saas_app.purchases.models import LinkOrder
from saas_app.purchases.orders import look_at_order

assert webhooks  # noqa: S101 (declares who looks at events about nobody we know)

log = logging.getLogger(__name__)

SEEN_EVERY = timedelta(hours=24)
TIME_FOR_SOME = timedelta(seconds=30)


async def look_at_some(within: timedelta = TIME_FOR_SOME) -> int:
    """Fetch orders that nobody has looked at for a day, one at least, until the time is up."""
    until, looked = now() + within, 0
    for session_id in await db.read_system("reconcile", _not_seen_since, now() - SEEN_EVERY):
        try:
            await look_at_order(session_id)
        except StripeUnavailable:
            raise
        except Exception as error:
            log.warning("the order %s could not be compared with Stripe: %s", session_id, type(error).__name__)
        looked += 1
        if now() >= until:
            break
    return looked


def _not_seen_since(session: Session, moment: datetime) -> Sequence[str]:
    seen = col(LinkOrder.looked_at)
    late = sa.or_(seen.is_(None), seen < moment)
    return session.exec(select(LinkOrder.id).where(late).order_by(func.random())).all()


jobs.every("stripe link orders", timedelta(minutes=1), look_at_some)
