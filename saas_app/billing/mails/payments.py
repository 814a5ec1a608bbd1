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
from saas_app.core.words import _

Was = Invoice | None


def receipt(scene: Scene, was: Was, invoice: Invoice) -> Letter | None:
    """One for each invoice that was paid, unless Stripe writes them (STRIPE_RECEIPTS). None for nothing."""
    is_new = is_news(invoice.created_at) if was is None else was.status != "paid"
    if settings().stripe_receipts or invoice.status != "paid" or not is_new or invoice.amount_paid <= 0:
        return None
    amount = money(invoice.amount_paid, invoice.currency)
    facts = (
        (_("For"), once(invoice.description)),
        (_("Invoice"), invoice.number),
        (_("Date"), day(invoice.created_at)),
        (_("Paid"), amount),
    )
    link, label = invoice.invoice_pdf, _("Download the invoice")
    if not link:
        link, label = invoice.hosted_invoice_url, _("See the invoice")
    words = _("We have received your payment of {amount}. Thank you.").format(amount=amount)
    subject = _("Your receipt for {amount}").format(amount=amount)
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
    where = _(" to your {card}").format(card=card) if card else ""
    name, open_until = scene.name(row), _open_until(row)
    then = _("We try again on {again}.").format(again=again) if again else _("We do not try again by ourselves.")
    subject = _("Your payment of {amount} did not go through").format(amount=amount)
    if not again:
        subject = (
            _("Please pay {amount} to keep {name}").format(amount=amount, name=name)
            if open_until
            else _("Please pay {amount} to open {name} again").format(amount=amount, name=name)
        )
    return Letter(
        f"{what}:{invoice.stripe_invoice_id}",
        subject,
        _(
            "We could not charge {amount}{where} for {name}. {then}\n\n{what_stays} You can pay now, also with "
            "another card."
        ).format(amount=amount, where=where, name=name, then=then, what_stays=_what_stays(scene, row)),
        ((_("Due"), amount), (_("Card"), card), (_("Next try"), again), (_("Open until"), open_until)),
        invoice.hosted_invoice_url,
        _("Pay {amount}").format(amount=amount) if invoice.hosted_invoice_url else _("Open billing"),
    )


def recovered(scene: Scene, was: Subscription | None, row: Subscription) -> Letter | None:
    """It was late, and is not any more."""
    if was is None or was.status not in LATE or row.status not in LIVE:
        return None
    name = scene.name(row)
    settled = [each for each in scene.now.invoices.values() if _was_settled(scene, row, each)]
    subject, first = _("{name} is in order again").format(name=name), _("Nothing is due any more.")
    if settled:
        subject = _("{name} is paid").format(name=name)
        first = _("Your payment of {amount} has gone through, thank you.").format(
            amount=money(settled[-1].amount_paid, row.currency)
        )
    words = _("{first} {name} is open, and there is nothing left to do.").format(first=first, name=name)
    facts = ((_("Plan"), f"{name}, {scene.price(row)}"), (_("Next payment"), day(row.current_period_end)))
    return Letter(f"recovered:{row.stripe_subscription_id}:{scene.number}", subject, words, facts)


def refunded(scene: Scene, was: Was, invoice: Invoice) -> Letter | None:
    """All or a part of what was paid for a plan. What is bought once has its own letter (purchases/emails.py)."""
    before = was.amount_refunded if was else 0
    given = invoice.amount_refunded - before
    if given <= 0 or not invoice.stripe_subscription_id or (was is None and not is_news(invoice.created_at)):
        return None
    amount = money(given, invoice.currency)
    part = _("a part of what you paid")
    if invoice.amount_refunded >= invoice.amount_paid:
        part = _("the rest of what you paid") if before else _("all that you paid for it")
    row = scene.now.subscriptions.get(invoice.stripe_subscription_id)
    stays = _(" {name} stays open.").format(name=scene.name(row)) if row and row.status in LIVE else ""
    words = _(
        "We have returned {amount} to you, {part}.{stays} It takes your bank five to ten days to show it."
    ).format(amount=amount, part=part, stays=stays)
    facts: Facts = (
        (_("Invoice"), invoice.number),
        (_("Paid"), money(invoice.amount_paid, invoice.currency)),
        (_("Returned"), amount),
        (_("Returned in all"), money(invoice.amount_refunded, invoice.currency) if before else ""),
    )
    key = f"refunded:{invoice.stripe_invoice_id}:{invoice.amount_refunded}"
    return Letter(key, _("We have returned {amount}").format(amount=amount), words, facts)


def refund_failed(scene: Scene, was: Was, invoice: Invoice) -> Letter | None:
    """A bank has sent back what was returned, days after we said so: its owner has to say where else to."""
    before = was.amount_refunded if was else 0
    back = before - invoice.amount_refunded
    if back <= 0 or not invoice.stripe_subscription_id:
        return None
    amount = money(back, invoice.currency)
    facts: Facts = ((_("Invoice"), invoice.number), (_("Came back"), amount), (_("Card"), scene.card()))
    key = f"refund_failed:{invoice.stripe_invoice_id}:{before}"
    return Letter(
        key, _("Your refund of {amount} did not arrive").format(amount=amount), refund_came_back(amount), facts
    )


def locked(scene: Scene, row: Subscription) -> Letter | None:
    """The days of grace are over; told once for each time of being late."""
    since = row.past_due_since
    if row.status != "past_due" or since is None or access_of(row, now()).opens or is_suspended(row):
        return None
    if not is_news(since + GRACE):
        return None
    mine = [each for each in scene.now.invoices.values() if each.stripe_subscription_id == row.stripe_subscription_id]
    if any(each.status == "open" and each.being_paid for each in mine):
        return None
    due = [each for each in scene.now.invoices.values() if _trouble(row, each)]
    amount, url = (_due(due[-1]), due[-1].hosted_invoice_url) if due else ("", "")
    name = scene.name(row)
    words = _("{name} was not paid, so it is locked. {what_stays}").format(
        name=name, what_stays=_what_stays(scene, row)
    )
    again = next((day(each.next_payment_attempt) for each in reversed(due) if each.next_payment_attempt), "")
    facts = ((_("Due"), amount), (_("Card"), scene.card()), (_("Next try"), again))
    key = f"locked:{row.stripe_subscription_id}:{since:%Y-%m-%d}"
    return Letter(
        key,
        _("{name} is locked until it is paid").format(name=name),
        words,
        facts,
        url,
        _("Pay {amount}").format(amount=amount) if url else _("Pay now"),
    )


def _trouble(row: Subscription | None, invoice: Invoice) -> str:
    """What keeps this invoice from being paid, as far as its customer is concerned: action, failed, last or ''.

    A first payment is no matter for a mail: whoever makes it sits before it. Nor is one that a bank is about to answer.
    """
    if row is None or invoice.status != "open" or not invoice.attempt_count or is_suspended(row) or invoice.being_paid:
        return ""
    if invoice.needs_action and (row.status in LATE or row.pending_price_id):
        return "action"
    if row.status not in LATE:
        return ""
    return "failed" if invoice.next_payment_attempt else "last"


def _ask_to_confirm(scene: Scene, row: Subscription, invoice: Invoice) -> Letter:
    amount = _due(invoice)
    until = day(row.pending_until) if row.pending_until else ""
    what = _(
        "Your bank wants you to confirm the payment of {amount} for {name}, and until then it is not paid."
    ).format(amount=amount, name=scene.name(row))
    if row.pending_price_id:
        name, _price = scene.name_and_price(row.pending_price_id, row)
        what = _("Your change to {name} waits for your bank: it wants you to confirm the payment of {amount}.").format(
            name=name, amount=amount
        )
        then = _("If you do nothing, the change is dropped{when}, and nothing is charged.").format(
            when=_(" on {day}").format(day=until) if until else ""
        )
    else:
        then = _what_stays(scene, row)
    return Letter(
        f"action:{invoice.stripe_invoice_id}",
        _("Your bank wants you to confirm {amount}").format(amount=amount),
        f"{what}\n\n{then}",
        ((_("Due"), amount), (_("Card"), scene.card()), (_("Open until"), _open_until(row)), (_("Waits until"), until)),
        invoice.hosted_invoice_url,
        _("Confirm {amount}").format(amount=amount) if invoice.hosted_invoice_url else _("Open billing"),
    )


def _open_until(row: Subscription) -> str:
    """The end of grace, while it lasts."""
    if row.status != "past_due" or not access_of(row, now()).opens:
        return ""
    return day((row.past_due_since or row.current_period_start) + GRACE)


def _what_stays(scene: Scene, row: Subscription) -> str:
    until = _open_until(row)
    if until:
        return _("Everything stays open until {until}; after that {name} is locked until it is paid.").format(
            until=until, name=scene.name(row)
        )
    return _("What you saved is there to read, and paying opens {name} at once.").format(name=scene.name(row))


def _was_settled(scene: Scene, row: Subscription, invoice: Invoice) -> bool:
    """Whether it was the one that was late."""
    was = scene.before.invoices.get(invoice.stripe_invoice_id)
    is_paid = invoice.status == "paid" and invoice.amount_paid > 0 and (was is None or was.status == "open")
    return is_paid and invoice.stripe_subscription_id == row.stripe_subscription_id


def _due(invoice: Invoice) -> str:
    return money(invoice.amount_due - invoice.amount_paid, invoice.currency)


LETTERS = (receipt, unpaid, refunded, refund_failed)
