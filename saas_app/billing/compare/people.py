"""Customers and all that hangs on them, compared a hundred at a time.

The lists of everybody take a while, and the world goes on meanwhile. So whoever seems to differ is asked for once more,
alone, before anything is said or written.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from saas_app.billing import account, sync
from saas_app.billing.compare.differences import MISSING, Difference, Report, between, mirrored, snapshot
from saas_app.billing.gateway import customers
from saas_app.billing.gateway.everybody import Everybody, fetch_everybody
from saas_app.billing.gateway.shapes import StripeCustomer
from saas_app.billing.models import ENDED_STATUSES, Customer, Invoice, Subscription
from saas_app.core import db

log = logging.getLogger(__name__)

BATCH = 100
AT_ONCE = 4
LATEST = 2**31 - 1  # later than any fetch: what it writes is taken back


@dataclass(frozen=True)
class Pair:
    """One customer on both sides."""

    user_id: str
    found: StripeCustomer


@dataclass(frozen=True)
class Here:
    """An account as we have it; `stripe_customer_id` is '' while it has no customer."""

    user_id: str
    account_id: str
    generation: int
    stripe_customer_id: str


@dataclass(frozen=True)
class Compared:
    """What one rehearsal found: differences by user, and how many rows of which table were looked at."""

    differences: dict[str, list[Difference]]
    counts: Counter[str]


async def compare_people(report: Report, *, repair: bool) -> None:
    """Every account here and every customer at Stripe."""
    everybody = await fetch_everybody()
    here = await db.read_system("reconcile", _accounts)
    bound = [each for each in here if each.stripe_customer_id]
    for table in mirrored():
        report.count(table.name, 0)
    pairs = [Pair(each.user_id, everybody.of(each.stripe_customer_id)) for each in bound]
    suspects: list[Pair] = []
    for first in range(0, len(pairs), BATCH):
        suspects += await _suspects(report, pairs[first : first + BATCH])
    for first in range(0, len(suspects), AT_ONCE):
        some = suspects[first : first + AT_ONCE]
        await asyncio.gather(*(_look_again(report, pair, repair=repair) for pair in some))
    await _strangers(report, everybody, here, repair=repair)
    report.differences += await db.read_system("reconcile", _orphans)


def _accounts(session: Session) -> list[Here]:
    rows = session.exec(select(Customer).order_by(col(Customer.user_id)))
    return [Here(row.user_id, row.id, row.generation, row.stripe_customer_id or "") for row in rows]


async def _suspects(report: Report, pairs: Sequence[Pair]) -> list[Pair]:
    """Who of these seems to differ. If the writer stumbles over one, the others are compared one by one."""
    try:
        compared = await db.rehearse_system("reconcile", rehearse, pairs)
    except Exception as error:
        if len(pairs) == 1:
            log.warning("%s could not be compared with Stripe: %s", pairs[0].user_id, type(error).__name__)
            report.failures.append(f"customer {pairs[0].found.id} could not be compared: {type(error).__name__}")
            return []
        return [each for pair in pairs for each in await _suspects(report, [pair])]
    for what, number in compared.counts.items():
        report.count(what, number)
    return [pair for pair in pairs if pair.user_id in compared.differences]


def rehearse(session: Session, pairs: Sequence[Pair]) -> Compared:
    """Let the one writer write these customers, and say what that changed. Roll back afterwards."""
    tables, users = mirrored(), [pair.user_id for pair in pairs]
    before = snapshot(session, tables, users)
    at_hand = session.exec(
        select(Invoice).where(col(Invoice.user_id).in_(users))
    ).all()  # merging asks for none of them
    for pair in pairs:
        sync.apply(session, sync.Fetch(pair.user_id, pair.found.id, LATEST), pair.found, silently=True)
    after = snapshot(session, tables, users)
    del at_hand
    owner = {pair.user_id: f"customer {pair.found.id}" for pair in pairs}
    listed = {each.id for pair in pairs for each in pair.found.invoices}
    deleted = {pair.user_id for pair in pairs if pair.found.deleted}
    differences: dict[str, list[Difference]] = {}

    def differs(user: str, difference: Difference) -> None:
        words = f"{owner[user]} {difference.thing}".strip()
        differences.setdefault(user, []).append(replace(difference, thing=words))

    customer_rows = {key: "" for key in before if key[0] == "customers"}
    for key, difference in between(before, after, customer_rows):
        differs((before.get(key) or after[key])["user_id"], difference)
    for key, row in before.items():
        if key[0] == "invoices" and key[1] not in listed and row["user_id"] not in deleted:
            differs(row["user_id"], Difference(f"invoice {key[1]}", "", row["status"], MISSING))
    return Compared(differences, Counter(table for table, _ in before))


async def _look_again(report: Report, pair: Pair, *, repair: bool) -> None:
    """Ask for this customer alone; if they differ still, say so, and with `repair` let the writer write."""
    try:
        fresh = Pair(pair.user_id, await customers.fetch_customer(pair.found.id))
        found = (await db.rehearse_system("reconcile", rehearse, [fresh])).differences.get(pair.user_id, [])
        left = await _repair(pair) if found and repair else found
    except Exception as error:
        log.warning("%s could not be compared with Stripe: %s", pair.user_id, type(error).__name__)
        report.failures.append(f"customer {pair.found.id} could not be compared: {type(error).__name__}")
        return
    still = {(each.thing, each.field) for each in left}
    report.differences += [replace(each, repaired=(each.thing, each.field) not in still) for each in found]


async def _repair(pair: Pair) -> list[Difference]:
    """Write what Stripe says now, as a webhook would have; returns what differs still."""
    fetch = await db.run_system("billing sync", sync.begin, pair.user_id)
    fresh = Pair(pair.user_id, await customers.fetch_customer(pair.found.id))
    if fetch is not None:
        await db.run_system("billing sync", sync.apply, fetch, fresh.found)
    return (await db.rehearse_system("reconcile", rehearse, [fresh])).differences.get(pair.user_id, [])


async def _strangers(report: Report, everybody: Everybody, here: Sequence[Here], *, repair: bool) -> None:
    """Customers whom no account here is bound to: ours by their metadata, or with a subscription that runs."""
    known = {each.stripe_customer_id for each in here}
    accounts = {each.account_id: each for each in here}
    for id_, customer in everybody.customers.items():
        if id_ in known:
            continue
        ours = accounts.get(everybody.accounts.get(id_, ""))
        running = [each.id for each in customer.subscriptions if each.status not in ENDED_STATUSES]
        if ours is not None and not ours.stripe_customer_id:
            difference = Difference(f"account {ours.account_id}", "stripe_customer_id", "nothing", id_)
            if repair:
                await _bind(ours, id_)
            report.differences.append(replace(difference, repaired=repair))
        elif running:
            report.differences.append(
                Difference(f"customer {id_}", "", "unknown", f"with the running subscription {running[0]}")
            )


async def _bind(here: Here, stripe_customer_id: str) -> None:
    ours = account.Account(here.account_id, here.generation, "")
    await db.run_system("billing account", account.bind, ours, stripe_customer_id)
    await account.sync_account(here.user_id)


def _orphans(session: Session) -> list[Difference]:
    """Subscriptions that run here, though their account has no customer at Stripe (any more)."""
    unbound = select(Customer.user_id).where(col(Customer.stripe_customer_id).is_(None))
    rows = session.exec(select(Subscription).where(col(Subscription.user_id).in_(unbound)))
    running = [row for row in rows if row.status not in ENDED_STATUSES]
    return [
        Difference(f"subscription {row.stripe_subscription_id}", "", row.status, "without a customer")
        for row in running
    ]
