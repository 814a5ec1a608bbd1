"""Letters that a date brings: a trial ends soon, a year is charged soon, a card expires before, grace is over.

They are written by any look at somebody that falls into the time before the date, and a job looks at whoever has not
got theirs. So a day that was missed is made up for, a clock that jumps past the date sends nothing late, and each look
asks Stripe first whether it is still so.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, func, select

from saas_app.auth.models import User
from saas_app.billing.entitlements import GRACE
from saas_app.billing.mails import payments
from saas_app.billing.mails.letter import Letter
from saas_app.billing.mails.scene import NEWS, Scene
from saas_app.billing.models import Customer, Subscription
from saas_app.billing.notices import TELL_OF_TRIAL_END, is_suspended
from saas_app.billing.words import day
from saas_app.core import mailer
from saas_app.core.clock import now
from saas_app.core.words import _

TELL_OF_RENEWAL = timedelta(days=14)
TELL_OF_CARD = timedelta(days=21)
LONG = "year"  # what is charged each month surprises nobody


def trial_ending(scene: Scene, row: Subscription) -> Letter | None:
    """Three days before. Of a shorter trial the welcome has just said when it ends."""
    key = _key(row)
    if not key.startswith("trial_ending:") or row.trial_end is None:
        return None
    name, end, card = scene.name(row), day(row.trial_end), scene.card()
    if not card:
        words = _(
            "Your trial of {name} ends on {end}, and there is no card for it. Without one {name} is paused "
            "then: nothing is charged, and what you saved stays.\n\nTo keep it for {price}, add a card "
            "before."
        ).format(name=name, end=end, price=scene.price(row))
        return Letter(key, _("Your trial ends on {end}").format(end=end), words, label=_("Add a card"))
    words = _(
        "Your trial of {name} ends on {end}. It then goes on for {price}, and you need do nothing.\n\nIf "
        "you do not want it, cancel before that day under Billing, and nothing is charged."
    ).format(name=name, end=end, price=scene.price(row))
    facts = ((_("First payment"), scene.next_charge(row)), (_("On"), end), (_("Card"), card))
    return Letter(key, _("Your trial ends on {end}").format(end=end), words, facts)


def renewal(scene: Scene, row: Subscription) -> Letter | None:
    """Two weeks before a year is charged."""
    key = _key(row)
    if not key.startswith("renewal:"):
        return None
    name, on, amount = scene.name(row), day(row.current_period_end), scene.next_charge(row)
    words = _(
        "{name} goes on for another year on {on}, for {amount}, and you need do nothing.\n\nIf you do not "
        "want it any longer, cancel before that day under Billing, and nothing is charged."
    ).format(name=name, on=on, amount=amount)
    return Letter(
        key,
        _("{name} renews on {on}").format(name=name, on=on),
        words,
        ((_("Amount"), amount), (_("On"), on), (_("Card"), scene.card())),
    )


def card_expiring(scene: Scene, row: Subscription) -> Letter | None:
    """Three weeks before a payment that the card on file will not live to see. Banks renew cards by themselves, and
    Stripe often takes the new one over, so it asks for nothing but a look."""
    customer = scene.customer()
    key = _card_key(row, customer) if customer else ""
    if customer is None or not key:
        return None
    name, on, card = scene.name(row), day(row.current_period_end), scene.card()
    good_to = f"{customer.card_exp_month:02d}/{customer.card_exp_year}"
    words = _(
        "Your {card} is good to the end of {good_to}, and the next payment for {name} is on {on}. If your "
        "bank has sent you a new card, please put it in; then nothing is interrupted."
    ).format(card=card, good_to=good_to, name=name, on=on)
    facts = ((_("Next payment"), scene.next_charge(row)), (_("On"), on), (_("Card"), card))
    return Letter(
        key, _("Your card expires before {name} renews").format(name=name), words, facts, label=_("Update card")
    )


def waiting(session: Session) -> Sequence[str]:
    """Who has not got a reminder that is due, in any order; by what we knew of them last."""
    at = now()
    staying = select(Subscription, Customer).join(User, col(User.id) == col(Subscription.user_id))
    staying = staying.join(Customer, col(Customer.user_id) == col(Subscription.user_id))
    soon = staying.where(
        col(User.leaving_at).is_(None),
        col(Subscription.status).in_(["active", "trialing", "past_due"]),
        (col(Subscription.current_period_end) <= at + TELL_OF_CARD) | (col(Subscription.status) != "active"),
    )
    keys = {
        key: row.user_id
        for row, customer in session.exec(soon.order_by(func.random()))
        for key in (_key(row), _card_key(row, customer))
        if key
    }
    return list(dict.fromkeys(keys[key] for key in keys.keys() - mailer.written(session, keys)))


def _key(row: Subscription) -> str:
    """Of the reminder that is due for this subscription; '' for none."""
    at, id_ = now(), row.stripe_subscription_id
    if row.status == "past_due" and row.past_due_since and not is_suspended(row):
        locked_at = row.past_due_since + GRACE
        return f"locked:{id_}:{row.past_due_since:%Y-%m-%d}" if locked_at <= at < locked_at + NEWS else ""
    if row.ends_at is not None or row.pause_behavior:
        return ""
    if row.status == "trialing" and row.trial_end and row.trial_end - row.created_at > TELL_OF_TRIAL_END:
        return f"trial_ending:{id_}:{row.trial_end:%Y-%m-%d}" if at < row.trial_end <= at + TELL_OF_TRIAL_END else ""
    end = row.current_period_end
    if row.status == "active" and row.interval == LONG and at < end <= at + TELL_OF_RENEWAL:
        return f"renewal:{id_}:{end:%Y-%m-%d}"
    return ""


def _card_key(row: Subscription, customer: Customer) -> str:
    """Of the letter about a card that expires too soon; '' while there is nothing to say."""
    at, end = now(), row.current_period_end
    month, year = customer.card_exp_month, customer.card_exp_year
    lives = (year, month) >= (end.year, end.month)  # it is good to the end of the month that it names
    if not year or lives or row.ends_at or row.pause_behavior or row.status not in ("active", "trialing"):
        return ""
    return f"card:{row.stripe_subscription_id}:{year}-{month:02d}" if at < end <= at + TELL_OF_CARD else ""


LETTERS = (trial_ending, renewal, card_expiring, payments.locked)
