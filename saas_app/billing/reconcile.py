"""What a webhook missed is found anyway: recent events are listed again, and every customer is looked at once a day.

Dates that want a mail before them are looked for here too.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from saas_app.billing import setup, webhooks
from saas_app.billing.account import sync_account
from saas_app.billing.gateway.events import list_events
from saas_app.billing.gateway.shapes import StripeEvent
from saas_app.billing.mails import reminders
from saas_app.billing.models import Customer
from saas_app.billing.stripe_account import check_account, remember, stripe_object
from saas_app.core import db, jobs
from saas_app.core.clock import now

log = logging.getLogger(__name__)

WATERMARK = "events_seen_until"
OVERLAP = timedelta(hours=1)
AT_ONCE = timedelta(hours=6)
KEPT_BY_STRIPE = timedelta(days=30)
SEEN_EVERY = timedelta(hours=24)
TIME_FOR_SOME = timedelta(seconds=30)  # well within what a worker gives to one piece of work
MOST_FAILURES_IN_A_ROW = 3
EVENTS_AT_ONCE = 100
TYPES_PER_LIST = 20  # https://docs.stripe.com/api/events/list#list_events-types


async def catch_up() -> int:
    """Put every event since the last look into the inbox; returns how many were not there yet.

    It goes on a few hours at a time and remembers how far it came, so that a look over a long silence may be cut off.
    Before the first look nothing was missed.
    """
    await check_account()
    mark = await db.read_system("reconcile", stripe_object, WATERMARK)
    began = now()
    seen_until = max(datetime.fromisoformat(mark), began - KEPT_BY_STRIPE) if mark else began - OVERLAP
    new = 0
    while seen_until < began:
        since, seen_until = seen_until - OVERLAP, min(seen_until + AT_ONCE, began)
        new += await keep_events(since, seen_until)
        await db.run_system("reconcile", remember, WATERMARK, seen_until.isoformat())
    return new


async def keep_events(since: datetime, until: datetime) -> int:
    """Put every event of that time into the inbox, a page in each transaction; returns how many were not there yet."""
    new = 0
    for first in range(0, len(setup.EVENTS), TYPES_PER_LIST):
        some: list[StripeEvent] = []
        async for event in list_events(setup.EVENTS[first : first + TYPES_PER_LIST], since, until):
            some.append(event)
            if len(some) == EVENTS_AT_ONCE:
                new += await db.run_system("reconcile", _keep, some)
                some = []
        new += await db.run_system("reconcile", _keep, some)
    return new


def _keep(session: Session, events: Sequence[StripeEvent]) -> int:
    return sum(webhooks.keep_all(session, events))


async def sync_some(within: timedelta = TIME_FOR_SOME) -> int:
    """Fetch whom nobody has looked at for a day, one at least, until the time is up; the next run takes the others."""
    users = await db.read_system("reconcile", _not_seen_since, now() - SEEN_EVERY)
    return await _sync(users, until=now() + within)


async def remind_some(within: timedelta = TIME_FOR_SOME) -> int:
    """Fetch whoever has not got a reminder that is due, until the time is up: what is then written holds the mail."""
    return await _sync(await db.read_system("reconcile", reminders.waiting), until=now() + within)


async def sync_everybody() -> int:
    """Fetch the catalogue and every customer afresh, however long it takes; returns how many customers were."""
    await setup.sync_catalogue()
    return await _sync(await db.read_system("reconcile", _not_seen_since, now()), until=None)


async def _sync(users: Sequence[str], until: datetime | None) -> int:
    """One after another. Whoever cannot be read stands in nobody's way, but many in a row mean that Stripe is away."""
    synced = failed_in_a_row = 0
    for user_id in users:
        try:
            await sync_account(user_id)
        except Exception as error:
            log.warning("%s could not be compared with Stripe: %s", user_id, type(error).__name__)
            failed_in_a_row += 1
            if failed_in_a_row == MOST_FAILURES_IN_A_ROW:
                raise
        else:
            synced, failed_in_a_row = synced + 1, 0
        if until is not None and now() >= until:
            break
    return synced


def _not_seen_since(session: Session, moment: datetime) -> Sequence[str]:
    """Whom to look at. In any order, since those that fail would come first every time in an order of age."""
    seen = col(Customer.synced_at)
    late = sa.or_(seen.is_(None), seen < moment)
    mine = select(Customer.user_id).where(col(Customer.stripe_customer_id).is_not(None), late)
    return session.exec(mine.order_by(func.random())).all()


jobs.every("stripe events", timedelta(minutes=15), catch_up, at_start=True)
jobs.every("stripe catalogue", timedelta(hours=24), setup.sync_catalogue)
jobs.every("stripe customers", timedelta(minutes=1), sync_some)
jobs.every("billing reminders", timedelta(minutes=15), remind_some)
