"""What a webhook missed is found anyway: recent events are listed again, and every customer is looked at each night."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from saas_app.billing import setup, webhooks
from saas_app.billing.account import sync_account
from saas_app.billing.gateway.events import list_events
from saas_app.billing.models import Customer
from saas_app.billing.portal import stripe_object
from saas_app.core import db, jobs
from saas_app.core.clock import now

WATERMARK = "events_seen_until"
OVERLAP = timedelta(hours=1)
KEPT_BY_STRIPE = timedelta(days=30)
TYPES_PER_LIST = 20  # https://docs.stripe.com/api/events/list#list_events-types


async def catch_up() -> int:
    """Put every event since the last look into the inbox; returns how many were not there yet."""
    mark = await db.read_system("reconcile", stripe_object, WATERMARK)
    began = now()
    since = datetime.fromisoformat(mark) - OVERLAP if mark else began - KEPT_BY_STRIPE
    new = 0
    for first in range(0, len(setup.EVENTS), TYPES_PER_LIST):
        types = setup.EVENTS[first : first + TYPES_PER_LIST]
        async for event in list_events(types, since):
            new += await db.run_system("reconcile", webhooks.keep, event)
    await db.run_system("reconcile", setup.remember, WATERMARK, began.isoformat())
    return new


async def sync_everybody() -> int:
    """Fetch every customer afresh, one after another; returns how many were written."""
    await setup.sync_catalogue()
    users = await db.read_system("reconcile", _users_with_customer)
    written = 0
    for user_id in users:
        written += await sync_account(user_id)
    return written


def _users_with_customer(session: Session) -> list[str]:
    return list(session.exec(select(Customer.user_id).where(col(Customer.stripe_customer_id).is_not(None))).all())


jobs.every("stripe events", timedelta(minutes=15), catch_up)
jobs.every("stripe customers", timedelta(hours=24), sync_everybody)
