"""A shop that is set up once for all tests of a worker, and put back before each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from saas_app.billing.goods import GOODS
from saas_app.billing.plans import SOLD
from saas_app.core.config import settings
from tests.billing.shop import Stripe
from tests.factories import as_system

OF_A_TEST = {"data_dir", "database_url", "secret_key"}


@dataclass(frozen=True)
class Kept:
    """What the set-up left behind on our side; Stripe's side keeps its own."""

    circumstances: str
    rows: dict[sa.Table, list[dict[str, Any]]]
    secret: str


_kept: dict[str, Kept] = {}


async def set_up_once(stripe: Stripe, set_up: Callable[[], Awaitable[None]]) -> None:
    """Set the shop up, or put it back as it was after the last set-up under the same circumstances."""
    kept, circumstances = _kept.get(stripe.url), _circumstances()
    if kept and kept.circumstances == circumstances:
        stripe.tell("reset", to="kept")
        as_system(lambda session: _insert(session, kept.rows))
        settings().stripe_file.parent.mkdir(parents=True, exist_ok=True)
        settings().stripe_file.write_text(kept.secret)
        return
    await set_up()
    stripe.tell("keep")
    _kept[stripe.url] = Kept(circumstances, as_system(_everything), settings().stripe_file.read_text())


def _circumstances() -> str:
    """All that a set-up depends on."""
    return repr((settings().model_dump(exclude=OF_A_TEST), SOLD, GOODS))


def _everything(session: Session) -> dict[sa.Table, list[dict[str, Any]]]:
    tables = SQLModel.metadata.sorted_tables
    found = {table: [dict(row._mapping) for row in session.execute(sa.select(table))] for table in tables}
    return {table: rows for table, rows in found.items() if rows}


def _insert(session: Session, kept: dict[sa.Table, list[dict[str, Any]]]) -> None:
    for table, rows in kept.items():
        session.execute(sa.insert(table), rows)
