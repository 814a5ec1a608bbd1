"""The one writer of what Stripe said.

Webhooks, the return page, the reconciler and the portal's way back all fetch afresh and then call `apply`. A fetch
that began later wins over one that began earlier, whichever arrives first (docs/decisions/0005).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from saas_app.billing import mails
from saas_app.billing.entitlements import by_rank
from saas_app.billing.gateway.shapes import StripeCustomer, StripeInvoice, StripeSubscription, StripeUpcoming
from saas_app.billing.models import ENDED_STATUSES, Customer, Invoice, Price, Product, Subscription, UpcomingInvoice
from saas_app.billing.plans import plan_by_key
from saas_app.core import jobs, live
from saas_app.core.clock import now
from saas_app.core.db import after_commit

log = logging.getLogger(__name__)

SECOND = "second subscription"  # the kind of the job that ends it
# What else is written of a customer in the same transaction, by user id. A feature adds its own.
parts: list[Callable[[Session, str, StripeCustomer], None]] = []


@dataclass(frozen=True)
class Fetch:
    """A fetch that was begun: for whom, and its number in the order of beginnings."""

    user_id: str
    stripe_customer_id: str
    seq: int


def begin(session: Session, user_id: str) -> Fetch | None:
    """Number the fetch that comes next; None when this user has no customer yet. Commit before you fetch."""
    row = session.exec(
        sa.update(Customer)
        .where(col(Customer.user_id) == user_id, col(Customer.stripe_customer_id).is_not(None))
        .values(sync_seq=Customer.sync_seq + 1)
        .returning(col(Customer.stripe_customer_id), col(Customer.sync_seq))
    ).first()
    return Fetch(user_id, row[0], row[1]) if row else None


def apply(session: Session, fetch: Fetch, found: StripeCustomer, *, silently: bool = False) -> bool:
    """Write down what Stripe said, unless something newer is written already. True when it was written.

    `silently` writes no mail about it, for a rehearsal.
    """
    won = session.exec(
        sa.update(Customer)
        .where(
            col(Customer.user_id) == fetch.user_id,
            col(Customer.stripe_customer_id) == fetch.stripe_customer_id,
            col(Customer.applied_seq) < fetch.seq,
        )
        .values(applied_seq=fetch.seq, synced_at=now())
    ).rowcount
    if not won:
        return False
    customer = session.exec(select(Customer).where(Customer.user_id == fetch.user_id)).one()
    session.refresh(customer)
    before = None if silently else mails.look_before(session, fetch.user_id)
    if found.deleted:
        _forget(session, customer)
    else:
        _write_customer(customer, found)
        _write_subscriptions(session, fetch.user_id, found)
        _write_invoices(session, fetch.user_id, found.invoices)
        if found.knows_upcoming:
            _write_upcoming(session, fetch.user_id, found.upcoming)
        for write in parts:
            write(session, fetch.user_id, found)
    session.add(customer)
    if before is not None:
        mails.tell(session, fetch.user_id, fetch.seq, before)
    after_commit(session, lambda: live.announce(fetch.user_id))
    return True


def _forget(session: Session, customer: Customer) -> None:
    """Stripe no longer knows this customer: its subscriptions are over, and the next customer is another one."""
    customer.stripe_customer_id = None
    customer.generation += 1
    customer.card_brand = customer.card_last4 = ""
    customer.card_exp_month = customer.card_exp_year = 0
    customer.billing_name = customer.billing_email = customer.billing_address = customer.tax_id = ""
    customer.currency = ""
    _write_upcoming(session, customer.user_id, None)
    for row in session.exec(select(Subscription).where(Subscription.user_id == customer.user_id)):
        if row.status not in ENDED_STATUSES:
            row.status, row.ends_at = "canceled", now()
            session.add(row)


def _write_customer(customer: Customer, found: StripeCustomer) -> None:
    card, details = found.card, found.details
    customer.card_brand = card.brand if card else ""
    customer.card_last4 = card.last4 if card else ""
    customer.card_exp_month = card.exp_month if card else 0
    customer.card_exp_year = card.exp_year if card else 0
    customer.billing_name, customer.billing_email = details.name, details.email
    customer.billing_address, customer.tax_id = details.address, details.tax_id
    customer.currency = details.currency


def _write_subscriptions(session: Session, user_id: str, found: StripeCustomer) -> None:
    rows = {
        row.stripe_subscription_id: row
        for row in session.exec(select(Subscription).where(Subscription.user_id == user_id))
    }
    plans = {row.stripe_product_id: row.plan_key for row in session.exec(select(Product))}
    written: list[Subscription] = []
    for fresh in found.subscriptions:
        before = rows.pop(fresh.id, None)
        row = before or Subscription(stripe_subscription_id=fresh.id, user_id=user_id, created_at=fresh.created)  # type: ignore[call-arg]
        _copy(row, fresh, plans.get(fresh.product_id) or _plan_from(fresh.lookup_key))
        row.unit_amount, row.currency = _amount(session, fresh)
        row.past_due_since = _late_since(fresh, found.invoices, row.past_due_since)
        session.add(row)
        written.append(row)
    _tell_of_seconds(session, written)
    for gone in rows.values():  # lists by customer are complete, so what is missing is over
        if gone.status not in ENDED_STATUSES:
            gone.status, gone.ends_at = "canceled", now()
            session.add(gone)


def _tell_of_seconds(session: Session, rows: list[Subscription]) -> None:
    """Two subscriptions of ours that run: somebody pays twice. A job ends all but the first (billing/twice.py)."""
    running = [row for row in by_rank(rows, now()) if plan_by_key(row.plan_key) and row.status != "incomplete"]
    for row in running[1:]:
        key = f"second:{row.stripe_subscription_id}"
        payload = {"user": row.user_id, "subscription": row.stripe_subscription_id}
        if jobs.enqueue(session, SECOND, payload, key=key):
            log.warning("%s has a second subscription, %s", row.user_id, row.stripe_subscription_id)


def _late_since(
    fresh: StripeSubscription, invoices: tuple[StripeInvoice, ...], before: datetime | None
) -> datetime | None:
    """When the payment first failed that it is late for; by Stripe's invoice, so a late look gives no more time."""
    if fresh.status not in ("past_due", "unpaid"):
        return None
    failed = [each.failed_at for each in invoices if each.subscription_id == fresh.id and each.failed_at]
    return min(failed, default=before or now())


def _copy(row: Subscription, fresh: StripeSubscription, plan_key: str) -> None:
    row.status = fresh.status
    row.plan_key = plan_key
    row.stripe_price_id = fresh.price_id
    row.stripe_product_id = fresh.product_id
    row.interval = fresh.interval
    row.quantity = fresh.quantity
    row.created_at = fresh.created
    row.current_period_start = fresh.current_period_start
    row.current_period_end = fresh.current_period_end
    row.ends_at = fresh.ends_at
    row.trial_end = fresh.trial_end
    row.pause_behavior = fresh.pause_behavior
    row.latest_invoice_id = fresh.latest_invoice_id
    row.pause_resumes_at = fresh.pause_resumes_at
    row.stripe_item_id = fresh.item_id
    row.stripe_schedule_id = fresh.schedule_id
    row.next_price_id = fresh.next_price_id
    row.next_at = fresh.next_at
    row.pending_price_id = fresh.pending_price_id
    row.pending_until = fresh.pending_until
    row.cancel_reason = fresh.cancel_reason
    row.cancel_feedback = fresh.cancel_feedback
    row.cancel_comment = fresh.cancel_comment
    row.discount_name = fresh.discount.name
    row.discount_percent = fresh.discount.percent
    row.discount_off = fresh.discount.off
    row.discount_duration = fresh.discount.duration
    row.discount_ends_at = fresh.discount.ends_at


def _amount(session: Session, fresh: StripeSubscription) -> tuple[int, str]:
    """What is billed each period, and in which currency. Another one than that of its price is found in the mirror of
    the price, since Stripe expands no list so deep."""
    if fresh.price_currency in ("", fresh.currency):
        return fresh.unit_amount, fresh.currency
    price = session.get(Price, fresh.price_id)
    amount = price.amount_in(fresh.currency) if price else None
    return (fresh.unit_amount, fresh.price_currency) if amount is None else (amount, fresh.currency)


def _plan_from(lookup_key: str) -> str:
    """`pro_v1_year` is the plan `pro_v1`: the fallback while a product is not mirrored yet."""
    return lookup_key.rpartition("_")[0]


def _write_invoices(session: Session, user_id: str, found: tuple[StripeInvoice, ...]) -> None:
    for fresh in found:
        session.merge(
            Invoice(
                stripe_invoice_id=fresh.id,
                user_id=user_id,
                stripe_subscription_id=fresh.subscription_id,
                number=fresh.number,
                status=fresh.status,
                total=fresh.total,
                amount_due=fresh.amount_due,
                amount_paid=fresh.amount_paid,
                currency=fresh.currency,
                created_at=fresh.created,
                hosted_invoice_url=fresh.hosted_invoice_url,
                invoice_pdf=fresh.invoice_pdf,
                description=fresh.description,
                billing_reason=fresh.billing_reason,
                attempt_count=fresh.attempt_count,
                next_payment_attempt=fresh.next_payment_attempt,
                due_at=fresh.due_at,
                needs_action=fresh.needs_action,
                being_paid=fresh.being_paid,
                amount_refunded=fresh.amount_refunded,
                receipt_url=fresh.receipt_url,
            )
        )


def _write_upcoming(session: Session, user_id: str, found: StripeUpcoming | None) -> None:
    kept = found.subscription_id if found else ""
    mine = (col(UpcomingInvoice.user_id) == user_id, col(UpcomingInvoice.stripe_subscription_id) != kept)
    session.exec(sa.delete(UpcomingInvoice).where(*mine))
    if found is None:
        return
    session.merge(
        UpcomingInvoice(
            stripe_subscription_id=kept,
            user_id=user_id,
            charged_at=found.charged_at,
            currency=found.sums.currency,
            lines=[list(line) for line in found.sums.lines],
            discount=found.sums.discount,
            tax=found.sums.tax,
            total=found.sums.total,
            amount_due=found.sums.amount_due,
        )
    )
