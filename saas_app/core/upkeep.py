"""Rows that are over are dropped, so that nothing about people is kept longer than it is of use.

A table says when its rows are over: `__dropped__ = ("ends_at", timedelta(days=1))`. Work that died is kept longer, for
a person to look at; whoever is away for a month still finds it.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, delete

from saas_app.core import clock, db, jobs
from saas_app.core.leases import Leased

DEAD_IS_KEPT = timedelta(days=90)


def drop_what_is_over(session: Session) -> int:
    """Drop it, in every table that says so. Returns how many rows that were."""
    dropped = 0
    for mapper in SQLModel._sa_registry.mappers:  # pyright: ignore[reportPrivateUsage]
        table: Any = mapper.class_
        if hasattr(table, "__dropped__"):
            column, kept_for = table.__dropped__
            over_since = col(getattr(table, column))
            is_over = over_since < clock.now() - kept_for
            if issubclass(table, Leased):
                is_over &= sa.or_(col(table.status) != "dead", over_since < clock.now() - DEAD_IS_KEPT)
            dropped += session.exec(delete(table).where(is_over)).rowcount
    return dropped


async def tidy() -> None:
    """Keep the tables small."""
    await db.run_system("jobs", drop_what_is_over)


jobs.every("tidy", timedelta(hours=1), tidy)
