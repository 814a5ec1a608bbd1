"""What Stripe sends us: stored before it is answered, then looked up by a worker.

An event is a hint of whom to look at. What it says is never written down, so neither order nor repetition matters.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

from saas_app.billing import checkout, setup
from saas_app.billing.account import sync_account
from saas_app.billing.gateway.events import read_event
from saas_app.billing.gateway.shapes import StripeEvent
from saas_app.billing.models import Customer, WebhookEvent
from saas_app.core import db, jobs
from saas_app.core.clock import now
from saas_app.core.config import settings
from saas_app.core.jobs import Effect, Ignore, Outcome
from saas_app.core.rls_session import append_all
from saas_app.core.together import Together

CATALOGUE = ("product.", "price.")
LOOKS_AT_ONCE = 8
NOT_OURS = "about nobody, or about a customer that is not ours (yet)"

# Who else looks at an event that names no customer of ours: the types, or how they begin, and a look that says whether
# it was for them. A feature adds its own.
elsewhere: list[tuple[tuple[str, ...], Callable[[WebhookEvent], Awaitable[bool]]]] = []


async def receive(payload: bytes, signature: str, secrets: tuple[str, ...]) -> bool:
    """Verify and store one event; False for one that was here before.

    Raises BadSignature, and DatabaseBusy when it could not be stored: Stripe sends it again then.
    """
    return await _inbox.add(read_event(payload, signature, secrets))


def keep(session: Session, event: StripeEvent) -> bool:
    """Put one event into the inbox; False for one that was there before."""
    return keep_all(session, [event])[0]


def keep_all(session: Session, events: Sequence[StripeEvent]) -> list[bool]:
    """Put events into the inbox, each once; returns which of them are new.

    One of the other mode is kept too, but marked as not for us.
    """
    ids = [event.id for event in events]
    known = set(session.exec(select(WebhookEvent.id).where(col(WebhookEvent.id).in_(ids))))
    fresh = {event.id: event for event in reversed(events) if event.id not in known}
    if fresh:
        needing = _needing_a_look(session, [*fresh.values()])
        append_all(session, WebhookEvent, [_row(event, needed=event.id in needing) for event in fresh.values()])
        if needing:
            db.after_commit(session, lambda: jobs.wake(WebhookEvent))
    return [fresh.get(event.id) is event for event in events]


def _row(event: StripeEvent, *, needed: bool = True) -> dict[str, Any]:
    """What is kept of an event. One that needs no look is done with at once: a flood of them costs no worker."""
    is_ours, at = event.livemode == (settings().stripe_mode == "live"), now()
    why = "" if needed else NOT_OURS
    if not is_ours:
        why = "of the other mode (test or live)"
    return {
        "id": event.id,
        "type": event.type,
        "stripe_customer_id": event.customer_id,
        "object_id": event.object_id,
        "api_version": event.api_version,
        "stripe_created_at": event.created,
        "payload": event.payload,
        "status": "ignored" if why else "pending",
        "error": why,
        "done_at": at if why else None,
        "attempts": 0,
        "due_at": at,
        "created_at": at,
    }


_inbox = Together("webhook", keep_all)


async def handle_all(events: Sequence[WebhookEvent]) -> AsyncIterator[tuple[Sequence[WebhookEvent], Outcome]]:
    """Look at what many events are about, a few at a time; those that ended alike are handed back together."""
    looks = asyncio.Semaphore(LOOKS_AT_ONCE)

    async def look(event: WebhookEvent) -> tuple[WebhookEvent, Outcome]:
        async with looks:
            try:
                return event, await handle(event)
            except Exception as error:
                return event, error

    tasks = {asyncio.create_task(look(event)) for event in events}
    try:
        while tasks:
            over, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            answers = [task.result() for task in over]
            if quiet := [event for event, outcome in answers if outcome is None]:
                yield quiet, None
            for event, outcome in answers:
                if outcome is not None:
                    yield [event], outcome
    finally:
        for task in tasks:
            task.cancel()


def _needing_a_look(session: Session, events: Sequence[StripeEvent]) -> frozenset[str]:
    about = {event.customer_id for event in events}
    ours = set(session.exec(select(Customer.stripe_customer_id).where(col(Customer.stripe_customer_id).in_(about))))
    anyway = (*CATALOGUE, *(each for types, _ in elsewhere for each in types))
    return frozenset(e.id for e in events if e.type.startswith(anyway) or e.customer_id in ours)


def revive(session: Session, ids: Sequence[str]) -> int:
    """Let these events be looked at again at once, however often that went wrong; returns how many there are."""
    again = update(WebhookEvent).where(col(WebhookEvent.id).in_(ids))
    done = session.exec(
        again.values(status="pending", attempts=0, due_at=now(), done_at=None, error="", lease_until=None)
    )
    db.after_commit(session, lambda: jobs.wake(WebhookEvent))
    return done.rowcount


async def handle(event: WebhookEvent) -> Effect | None:
    """Look at what an event is about. Many events of one customer end in one look."""
    if event.type.startswith(CATALOGUE):
        await _once_since("catalog", event.created_at, setup.sync_catalogue)
        return None
    user_id = await db.read_system("webhook", owner_of, event.stripe_customer_id) if event.stripe_customer_id else None
    if user_id is None:
        if any([await look(event) for types, look in elsewhere if event.type.startswith(types)]):
            return None
        raise Ignore(NOT_OURS)
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


jobs.batch_lane(WebhookEvent, handle_all)
