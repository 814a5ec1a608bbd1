"""From "Subscribe" or "Buy" to the hosted checkout, and back.

Two clicks, two tabs and a crash in between all end in one checkout: an attempt is stored first, its id is the
idempotency key, and the database allows one open attempt per user and kind.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from saas_app.billing import catalogue, changes
from saas_app.billing.account import Account, ensure_customer, open_account, sync_account
from saas_app.billing.entitlements import entitlements
from saas_app.billing.gateway import hosted
from saas_app.billing.gateway.errors import StripeBroken, StripeMissing, StripeRefused, StripeUnavailable
from saas_app.billing.gateway.shapes import StripeCheckoutSession
from saas_app.billing.limits import count_ask
from saas_app.billing.models import ENDED_STATUSES, CheckoutAttempt, Customer, Invoice, Price, Product, Subscription
from saas_app.billing.plans import FREE
from saas_app.billing.trials import Trial, trial_for
from saas_app.core import db
from saas_app.core.clock import now
from saas_app.core.config import settings
from saas_app.core.errors import AppError, BadInput, NotFound, TooManyTries, Unavailable
from saas_app.core.ids import new_id
from saas_app.core.viewer import Viewer
from saas_app.core.words import _

log = logging.getLogger(__name__)

# Stripe forgets an idempotency key after a day.
REUSABLE_FOR = timedelta(hours=23)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to pay: one of Stripe's prices, in one of its currencies."""

    price_id: str
    currency: str


@dataclass(frozen=True)
class Attempt:
    """An open intention to pay; `url` is empty until Stripe has answered."""

    id: str
    wish: Wish
    session_id: str
    url: str


@dataclass(frozen=True)
class Kind:
    """One sort of checkout. `instead` says where somebody goes who needs none at this price, '' for all others.

    It may refuse.
    """

    name: str
    mode: Literal["subscription", "payment"]
    success_path: str
    cancel_path: str
    instead: Callable[[Viewer, str], Awaitable[str]]


class Outcome(StrEnum):
    """What became of a checkout, as far as we know."""

    ACTIVE = "active"
    PROCESSING = "processing"
    OPEN = "open"
    UNKNOWN = "unknown"
    LATE = "late"  # Stripe, or our database, does not answer, or is asked too often: the next look may see
    REFUSED = "refused"  # Stripe answers, but not this question: no further look helps


async def start_checkout(viewer: Viewer, plan_key: str, interval: str, currency: str = "") -> str:
    """The address to send this viewer to: a checkout, or the change of the subscription that they have already.

    Who was billed before goes on in that currency, in which their credit and their discounts are
    (https://docs.stripe.com/billing/customer#currency). Raises BadInput for a plan that is not sold, CannotChange,
    StripeUnavailable when Stripe does not answer.
    """
    await sync_account(viewer.id)
    wanted = await db.read(viewer, currency_of) or currency
    tag = await db.read_system("catalogue", catalogue.price_for, plan_key, interval, wanted)
    if tag is None:
        raise BadInput({"plan": _("This plan is not sold any more. Please choose another one.")})
    account = await ensure_customer(viewer)  # after the look, which forgets a customer that Stripe has deleted
    wish = Wish(tag.price_id, tag.currency)
    return await _change_instead(viewer, wish.price_id) or await open_session(viewer, account, wish)


def currency_of(session: Session) -> str:
    """In which currency this person is billed; '' before the first time."""
    return session.exec(select(Customer.currency)).first() or ""


async def _change_instead(viewer: Viewer, price_id: str) -> str:
    """Where somebody who has a subscription sees what the change to this price costs; '' for all others."""
    if not await db.read(viewer, running_subscription):
        return ""
    await changes.show(viewer, price_id)
    return f"{settings().base_url}/billing/change"


SUBSCRIPTION = Kind("subscription", "subscription", "/billing/return", "/pricing?canceled=1", _change_instead)


async def open_session(viewer: Viewer, account: Account, wish: Wish, kind: Kind = SUBSCRIPTION) -> str:
    """The address of the one checkout of this kind that this viewer can pay, for this price."""
    attempt = await _attempt(viewer, wish, kind)
    if attempt.session_id:
        if attempt.wish == wish and (url := await _payable(attempt, account)):
            return url
        if not await _close(attempt):  # it may have been paid while we looked
            await sync_account(viewer.id)
            if elsewhere := await kind.instead(viewer, wish.price_id):
                return elsewhere
        attempt = await _attempt(viewer, wish, kind)
    base = settings().base_url
    try:
        session = await hosted.create_checkout_session(
            attempt_id=attempt.id,
            account_id=account.id,
            stripe_customer_id=account.stripe_customer_id,
            terms=await _terms(viewer, attempt.wish, kind),
            success_url=f"{base}{kind.success_path}?session_id={{CHECKOUT_SESSION_ID}}",
            cancel_url=f"{base}{kind.cancel_path}",
        )
    except StripeBroken:  # a checkout that was made all the same is known to nobody, so nobody can pay it
        await db.run_system("checkout", give_up, attempt.id)
        raise
    instead = await db.run_system("checkout", remember_session, viewer.id, attempt.id, session.id, session.url)
    if instead:  # while Stripe answered, another tab chose another price: that choice is the later one
        with suppress(StripeRefused):
            await hosted.expire_checkout_session(session.id)
        return await open_session(viewer, account, instead, kind)
    return session.url


async def _terms(viewer: Viewer, wish: Wish, kind: Kind) -> hosted.Terms:
    """What this person's checkout begins with; a trial only once, and of a plan only."""
    if kind.mode == "payment":
        return hosted.Terms(wish.price_id, wish.currency, mode=kind.mode, tax=settings().stripe_tax)
    trial = await db.read_system("checkout", _trial, viewer.id, wish.price_id)
    return hosted.Terms(wish.price_id, wish.currency, kind.mode, trial.days, trial.needs_card, settings().stripe_tax)


def _trial(session: Session, user_id: str, price_id: str) -> Trial:
    price = session.get_one(Price, price_id)
    return trial_for(session, user_id, session.get_one(Product, price.stripe_product_id).plan_key)


async def _payable(attempt: Attempt, account: Account) -> str:
    """The address of this attempt's checkout; '' when it cannot be paid any more."""
    try:
        session = await hosted.fetch_checkout_session(attempt.session_id)
    except StripeMissing:
        return ""
    return session.url if session.status == "open" and session.customer_id == account.stripe_customer_id else ""


async def _attempt(viewer: Viewer, wish: Wish, kind: Kind) -> Attempt:
    """The viewer's open attempt, or a new one. Of two that are made at once, the database keeps one."""
    try:
        return await db.run_system("checkout", open_attempt, viewer.id, wish, kind.name)
    except IntegrityError:
        return await db.run_system("checkout", open_attempt, viewer.id, wish, kind.name)


def open_attempt(session: Session, user_id: str, wish: Wish, kind: str = SUBSCRIPTION.name) -> Attempt:
    """Find or make the one open attempt; one that Stripe has not answered is given up if it is too old, or for another
    price. One that has a checkout is left to `open_session`, since that may still be paid."""
    mine = (CheckoutAttempt.user_id == user_id, CheckoutAttempt.kind == kind, CheckoutAttempt.status == "open")
    _one_click_at_a_time(session, user_id)
    row = session.exec(select(CheckoutAttempt).where(*mine)).first()
    if row is not None and row.stripe_checkout_session_id is None:
        if row.created_at < now() - REUSABLE_FOR:
            row.status = "expired"
        elif wish != Wish(row.stripe_price_id, row.currency):
            row.status = "abandoned"  # its key may have reached Stripe with the other price: never use it again
    if row is not None and row.status != "open":
        session.flush()
        row = None
    if row is None:
        row = CheckoutAttempt(
            id=new_id("att"),
            user_id=user_id,
            kind=kind,
            stripe_price_id=wish.price_id,
            currency=wish.currency,
            created_at=now(),
        )
        session.add(row)
        session.flush()
    return Attempt(row.id, Wish(row.stripe_price_id, row.currency), row.stripe_checkout_session_id or "", row.url)


async def _close(attempt: Attempt) -> bool:
    """End an attempt for another price, or one that is over. Was it this call that ended its checkout?"""
    closed = True
    try:
        await hosted.expire_checkout_session(attempt.session_id)
    except StripeRefused:  # complete or expired already: either way it cannot be paid again
        closed = False
    await db.run_system("checkout", close_attempt, attempt.session_id, "expired")
    return closed


def remember_session(session: Session, user_id: str, attempt_id: str, session_id: str, url: str) -> Wish | None:
    """Store which hosted checkout belongs to the attempt; None when it does.

    If the attempt was given up meanwhile, nothing is stored: what the attempt that replaced it is for is returned.
    """
    _one_click_at_a_time(session, user_id)
    kept = session.exec(
        update(CheckoutAttempt)
        .where(col(CheckoutAttempt.id) == attempt_id, col(CheckoutAttempt.status) == "open")
        .values(stripe_checkout_session_id=session_id, url=url)
    ).rowcount
    if kept:
        return None
    given_up = session.exec(select(CheckoutAttempt).where(CheckoutAttempt.id == attempt_id)).one()
    mine = (CheckoutAttempt.user_id == user_id, CheckoutAttempt.kind == given_up.kind, CheckoutAttempt.status == "open")
    replaced = session.exec(select(CheckoutAttempt).where(*mine)).first()
    later = replaced or given_up
    return Wish(later.stripe_price_id, later.currency)


def give_up(session: Session, attempt_id: str) -> None:
    """The next click makes another attempt, and so another key."""
    mine = (col(CheckoutAttempt.id) == attempt_id, col(CheckoutAttempt.status) == "open")
    unanswered = col(CheckoutAttempt.stripe_checkout_session_id).is_(None)
    session.exec(update(CheckoutAttempt).where(*mine, unanswered).values(status="abandoned"))


def _one_click_at_a_time(session: Session, user_id: str) -> None:
    """Until this commits, other clicks of the same user wait; or one would give up an attempt while another stores
    its answer, and two checkouts could be paid. (On SQLite a writer is alone anyway.)"""
    session.exec(select(Customer.id).where(Customer.user_id == user_id).with_for_update()).all()


def close_attempt(session: Session, session_id: str, status: str) -> None:
    """An attempt whose checkout is over no longer stands in the way of the next."""
    session.exec(
        update(CheckoutAttempt)
        .where(col(CheckoutAttempt.stripe_checkout_session_id) == session_id, col(CheckoutAttempt.status) == "open")
        .values(status=status)
    )


def running_subscription(session: Session) -> str | None:
    """The id of a subscription that is not over; somebody who has one changes it instead of buying a second.

    One whose first payment was left is over, one whose first payment a bank has not answered yet is not.
    """
    under_way = select(Invoice.stripe_subscription_id).where(Invoice.status == "open", col(Invoice.being_paid))
    waiting = set(session.exec(under_way))
    rows = [row for row in session.exec(select(Subscription)) if row.status not in ENDED_STATUSES]
    ids = (
        row.stripe_subscription_id
        for row in rows
        if row.status != "incomplete" or row.stripe_subscription_id in waiting
    )
    return next(ids, None)


async def own_session(viewer: Viewer, session_id: str) -> StripeCheckoutSession:
    """The checkout that somebody came back from, synced if it was completed.

    Raises NotFound for a session of somebody else, with the same words as for one that never existed.
    """
    if not session_id:
        raise NotFound(_("We do not know this checkout."))
    try:
        session = await hosted.fetch_checkout_session(session_id)
    except StripeMissing as error:
        raise NotFound(_("We do not know this checkout.")) from error
    account = await db.run_system("billing account", _account_of, viewer.id)
    if not account or session.customer_id != account:
        raise NotFound(_("We do not know this checkout."))
    if session.status == "complete":
        await sync_account(viewer.id)
        await db.run_system("checkout", close_attempt, session_id, "complete")
    return session


async def finish(viewer: Viewer, session_id: str) -> Outcome:
    """What became of the subscription that somebody came back from paying. Raises NotFound as `own_session` does."""
    session = await own_session(viewer, session_id)
    if session.status != "complete":
        return Outcome.OPEN
    found = await db.read(viewer, entitlements)
    return Outcome.ACTIVE if found.subscription and found.plan.key != FREE.key else Outcome.PROCESSING


async def look_at(
    viewer: Viewer, session_id: str, finish: Callable[[Viewer, str], Awaitable[Outcome]] = finish
) -> Outcome:
    """As `finish`, with an outcome for every failure too."""
    try:
        await count_ask(viewer)
        return await finish(viewer, session_id)
    except NotFound:
        return Outcome.UNKNOWN
    except (StripeUnavailable, Unavailable, TooManyTries):
        return Outcome.LATE
    except AppError as error:
        log.error("the checkout %s could not be looked at: %s", session_id, type(error).__name__)
        return Outcome.REFUSED


def _account_of(session: Session, user_id: str) -> str:
    return open_account(session, user_id).stripe_customer_id


def safe_session_id(text: str) -> str:
    """A checkout session id out of an address; '' when it cannot be one."""
    return text if re.fullmatch(r"cs_[A-Za-z0-9_]{1,300}", text) else ""
