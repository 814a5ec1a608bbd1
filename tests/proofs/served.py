"""The app as it is served, with a ledger beside it: what each event led to is written down, as often as it did.

    granian --factory tests.proofs.served:app

With PROOF_WITHOUT one of its guards is taken out, to see that the proof would notice: "conflict" (an event is stored
without asking whether it is there), "lease" (work is taken and finished without looking whose it is), "transaction"
(an effect is committed before its mark).
"""

import os
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, update

from saas_app import saas_app
from saas_app.billing import webhooks
from saas_app.billing.models import WebhookEvent
from saas_app.core import clock, db, jobs, leases, mailer, rls_session, worker
from saas_app.core.jobs import Outcome
from saas_app.core.leases import Leased

TYPE, WITH_MAIL = "proof.happened", "proof.happened.and_is_told"
LEDGER = "proof_ledger"
_write = sa.text(f"INSERT INTO {LEDGER} (event) VALUES (:event)")  # noqa: S608


def app() -> Any:
    """The product's own app, of which `handle_all` is overheard."""
    webhooks.elsewhere.append(((TYPE,), _is_ours))
    jobs.batch_lane(WebhookEvent, _handle_and_count)
    _WITHOUT[os.environ.get("PROOF_WITHOUT", "")]()
    return saas_app.app()


async def _is_ours(event: WebhookEvent) -> bool:
    return True


async def _handle_and_count(events: Sequence[WebhookEvent]) -> AsyncIterator[tuple[Sequence[WebhookEvent], Outcome]]:
    async for some, outcome in webhooks.handle_all(events):
        yield some, _counted(some) if outcome is None else outcome


def _counted(events: Sequence[WebhookEvent]) -> jobs.Effect:
    def effect(session: Session) -> None:
        for event in events:
            session.connection().execute(_write, {"event": event.id})
            if event.type == WITH_MAIL:
                mailer.send(session, "ada@example.com", event.id, "It has happened.", "<p>It has happened.</p>")

    return effect


# --- without one guard


def _without_conflict() -> None:
    def keep_all(session: Session, events: Sequence[Any]) -> list[bool]:
        table: Any = sa.inspect(WebhookEvent).local_table
        session.connection().execute(sa.insert(table), [webhooks._row(event) for event in events])
        db.after_commit(session, jobs.wake)
        return [True for _ in events]

    webhooks._inbox._write = keep_all
    assert rls_session.append_all


def _without_lease() -> None:
    def waiting(table: type[Leased]) -> tuple[Any, ...]:
        return (col(table.status) == "pending", col(table.due_at) <= clock.now())

    def complete_all(session: Session, rows: Sequence[Any], *, status: str = "done", error: str = "") -> None:
        table = type(rows[0])
        mine = update(table).where(col(table.id).in_([row.id for row in rows]))
        session.exec(mine.values(status=status, error=error, done_at=clock.now()))

    leases.waiting, leases.complete_all = waiting, complete_all


def _without_transaction() -> None:
    together = worker._mark_together

    def mark(session: Session, rows: Sequence[Any], outcome: Outcome) -> None:
        if outcome is None or isinstance(outcome, Exception):
            together(session, rows, outcome)
            return
        with db.system_session("jobs") as other:
            outcome(other)
        threading.Event().wait(0.05)  # a moment in which to die
        leases.complete_all(session, rows)

    worker._mark_together = mark


_WITHOUT = {
    "": lambda: None,
    "conflict": _without_conflict,
    "lease": _without_lease,
    "transaction": _without_transaction,
}
