"""What we remember of Stripe, and of what we asked of it. Stripe is the truth; these rows are its mirror."""

from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Column, Field, Index, SQLModel

from saas_app.core.jobs import Leased
from saas_app.core.rls import Owned, OwnedReadOnly, Shared
from saas_app.core.types import Dropped, Utc

# Stripe's spelling: https://docs.stripe.com/api/subscriptions/object#subscription_object-status
ENDED_STATUSES = frozenset({"canceled", "incomplete_expired"})
NEVER_PAID = frozenset({"incomplete", "incomplete_expired"})


class Product(Shared, table=True):
    """A product as Stripe last had it. `plan_key`, or `one_time_key`, ties it to what our code enforces.

    `limits` and `features` are what its metadata changes of the plan, `problems` what could not be read of them.
    """

    __tablename__ = "products"  # pyright: ignore[reportAssignmentType]

    stripe_product_id: str = Field(primary_key=True)
    plan_key: str = Field(default="", index=True)
    one_time_key: str = ""
    name: str
    description: str = ""
    marketing_features: list[str] = Field(default_factory=list, sa_column=Column(sa.JSON, nullable=False))
    active: bool = True
    limits: dict[str, int | None] = Field(default_factory=dict, sa_column=Column(sa.JSON, nullable=False))
    features: dict[str, bool] = Field(default_factory=dict, sa_column=Column(sa.JSON, nullable=False))
    position: int = 0
    image: str = ""
    default_price_id: str = ""
    problems: list[str] = Field(default_factory=list, sa_column=Column(sa.JSON, nullable=False))


class Price(Shared, table=True):
    """A price: `unit_amount` in minor units of `currency` each `interval`, or once where that is empty.

    `other_currencies` is what it costs in the others that it can be paid in.
    """

    __tablename__ = "prices"  # pyright: ignore[reportAssignmentType]

    stripe_price_id: str = Field(primary_key=True)
    stripe_product_id: str = Field(foreign_key="products.stripe_product_id", index=True)
    lookup_key: str = ""
    unit_amount: int = Field(sa_type=sa.BigInteger)
    currency: str
    interval: str
    active: bool = True
    created_at: datetime = Field(sa_type=Utc)
    other_currencies: dict[str, int] = Field(default_factory=dict, sa_column=Column(sa.JSON, nullable=False))

    def amount_in(self, currency: str) -> int | None:
        """What it costs in this currency, in minor units; None where it cannot be paid in it."""
        return self.unit_amount if currency == self.currency else self.other_currencies.get(currency)

    def paid_in(self, currency: str) -> tuple[int, str]:
        """The same with its currency; as the price was made where it cannot be paid in this one."""
        amount = self.amount_in(currency)
        return (self.unit_amount, self.currency) if amount is None else (amount, currency)


class StripeObject(SQLModel, table=True):
    """What the set-up made or found at Stripe, by our name for it: the account, the portal configuration, a clock."""

    __tablename__ = "stripe_objects"  # pyright: ignore[reportAssignmentType]

    name: str = Field(primary_key=True)
    value: str
    updated_at: datetime = Field(sa_type=Utc)


class Customer(OwnedReadOnly, table=True):
    """What ties a user to a Stripe customer.

    `generation` rises when Stripe's customer was deleted, so that the next one gets a new idempotency key.
    `sync_seq` numbers the fetches that were begun, `applied_seq` the newest one written: an older answer that
    arrives late is dropped. `currency` is the one in which Stripe bills them, '' before the first time.
    """

    __tablename__ = "customers"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.UniqueConstraint("user_id"),)

    id: str = Field(primary_key=True)
    stripe_customer_id: str | None = Field(default=None, unique=True)
    generation: int = 0
    sync_seq: int = 0
    applied_seq: int = 0
    synced_at: datetime | None = Field(default=None, sa_type=Utc)
    card_brand: str = ""
    card_last4: str = ""
    card_exp_month: int = 0
    card_exp_year: int = 0
    billing_name: str = ""
    billing_email: str = ""
    billing_address: str = ""
    tax_id: str = ""
    currency: str = ""
    created_at: datetime = Field(sa_type=Utc)


class Subscription(OwnedReadOnly, table=True):
    """A subscription as Stripe last had it.

    `past_due_since` is when the invoice that nobody paid was first tried. `pending_price_id` is a change that waits for
    its payment until `pending_until`; `next_price_id` one that waits for `next_at`. Of a discount there is `percent`
    ("12.5") or `off` in minor units; without `discount_ends_at` it lasts, unless it is for one invoice (`once`).
    """

    __tablename__ = "subscriptions"  # pyright: ignore[reportAssignmentType]

    stripe_subscription_id: str = Field(primary_key=True)
    status: str
    plan_key: str = ""
    stripe_price_id: str
    stripe_product_id: str
    unit_amount: int = Field(sa_type=sa.BigInteger)
    currency: str
    interval: str
    quantity: int = 1
    created_at: datetime = Field(sa_type=Utc)
    current_period_start: datetime = Field(sa_type=Utc)
    current_period_end: datetime = Field(sa_type=Utc)
    ends_at: datetime | None = Field(default=None, sa_type=Utc)
    trial_end: datetime | None = Field(default=None, sa_type=Utc)
    past_due_since: datetime | None = Field(default=None, sa_type=Utc)
    pause_behavior: str = ""
    pause_resumes_at: datetime | None = Field(default=None, sa_type=Utc)
    latest_invoice_id: str = ""
    stripe_item_id: str = ""
    stripe_schedule_id: str = ""
    next_price_id: str = ""
    next_at: datetime | None = Field(default=None, sa_type=Utc)
    pending_price_id: str = ""
    pending_until: datetime | None = Field(default=None, sa_type=Utc)
    cancel_reason: str = ""
    cancel_feedback: str = ""
    cancel_comment: str = ""
    discount_name: str = ""
    discount_percent: str = ""
    discount_off: int = Field(default=0, sa_type=sa.BigInteger)
    discount_duration: str = ""
    discount_ends_at: datetime | None = Field(default=None, sa_type=Utc)


class Invoice(OwnedReadOnly, table=True):
    """An invoice that its customer may see; amounts in minor units.

    `needs_action` is whether the bank asks its customer for a confirmation, `being_paid` whether it has taken the
    payment and not answered yet, which takes days with a direct debit; `next_payment_attempt` when Stripe tries
    again, None when it does not; `due_at` until when one that is sent, and not charged by itself, is to be paid.
    """

    __tablename__ = "invoices"  # pyright: ignore[reportAssignmentType]

    stripe_invoice_id: str = Field(primary_key=True)
    stripe_subscription_id: str = ""
    number: str = ""
    status: str
    total: int = Field(sa_type=sa.BigInteger)
    amount_due: int = Field(sa_type=sa.BigInteger)
    amount_paid: int = Field(sa_type=sa.BigInteger)
    currency: str
    created_at: datetime = Field(sa_type=Utc)
    hosted_invoice_url: str = ""
    invoice_pdf: str = ""
    description: str = ""
    billing_reason: str = ""
    attempt_count: int = 0
    next_payment_attempt: datetime | None = Field(default=None, sa_type=Utc)
    due_at: datetime | None = Field(default=None, sa_type=Utc)
    needs_action: bool = False
    being_paid: bool = False
    amount_refunded: int = Field(default=0, sa_type=sa.BigInteger)
    receipt_url: str = ""


class UpcomingInvoice(OwnedReadOnly, table=True):
    """What a subscription is charged next, as Stripe last worked it out; amounts in minor units.

    `lines` are pairs of words and amount. `amount_due` is what is left of `total` after a credit of the customer.
    """

    __tablename__ = "upcoming_invoices"  # pyright: ignore[reportAssignmentType]

    stripe_subscription_id: str = Field(primary_key=True)
    charged_at: datetime = Field(sa_type=Utc)
    currency: str
    lines: list[list[str | int]] = Field(default_factory=list, sa_column=Column(sa.JSON, nullable=False))
    discount: int = Field(default=0, sa_type=sa.BigInteger)
    tax: int = Field(default=0, sa_type=sa.BigInteger)
    total: int = Field(sa_type=sa.BigInteger)
    amount_due: int = Field(sa_type=sa.BigInteger)


class PlanChange(OwnedReadOnly, table=True):
    """A change of plan that was worked out for somebody to confirm. Its id is the idempotency key of doing it.

    `how` is now, later or trial. At most one is open per user, which the database holds: of two tabs, the one that
    asked later has the sums that count. `prorated_at` and `amount_due` are what was shown, and what is done.
    """

    __tablename__ = "plan_changes"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index(
            "one_open_change",
            "user_id",
            unique=True,
            sqlite_where=sa.text("status IN ('shown', 'under way')"),
            postgresql_where=sa.text("status IN ('shown', 'under way')"),
        ),
    )

    id: str = Field(primary_key=True)
    stripe_subscription_id: str
    from_price_id: str
    to_price_id: str
    how: str
    prorated_at: datetime = Field(sa_type=Utc)
    takes_effect_at: datetime = Field(sa_type=Utc)
    lines: list[list[str | int]] = Field(default_factory=list, sa_column=Column(sa.JSON, nullable=False))
    discount: int = Field(default=0, sa_type=sa.BigInteger)
    tax: int = Field(default=0, sa_type=sa.BigInteger)
    total: int = Field(sa_type=sa.BigInteger)
    amount_due: int = Field(sa_type=sa.BigInteger)
    currency: str
    status: str = "shown"
    created_at: datetime = Field(sa_type=Utc)
    confirmed_at: datetime | None = Field(default=None, sa_type=Utc)


class Usage(Owned, table=True):
    """How much of a metered thing somebody has used in one period, which ends at `period_end`."""

    __tablename__ = "usage"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.UniqueConstraint("user_id", "name", "period_start"),)
    __dropped__: ClassVar[Dropped] = ("period_end", timedelta(days=400))

    id: str = Field(primary_key=True)
    name: str
    period_start: datetime = Field(sa_type=Utc)
    period_end: datetime = Field(sa_type=Utc)
    used: int = 0


class CheckoutAttempt(OwnedReadOnly, table=True):
    """One intention to subscribe, or to buy. Its id is the idempotency key, so two clicks open one checkout.

    At most one is open per user and kind, which the database holds.
    """

    __tablename__ = "checkout_attempts"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index(
            "one_open_attempt",
            "user_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        ),
    )

    id: str = Field(primary_key=True)
    kind: str = "subscription"
    stripe_price_id: str
    currency: str = ""
    stripe_checkout_session_id: str | None = Field(default=None, unique=True)
    url: str = ""
    status: str = "open"
    created_at: datetime = Field(sa_type=Utc)
    expires_at: datetime | None = Field(default=None, sa_type=Utc)


class WebhookEvent(Leased, table=True):
    """One event that Stripe sent: stored before it is answered, handled once. The primary key is Stripe's id.

    It outlives any time in which Stripe is away or refuses our key; one that we cannot handle dies after twelve tries.
    """

    __tablename__ = "webhook_events"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("webhook_events_due", "status", "due_at"),)

    id: str = Field(primary_key=True)
    type: str
    stripe_customer_id: str = Field(default="", index=True)
    object_id: str = ""
    api_version: str = ""
    stripe_created_at: datetime = Field(sa_type=Utc)
    payload: bytes = Field(sa_column=Column(sa.LargeBinary, nullable=False))


# What another Stripe account knows nothing of, in the order in which it may be deleted. A feature adds its own.
MIRRORED: list[type[SQLModel]] = [
    CheckoutAttempt,
    PlanChange,
    UpcomingInvoice,
    Invoice,
    Subscription,
    Price,
    Product,
]
