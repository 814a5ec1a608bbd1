"""The app and the sandbox on one stage, which can be set back: everything that a proof plays again and again."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col
from starlette.applications import Starlette

from saas_app import work
from saas_app.billing import api, setup
from saas_app.billing.compare.differences import BOOKKEEPING, mirrored
from saas_app.billing.models import CheckoutAttempt, PlanChange, Price, Product, UpcomingInvoice
from saas_app.core import clock, db
from saas_app.core.errors import DatabaseBusy
from saas_app.core.jobs import Outbox, tables
from saas_app.core.mailer import Mailbox
from saas_app.purchases import deliverables
from tests.billing.conftest import _nothing_scheduled, hang_up
from tests.billing.shop import do_waiting_work, rows, signed
from tests.conftest import environment
from tests.factories import as_system
from tests.purchases.market import FILE, Market

assert work  # declares what is done later

T = TypeVar("T")
ASKED: tuple[type[SQLModel], ...] = (CheckoutAttempt, PlanChange)  # what we asked of Stripe
MADE_UP = BOOKKEEPING | {"id"}  # our own names for things, and when we looked


@dataclass(frozen=True)
class Picture:
    """All that billing knows, in a form in which two runs can be compared."""

    mirror: dict[str, list[dict[str, Any]]]
    asked: dict[str, list[dict[str, Any]]]
    mails: list[tuple[str, ...]]
    keys: list[str]


class Scene:
    """A set-up shop with nobody in it. What happens on it happens in one event loop, as in one process.

    `base` is where the app finds Stripe: the sandbox itself, or a line to it that can be cut.
    """

    def __init__(self, sandbox: str, template: Path, folder: Path, base: str = "") -> None:
        self.stripe = Market(sandbox)
        self._file = folder / "scene.db"
        self._kept = folder / "kept.db"
        self._open = ExitStack()
        shutil.copy(template, self._file)
        self._open.enter_context(
            environment(
                DATABASE_URL=f"sqlite:///{self._file}",
                DATA_DIR=str(folder / "data"),
                STRIPE_API_BASE=base or sandbox,
                BASE_URL="http://localhost:9",  # nobody listens there: events stay at Stripe until they are delivered
            )
        )
        self._open.callback(db.stop)
        self.runner = self._open.enter_context(asyncio.Runner())
        self._open.callback(lambda: self.run(hang_up()))
        on_sale = self._open.enter_context(pytest.MonkeyPatch.context())
        on_sale.setattr(deliverables, "_registered", {})
        deliverables.deliver("book_v1", FILE, "application/pdf", lambda buyer: b"%PDF")
        self.stripe.tell("reset")
        self.stripe.tell("chaos")
        self.stripe.tell("down", seconds=0)
        self.run(setup.set_up(lambda line: None))
        as_system(_nothing_scheduled)

    def close(self) -> None:
        self._open.close()

    def run(self, doing: Awaitable[T]) -> T:
        async def it() -> T:
            return await doing

        return self.runner.run(it())

    def keep(self) -> None:
        """Remember the database as it is now."""
        db.stop()
        shutil.copy(self._file, self._kept)

    def set_back(self) -> None:
        """The database as it was kept, and a process that has just begun."""
        db.stop()
        for left in self._file.parent.glob("scene.db-*"):
            left.unlink()
        shutil.copy(self._kept, self._file)
        self.forget_the_process()

    def forget_the_process(self) -> None:
        """What a process keeps in its memory is gone, as after a restart."""
        self.run(hang_up())

    def events(self, but: Collection[str] = ()) -> list[dict[str, Any]]:
        """What Stripe has to tell us so far, oldest first, but for those with these ids."""
        found: list[dict[str, Any]] = []
        page = self.stripe.ask("events?limit=100")
        while True:
            found += page["data"]
            if not page["has_more"]:
                break
            page = self.stripe.ask(f"events?limit=100&starting_after={found[-1]['id']}")
        return [each for each in reversed(found) if each["type"] in setup.EVENTS and each["id"] not in but]

    def tell(self, events: Iterable[dict[str, Any]]) -> None:
        """Deliver events at the real door, each answered with 200."""
        self.run(_deliver(list(events)))

    def work(self) -> None:
        """Do what waits; also what a slow disk held up for five seconds, which would be tried again later."""
        self.run(do_waiting_work())
        while as_system(_bring_forward_what_the_disk_held_up):
            self.run(do_waiting_work())

    def play(self, orders: Sequence[dict[str, Any]], *, work_between: bool = True) -> "Picture":
        """From the kept state: these events arrive in this order; what came of it."""
        self.set_back()
        for event in orders:
            self.tell([event])
            if work_between:
                self.work()
        self.work()
        return picture()


def _bring_forward_what_the_disk_held_up(session: Session) -> int:
    found = 0
    for table in tables():
        held_up = (col(table.status) == "pending", col(table.error).startswith(DatabaseBusy.__name__))
        found += session.exec(sa.update(table).where(*held_up).values(due_at=clock.now(), error="")).rowcount
    return found


async def _deliver(events: list[dict[str, Any]]) -> None:
    door = httpx.ASGITransport(Starlette(routes=api.routes))
    async with httpx.AsyncClient(transport=door, base_url="http://localhost:9") as sender:
        for event in events:
            body = json.dumps(event).encode()
            answer = await sender.post(api.WEBHOOK, content=body, headers=signed(body))
            assert answer.status_code == 200, answer.text


def picture() -> Picture:
    """As it is now."""
    mails = [(row.to, row.subject, row.text) for row in rows(Mailbox)]
    keys = [row.key for row in rows(Outbox) if row.key]
    shown = [*mirrored(), *(each.__table__ for each in (Product, Price, UpcomingInvoice))]  # type: ignore[attr-defined]
    asked = [each.__table__ for each in ASKED]  # type: ignore[attr-defined]
    return Picture(_all(shown), _all(asked), sorted(mails), sorted(keys))


def _all(tables: Sequence[sa.Table]) -> dict[str, list[dict[str, Any]]]:
    def read(session: Any) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for table in tables:
            lines = session.connection().execute(sa.select(table)).mappings()
            plain = [{name: value for name, value in line.items() if name not in MADE_UP} for line in lines]
            found[table.name] = sorted(plain, key=str)
        return found

    return as_system(read)
