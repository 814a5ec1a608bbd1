"""What a customer is shown of their billing: one view, worded by status, read from the local mirror."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from saas_app.billing.entitlements import Access, Entitlements, entitlements
from saas_app.billing.gateway.client import is_silent
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.models import ENDED_STATUSES, Customer, Invoice, Price, Product, Subscription
from saas_app.billing.money import money
from saas_app.core.clock import now

# Older than this, and the page says how old what it shows is.
STALE_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Notice:
    """One banner: what happened, what it means, and what answers it.

    `pay` leads to Stripe's page of the invoice that is due, `may_resume` to a form of ours, `action` to the portal,
    at one task when `flow` names one.
    """

    tone: str = ""
    title: str = ""
    words: str = ""
    flow: str = ""
    action: str = ""
    pay: str = ""
    pay_url: str = ""
    may_resume: bool = False


@dataclass(frozen=True)
class InvoiceView:
    """One line of the invoice list."""

    date: str
    number: str
    amount: str
    status: str
    tone: str
    url: str


@dataclass(frozen=True)
class BillingView:
    """A customer's billing in words.

    `paid` is whether a paid plan is open now, `subscribed` whether one is running, open or locked; `has_customer`
    whether there is a portal.
    """

    plan_key: str = ""
    plan_name: str = ""
    paid: bool = False
    subscribed: bool = False
    status: str = ""
    tone: str = "plain"
    price: str = ""
    interval: str = ""
    date_label: str = ""
    date: str = ""
    card: str = ""
    card_note: str = ""
    has_customer: bool = False
    can_cancel: bool = False
    stale: str = ""
    notice: Notice = Notice()


def billing(session: Session) -> BillingView:
    """This person's plan, price, dates and card."""
    found = entitlements(session)
    customer = session.exec(select(Customer)).first()
    row = found.subscription
    view = BillingView(
        plan_key=found.plan.key,
        plan_name=found.plan.name,
        paid=found.plan.key != "free",
        status="Free",
        card=_card(customer),
        card_note=_expiry(customer),
        has_customer=bool(customer and customer.stripe_customer_id),
        stale=_stale(customer),
    )
    if row is None and found.for_good:
        return replace(view, status="Yours", tone="good", price="Paid once", interval="yours for good")
    if row is None:
        return replace(view, notice=_ended_notice(session))
    label, date = _next_date(row)
    status, tone = _status(row, found)
    return replace(
        view,
        status=status,
        tone=tone,
        subscribed=row.status != "incomplete",
        price=money(row.unit_amount * row.quantity, row.currency),
        interval="yearly" if row.interval == "year" else "monthly",
        date_label=label,
        date=day(date),
        can_cancel=row.status in ("active", "trialing") and row.ends_at is None,
        notice=_with_invoice(
            _planned(session, row, found) or _notice(row, found, has_card=view.card != ""), _due(session, row)
        ),
    )


def invoices(session: Session) -> list[InvoiceView]:
    """This person's invoices, newest first."""
    rows = session.exec(select(Invoice).order_by(col(Invoice.created_at).desc())).all()
    return [
        InvoiceView(
            date=day(row.created_at),
            number=row.number,
            amount=money(row.total, row.currency),
            status={"paid": "Paid", "open": "To pay", "void": "Void"}.get(row.status, "Not collected"),
            tone={"paid": "good", "open": "warn"}.get(row.status, "plain"),
            url=row.hosted_invoice_url,
        )
        for row in rows
    ]


def day(moment: datetime) -> str:
    """A date as people read it: March 4, 2027."""
    return f"{moment:%B} {moment.day}, {moment.year}"


def _status(row: Subscription, found: Entitlements) -> tuple[str, str]:
    if _is_suspended(row):
        return "Paused", "warn"
    if row.ends_at and row.status in ("active", "trialing"):
        return "Canceling", "warn"
    return {
        "active": ("Active", "good"),
        "trialing": ("Trial", "good"),
        "past_due": ("Past due", "warn" if found.access is Access.GRACE else "bad"),
        "unpaid": ("Unpaid", "bad"),
        "incomplete": ("Incomplete", "warn"),
        "paused": ("Paused", "warn"),
    }.get(row.status, (row.status.replace("_", " ").capitalize(), "plain"))


def _is_suspended(row: Subscription) -> bool:
    """Whether we, and not the customer, have stopped it: its invoices are void, and it opens nothing meanwhile."""
    return row.status in ("active", "trialing") and row.pause_behavior == "void"


INTERVAL_WORDS = {"month": "a month", "year": "a year"}


def _next_date(row: Subscription) -> tuple[str, datetime]:
    if row.ends_at:
        return "Ends on", row.ends_at
    if row.status == "trialing" and row.trial_end:
        return "Trial ends on", row.trial_end
    if row.next_at and row.status == "active" and not _is_suspended(row):
        return "Changes on", row.next_at
    if row.status in ("active", "past_due") and not _is_suspended(row):
        return "Renews on", row.current_period_end
    return "Since", row.current_period_start


def _due(session: Session, row: Subscription) -> Invoice | None:
    """The newest invoice that this subscription waits for; a new card alone pays none."""
    if row.status not in ("past_due", "unpaid", "incomplete", "paused"):
        return None
    mine = (Invoice.stripe_subscription_id == row.stripe_subscription_id, Invoice.status == "open")
    return session.exec(select(Invoice).where(*mine).order_by(col(Invoice.created_at).desc())).first()


def _with_invoice(notice: Notice, due: Invoice | None) -> Notice:
    if due is None or not due.hosted_invoice_url:
        return notice
    return replace(
        notice, pay=f"Pay {money(due.amount_due - due.amount_paid, due.currency)} now", pay_url=due.hosted_invoice_url
    )


def _notice(row: Subscription, found: Entitlements, *, has_card: bool) -> Notice:
    """The most urgent thing, and only that."""
    match row.status:
        case "past_due" if found.access is Access.GRACE:
            return Notice(
                "warn",
                "Your last payment did not go through",
                "Nothing is locked yet. Pay now, or update your card and we will try again.",
                "payment_method_update",
                "Update card",
            )
        case "past_due" | "unpaid":
            return Notice(
                "bad",
                "Your plan is locked until it is paid",
                "Everything you saved is there to read. Paying unlocks it at once.",
                "payment_method_update",
                "Update card",
            )
        case "incomplete":
            return Notice(
                "warn",
                "Your payment is not finished",
                "Your bank asked for a confirmation that did not arrive. You can finish it, or subscribe again.",
                "",
                "Open billing",
            )
        case "paused" if has_card:
            return Notice(
                "warn",
                "Your plan is paused",
                "When you resume it, a new period begins and is charged to your card.",
                "payment_method_update",
                "Update card",
                may_resume=True,
            )
        case "paused":
            return Notice(
                "warn",
                "Your plan is paused",
                "Add a card, then you can resume it.",
                "payment_method_update",
                "Add card",
            )
        case "active" | "trialing" if _is_suspended(row):
            return Notice("info", "Your plan is paused", "Nothing is charged until it goes on. What you saved stays.")
        case "active" | "trialing" if row.ends_at:
            return Notice(
                "info",
                f"{found.plan.name} ends on {day(row.ends_at)}",
                "Until then everything stays open. You can keep the plan with one click.",
                "",
                "Keep the plan",
            )
        case _:
            return Notice()


def _planned(session: Session, row: Subscription, found: Entitlements) -> Notice | None:
    """A change of plan that waits for the end of what was paid, if nothing more urgent is there to say."""
    price = session.get(Price, row.next_price_id) if row.next_price_id and row.next_at else None
    if price is None or row.next_at is None or row.status != "active" or row.ends_at or _is_suspended(row):
        return None
    product = session.get(Product, price.stripe_product_id)
    name = product.name if product else "another plan"
    each = f"{money(price.unit_amount * row.quantity, price.currency)} {INTERVAL_WORDS.get(price.interval, '')}".strip()
    return Notice(
        "info",
        f"{name} from {day(row.next_at)}",
        f"Until then {found.plan.name} stays open as you paid for it. After that it is {each}.",
        "",
        "Keep what you have",
    )


def _ended_notice(session: Session) -> Notice:
    rows = session.exec(select(Subscription).order_by(col(Subscription.created_at).desc())).all()
    over = next((row for row in rows if row.status == "canceled"), None)
    if over is None or over.status not in ENDED_STATUSES:
        return Notice()
    ended = f" on {day(over.ends_at)}" if over.ends_at else ""
    return Notice("info", f"Your plan ended{ended}", "You are on Free. Everything you saved is still there.")


def _card(customer: Customer | None) -> str:
    if customer is None or not customer.card_last4:
        return ""
    return f"{customer.card_brand.replace('_', ' ').capitalize()} ending in {customer.card_last4}"


def _expiry(customer: Customer | None) -> str:
    if customer is None or not customer.card_exp_year:
        return ""
    return f"expires {customer.card_exp_month:02d}/{customer.card_exp_year}"


def _stale(customer: Customer | None) -> str:
    """How old this is, when it may be behind."""
    if customer is None or customer.synced_at is None:
        return ""
    seen = customer.synced_at
    if is_silent():
        return f"{StripeUnavailable()} This is what it told us on {day(seen)} at {seen:%H:%M} UTC."
    return f"As of {day(seen)}" if now() - seen >= STALE_AFTER else ""
