"""The one thing about somebody's billing that wants attention: the most urgent, in words, with what answers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from saas_app import site
from saas_app.billing.entitlements import GRACE, Access, Entitlements, by_rank
from saas_app.billing.models import Customer, Invoice, Price, Product, Subscription
from saas_app.billing.money import money
from saas_app.billing.plans import plan_by_key
from saas_app.billing.words import day, days_until, each
from saas_app.core.clock import now
from saas_app.core.frozen import Frozen
from saas_app.core.words import _

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
class Change:
    """What somebody changes to, in words: Pro, for €9 a month."""

    name: str
    price: str


@dataclass(frozen=True)
class Facts:
    """What a notice is made of."""

    row: Subscription
    plan: str
    access: Access
    due: Invoice | None
    has_card: bool
    two: bool
    planned: Change | None
    pending: Change | None


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
        planned=_change(session, row.next_price_id, row),
        pending=_change(session, row.pending_price_id, row),
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


def _change(session: Session, price_id: str, row: Subscription) -> Change | None:
    """What that price is of; None for no price, or one that we do not know."""
    price = session.get(Price, price_id) if price_id else None
    if price is None:
        return None
    product = session.get(Product, price.stripe_product_id)
    name = product.name if product else _("another plan")
    amount, currency = price.paid_in(row.currency)
    return Change(name, each(amount * row.quantity, currency, price.interval))


def _amount(due: Invoice) -> str:
    return money(due.amount_due - due.amount_paid, due.currency)


def _pay(due: Invoice | None, words: str = _("Pay {} now")) -> dict[str, str]:
    if due is None or not due.hosted_invoice_url:
        return {}
    return {"pay": words.format(_amount(due)), "pay_url": due.hosted_invoice_url}


def _asks_the_bank(facts: Facts) -> Notice | None:
    due = facts.due
    if due is None or not due.needs_action:
        return None
    until = _(" It waits until {day}.").format(day=day(facts.row.pending_until)) if facts.row.pending_until else ""
    return Notice(
        "warn",
        _("Your bank wants you to confirm a payment of {amount}").format(amount=_amount(due)),
        _("Nothing is paid until you do.{until}").format(until=until),
        **_pay(due, _("Confirm {}")),
    )


def _under_way(facts: Facts) -> Notice | None:
    """A payment that a bank has taken and not answered yet (docs.stripe.com/payments/payment-methods, "delayed
    notification"): nobody is to pay a second time meanwhile."""
    due = facts.due
    if due is None or not due.being_paid:
        return None
    words = _("Your bank has not answered yet, which may take days. There is nothing for you to do meanwhile.")
    if facts.row.status == "incomplete" or not facts.access.opens:
        words += _(" {plan} opens when it arrives.").format(plan=facts.plan)
    if facts.row.pending_until:
        words += _(" If it has not answered by {day}, your change is dropped.").format(day=day(facts.row.pending_until))
    return Notice("info", _("Your payment of {amount} is under way").format(amount=_amount(due)), words)


def _sent(facts: Facts) -> Notice | None:
    """An invoice that somebody pays by themselves (`collection_method=send_invoice`): no card helps here.

    https://docs.stripe.com/billing/collection-method
    """
    due = facts.due
    if due is None or due.due_at is None:
        return None
    if not facts.access.opens:
        title = _("{plan} is locked until your invoice is paid").format(plan=facts.plan)
        words = _("It was due on {day}. Everything you saved is there to read.").format(day=day(due.due_at))
        return Notice("bad", title, words, **_pay(due))
    values = {"amount": _amount(due), "day": day(due.due_at)}
    if due.due_at > now():
        title = _("Your invoice of {amount} is due on {day}").format(**values)
        return Notice("info", title, _("{plan} is open meanwhile.").format(plan=facts.plan), **_pay(due))
    title = _("Your invoice of {amount} was due on {day}").format(**values)
    late = facts.row.past_due_since
    stays = _("{plan} stays open until {day}.")
    words = stays.format(plan=facts.plan, day=day(late + GRACE)) if late else _("Please pay it now.")
    return Notice("warn", title, words, **_pay(due))


def _failed(facts: Facts) -> Notice | None:
    row, due = facts.row, facts.due
    if row.status not in ("past_due", "unpaid") or is_suspended(row):
        return None
    again = (
        _(" We try again on {day}.").format(day=day(due.next_payment_attempt))
        if due and due.next_payment_attempt
        else ""
    )
    card = {"action": _("Update card") if facts.has_card else _("Add a card"), "door": PORTAL, "flow": CARD}
    if facts.access.opens:
        end = (row.past_due_since or row.current_period_start) + GRACE
        title = (
            _("Your payment of {amount} did not go through").format(amount=_amount(due))
            if due
            else _("Your payment did not go through")
        )
        words = _("Everything stays open until {day}.{again}").format(day=day(end), again=again)
        return Notice("warn", title, words, **_pay(due), **card)
    words = _("Everything you saved is there to read. Paying opens {plan} at once.{again}").format(
        plan=facts.plan, again=again
    )
    return Notice("bad", _("{plan} is locked until it is paid").format(plan=facts.plan), words, **_pay(due), **card)


def _change_waits(facts: Facts) -> Notice | None:
    change = facts.pending
    if change is None or facts.row.pending_until is None:
        return None
    return Notice(
        "warn",
        _("Your change to {name} waits for its payment").format(name=change.name),
        _(
            "Until it is paid nothing changes. After that it is {price}. If you do nothing, the change is "
            "dropped on {day}."
        ).format(price=change.price, day=day(facts.row.pending_until)),
        **_pay(facts.due),
        action=_("Update card"),
        door=PORTAL,
        flow=CARD,
    )


def _unfinished(facts: Facts) -> Notice | None:
    if facts.row.status != "incomplete":
        return None
    return Notice(
        "warn",
        _("Your payment is not finished"),
        _("It waits for a day. You can finish it, or subscribe again."),
        **_pay(facts.due),
        action="" if facts.due else _("Open billing"),
        door=PORTAL,
    )


def _paused(facts: Facts) -> Notice | None:
    if facts.row.status != "paused":
        return None
    card = {"flow": CARD, "door": PORTAL}
    if not facts.has_card:
        return Notice(
            "warn", _("Your plan is paused"), _("Add a card, then you can resume it."), action=_("Add a card"), **card
        )
    return Notice(
        "warn",
        _("Your plan is paused"),
        _("When you resume it, a new period begins and is charged to your card."),
        **_pay(facts.due),
        action=_("Resume"),
        door=RESUME,
        other=_("Update card"),
        other_door=PORTAL,
        other_flow=CARD,
    )


def _two(facts: Facts) -> Notice | None:
    if not facts.two:
        return None
    return Notice(
        "info",
        _("You have two subscriptions"),
        _(
            "{plan} goes on. We end the other one by ourselves, and what was paid for it comes back to your card."
        ).format(plan=facts.plan),
    )


def _suspended(facts: Facts) -> Notice | None:
    if not is_suspended(facts.row):
        return None
    back = facts.row.pause_resumes_at
    words = (
        _("Nothing is charged until {day}, when it goes on. What you saved stays.").format(day=day(back))
        if back
        else _("We have paused it: nothing is charged, and what you saved stays. To go on, write to {mail}.").format(
            mail=site.SUPPORT_EMAIL
        )
    )
    return Notice("info", _("Your plan is paused"), words)


def _ending(facts: Facts) -> Notice | None:
    ends = facts.row.ends_at
    if ends is None:
        return None
    return Notice(
        "info",
        _("{plan} ends on {day}").format(plan=facts.plan, day=day(ends)),
        _("Until then everything stays open, and nothing more is charged."),
        action=_("Keep the plan"),
        door=KEEP,
    )


def _trial(facts: Facts) -> Notice | None:
    row, at = facts.row, now()
    if row.status != "trialing" or row.trial_end is None:
        return None
    is_soon = row.trial_end - at < TELL_OF_TRIAL_END
    title = _("Your trial ends {days_until}").format(days_until=days_until(row.trial_end, at))
    if not facts.has_card:
        words = _("Without a card {plan} is paused on {day}. Nothing is charged before.").format(
            plan=facts.plan, day=day(row.trial_end)
        )
        return Notice("warn" if is_soon else "info", title, words, action=_("Add a card"), door=PORTAL, flow=CARD)
    if not is_soon:
        return None
    price = money(row.unit_amount * row.quantity, row.currency)
    return Notice(
        "info",
        title,
        _("{plan} goes on for {price}, first charged on {day}.").format(
            plan=facts.plan, price=price, day=day(row.trial_end)
        ),
    )


def _planned(facts: Facts) -> Notice | None:
    change = facts.planned
    if change is None or facts.row.next_at is None:
        return None
    return Notice(
        "info",
        _("{name} from {day}").format(name=change.name, day=day(facts.row.next_at)),
        _("Until then {plan} stays open as you paid for it. After that it is {price}.").format(
            plan=facts.plan, price=change.price
        ),
        action=_("Keep {plan}").format(plan=facts.plan) if change.name != facts.plan else _("Keep what you have"),
        door=KEEP,
    )


_MOST_URGENT_FIRST = (
    *(_asks_the_bank, _under_way, _sent, _failed, _change_waits, _unfinished, _paused),
    *(_two, _suspended, _ending, _trial, _planned),
)


def _ended(rows: Sequence[Subscription]) -> Notice:
    newest_first = sorted(rows, key=lambda row: row.created_at, reverse=True)
    over = next((row for row in newest_first if row.status == "canceled"), None)
    if over is None:
        return Notice()
    ended = _(" on {day}").format(day=day(over.ends_at)) if over.ends_at else ""
    return Notice(
        "info",
        _("Your plan ended{ended}").format(ended=ended),
        _("You are on Free. Everything you saved is still there to read."),
    )


def moment_of(row: Subscription) -> tuple[str, datetime]:
    """The date that matters next, with its name."""
    if row.ends_at:
        return _("Ends on"), row.ends_at
    if row.status == "trialing" and row.trial_end:
        return _("Trial ends on"), row.trial_end
    if is_suspended(row):
        return (
            (_("Resumes on"), row.pause_resumes_at) if row.pause_resumes_at else (_("Since"), row.current_period_start)
        )
    if row.next_at and row.status == "active":
        return _("Changes on"), row.next_at
    if row.status in ("active", "past_due"):
        return _("Renews on"), row.current_period_end
    return _("Since"), row.current_period_start
