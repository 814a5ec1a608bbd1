"""Rows that are over are dropped, so that nothing about people is kept longer than it is of use.

A table says when its rows are over: `__dropped__ = ("ends_at", timedelta(days=1))`. Work that died is kept, until a
person has looked at it.
"""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, SQLModel, col, delete

from saas_app.core import clock, db, jobs
from saas_app.core.leases import Leased


def drop_what_is_over(session: Session) -> int:
    """Drop it, in every table that says so. Returns how many rows that were."""
    dropped = 0
    for mapper in SQLModel._sa_registry.mappers:  # pyright: ignore[reportPrivateUsage]
        table: Any = mapper.class_
        if hasattr(table, "__dropped__"):
            column, kept_for = table.__dropped__
            is_over = [col(getattr(table, column)) < clock.now() - kept_for]
            if issubclass(table, Leased):
                is_over.append(col(table.status) != "dead")
            dropped += session.exec(delete(table).where(*is_over)).rowcount
    return dropped


async def tidy() -> None:
    """Keep the tables small."""
    await db.run_system("jobs", drop_what_is_over)


jobs.every("tidy", timedelta(hours=1), tidy)
