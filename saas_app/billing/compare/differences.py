"""What differs between a row here and the same at Stripe, found by letting the one writer write and looking twice.

Nothing here knows which columns there are: whatever the writer learns to write is compared from that day on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from saas_app.billing.models import CheckoutAttempt, PlanChange, UpcomingInvoice
from saas_app.core.rls import access

Key = tuple[str, str]  # table, primary key
Rows = dict[Key, dict[str, Any]]

# What we asked of Stripe, and not what it said; and what it works out afresh for whoever asks.
OURS = {CheckoutAttempt, PlanChange, UpcomingInvoice}
BOOKKEEPING = frozenset({"user_id", "sync_seq", "applied_seq", "synced_at"})
MISSING = "missing"
FIRST = ("customers", "subscriptions", "invoices", "purchases")


@dataclass(frozen=True)
class Difference:
    """One thing that is not as Stripe has it. `field` is '' when the whole thing is missing on one side."""

    thing: str
    field: str
    here: str
    there: str
    repaired: bool = False

    def __str__(self) -> str:
        after = ", repaired" if self.repaired else ""
        return f"{' '.join(filter(None, (self.thing, self.field)))}: here {self.here}, at Stripe {self.there}{after}"


@dataclass
class Report:
    """What was compared, in the order of comparing, and what came of it."""

    counts: dict[str, int] = field(default_factory=dict[str, int])
    differences: list[Difference] = field(default_factory=list[Difference])
    failures: list[str] = field(default_factory=list[str])

    def count(self, what: str, number: int) -> None:
        """So many more of these were compared."""
        self.counts[what] = self.counts.get(what, 0) + number

    def add(self, other: "Report") -> None:
        """What was compared beside this."""
        for what, number in other.counts.items():
            self.count(what, number)
        self.differences += other.differences
        self.failures += other.failures

    @property
    def summary(self) -> str:
        """One line: how many of what, and how many differences."""
        compared = ", ".join(
            f"{number} {what if number != 1 else singular(what)}" for what, number in self.counts.items()
        )
        found, repaired = len(self.differences), sum(each.repaired for each in self.differences)
        words = f"{compared}: {found} difference{'' if found == 1 else 's'}"
        return words + (f", {repaired} repaired" if repaired else "")

    @property
    def status(self) -> int:
        """For cron: 0 when all is as Stripe has it (now), 1 when something differs still, 2 when not all was seen."""
        if self.failures:
            return 2
        return int(any(not each.repaired for each in self.differences))


def mirrored() -> list[sa.Table]:
    """Every table that holds what Stripe said about somebody: users may not write it, and it knows Stripe's id."""
    found: list[sa.Table] = [
        each.__table__
        for each in access().owned
        if not each.__user_writes__ and each not in OURS and _knows_stripes_id(each.__table__)
    ]
    return sorted(found, key=lambda table: (FIRST.index(table.name) if table.name in FIRST else len(FIRST), table.name))


def _knows_stripes_id(table: sa.Table) -> bool:
    known = {column for column in table.c if column.primary_key or column.unique}
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            known |= set(constraint.columns)
    return any(column.name.startswith("stripe_") for column in known)


def snapshot(session: Session, tables: Sequence[sa.Table], users: Sequence[str] | None = None) -> Rows:
    """These people's rows as the database has them in this transaction; everybody's without `users`."""
    session.flush()
    found: Rows = {}
    for table in tables:
        query = sa.select(table) if users is None else sa.select(table).where(table.c.user_id.in_(users))
        (key,) = table.primary_key.columns
        for row in session.connection().execute(query).mappings():
            found[table.name, row[key.name]] = dict(row)
    return found


def between(before: Rows, after: Rows, name: dict[Key, str]) -> list[tuple[Key, Difference]]:
    """What the writer changed. `name` gives the words for rows that have better ones than their own id."""
    found: list[tuple[Key, Difference]] = []
    for key in sorted({*before, *after}):
        here, there = before.get(key), after.get(key)
        thing = name.get(key) or f"{singular(key[0])} {key[1]}"
        if here is None or there is None:
            found.append((key, Difference(thing, "", _state(here), _state(there))))
            continue
        for column, value in here.items():
            if column not in BOOKKEEPING and value != there[column]:
                found.append((key, Difference(thing, column, *_words(column, value, there[column]))))
    return found


def singular(table: str) -> str:
    """invoices, invoice"""
    return table.removesuffix("s").replace("_", " ")


def _state(row: dict[str, Any] | None) -> str:
    return MISSING if row is None else str(row.get("status") or "there")


def _words(column: str, here: Any, there: Any) -> tuple[str, str]:
    """Both values; whoever has the address of an invoice can open it, so that is not said."""
    if column.endswith(("_url", "_pdf")):
        return "one address", "another" if there else "none"
    return _value(here), _value(there)


def _value(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return "nothing" if value is None or value == "" else str(value)
