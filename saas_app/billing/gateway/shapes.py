"""Stripe's things as we know them: frozen, small, money in minor units, time aware."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StripeProduct:
    """A product as Stripe has it now. `plan_key`, or `one_time_key`, comes from its metadata; `image` is its first
    picture.
    """

    id: str
    plan_key: str
    name: str
    description: str
    marketing_features: tuple[str, ...]
    active: bool
    one_time_key: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    image: str = ""
    default_price_id: str = ""


@dataclass(frozen=True)
class StripePrice:
    """A price: `unit_amount` minor units of `currency` each `interval`, or once where that is empty.

    `other_currencies` are pairs of a further currency and the amount in it
    (https://docs.stripe.com/api/prices/object#price_object-currency_options).
    """

    id: str
    product_id: str
    lookup_key: str
    unit_amount: int
    currency: str
    interval: str
    active: bool
    created: datetime
    other_currencies: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class StripeDiscount:
    """What is taken off: `percent` ("12.5"), else `off` minor units. `duration` is once, repeating or forever."""

    name: str = ""
    percent: str = ""
    off: int = 0
    duration: str = ""
    ends_at: datetime | None = None


@dataclass(frozen=True)
class StripeSubscription:
    """A subscription as Stripe has it now; `ends_at` folds Stripe's two spellings of a cancellation into one.

    `next_price_id` is the price that a schedule brings at `next_at`: a downgrade waits so for what was paid.
    `pending_price_id` is one that waits for its invoice to be paid, until `pending_until`
    (https://docs.stripe.com/billing/subscriptions/pending-updates). It is billed in `currency`; Stripe shows its price
    as that was made, `unit_amount` of `price_currency`.
    """

    id: str
    status: str
    price_id: str
    product_id: str
    lookup_key: str
    unit_amount: int
    currency: str
    interval: str
    quantity: int
    created: datetime
    current_period_start: datetime
    current_period_end: datetime
    cancel_at_period_end: bool
    ends_at: datetime | None
    trial_end: datetime | None
    pause_behavior: str
    latest_invoice_id: str
    item_id: str = ""
    schedule_id: str = ""
    next_price_id: str = ""
    next_at: datetime | None = None
    pending_price_id: str = ""
    pending_until: datetime | None = None
    pause_resumes_at: datetime | None = None
    cancel_reason: str = ""
    cancel_feedback: str = ""
    cancel_comment: str = ""
    discount: StripeDiscount = StripeDiscount()
    price_currency: str = ""


@dataclass(frozen=True)
class StripeInvoice:
    """An invoice that a customer may see; amounts in minor units.

    `failed_at` is when it was first tried, while it is open and was; `needs_action` whether the bank asks its customer,
    `being_paid` whether it has taken the payment and not answered yet; `due_at` until when to pay one that is sent
    (`collection_method=send_invoice`).
    """

    id: str
    number: str
    status: str
    total: int
    amount_due: int
    amount_paid: int
    currency: str
    created: datetime
    hosted_invoice_url: str
    invoice_pdf: str
    subscription_id: str
    description: str = ""
    billing_reason: str = ""
    attempt_count: int = 0
    next_payment_attempt: datetime | None = None
    failed_at: datetime | None = None
    due_at: datetime | None = None
    needs_action: bool = False
    being_paid: bool = False
    amount_refunded: int = 0
    receipt_url: str = ""


@dataclass(frozen=True)
class StripeSums:
    """An invoice that does not exist yet, in minor units: words and amount of each line, and what they come to.

    `amount_due` is what is left of `total` after the customer's credit.
    """

    lines: tuple[tuple[str, int], ...]
    discount: int
    tax: int
    total: int
    amount_due: int
    currency: str


@dataclass(frozen=True)
class StripeQuote:
    """What a change of plan would cost now: prorated to the moment `prorated_at`, paid for until `paid_until`."""

    sums: StripeSums
    prorated_at: datetime
    paid_until: datetime


@dataclass(frozen=True)
class StripeUpcoming:
    """What a subscription is charged next, and when."""

    subscription_id: str
    charged_at: datetime
    sums: StripeSums


@dataclass(frozen=True)
class StripeBillingDetails:
    """Whom invoices name, as the customer told Stripe, and their currency; none of it says who may log in here."""

    name: str = ""
    email: str = ""
    address: str = ""
    tax_id: str = ""
    currency: str = ""


@dataclass(frozen=True)
class StripeCard:
    """What may be shown of a card."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True)
class StripeLine:
    """One thing of an order; `amount` in minor units of the order's currency, discounts taken off."""

    product_id: str
    lookup_key: str
    amount: int


@dataclass(frozen=True)
class StripeOrder:
    """A checkout that was completed, with what has become of its payment since, and the subscription it began, if any.

    `payment_id` is the PaymentIntent's, or the session's own where nothing was to be paid. `account_id` is what we
    wrote into its metadata, '' for an order of a payment link. `refunded` means in full; `amount_refunded` is in minor
    units; `dispute_status` is Stripe's, '' without a dispute.
    """

    session_id: str
    mode: str
    payment_id: str
    customer_id: str
    account_id: str
    email: str
    lines: tuple[StripeLine, ...]
    currency: str
    created: datetime
    paid: bool
    processing: bool = False
    amount_refunded: int = 0
    refunded: bool = False
    dispute_status: str = ""
    receipt_url: str = ""
    subscription_id: str = ""


@dataclass(frozen=True)
class StripeCustomer:
    """All we mirror of one customer, fetched in one go. `deleted` means that Stripe no longer knows it."""

    id: str
    deleted: bool = False
    card: StripeCard | None = None
    subscriptions: tuple[StripeSubscription, ...] = ()
    invoices: tuple[StripeInvoice, ...] = ()
    details: StripeBillingDetails = StripeBillingDetails()
    upcoming: StripeUpcoming | None = None
    knows_upcoming: bool = True
    orders: tuple[StripeOrder, ...] = ()


@dataclass(frozen=True)
class StripeCheckoutSession:
    """A hosted checkout: `url` is set while it is open."""

    id: str
    status: str
    payment_status: str
    customer_id: str
    url: str
    expires_at: datetime


@dataclass(frozen=True)
class StripeEvent:
    """Who an event is about; what it says is not believed, only looked up."""

    id: str
    type: str
    created: datetime
    api_version: str
    livemode: bool
    object_id: str
    customer_id: str
    payload: bytes
