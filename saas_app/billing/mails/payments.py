"""Letters about money: paid, not paid, paid after all, given back."""

from saas_app.billing.entitlements import GRACE, access_of
from saas_app.billing.mails.letter import Facts, Letter
from saas_app.billing.mails.scene import LATE, LIVE, Scene, is_news
from saas_app.billing.models import Invoice, Subscription
from saas_app.billing.money import money
from saas_app.billing.notices import is_suspended
from saas_app.billing.words import day, once, refund_came_back
from saas_app.core.clock import now
from saas_app.core.config import settings

Was = Invoice | None


def receipt(scene: Scene, was: Was, invoice: Invoice) -> Letter | None:
    """One for each invoice that was paid, unless Stripe writes them (STRIPE_RECEIPTS). None for nothing."""
    is_new = is_news(invoice.created_at) if was is None else was.status != "paid"
    if settings().stripe_receipts or invoice.status != "paid" or not is_new or invoice.amount_paid <= 0:
        return None
    amount = money(invoice.amount_paid, invoice.currency)
    facts = (
        ("For", once(invoice.description)),
        ("Invoice", invoice.number),
        ("Date", day(invoice.created_at)),
        ("Paid", amount),
    )
    link, label = invoice.invoice_pdf, "Download the invoice"
    if not link:
        link, label = invoice.hosted_invoice_url, "See the invoice"
    words = f"We have received your payment of {amount}. Thank you."
    subject = f"Your receipt for {amount}"
    key = f"receipt:{invoice.stripe_invoice_id}"
    return Letter(key, subject, words, facts, link, label) if link else Letter(key, subject, words, facts)


def unpaid(scene: Scene, was: Was, invoice: Invoice) -> Letter | None:
    """At the first failure, and once more when nothing is tried again; what lies between changes nothing for anybody.

    A bank that asks its customer is told of apart, since a new try would be no help.
    """
    row = scene.now.subscriptions.get(invoice.stripe_subscription_id)
    what = _trouble(row, invoice)
    known = was is not None and _trouble(scene.before.subscriptions.get(invoice.stripe_subscription_id), was) == what
    if row is None or not what or known or (was is None and not is_news(invoice.created_at)):
        return None
    if what == "action":
        return _ask_to_confirm(scene, row, invoice)
    amount = _due(invoice)
    again = day(invoice.next_payment_attempt) if invoice.next_payment_attempt else ""
    card = scene.card()
    where = f" to your {card}" if card else ""
    name, open_until = scene.name(row), _open_until(row)
    then = f"We try again on {again}." if again else "We do not try again by ourselves."
    subject = f"Your payment of {amount} did not go through"
    if not again:
        subject = f"Please pay {amount} to keep {name}" if open_until else f"Please pay {amount} to open {name} again"
    return Letter(
        f"{what}:{invoice.stripe_invoice_id}",
        subject,
        f"We could not charge {amount}{where} for {name}. {then}\n\n"
        f"{_what_stays(scene, row)} You can pay now, also with another card.",
        (("Due", amount), ("Card", card), ("Next try", again), ("Open until", open_until)),
        invoice.hosted_invoice_url,
        f"Pay {amount}" if invoice.hosted_invoice_url else "Open billing",
    )


def recovered(scene: Scene, was: Subscription | None, row: Subscription) -> Letter | None:
    """It was late, and is not any more."""
    if was is None or was.status not in LATE or row.status not in LIVE:
        return None
    name = scene.name(row)
    settled = [each for each in scene.now.invoices.values() if _was_settled(scene, row, each)]
    subject, first = f"{name} is in order again", "Nothing is due any more."
    if settled:
        subject = f"{name} is paid"
        first = f"Your payment of {money(settled[-1].amount_paid, row.currency)} has gone through, thank you."
    words = f"{first} {name} is open, and there is nothing left to do."
    facts = (("Plan", f"{name}, {scene.price(row)}"), ("Next payment", day(row.current_period_end)))
    return Letter(f"recovered:{row.stripe_subscription_id}:{scene.number}", subject, words, facts)


def refunded(scene: Scene, was: Was, invoice: Invoice) -> Letter | None:
    """All or a part of what was paid for a plan. What is bought once has its own letter (purchases/emails.py)."""
    before = was.amount_refunded if was else 0
    given = invoice.amount_refunded - before
    if given <= 0 or not invoice.stripe_subscription_id or (was is None and not is_news(invoice.created_at)):
        return None
    amount = money(given, invoice.currency)
    part = "a part of what you paid"
    if invoice.amount_refunded >= invoice.amount_paid:
        part = "the rest of what you paid" if before else "all that you paid for it"
    row = scene.now.subscriptions.get(invoice.stripe_subscription_id)
    stays = f" {scene.name(row)} stays open." if row and row.status in LIVE else ""
    words = f"We have returned {amount} to you, {part}.{stays} It takes your bank five to ten days to show it."
    facts: Facts = (
        ("Invoice", invoice.number),
        ("Paid", money(invoice.amount_paid, invoice.currency)),
        ("Returned", amount),
        ("Returned in all", money(invoice.amount_refunded, invoice.currency) if before else ""),
    )
    key = f"refunded:{invoice.stripe_invoice_id}:{invoice.amount_refunded}"
    return Letter(key, f"We have returned {amount}", words, facts)


def refund_failed(scene: Scene, was: Was, invoice: Invoice) -> Letter | None:
    """A bank has sent back what was returned, days after we said so: its owner has to say where else to."""
    before = was.amount_refunded if was else 0
    back = before - invoice.amount_refunded
    if back <= 0 or not invoice.stripe_subscription_id:
        return None
    amount = money(back, invoice.currency)
    facts: Facts = (("Invoice", invoice.number), ("Came back", amount), ("Card", scene.card()))
    key = f"refund_failed:{invoice.stripe_invoice_id}:{before}"
    return Letter(key, f"Your refund of {amount} did not arrive", refund_came_back(amount), facts)


def locked(scene: Scene, row: Subscription) -> Letter | None:
    """The days of grace are over; told once for each time of being late."""
    since = row.past_due_since
    if row.status != "past_due" or since is None or access_of(row, now()).opens or is_suspended(row):
        return None
    if not is_news(since + GRACE):
        return None
    due = [each for each in scene.now.invoices.values() if _trouble(row, each)]
    amount, url = (_due(due[-1]), due[-1].hosted_invoice_url) if due else ("", "")
    name = scene.name(row)
    words = f"{name} was not paid, so it is locked. {_what_stays(scene, row)}"
    again = next((day(each.next_payment_attempt) for each in reversed(due) if each.next_payment_attempt), "")
    facts = (("Due", amount), ("Card", scene.card()), ("Next try", again))
    key = f"locked:{row.stripe_subscription_id}:{since:%Y-%m-%d}"
    return Letter(key, f"{name} is locked until it is paid", words, facts, url, f"Pay {amount}" if url else "Pay now")


def _trouble(row: Subscription | None, invoice: Invoice) -> str:
    """What keeps this invoice from being paid, as far as its customer is concerned: action, failed, last or ''.

    A first payment is no matter for a mail: whoever makes it sits before it.
    """
    if row is None or invoice.status != "open" or not invoice.attempt_count or is_suspended(row):
        return ""
    if invoice.needs_action and (row.status in LATE or row.pending_price_id):
        return "action"
    if row.status not in LATE:
        return ""
    return "failed" if invoice.next_payment_attempt else "last"


def _ask_to_confirm(scene: Scene, row: Subscription, invoice: Invoice) -> Letter:
    amount = _due(invoice)
    until = day(row.pending_until) if row.pending_until else ""
    what = (
        f"Your bank wants you to confirm the payment of {amount} for {scene.name(row)}, and until then it is not paid."
    )
    if row.pending_price_id:
        name, _ = scene.name_and_price(row.pending_price_id, row)
        what = f"Your change to {name} waits for your bank: it wants you to confirm the payment of {amount}."
        then = f"If you do nothing, the change is dropped{f' on {until}' if until else ''}, and nothing is charged."
    else:
        then = _what_stays(scene, row)
    return Letter(
        f"action:{invoice.stripe_invoice_id}",
        f"Your bank wants you to confirm {amount}",
        f"{what}\n\n{then}",
        (("Due", amount), ("Card", scene.card()), ("Open until", _open_until(row)), ("Waits until", until)),
        invoice.hosted_invoice_url,
        f"Confirm {amount}" if invoice.hosted_invoice_url else "Open billing",
    )


def _open_until(row: Subscription) -> str:
    """The end of grace, while it lasts."""
    if row.status != "past_due" or not access_of(row, now()).opens:
        return ""
    return day((row.past_due_since or row.current_period_start) + GRACE)


def _what_stays(scene: Scene, row: Subscription) -> str:
    until = _open_until(row)
    if until:
        return f"Everything stays open until {until}; after that {scene.name(row)} is locked until it is paid."
    return f"What you saved is there to read, and paying opens {scene.name(row)} at once."


def _was_settled(scene: Scene, row: Subscription, invoice: Invoice) -> bool:
    """Whether it was the one that was late."""
    was = scene.before.invoices.get(invoice.stripe_invoice_id)
    is_paid = invoice.status == "paid" and invoice.amount_paid > 0 and (was is None or was.status == "open")
    return is_paid and invoice.stripe_subscription_id == row.stripe_subscription_id


def _due(invoice: Invoice) -> str:
    return money(invoice.amount_due - invoice.amount_paid, invoice.currency)


LETTERS = (receipt, unpaid, refunded, refund_failed)
