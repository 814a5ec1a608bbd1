"""Deleting an account: asked for in one transaction, done by the worker, and taken up again wherever it broke off.

First everything outside is settled (a feature adds its part to `settle`), then all rows go in one transaction. Each
step may be done twice without harm, so a crash between any two costs nothing but time.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from saas_app.account import emails
from saas_app.account.models import AccountDeletion, FormerMember
from saas_app.auth import sessions
from saas_app.auth.models import User
from saas_app.auth.sessions import Visit
from saas_app.core import audit, clock, db, jobs, tokens

# What has to be ended elsewhere before the rows go, by user id. It may be called more than once.
settle: list[Callable[[str], Awaitable[None]]] = []
# What stays of somebody without saying who they were. It is written in the transaction that erases them.
keep: list[Callable[[Session, User], None]] = []
# Whether this person has had a trial, which a second account does not get again.
had_trial: list[Callable[[Session, str], bool]] = []


def ask(session: Session, user_id: str, visit: Visit) -> None:
    """From now on the account is closed to everybody; the worker takes it apart."""
    user = session.get_one(User, user_id)
    user.leaving_at = clock.now()
    session.add(AccountDeletion(id=user_id))
    sessions.close_all(session, user_id)
    audit.record(session, user_id, "account deletion asked", ip=visit.ip, device=visit.device)
    db.after_commit(session, lambda: jobs.wake(AccountDeletion))


async def take_apart(row: AccountDeletion) -> jobs.Effect:
    """Settle what is outside, then erase what is here."""
    for end in settle:
        await end(row.id)
    return lambda session: erase(session, row.id)


def erase(session: Session, user_id: str) -> None:
    """Every row of this person, and at last the person. What stays is a keyed digest of the address."""
    user = session.get(User, user_id)
    if user is None:
        return
    email, key = user.email, former_key(user.email_key)
    trial = any(had(session, user_id) for had in had_trial)
    for note in keep:
        note(session, user)
    for table in reversed(SQLModel.metadata.sorted_tables):
        owner = _owner_of(table)
        if owner is not None:
            session.execute(sa.delete(table).where(owner == user_id))
    known = session.get(FormerMember, key)
    session.add(FormerMember(digest=key, had_trial=trial) if known is None else known)
    if known is not None:
        known.had_trial, known.left_at = known.had_trial or trial, clock.now()
    audit.record(session, user_id, "account deleted")
    emails.write_goodbye(session, email, user_id)


def former_key(email_key: str) -> str:
    """What we know a former member's address by."""
    return tokens.keyed_digest("former member", email_key)


def _owner_of(table: sa.Table) -> sa.Column[Any] | None:
    """The column that ties a table's rows to a person, unless its rows outlive the account."""
    if table.name == User.__tablename__:
        return table.c.id
    outlives = any(
        getattr(mapper.class_, "__outlives_account__", False)
        for mapper in SQLModel._sa_registry.mappers  # pyright: ignore[reportPrivateUsage]
        if mapper.local_table is table
    )
    return None if outlives else table.c.get("user_id")


jobs.lane(AccountDeletion, take_apart)
