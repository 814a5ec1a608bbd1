"""What a letter is made of: somebody's rows before a look at Stripe and after it, in words that people use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from saas_app.billing.entitlements import by_rank
from saas_app.billing.models import Customer, Invoice, Price, Product, Subscription, UpcomingInvoice
from saas_app.billing.money import money
from saas_app.billing.plans import plan_by_key
from saas_app.billing.words import each
from saas_app.core.clock import now
from saas_app.core.words import _

# What we meet for the first time and is older than this is history, as after joining an account that has customers.
NEWS = timedelta(days=7)
LIVE = frozenset({"active", "trialing"})
LATE = frozenset({"past_due", "unpaid"})

T = TypeVar("T", bound=SQLModel)


@dataclass(frozen=True)
class Seen:
    """Somebody's rows at one moment, by Stripe's ids."""

    subscriptions: dict[str, Subscription]
    invoices: dict[str, Invoice]


@dataclass(frozen=True)
class Before(Seen):
    """The same before something is written: copies, which writing leaves alone.

    The session knows `rows` for as long as somebody holds them, so the writer need not ask for each once more.
    """

    rows: Seen


def look(session: Session, user_id: str) -> Seen:
    """What stands there now."""
    subscriptions = session.exec(select(Subscription).where(Subscription.user_id == user_id))
    invoices = session.exec(select(Invoice).where(Invoice.user_id == user_id).order_by(col(Invoice.created_at)))
    return Seen(
        {row.stripe_subscription_id: row for row in subscriptions},
        {row.stripe_invoice_id: row for row in invoices},
    )


def look_before(session: Session, user_id: str) -> Before:
    """What stands there, to be compared with what will."""
    rows = look(session, user_id)
    return Before(
        {id_: _copy(row) for id_, row in rows.subscriptions.items()},
        {id_: _copy(row) for id_, row in rows.invoices.items()},
        rows,
    )


def _copy(row: T) -> T:
    return type(row)(**row.model_dump())


def is_news(moment: datetime) -> bool:
    """Whether something of that time may still be told to somebody who was told nothing of it."""
    return moment > now() - NEWS


@dataclass(frozen=True)
class Scene:
    """One person, and what has changed for them. `number` is that of the look which found it, and rises with each."""

    session: Session
    user_id: str
    number: int
    before: Seen
    now: Seen

    def name(self, row: Subscription) -> str:
        """What somebody subscribes to: Pro."""
        plan, product = plan_by_key(row.plan_key), self.session.get(Product, row.stripe_product_id)
        return product.name if product else plan.name if plan else _("Your plan")

    def price(self, row: Subscription) -> str:
        """€72 a year."""
        return each(row.unit_amount * row.quantity, row.currency, row.interval)

    def name_and_price(self, price_id: str, row: Subscription) -> tuple[str, str]:
        """The same of a price that is not theirs yet: Agent, and €29 a month."""
        price = self.session.get(Price, price_id)
        if price is None:
            return _("another plan"), ""
        product = self.session.get(Product, price.stripe_product_id)
        amount, currency = price.paid_in(row.currency)
        words = each(amount * row.quantity, currency, price.interval)
        return product.name if product else _("another plan"), words

    def card(self) -> str:
        """Visa ending in 4242; '' without a card."""
        customer = self.customer()
        if customer is None or not customer.card_last4:
            return ""
        return _("{brand} ending in {digits}").format(
            brand=customer.card_brand.replace("_", " ").title() or _("Card"), digits=customer.card_last4
        )

    def customer(self) -> Customer | None:
        """What is known of them as a customer."""
        return self.session.exec(select(Customer).where(Customer.user_id == self.user_id)).first()

    def next_charge(self, row: Subscription) -> str:
        """What is charged next, with discounts, taxes and credit; what the price says while Stripe was not asked."""
        upcoming = self.session.get(UpcomingInvoice, row.stripe_subscription_id)
        if upcoming is None:
            return money(row.unit_amount * row.quantity, row.currency)
        return money(upcoming.amount_due, upcoming.currency)

    def counts(self, row: Subscription) -> bool:
        """Whether this one, of several, is the one that goes on."""
        running = by_rank(self.now.subscriptions.values(), now())
        return not running or running[0].stripe_subscription_id == row.stripe_subscription_id
