"""The one writer of purchases: from what Stripe has now, never from what an event says."""

import logging

from sqlmodel import Session, select

from saas_app.billing import sync
from saas_app.billing.gateway.shapes import StripeCustomer, StripeLine, StripeOrder
from saas_app.billing.goods import GOODS
from saas_app.billing.models import Product
from saas_app.core import live
from saas_app.core.db import after_commit
from saas_app.purchases import emails
from saas_app.purchases.models import Purchase

log = logging.getLogger(__name__)


def write(session: Session, user_id: str, found: StripeCustomer) -> None:
    """Write down all that a customer has bought once; called by the one writer of billing, in its transaction."""
    for order in found.orders:
        write_order(session, user_id, order)


def write_order(session: Session, user_id: str, order: StripeOrder) -> None:
    """Write down what one order sold to this user. What a bank refused in the end was never bought."""
    for line in order.lines:
        key = key_of(session, line)
        if not key:
            continue
        this = (Purchase.stripe_payment_id == order.payment_id, Purchase.product_key == key)
        row = session.exec(select(Purchase).where(*this)).first()
        if row is not None and row.user_id != user_id:
            log.error("the payment %s belongs to another account already", order.payment_id)
        elif order.paid or order.processing:
            _write_line(session, user_id, order, line, row, key)
        elif row is not None:
            session.delete(row)
    after_commit(session, lambda: live.announce(user_id))


def _write_line(
    session: Session, user_id: str, order: StripeOrder, line: StripeLine, row: Purchase | None, key: str
) -> None:
    before, refunded_before = (row.standing, row.amount_refunded) if row else (None, 0)
    if row is None:
        row = Purchase(
            user_id=user_id,
            stripe_payment_id=order.payment_id,
            stripe_checkout_session_id=order.session_id,
            product_key=key,
            bought_at=order.created,
        )
    row.paid = order.paid
    row.amount, row.currency = line.amount, order.currency
    row.amount_refunded, row.refunded = order.amount_refunded, order.refunded
    row.dispute_status = order.dispute_status
    row.receipt_url = order.receipt_url
    row.bought_at = order.created
    session.add(row)
    session.flush()
    emails.on_change(session, row, before, refunded_before)


def key_of(session: Session, line: StripeLine) -> str:
    """Which of our one-time products a line sells; '' for anything else. Before it is mirrored, the price says it."""
    product = session.get(Product, line.product_id)
    key = product.one_time_key if product else line.lookup_key
    return key if key in GOODS else ""


sync.parts.append(write)
