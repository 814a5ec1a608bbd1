"""What a subscriber can change to, and the change that waits for their word: both in words."""

from dataclasses import dataclass

from sqlmodel import Session

from saas_app.billing.catalogue import Offer, offers, price_for
from saas_app.billing.changes import LATER, TRIAL, goes_down, open_change
from saas_app.billing.entitlements import entitlements
from saas_app.billing.models import Price, Product, Subscription
from saas_app.billing.money import money
from saas_app.billing.plans import INTERVALS, SOLD, Interval, plan_by_key
from saas_app.billing.statement import Line
from saas_app.billing.words import day, each, once
from saas_app.core.words import _


@dataclass(frozen=True)
class Choice:
    """One price of a plan, worded by where somebody stands: `is_mine` is the one they pay now."""

    interval: str
    price: str
    label: str
    is_mine: bool


@dataclass(frozen=True)
class PlanChoice:
    """One plan with its prices, dearest last."""

    key: str
    name: str
    description: str
    features: tuple[str, ...]
    is_mine: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class ChangeView:
    """A change to be confirmed: what is paid today, and what then."""

    id: str
    title: str
    today: str
    then: str
    effect: str
    lines: tuple[Line, ...]
    total: str
    button: str


def choices(session: Session) -> tuple[PlanChoice, ...]:
    """Every plan that is sold, for somebody who has one; nothing for all others."""
    row = entitlements(session).subscription
    if row is None:
        return ()
    found = []
    for offer in offers(session):
        prices = [_choice(session, row, offer, interval) for interval in INTERVALS]
        mine = tuple(price for price in prices if price is not None)
        if mine:
            is_mine = offer.key == row.plan_key
            found.append(PlanChoice(offer.key, offer.name, offer.description, tuple(offer.features), is_mine, mine))
    return tuple(found)


def _choice(session: Session, row: Subscription, offer: Offer, interval: Interval) -> Choice | None:
    price = price_for(session, offer.key, interval, row.currency)
    if price is None or price.currency != row.currency:
        return None
    words = each(price.unit_amount, price.currency, price.interval)
    if price.price_id == row.stripe_price_id:
        return Choice(interval, words, _("Your plan"), True)
    if row.status == "trialing":
        label = (
            (_("Start now by the year") if interval == "year" else _("Start now by the month"))
            if offer.key == row.plan_key
            else _("Start {name} now").format(name=offer.name)
        )
    elif price.price_id == row.next_price_id and row.next_at:
        label = _("Starts {day}").format(day=day(row.next_at))
    else:
        label = _change_to(row, offer, interval)
        if goes_down(row, price.unit_amount, interval):  # then it waits, however much more it is
            label += _(" on {day}").format(day=day(row.current_period_end))
    return Choice(interval, words, label, False)


def _change_to(row: Subscription, offer: Offer, interval: Interval) -> str:
    if offer.key == row.plan_key:
        return _("Pay by the year") if interval == "year" else _("Pay by the month")
    up = _tier(offer.key) > _tier(row.plan_key)
    return (_("Move up to {plan}") if up else _("Move down to {plan}")).format(plan=offer.name)


def _tier(plan_key: str) -> int:
    """How far up a plan stands among those that are sold."""
    keys = [plan.key for plan in SOLD]
    return keys.index(plan_key) if plan_key in keys else -1


def change_to_confirm(session: Session) -> ChangeView | None:
    """What this person was shown last, if they may still confirm it."""
    change = open_change(session)
    row = entitlements(session).subscription
    price = session.get(Price, change.to_price_id) if change else None
    if change is None or row is None or price is None:
        return None
    product = session.get(Product, price.stripe_product_id)
    name = product.name if product else _("the new plan")
    old = plan_by_key(row.plan_key)
    is_other = product is None or product.plan_key != row.plan_key
    amount, currency = price.paid_in(row.currency)
    then = each(amount * row.quantity, currency, price.interval)
    lines = [Line(once(str(words)), money(int(amount), change.currency)) for words, amount in change.lines]
    sums = [
        (_("Discount"), -change.discount),
        (_("Tax"), change.tax),
        (_("Credit"), change.amount_due - max(change.total, 0)),
    ]
    lines += [Line(words, money(amount, change.currency)) for words, amount in sums if amount]
    today = money(change.amount_due, change.currency)
    when = day(change.takes_effect_at)
    by = _("{name}, by the year: {then}") if price.interval == "year" else _("{name}, by the month: {then}")
    title = f"{name}, {then}" if is_other else by.format(name=name, then=then)
    if change.how == LATER:
        mine = old.name if old else _("your plan")
        effect = _(
            "Takes effect on {when}. Until then {mine} stays open as you paid for it, and you can take this back."
        ).format(when=when, mine=mine)
        return ChangeView(
            change.id,
            title,
            _("Nothing"),
            _("{then} from {when}").format(then=then, when=when),
            effect,
            (),
            "",
            _("Change on that day"),
        )
    if change.how == TRIAL:
        effect = _("Your trial ends, and {name} begins now.").format(name=name)
        button = _("Change plan & end trial")
    else:
        effect = _("{name} opens at once. What you have paid for and not used is taken off.").format(name=name)
        button = _("Change and pay {today}").format(today=today) if change.amount_due else _("Change now")
    if change.total < 0:
        effect += _(" {amount} stay as credit and pay for what comes next.").format(
            amount=money(-change.total, change.currency)
        )
    return ChangeView(
        change.id,
        title,
        today,
        _("{then} from {when}").format(then=then, when=when),
        effect,
        tuple(lines),
        today,
        button,
    )
