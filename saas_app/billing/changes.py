"""Changing the plan: the exact sum first, then exactly that.

What Stripe worked out is kept under an id, which is also the idempotency key of doing it: two clicks do it once, and
after a crash the same click goes on. Of two tabs the later one's sums count. Going up is paid at once, or nothing
changes; going down waits for the end of what was paid, and a trial ends (docs/decisions/0016).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from saas_app.billing import catalogue
from saas_app.billing.account import sync_account
from saas_app.billing.entitlements import entitlements
from saas_app.billing.gateway import invoices, subscriptions
from saas_app.billing.gateway.errors import StripeRefused
from saas_app.billing.gateway.shapes import StripeQuote, StripeSums
from saas_app.billing.models import Customer, PlanChange, Price, Subscription
from saas_app.core import db
from saas_app.core.clock import now
from saas_app.core.errors import BadInput, Conflict
from saas_app.core.ids import new_id
from saas_app.core.viewer import Viewer
from saas_app.core.words import _

NOW, LATER, TRIAL = "now", "later", "trial"
OPEN = ("shown", "under way")
SHOWN_FOR = timedelta(hours=1)  # prices, discounts and the rest of the period are then looked at again
TAKES_AT_MOST = timedelta(minutes=2)


class CannotChange(Conflict):
    """This subscription cannot change now; the message says what comes first."""


class SumsAreOld(Conflict):
    """What was shown is not what it would be now."""

    def __init__(self) -> None:
        super().__init__(_("These sums are out of date, so nothing was changed. Please choose the plan again."))


class AlreadyChanging(Conflict):
    """Another tab has just confirmed a change."""

    def __init__(self) -> None:
        super().__init__(_("Another change is under way. Please look again in a minute."))


class Outcome(StrEnum):
    """What came of a change: done, planned for later, or waiting for a payment that the billing page asks for."""

    CHANGED = "change"
    PLANNED = "planned"
    UNPAID = "unpaid"


@dataclass(frozen=True)
class Wanted:
    """From what to what, and how."""

    subscription_id: str
    item_id: str
    from_price_id: str
    to_price_id: str
    interval: str
    how: str


async def work_out(viewer: Viewer, plan_key: str, interval: str) -> None:
    """Ask Stripe what this change costs, and keep the answer to be confirmed.

    Raises BadInput for a plan that is not sold, CannotChange, AlreadyChanging, StripeUnavailable.
    """
    currency = await db.read(viewer, _currency)
    tag = await db.read_system("catalogue", catalogue.price_for, plan_key, interval, currency)
    if tag is None:
        raise BadInput({"form": _("This plan is not sold any more. Please choose another one.")})
    await show(viewer, tag.price_id)


def _currency(session: Session) -> str:
    row = entitlements(session).subscription
    return row.currency if row else ""


async def show(viewer: Viewer, price_id: str) -> None:
    """As `work_out`, by Stripe's id of a price that is sold."""
    await sync_account(viewer.id)
    wanted = await db.read(viewer, wanted_change, price_id)
    quote = await _quote(wanted) if wanted.how != LATER else None
    await db.run_system("plan change", keep_quote, viewer.id, wanted, quote)


async def _quote(wanted: Wanted, change: PlanChange | None = None) -> StripeQuote:
    return await invoices.preview_change(
        wanted.subscription_id,
        wanted.item_id,
        wanted.to_price_id,
        ends_trial=wanted.how == TRIAL,
        prorated_at=change.prorated_at if change and wanted.how == NOW else None,
    )


def wanted_change(session: Session, price_id: str) -> Wanted:
    """How this person's subscription would come to this price; raises CannotChange, in words."""
    row, price = entitlements(session).subscription, session.get_one(Price, price_id)
    if row is None:
        raise CannotChange(_("You have no plan to change yet. Please subscribe to one."))
    why = _why_not(row, price)
    waits = goes_down(row, price.paid_in(row.currency)[0], price.interval)
    how = TRIAL if row.status == "trialing" else LATER if waits else NOW
    if how == TRIAL and not session.exec(select(Customer.card_last4)).first():
        why = why or _("Please add a card first; then you can end the trial.")
    if how == LATER and row.pending_price_id:
        why = why or _("Another change waits for its payment. Pay it or let it go first; it is dropped after a day.")
    if why:
        raise CannotChange(why)
    return Wanted(row.stripe_subscription_id, row.stripe_item_id, row.stripe_price_id, price_id, price.interval, how)


def _why_not(row: Subscription, price: Price) -> str:
    """What comes first; '' when nothing does."""
    if row.status not in ("active", "trialing"):
        return {
            "past_due": _("Please pay what is due first; then you can change your plan."),
            "unpaid": _("Please pay what is due first; then you can change your plan."),
            "paused": _("Please resume your plan first; then you can change it."),
        }.get(row.status, _("Please finish your payment first; then you can change your plan."))
    if row.pause_behavior:
        return _("Your plan is paused. It can be changed when it goes on.")
    if row.ends_at:
        return _("Your plan is canceled. Keep it first; then you can change it.")
    if row.next_price_id:
        return _("A change is planned already. Take it back first; then you can choose another one.")
    if price.stripe_price_id == row.stripe_price_id:
        return _("This is the plan you have.")
    if price.amount_in(row.currency) is None:
        return _("Your plan is paid in {mine}, this one in {theirs}. Please write to us.").format(
            mine=row.currency.upper(), theirs=price.currency.upper()
        )
    return ""


def goes_down(row: Subscription, unit_amount: int, interval: str) -> bool:
    """As in the portal: a smaller amount or a shorter interval waits for the end of what was paid."""
    return unit_amount < row.unit_amount or (row.interval, interval) == ("year", "month")


def keep_quote(session: Session, user_id: str, wanted: Wanted, quote: StripeQuote | None) -> str:
    """Keep what is shown, in place of what was shown before; raises AlreadyChanging."""
    _one_at_a_time(session, user_id)
    mine = (PlanChange.user_id == user_id, col(PlanChange.status).in_(OPEN))
    for old in session.exec(select(PlanChange).where(*mine)):
        if old.status == "under way" and old.confirmed_at and old.confirmed_at > now() - TAKES_AT_MOST:
            raise AlreadyChanging
        old.status = "replaced"
        session.add(old)
    session.flush()
    row = session.exec(select(Subscription).where(Subscription.stripe_subscription_id == wanted.subscription_id)).one()
    sums = quote.sums if quote else StripeSums((), 0, 0, 0, 0, row.currency)
    made = PlanChange(
        id=new_id("chg"),
        user_id=user_id,
        stripe_subscription_id=wanted.subscription_id,
        from_price_id=wanted.from_price_id,
        to_price_id=wanted.to_price_id,
        how=wanted.how,
        prorated_at=quote.prorated_at if quote else now(),
        takes_effect_at=quote.paid_until if quote else row.current_period_end,
        currency=sums.currency,
        lines=[list(line) for line in sums.lines],
        discount=sums.discount,
        tax=sums.tax,
        total=sums.total,
        amount_due=sums.amount_due,
        created_at=now(),
    )
    session.add(made)
    return made.id


async def confirm(viewer: Viewer, change_id: str) -> Outcome:
    """Do what was shown, and say what came of it.

    Raises SumsAreOld, CannotChange, CardRefused: then nothing has changed; and StripeUnavailable:
    then the same click again does it, once."""
    change = await db.run_system("plan change", look_up, viewer.id, change_id)
    if change.status == "shown":
        try:
            await _check(viewer, change)
        except (StripeRefused, Conflict):
            if await db.run_system("plan change", drop, change.id):
                raise
            # else another click of the same button was faster, and it is its change that we have seen
    change = await db.run_system("plan change", claim, viewer.id, change_id)
    if change.status == "done":
        return await db.read(viewer, _outcome, change)
    try:
        await _do(change, await db.read(viewer, _as_wanted, change))
    except StripeRefused:
        await db.run_system("plan change", close, change.id, "refused")
        raise
    await sync_account(viewer.id)
    await db.run_system("plan change", close, change.id, "done")
    return await db.read(viewer, _outcome, change)


def _outcome(session: Session, change: PlanChange) -> Outcome:
    if change.how == LATER:
        return Outcome.PLANNED
    row = entitlements(session).subscription
    return Outcome.UNPAID if row and row.pending_price_id else Outcome.CHANGED


async def _check(viewer: Viewer, change: PlanChange) -> None:
    """Is it still what was shown, from the same plan and to the cent? Else raises SumsAreOld."""
    await sync_account(viewer.id)
    found = await db.read(viewer, _as_wanted, change)
    if found != await db.read(viewer, wanted_change, change.to_price_id):
        raise SumsAreOld
    if change.how != LATER and _differs((await _quote(found, change)).sums, change):
        raise SumsAreOld


async def _do(change: PlanChange, found: Wanted) -> None:
    key, id_ = change.id, change.stripe_subscription_id
    if change.how == LATER:
        await subscriptions.change_later(key, id_, change.to_price_id, found.interval)
    elif change.how == TRIAL:
        await subscriptions.change_and_end_trial(key, id_, found.item_id, change.to_price_id)
    else:
        moment = int(change.prorated_at.timestamp())
        await subscriptions.change_now(key, id_, found.item_id, change.to_price_id, moment)


def _as_wanted(session: Session, change: PlanChange) -> Wanted:
    """What was wanted when it was shown, whatever the subscription is now."""
    row = session.exec(
        select(Subscription).where(Subscription.stripe_subscription_id == change.stripe_subscription_id)
    ).one()
    interval = session.get_one(Price, change.to_price_id).interval
    ids = (change.stripe_subscription_id, row.stripe_item_id, change.from_price_id, change.to_price_id)
    return Wanted(*ids, interval, change.how)


def _differs(sums: StripeSums, change: PlanChange) -> bool:
    return (sums.total, sums.amount_due, sums.currency) != (change.total, change.amount_due, change.currency)


def look_up(session: Session, user_id: str, change_id: str) -> PlanChange:
    """A change that was shown to this person and may be done, or is; else raises SumsAreOld."""
    row = session.exec(select(PlanChange).where(PlanChange.id == change_id, PlanChange.user_id == user_id)).first()
    if row is None or row.status not in (*OPEN, "done"):
        raise SumsAreOld
    if row.status == "shown" and row.created_at < now() - SHOWN_FOR:
        raise SumsAreOld
    session.expunge(row)
    return row


def claim(session: Session, user_id: str, change_id: str) -> PlanChange:
    """Take a change, to do it: from here on no other one is shown, until it is over."""
    _one_at_a_time(session, user_id)
    taken = sa.update(PlanChange).where(col(PlanChange.id) == change_id, col(PlanChange.status) == "shown")
    session.exec(taken.values(status="under way", confirmed_at=now()))
    return look_up(session, user_id, change_id)


def drop(session: Session, change_id: str) -> bool:
    """Give up a change that nobody has begun to do. False when somebody has."""
    dropped = sa.update(PlanChange).where(col(PlanChange.id) == change_id, col(PlanChange.status) == "shown")
    return session.exec(dropped.values(status="refused")).rowcount > 0


def close(session: Session, change_id: str, status: str) -> None:
    """This change is over."""
    begun = sa.update(PlanChange).where(col(PlanChange.id) == change_id, col(PlanChange.status) == "under way")
    session.exec(begun.values(status=status))


def open_change(session: Session) -> PlanChange | None:
    """What this person was shown and may still confirm."""
    young = col(PlanChange.created_at) >= now() - SHOWN_FOR
    return session.exec(select(PlanChange).where(col(PlanChange.status).in_(OPEN), young)).first()


def _one_at_a_time(session: Session, user_id: str) -> None:
    """Until this commits, other clicks of the same user wait."""
    session.exec(select(Customer.id).where(Customer.user_id == user_id).with_for_update()).all()
