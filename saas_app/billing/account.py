"""An account at Stripe: made once per user, and fetched afresh whenever somebody has reason to look."""

import asyncio
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from saas_app.billing import sync
from saas_app.billing.gateway import customers, subscriptions
from saas_app.billing.gateway.errors import StripeBroken, StripeRefused
from saas_app.billing.models import Customer, Subscription
from saas_app.billing.stripe_account import check_account
from saas_app.core import db
from saas_app.core.clock import now
from saas_app.core.ids import new_id
from saas_app.core.viewer import Viewer


@dataclass(frozen=True)
class Account:
    """Our side of a customer: `stripe_customer_id` is empty until Stripe has been asked for one."""

    id: str
    generation: int
    stripe_customer_id: str


async def sync_account(user_id: str) -> bool:
    """Fetch this user's customer from Stripe and write it down. True when something newer was written.

    Raises StripeUnavailable and OtherAccount; nothing is half-written then.
    """
    await check_account()
    fetch = await db.run_system("billing sync", sync.begin, user_id)
    if fetch is None:
        return False
    found = await customers.fetch_customer(fetch.stripe_customer_id)
    return await db.run_system("billing sync", sync.apply, fetch, found)


async def resume(viewer: Viewer) -> None:
    """Let this viewer's paused subscription go on, if they have one.

    Raises StripeUnavailable, StripeRefused; a second click that comes too late is no failure.
    """
    paused = await db.read(viewer, _paused)
    try:
        if paused:
            await subscriptions.resume_subscription(paused)
    except StripeRefused:
        await sync_account(viewer.id)
        if await db.read(viewer, _paused):
            raise
    else:
        await sync_account(viewer.id)


def _paused(session: Session) -> str:
    found = session.exec(select(Subscription).where(Subscription.status == "paused")).first()
    return found.stripe_subscription_id if found else ""


async def ensure_customer(viewer: Viewer) -> Account:
    """This viewer's account with a Stripe customer. However often and from how many tabs it is called, one is made."""
    try:
        account = await db.run_system("billing account", open_account, viewer.id)
    except IntegrityError:  # two first clicks at once: the database kept the other one's row
        account = await db.run_system("billing account", open_account, viewer.id)
    if account.stripe_customer_id:
        return account
    try:
        made = await customers.create_customer(account.id, account.generation)
    except StripeBroken:
        await db.run_system("billing account", ask_anew, account)
        raise
    await customers.describe_customer(made, name=viewer.name, email=viewer.email)
    return await db.run_system("billing account", bind, account, made)


def open_account(session: Session, user_id: str) -> Account:
    """The user's billing account, made on first sight."""
    row = session.exec(select(Customer).where(Customer.user_id == user_id)).first()
    if row is None:
        row = Customer(id=new_id("acct"), user_id=user_id, created_at=now())
        session.add(row)
        session.flush()
    return Account(row.id, row.generation, row.stripe_customer_id or "")


def ask_anew(session: Session, account: Account) -> None:
    """The next click asks under another key. A customer that was made all the same has nothing, and harms nobody."""
    mine = (col(Customer.id) == account.id, col(Customer.generation) == account.generation)
    unbound = col(Customer.stripe_customer_id).is_(None)
    session.exec(update(Customer).where(*mine, unbound).values(generation=account.generation + 1))


def bind(session: Session, account: Account, stripe_customer_id: str) -> Account:
    """Remember the customer that was made. The first to come wins; the idempotency key makes all of them the same."""
    session.exec(
        update(Customer)
        .where(
            col(Customer.id) == account.id,
            col(Customer.generation) == account.generation,
            col(Customer.stripe_customer_id).is_(None),
        )
        .values(stripe_customer_id=stripe_customer_id)
    )
    row = session.exec(select(Customer).where(Customer.id == account.id)).one()
    session.refresh(row)
    return Account(row.id, row.generation, row.stripe_customer_id or "")


async def sync_soon(user_id: str, seconds: float) -> bool:
    """Sync, but give up waiting after so long: a page that returns from Stripe must not hang on it."""
    try:
        async with asyncio.timeout(seconds):
            return await sync_account(user_id)
    except TimeoutError:
        return False
