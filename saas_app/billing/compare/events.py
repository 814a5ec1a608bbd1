"""The inbox against Stripe's own list: an event that never came, or that nothing came of."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from saas_app.billing import reconcile, setup
from saas_app.billing.compare.differences import MISSING, Difference, Report
from saas_app.billing.endpoint import EXPECTED_SINCE
from saas_app.billing.gateway.events import list_event_ids
from saas_app.billing.models import WebhookEvent
from saas_app.billing.stripe_account import stripe_object
from saas_app.billing.webhooks import revive
from saas_app.core import db
from saas_app.core.clock import now

ON_ITS_WAY = timedelta(minutes=1)
LATE_AFTER = timedelta(minutes=10)
BATCH = 500


async def compare_events(report: Report, *, repair: bool, settled: bool) -> None:
    """Every event of the last thirty days, or since Stripe was asked to send any."""
    asked_since = await db.read_system("stripe objects", stripe_object, EXPECTED_SINCE)
    report.count("events", 0)
    if not asked_since:
        return
    until = now() - ON_ITS_WAY if settled else now()
    since = max(datetime.fromisoformat(asked_since), until - reconcile.KEPT_BY_STRIPE)
    found: list[Difference] = []
    for first in range(0, len(setup.EVENTS), reconcile.TYPES_PER_LIST):
        batch: list[tuple[str, str]] = []
        async for event in list_event_ids(setup.EVENTS[first : first + reconcile.TYPES_PER_LIST], since, until):
            batch.append(event)
            if len(batch) == BATCH:
                found += await _compare(report, batch)
                batch = []
        found += await _compare(report, batch)
    if found and repair:
        await reconcile.keep_events(since, until)
        ids = [each.thing.split()[-1] for each in found]
        for first in range(0, len(ids), BATCH):
            await db.run_system("reconcile", revive, ids[first : first + BATCH])
    report.differences += [Difference(each.thing, each.field, each.here, each.there, repair) for each in found]


async def _compare(report: Report, events: Sequence[tuple[str, str]]) -> list[Difference]:
    report.count("events", len(events))
    unhandled = await db.read_system("reconcile", _unhandled, [id_ for id_, _ in events])
    return [Difference(f"{type_} {id_}", "", unhandled[id_], "sent") for id_, type_ in events if id_ in unhandled]


def _unhandled(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Which of these are missing or waiting for too long, with a word on each."""
    query = select(WebhookEvent.id, WebhookEvent.status, WebhookEvent.created_at, WebhookEvent.error)
    rows = {row[0]: row[1:] for row in session.exec(query.where(col(WebhookEvent.id).in_(ids)))}
    late = now() - LATE_AFTER
    found: dict[str, str] = {}
    for id_ in ids:
        if id_ not in rows:
            found[id_] = MISSING
            continue
        status, since, error = rows[id_]
        if status == "dead" or (status == "pending" and since < late):
            found[id_] = f"{status} ({error or 'nobody has looked at it'})"
    return found
