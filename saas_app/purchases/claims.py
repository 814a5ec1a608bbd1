"""Orders that began at a payment link: whose they are, and how their buyer gets them.

Whoever can read the mail of the address that was typed at the checkout has bought the thing. That is the account which
has *proved* the address, now or later, or whoever brings the link that we mail there. An account that merely says it
has this address gets nothing. A purchase hangs on its payment from then on, and no longer on any address.
"""

import logging

import sqlalchemy as sa
from sqlmodel import Session, col, select, update

from saas_app.auth import service as accounts
from saas_app.auth.addresses import key_of as key_of_address
from saas_app.auth.addresses import read_address
from saas_app.auth.links import LASTS, LinkGone
from saas_app.auth.models import User
from saas_app.billing import account
from saas_app.billing.gateway.shapes import StripeOrder
from saas_app.billing.models import Customer, Product
from saas_app.core import audit, clock, jobs, tokens
from saas_app.core.errors import Conflict, Gone
from saas_app.core.words import _
from saas_app.purchases import emails
from saas_app.purchases.models import LinkOrder, Standing, standing_of
from saas_app.purchases.sync import key_of, write_order

log = logging.getLogger(__name__)

LOOK = "link order"  # the outbox's name for fetching one of these again
LOOK_AT_CUSTOMER = "look at customer"


class NothingToClaim(Gone):
    """The money went back before anybody claimed what it was for."""

    def __init__(self) -> None:
        super().__init__(_("This payment was returned or is disputed, so there is nothing to put into an account."))


def is_known(session: Session, session_id: str) -> bool:
    """Whether we follow this order already."""
    return session.get(LinkOrder, session_id) is not None


def follow(session: Session, order: StripeOrder) -> bool:
    """Follow an order from now on, if it sold something of ours. Two at once end in an IntegrityError for one.

    One of an account that we do not know is nobody's, and nobody is written to. If it was deleted here, its money goes
    back (gone.py); else it was begun in another database, and is for a person to look at.
    """
    name = _name_of(session, order)
    if not name:
        return False
    if order.account_id and _opened_from(session, order) is None:
        log.error("the order %s is of an account that is not here: refund it in Stripe if it is paid", order.session_id)
        return False
    if session.get(LinkOrder, order.session_id) is None:
        session.add(LinkOrder(id=order.session_id, mode=order.mode, name=name))
    return True


def begin(session: Session, session_id: str) -> int:
    """Number the fetch that comes next. Commit before you fetch."""
    this = col(LinkOrder.id) == session_id
    return session.exec(
        sa.update(LinkOrder).where(this).values(sync_seq=LinkOrder.sync_seq + 1).returning(col(LinkOrder.sync_seq))
    ).one()[0]


def apply(session: Session, seq: int, order: StripeOrder) -> bool:
    """Write down what Stripe said of an order, unless something newer is written already. True when it was written.

    If its owner is known, so is what they own; else its buyer is written to, once.
    """
    this = (col(LinkOrder.id) == order.session_id, col(LinkOrder.applied_seq) < seq)
    won = session.exec(update(LinkOrder).where(*this).values(applied_seq=seq, looked_at=clock.now())).rowcount
    if not won:
        return False
    row = session.exec(select(LinkOrder).where(LinkOrder.id == order.session_id)).one()
    session.refresh(row)
    row.stripe_customer_id = order.customer_id
    row.is_good = order.paid and _standing(order) is Standing.OWNED
    if not row.claimed_by:
        row.email, row.email_key = order.email, key_of_address(order.email)
        _find_owner(session, row, order)
    session.add(row)
    session.flush()
    if row.claimed_by:
        _hand_over(session, row, order)
    elif row.is_good and row.claim_digest is None and not order.account_id:
        _invite(session, row)
    return True


def _standing(order: StripeOrder) -> Standing:
    return standing_of(paid=order.paid, refunded=order.refunded, dispute_status=order.dispute_status)


def _name_of(session: Session, order: StripeOrder) -> str:
    """What an order sold of ours, in words; '' for nothing."""
    for line in order.lines:
        product = session.get(Product, line.product_id)
        if order.mode == "subscription" and product and product.plan_key:
            return product.name
        if order.mode == "payment" and (key := key_of(session, line)):
            return product.name if product else emails.name_of(key)
    return ""


def _find_owner(session: Session, row: LinkOrder, order: StripeOrder) -> None:
    """The account that we opened the checkout for, if its Stripe customer is another one by now; else who has proved
    the address."""
    if order.account_id:
        ours = _opened_from(session, order)
        if ours is not None:
            _give(row, ours.user_id)
        return
    owner = accounts.owner_of(session, row.email_key) if row.email_key else None
    if owner is not None:
        _give(row, owner.id)


def _opened_from(session: Session, order: StripeOrder) -> Customer | None:
    """The account here that the checkout was made for; we alone write that into an order."""
    return session.exec(select(Customer).where(Customer.id == order.account_id)).first()


def _give(row: LinkOrder, user_id: str) -> None:
    row.claimed_by, row.claimed_at, row.claim_digest = user_id, clock.now(), None


def _hand_over(session: Session, row: LinkOrder, order: StripeOrder) -> None:
    """Write what its owner owns; they may have left since."""
    if session.get(User, row.claimed_by) is None:
        return
    if row.mode == "payment":
        write_order(session, row.claimed_by, order)
    elif row.stripe_customer_id:
        _tie_customer(session, row)


def _tie_customer(session: Session, row: LinkOrder) -> None:
    """A subscription hangs on its customer, and an account has one: the first. Another is for a person to sort out."""
    mine = account.open_account(session, row.claimed_by)
    if mine.stripe_customer_id == row.stripe_customer_id:
        return
    if mine.stripe_customer_id:
        log.error(
            "%s has the customer %s and has subscribed by a payment link as %s: move or refund it in Stripe",
            *(row.claimed_by, mine.stripe_customer_id, row.stripe_customer_id),
        )
        return
    account.bind(session, mine, row.stripe_customer_id)
    jobs.enqueue(session, LOOK_AT_CUSTOMER, {"user_id": row.claimed_by}, key=f"tied:{row.id}")


def _invite(session: Session, row: LinkOrder) -> None:
    address = read_address(row.email)
    if address is None:
        log.error("the order %s has no address to write to", row.id)
        return
    token = tokens.new_token()
    row.claim_digest, row.claim_until = tokens.digest(token), clock.now() + LASTS["claim"]
    session.add(row)
    emails.write_claim(session, row, token)


def order_of_link(session: Session, token: str) -> str:
    """Which order a mailed link is about, without using it up; LinkGone when it is no longer good."""
    return _by_token(session, token).id


def _by_token(session: Session, token: str) -> LinkOrder:
    row = session.exec(select(LinkOrder).where(LinkOrder.claim_digest == tokens.digest(token))).first()
    if row is None or row.claimed_by or row.claim_until is None or row.claim_until <= clock.now():
        raise LinkGone
    return row


def claim(session: Session, token: str, user_id: str, seq: int, order: StripeOrder) -> str:
    """Put an order into the account of whoever brings its link; gives the name of what is theirs now.

    Of two who come at once, one gets LinkGone. `order` was fetched just now, as number `seq`: what was refunded
    meanwhile is nobody's.
    """
    name = _by_token(session, token).name
    if not (order.paid and _standing(order) is Standing.OWNED):
        raise NothingToClaim
    this = (col(LinkOrder.claim_digest) == tokens.digest(token), col(LinkOrder.claimed_by) == "")
    given = {"claimed_by": user_id, "claimed_at": clock.now(), "claim_digest": None}
    if session.exec(update(LinkOrder).where(*this).values(**given)).rowcount != 1:
        raise LinkGone
    if not apply(session, seq, order):
        raise Conflict(_("Something about this payment has just changed. Please try again."))
    audit.record(session, user_id, f"claimed {name}")
    return name


def claim_proved(session: Session, user: User) -> None:
    """Somebody has proved an address: what was paid with it is theirs. It is fetched and written by the worker."""
    waiting = (LinkOrder.email_key == user.email_key, LinkOrder.claimed_by == "")
    for row in session.exec(select(LinkOrder).where(*waiting)):
        _give(row, user.id)
        session.add(row)
        jobs.enqueue(session, LOOK, {"session_id": row.id})


def forget_person(session: Session, user_id: str) -> None:
    """Whoever leaves takes their address along. The order is still followed, so that nobody is invited anew."""
    mine = update(LinkOrder).where(col(LinkOrder.claimed_by) == user_id)
    session.exec(mine.values(email="", email_key="", claim_digest=None))


accounts.on_proved.append(claim_proved)
