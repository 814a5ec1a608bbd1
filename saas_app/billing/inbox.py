"""What Stripe sent, for a person at the server's prompt: what came, what failed, and once more."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from saas_app.billing import webhooks
from saas_app.billing.gateway.events import fetch_event
from saas_app.billing.models import WebhookEvent
from saas_app.core import db

SHOWN = 100


@dataclass(frozen=True)
class EventLine:
    """One event: when it came, what became of it after how many tries, and why not."""

    id: str
    type: str
    status: str
    attempts: int
    received: str
    error: str

    def __str__(self) -> str:
        error = f"  {self.error}" if self.error else ""
        return f"{self.received}  {self.status:<8} {self.attempts:>2} tries  {self.id}  {self.type}{error}"


def events(session: Session, *, failed: bool = False) -> list[EventLine]:
    """The newest events, or those that went wrong: dead ones, and those that are tried again."""
    query = select(WebhookEvent)
    if failed:
        waiting = (col(WebhookEvent.status) == "pending") & (col(WebhookEvent.error) != "")
        query = query.where((col(WebhookEvent.status) == "dead") | waiting)
    rows = session.exec(query.order_by(col(WebhookEvent.created_at).desc()).limit(SHOWN))
    return [
        EventLine(row.id, row.type, row.status, row.attempts, f"{row.created_at:%Y-%m-%d %H:%M:%S}", row.error)
        for row in rows
    ]


async def replay(event_id: str) -> str:
    """Let one event be handled again at once; one that never came is fetched from Stripe. Says what it is about.

    Raises StripeMissing for an event that Stripe does not know (any more).
    """
    found = await db.read_system("webhook", _type_of, event_id)
    if not found:
        event = await fetch_event(event_id)
        await db.run_system("webhook", webhooks.keep, event)
        return event.type
    await db.run_system("webhook", webhooks.revive, [event_id])
    return found


def _type_of(session: Session, event_id: str) -> str:
    row = session.get(WebhookEvent, event_id)
    return row.type if row else ""
