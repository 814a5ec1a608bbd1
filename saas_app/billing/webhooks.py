"""What Stripe sends us: stored before it is answered, then looked up by a worker.

An event is a hint of whom to look at. What it says is never written down, so neither order nor repetition matters.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from saas_app.billing import checkout, setup
from saas_app.billing.account import sync_account
from saas_app.billing.gateway.events import read_event
from saas_app.billing.gateway.shapes import StripeEvent
from saas_app.billing.models import Customer, WebhookEvent
from saas_app.core import db, jobs
from saas_app.core.clock import now
from saas_app.core.config import settings
from saas_app.core.jobs import Effect, Ignore


async def receive(payload: bytes, signature: str, secrets: tuple[str, ...]) -> bool:
    """Verify and store one event; False for one that was here before.

    Raises BadSignature, and DatabaseBusy when it could not be stored: Stripe sends it again then.
    """
    event = read_event(payload, signature, secrets)
    try:
        return await db.run_system("webhook", keep, event)
    except IntegrityError:  # the same event, at the same moment, through another worker
        return False


def keep(session: Session, event: StripeEvent) -> bool:
    """Put an event into the inbox, once. One of the other mode is kept too, but marked as not for us."""
    if session.get(WebhookEvent, event.id) is not None:
        return False
    is_ours = event.livemode == (settings().stripe_mode == "live")
    session.add(
        WebhookEvent(
            id=event.id,
            type=event.type,
            stripe_customer_id=event.customer_id,
            object_id=event.object_id,
            api_version=event.api_version,
            stripe_created_at=event.created,
            payload=event.payload,
            status="pending" if is_ours else "ignored",
            error="" if is_ours else "of the other mode (test or live)",
            done_at=None if is_ours else now(),
        )
    )
    db.after_commit(session, jobs.wake)
    return True


def revive(session: Session, ids: Sequence[str]) -> int:
    """Let these events be looked at again at once, however often that went wrong; returns how many there are."""
    again = update(WebhookEvent).where(col(WebhookEvent.id).in_(ids))
    done = session.exec(
        again.values(status="pending", attempts=0, due_at=now(), done_at=None, error="", lease_until=None)
    )
    db.after_commit(session, jobs.wake)
    return done.rowcount


async def handle(event: WebhookEvent) -> Effect | None:
    """Look at what an event is about. Many events of one customer end in one look."""
    if event.type.startswith(("product.", "price.")):
        await _once_since("catalog", event.created_at, setup.sync_catalogue)
        return None
    if not event.stripe_customer_id:
        raise Ignore("about nobody")
    user_id = await db.read_system("webhook", owner_of, event.stripe_customer_id)
    if user_id is None:
        raise Ignore("about a customer that is not ours (yet)")
    await _once_since(event.stripe_customer_id, event.created_at, lambda: sync_account(user_id))
    if event.type in ("checkout.session.completed", "checkout.session.expired"):
        outcome = event.type.rpartition(".")[2].replace("completed", "complete")
        return lambda session: checkout.close_attempt(session, event.object_id, outcome)
    return None


def owner_of(session: Session, stripe_customer_id: str) -> str | None:
    """Whose customer this is: by the id that we bound to an account, never by e-mail."""
    row = session.exec(select(Customer).where(Customer.stripe_customer_id == stripe_customer_id)).first()
    return row.user_id if row else None


_locks: dict[str, asyncio.Lock] = {}
_looked_at: dict[str, datetime] = {}


async def _once_since(about: str, received: datetime, look: Callable[[], Awaitable[object]]) -> None:
    """Look, unless a look that began after this event arrived has been completed."""
    if len(_locks) > 10_000:
        _locks.clear()
        _looked_at.clear()
    async with _locks.setdefault(about, asyncio.Lock()):
        if about in _looked_at and _looked_at[about] > received:
            return
        began = now()
        await look()
        _looked_at[about] = began


jobs.lane(WebhookEvent, handle)
