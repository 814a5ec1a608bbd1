"""What somebody owns, what they have taken home of it, and what was paid by a link and waits for its owner."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saas_app.billing.models import MIRRORED
from saas_app.core import clock
from saas_app.core.config import settings
from saas_app.core.ids import new_id
from saas_app.core.rls import OwnedReadOnly
from saas_app.core.types import Dropped, Utc


class Standing(StrEnum):
    """What a purchase is worth now."""

    PROCESSING = "processing"  # the bank has not answered yet
    OWNED = "owned"
    FROZEN = "frozen"  # the payment is disputed
    REFUNDED = "refunded"
    WITHDRAWN = "withdrawn"  # the dispute went against us: the money is gone


# https://docs.stripe.com/api/disputes/object#dispute_object-status; an inquiry ("warning") takes no money.
_HARMLESS = frozenset({"", "won", "prevented", "warning_needs_response", "warning_under_review", "warning_closed"})


def standing_of(*, paid: bool, refunded: bool, dispute_status: str) -> Standing:
    """What Stripe's state of a payment means. A dispute in a state that we do not know counts as one that is open.

    While one is open the purchase is frozen, unless DISPUTE_FREEZES=false leaves it open until the bank has decided.
    """
    if not paid:
        return Standing.PROCESSING
    if refunded:
        return Standing.REFUNDED
    if dispute_status == "lost":
        return Standing.WITHDRAWN
    is_open = dispute_status not in _HARMLESS
    return Standing.FROZEN if is_open and settings().dispute_freezes else Standing.OWNED


class Purchase(OwnedReadOnly, table=True):
    """One thing that was bought once, as Stripe last had its payment; amounts in minor units.

    `stripe_payment_id` is the PaymentIntent, or the Checkout Session where nothing was to be paid. `refunded` means in
    full; a part of it is in `amount_refunded`, which is of the whole payment.
    """

    __tablename__ = "purchases"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.UniqueConstraint("stripe_payment_id", "product_key"),)

    id: str = Field(default_factory=lambda: new_id("pur"), primary_key=True)
    stripe_payment_id: str
    stripe_checkout_session_id: str = Field(index=True)
    product_key: str
    paid: bool = False
    amount: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = ""
    amount_refunded: int = Field(default=0, sa_type=sa.BigInteger)
    refunded: bool = False
    dispute_status: str = ""
    receipt_url: str = ""
    bought_at: datetime = Field(sa_type=Utc)

    @property
    def standing(self) -> Standing:
        """What it is worth now."""
        return standing_of(paid=self.paid, refunded=self.refunded, dispute_status=self.dispute_status)


class Download(OwnedReadOnly, table=True):
    """One file that somebody took home: who, what, when, and from about where."""

    __tablename__ = "downloads"  # pyright: ignore[reportAssignmentType]

    id: str = Field(default_factory=lambda: new_id("dow"), primary_key=True)
    purchase_id: str
    product_key: str
    file: str
    at: datetime = Field(default_factory=clock.now, sa_type=Utc)
    device: str = ""
    network: str = ""


class LinkOrder(SQLModel, table=True):
    """A checkout that began elsewhere, such as at a payment link: its id is the session's. The system's alone.

    Until somebody is known to have paid it, `claimed_by` is empty. `is_good` says that there is something to claim:
    it is paid, and neither refunded nor disputed. Fetches are numbered as a customer's are (docs/decisions/0005).
    """

    __tablename__ = "link_orders"  # pyright: ignore[reportAssignmentType]
    __dropped__: ClassVar[Dropped] = ("created_at", timedelta(days=400))  # after any refund or dispute

    id: str = Field(primary_key=True)
    mode: str
    stripe_customer_id: str = ""
    email: str = ""
    email_key: str = Field(default="", index=True)
    name: str = ""
    is_good: bool = False
    claim_digest: str | None = Field(default=None, unique=True)
    claim_until: datetime | None = Field(default=None, sa_type=Utc)
    claimed_by: str = ""
    claimed_at: datetime | None = Field(default=None, sa_type=Utc)
    sync_seq: int = 0
    applied_seq: int = 0
    looked_at: datetime | None = Field(default=None, sa_type=Utc)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)


class FormerBuyer(SQLModel, table=True):
    """An account that is gone, by the id that its orders carry at Stripe. The system's alone; it says not who that was.

    `paid_for` are the checkouts and subscriptions that it had paid for when it left.
    """

    __tablename__ = "former_buyers"  # pyright: ignore[reportAssignmentType]
    __dropped__: ClassVar[Dropped] = ("left_at", timedelta(days=400))  # after any bank has answered

    id: str = Field(primary_key=True)
    paid_for: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    left_at: datetime = Field(default_factory=clock.now, sa_type=Utc)


MIRRORED[:0] = [Purchase, LinkOrder]
