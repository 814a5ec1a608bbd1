"""The one thing about somebody's billing that wants attention: the most urgent, in words, with what answers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from saas_app.billing.entitlements import GRACE, Access, Entitlements, by_rank
from saas_app.billing.models import Customer, Invoice, Price, Product, Subscription
from saas_app.billing.money import money
from saas_app.billing.plans import plan_by_key
from saas_app.billing.words import day, days_until, each
from saas_app.core.clock import now
from saas_app.core.frozen import Frozen

TELL_OF_TRIAL_END = timedelta(days=3)
PORTAL, KEEP, RESUME = "/billing/portal", "/billing/keep", "/billing/resume"


@dataclass(frozen=True)
class Notice(Frozen):
    """One banner: what happened, what it means, and what answers it.

    `pay` leads to Stripe's page of an invoice. `action` sends a form of ours to `door`, with a `flow` where that is the
    portal at one task; `other` is a second one.
    """

    tone: str = ""
    title: str = ""
    words: str = ""
    pay: str = ""
    pay_url: str = ""
    action: str = ""
    door: str = ""
    flow: str = ""
    other: str = ""
    other_door: str = ""
    other_flow: str = ""


CARD = "payment_method_update"


@dataclass(frozen=True)
class Facts:
    """What a notice is made of."""

    row: Subscription
    plan: str
    access: Access
    due: Invoice | None
    has_card: bool
    two: bool
    planned: str
    pending: str


def notice(session: Session, found: Entitlements, customer: Customer | None) -> Notice:
    """What to say first; an empty one when all is well."""
    row = found.subscription
    if row is None:
        return _ended(found.rows)
    plan = plan_by_key(row.plan_key)
    ours = [
        each_ for each_ in by_rank(found.rows, now()) if plan_by_key(each_.plan_key) and each_.status != "incomplete"
    ]
    facts = Facts(
        row=row,
        plan=plan.name if plan else found.plan.name,
        access=found.access,
        due=_due(session, row),
        has_card=bool(customer and customer.card_last4),
        two=len(ours) > 1,
        planned=_price_words(session, row.next_price_id, row),
        pending=_price_words(session, row.pending_price_id, row),
    )
    return next((said for say in _MOST_URGENT_FIRST if (said := say(facts))), Notice())


def is_suspended(row: Subscription) -> bool:
    """Whether we, and not the customer, have stopped it: its invoices are void, and it opens nothing meanwhile."""
    return row.status in ("active", "trialing", "past_due") and row.pause_behavior == "void"


def _due(session: Session, row: Subscription) -> Invoice | None:
    """The newest invoice that this subscription, or a change of it, waits for; a new card alone pays none.

    One that is charged by itself is nothing to speak of while all is well, one that was sent is.
    """
    mine = select(Invoice).where(Invoice.stripe_subscription_id == row.stripe_subscription_id, Invoice.status == "open")
    if row.status in ("active", "trialing") and not row.pending_price_id:
        mine = mine.where(col(Invoice.due_at).is_not(None))
    return session.exec(mine.order_by(col(Invoice.created_at).desc())).first()


def _price_words(session: Session, price_id: str, row: Subscription) -> str:
    """Pro, €9 a month; '' for no price, or one that we do not know."""
    price = session.get(Price, price_id) if price_id else None
    if price is None:
        return ""
    product = session.get(Product, price.stripe_product_id)
    name = product.name if product else "another plan"
    amount, currency = price.paid_in(row.currency)
    return f"{name}|{each(amount * row.quantity, currency, price.interval)}"


def _amount(due: Invoice) -> str:
    return money(due.amount_due - due.amount_paid, due.currency)


def _pay(due: Invoice | None, words: str = "Pay {} now") -> dict[str, str]:
    if due is None or not due.hosted_invoice_url:
        return {}
    return {"pay": words.format(_amount(due)), "pay_url": due.hosted_invoice_url}


def _asks_the_bank(facts: Facts) -> Notice | None:
    due = facts.due
    if due is None or not due.needs_action:
        return None
    until = f" It waits until {day(facts.row.pending_until)}." if facts.row.pending_until else ""
    return Notice(
        "warn",
        f"Your bank wants you to confirm a payment of {_amount(due)}",
        f"Nothing is paid until you do.{until}",
        **_pay(due, "Confirm {}"),
    )


def _sent(facts: Facts) -> Notice | None:
    """An invoice that somebody pays by themselves (`collection_method=send_invoice`): no card helps here.

    https://docs.stripe.com/billing/collection-method
    """
    due = facts.due
    if due is None or due.due_at is None:
        return None
    if not facts.access.opens:
        title = f"{facts.plan} is locked until your invoice is paid"
        words = f"It was due on {day(due.due_at)}. Everything you saved is there to read."
        return Notice("bad", title, words, **_pay(due))
    if due.due_at > now():
        title = f"Your invoice of {_amount(due)} is due on {day(due.due_at)}"
        return Notice("info", title, f"{facts.plan} is open meanwhile.", **_pay(due))
    title = f"Your invoice of {_amount(due)} was due on {day(due.due_at)}"
    late = facts.row.past_due_since
    words = f"{facts.plan} stays open until {day(late + GRACE)}." if late else "Please pay it now."
    return Notice("warn", title, words, **_pay(due))


def _failed(facts: Facts) -> Notice | None:
    row, due = facts.row, facts.due
    if row.status not in ("past_due", "unpaid") or is_suspended(row):
        return None
    again = f" We try again on {day(due.next_payment_attempt)}." if due and due.next_payment_attempt else ""
    card = {"action": "Update card" if facts.has_card else "Add a card", "door": PORTAL, "flow": CARD}
    if facts.access.opens:
        end = (row.past_due_since or row.current_period_start) + GRACE
        title = f"Your payment of {_amount(due)} did not go through" if due else "Your payment did not go through"
        words = f"Everything stays open until {day(end)}.{again}"
        return Notice("warn", title, words, **_pay(due), **card)
    words = f"Everything you saved is there to read. Paying opens {facts.plan} at once.{again}"
    return Notice("bad", f"{facts.plan} is locked until it is paid", words, **_pay(due), **card)


def _change_waits(facts: Facts) -> Notice | None:
    if not facts.pending or facts.row.pending_until is None:
        return None
    name, price = facts.pending.split("|")
    return Notice(
        "warn",
        f"Your change to {name} waits for its payment",
        f"Until it is paid nothing changes. After that it is {price}. "
        f"If you do nothing, the change is dropped on {day(facts.row.pending_until)}.",
        **_pay(facts.due),
        action="Update card",
        door=PORTAL,
        flow=CARD,
    )


def _unfinished(facts: Facts) -> Notice | None:
    if facts.row.status != "incomplete":
        return None
    return Notice(
        "warn",
        "Your payment is not finished",
        "It waits for a day. You can finish it, or subscribe again.",
        **_pay(facts.due),
        action="" if facts.due else "Open billing",
        door=PORTAL,
    )


def _paused(facts: Facts) -> Notice | None:
    if facts.row.status != "paused":
        return None
    card = {"flow": CARD, "door": PORTAL}
    if not facts.has_card:
        return Notice("warn", "Your plan is paused", "Add a card, then you can resume it.", action="Add a card", **card)
    return Notice(
        "warn",
        "Your plan is paused",
        "When you resume it, a new period begins and is charged to your card.",
        **_pay(facts.due),
        action="Resume",
        door=RESUME,
        other="Update card",
        other_door=PORTAL,
        other_flow=CARD,
    )


def _two(facts: Facts) -> Notice | None:
    if not facts.two:
        return None
    return Notice(
        "info",
        "You have two subscriptions",
        f"{facts.plan} goes on. We end the other one by ourselves, and what was paid for it comes back to your card.",
    )


def _suspended(facts: Facts) -> Notice | None:
    if not is_suspended(facts.row):
        return None
    back = facts.row.pause_resumes_at
    until = f"until {day(back)}" if back else "until it goes on"
    return Notice("info", "Your plan is paused", f"Nothing is charged {until}. What you saved stays.")


def _ending(facts: Facts) -> Notice | None:
    ends = facts.row.ends_at
    if ends is None:
        return None
    return Notice(
        "info",
        f"{facts.plan} ends on {day(ends)}",
        "Until then everything stays open, and nothing more is charged.",
        action="Keep the plan",
        door=KEEP,
    )


def _trial(facts: Facts) -> Notice | None:
    row, at = facts.row, now()
    if row.status != "trialing" or row.trial_end is None:
        return None
    is_soon = row.trial_end - at < TELL_OF_TRIAL_END
    title = f"Your trial ends {days_until(row.trial_end, at)}"
    if not facts.has_card:
        words = f"Without a card {facts.plan} is paused on {day(row.trial_end)}. Nothing is charged before."
        return Notice("warn" if is_soon else "info", title, words, action="Add a card", door=PORTAL, flow=CARD)
    if not is_soon:
        return None
    price = money(row.unit_amount * row.quantity, row.currency)
    return Notice("info", title, f"{facts.plan} goes on for {price}, first charged on {day(row.trial_end)}.")


def _planned(facts: Facts) -> Notice | None:
    if not facts.planned or facts.row.next_at is None:
        return None
    name, price = facts.planned.split("|")
    return Notice(
        "info",
        f"{name} from {day(facts.row.next_at)}",
        f"Until then {facts.plan} stays open as you paid for it. After that it is {price}.",
        action=f"Keep {facts.plan}" if name != facts.plan else "Keep what you have",
        door=KEEP,
    )


_MOST_URGENT_FIRST = (
    *(_asks_the_bank, _sent, _failed, _change_waits, _unfinished, _paused),
    *(_two, _suspended, _ending, _trial, _planned),
)


def _ended(rows: Sequence[Subscription]) -> Notice:
    newest_first = sorted(rows, key=lambda row: row.created_at, reverse=True)
    over = next((row for row in newest_first if row.status == "canceled"), None)
    if over is None:
        return Notice()
    ended = f" on {day(over.ends_at)}" if over.ends_at else ""
    return Notice("info", f"Your plan ended{ended}", "You are on Free. Everything you saved is still there to read.")


def moment_of(row: Subscription) -> tuple[str, datetime]:
    """The date that matters next, with its name."""
    if row.ends_at:
        return "Ends on", row.ends_at
    if row.status == "trialing" and row.trial_end:
        return "Trial ends on", row.trial_end
    if is_suspended(row):
        return ("Resumes on", row.pause_resumes_at) if row.pause_resumes_at else ("Since", row.current_period_start)
    if row.next_at and row.status == "active":
        return "Changes on", row.next_at
    if row.status in ("active", "past_due"):
        return "Renews on", row.current_period_end
    return "Since", row.current_period_start
