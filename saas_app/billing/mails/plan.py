"""Letters about the plan: it begins, changes, is canceled, kept, paused, and ends."""

from saas_app import site
from saas_app.billing.mails.letter import Facts, Letter
from saas_app.billing.mails.scene import LATE, LIVE, Scene, is_news
from saas_app.billing.models import ENDED_STATUSES, Subscription
from saas_app.billing.notices import is_suspended
from saas_app.billing.words import day
from saas_app.core.config import settings
from saas_app.core.words import _

RUNNING = LIVE | LATE
Was = Subscription | None


def welcome(scene: Scene, was: Was, row: Subscription) -> Letter | None:
    """Whoever has two by mistake is welcomed once; the other one is ended, and that is told."""
    begins = is_news(row.created_at) if was is None else was.status == "incomplete"
    if row.status not in LIVE or not begins or not scene.counts(row):
        return None
    name, price, key = scene.name(row), scene.price(row), f"subscribed:{row.stripe_subscription_id}"
    if row.status == "trialing" and row.trial_end:
        until, card = day(row.trial_end), scene.card()
        then = (
            _("After that it goes on for {price}, charged to your {card}.").format(price=price, card=card)
            if card
            else _("To keep it, add a card before that day; without one it is paused, and nothing is charged.")
        )
        facts = ((_("Plan"), name), (_("Free until"), until), (_("Then"), price))
        words = _("{name} is unlocked, and free until {until}. {then}\n\nYou can cancel at any time.").format(
            name=name, until=until, then=then
        )
        way = _to_work() if card else (f"{settings().base_url}/billing", _("Add a card"))
        return Letter(key, _("{name} is yours to try").format(name=name), words, facts, *way)
    facts = ((_("Plan"), f"{name}, {price}"), (_("Next payment"), "" if row.ends_at else day(row.current_period_end)))
    words = _("{name} is unlocked. Thank you.\n\nYou can change or cancel it at any time.").format(name=name)
    return Letter(key, _("{name} is yours").format(name=name), words, facts, *_to_work())


def canceled(scene: Scene, was: Was, row: Subscription) -> Letter | None:
    """Also when the day of the end has moved."""
    if was is None or row.status not in RUNNING or was.status not in RUNNING:
        return None
    if row.ends_at is None or row.ends_at == was.ends_at:
        return None
    name, end = scene.name(row), day(row.ends_at)
    words = _(
        "{name} is canceled. It stays open until {end}, and nothing more is charged. What you have saved "
        "stays yours.\n\nIf you change your mind before that, you can keep it with one click."
    ).format(name=name, end=end)
    return Letter(
        _key("canceled", scene, row),
        _("{name} ends on {end}").format(name=name, end=end),
        words,
        label=_("Keep {name}").format(name=name),
    )


def kept(scene: Scene, was: Was, row: Subscription) -> Letter | None:
    """The cancellation was taken back."""
    if was is None or row.status not in RUNNING or was.status not in RUNNING:
        return None
    if was.ends_at is None or row.ends_at is not None:
        return None
    name = scene.name(row)
    words = _("The cancellation is taken back, and {name} goes on as before.").format(name=name)
    return Letter(_key("kept", scene, row), _("{name} goes on").format(name=name), words, _next(scene, row))


def ended(scene: Scene, was: Was, row: Subscription) -> Letter | None:
    """It is over: as planned, at once, or because it was not paid."""
    if was is None or row.status not in ENDED_STATUSES or was.status in (*ENDED_STATUSES, "incomplete"):
        return None
    name, key = scene.name(row), f"ended:{row.stripe_subscription_id}"
    other = next((each for each in scene.now.subscriptions.values() if each.status in RUNNING), None)
    if other is not None:
        words = _(
            "You had two subscriptions, by mistake. One, {name}, has ended, and nothing more is charged for it. "
            "Whatever you paid for it comes back to you. The other goes on: {other}, {price}."
        ).format(name=name, other=scene.name(other), price=scene.price(other))
        return Letter(key, _("Your second subscription has ended"), words)
    # https://docs.stripe.com/api/subscriptions/object#subscription_object-cancellation_details-reason
    why = _(", because it was not paid") if row.cancel_reason == "payment_failed" else ""
    words = _(
        "{name} has ended{why}. Nothing more is charged, and everything you saved is still there to read."
    ).format(name=name, why=why)
    return Letter(
        key,
        _("{name} has ended").format(name=name),
        words,
        link=f"{settings().base_url}/pricing",
        label=_("See the plans"),
    )


def paused(scene: Scene, was: Was, row: Subscription) -> Letter | None:
    """A trial without a card is over, or we have stopped it."""
    if was is None or not _is_paused(row) or _is_paused(was):
        return None
    name, key = scene.name(row), _key("paused", scene, row)
    if row.status == "paused":
        words = _(
            "Your trial is over. {name} is paused, since there is no card for it. Nothing was charged, and "
            "what you saved is still there to read.\n\nAdd a card, and you can go on with it for {price}."
        ).format(name=name, price=scene.price(row))
        return Letter(key, _("{name} is paused").format(name=name), words, label=_("Add a card"))
    until = _("until {day}").format(day=day(row.pause_resumes_at)) if row.pause_resumes_at else _("until it goes on")
    words = _("{name} is paused, and nothing is charged {until}. What you saved is still there to read.").format(
        name=name, until=until
    )
    return Letter(key, _("{name} is paused").format(name=name), words)


def resumed(scene: Scene, was: Was, row: Subscription) -> Letter | None:
    """It goes on after a pause."""
    if was is None or not _is_paused(was) or _is_paused(row) or row.status not in LIVE:
        return None
    name = scene.name(row)
    words = _("{name} is not paused any more, and everything is as it was.").format(name=name)
    return Letter(_key("resumed", scene, row), _("{name} is open again").format(name=name), words, _next(scene, row))


def changed(scene: Scene, was: Was, row: Subscription) -> Letter | None:
    """Another plan, another interval, another price or number of them."""
    if was is None or row.status not in RUNNING or was.status not in RUNNING:
        return None
    if (was.stripe_price_id, was.quantity) == (row.stripe_price_id, row.quantity):
        return None
    name, price = scene.name(row), scene.price(row)
    words = _("Your plan has changed, from {name} for {price} to {new_name} for {new_price}.").format(
        name=scene.name(was), price=scene.price(was), new_name=name, new_price=price
    )
    return Letter(
        _key("changed", scene, row),
        _("Your plan is now {name}, {price}").format(name=name, price=price),
        words,
        _next(scene, row),
    )


def planned(scene: Scene, was: Was, row: Subscription) -> Letter | None:
    """Going down waits for the end of what was paid."""
    if was is None or row.next_at is None or row.next_price_id in ("", was.next_price_id, row.stripe_price_id):
        return None
    if row.status not in RUNNING or row.ends_at:
        return None
    name, price = scene.name_and_price(row.next_price_id, row)
    at = day(row.next_at)
    words = _("Until {at} everything stays as you have paid for it. Then it is {name}, for {price}.").format(
        at=at, name=name, price=price
    )
    facts = ((_("Now"), f"{scene.name(row)}, {scene.price(row)}"), (_("Then"), f"{name}, {price}"))
    return Letter(
        _key("planned", scene, row),
        _("Your plan changes on {at}").format(at=at),
        _("{words}\n\nBefore that day you can take it back under Billing.").format(words=words),
        facts,
    )


def unplanned(scene: Scene, was: Was, row: Subscription) -> Letter | None:
    """A planned change was taken back, or one that waited for its payment was dropped."""
    if was is None or row.status not in RUNNING or row.ends_at or was.stripe_price_id != row.stripe_price_id:
        return None
    name, key = scene.name(row), _key("unplanned", scene, row)
    if was.next_price_id and not row.next_price_id:
        words = _("The planned change is taken back, and {name} goes on as it is.").format(name=name)
        return Letter(key, _("You keep {name}").format(name=name), words, _next(scene, row))
    if was.pending_price_id and not row.pending_price_id:
        other, _price = scene.name_and_price(was.pending_price_id, row)
        words = _(
            "The change to {other} was not paid, so it is dropped. Nothing was charged, and {name} goes on as it is."
        ).format(other=other, name=name)
        return Letter(key, _("You keep {name}").format(name=name), words, _next(scene, row))
    return None


def _to_work() -> tuple[str, str]:
    return f"{settings().base_url}{site.WORK.href}", _("Open {label}").format(label=site.WORK.label.lower())


def _is_paused(row: Subscription) -> bool:
    return row.status == "paused" or is_suspended(row)


def _next(scene: Scene, row: Subscription) -> Facts:
    """What is charged from here on."""
    when = "" if row.ends_at or row.next_price_id else day(row.current_period_end)
    return ((_("Plan"), f"{scene.name(row)}, {scene.price(row)}"), (_("Next payment"), when))


def _key(what: str, scene: Scene, row: Subscription) -> str:
    """Of what may happen again: once for each time that a look finds it, since looks are written one after another."""
    return f"{what}:{row.stripe_subscription_id}:{scene.number}"


LETTERS = (welcome, canceled, kept, ended, paused, resumed, changed, planned, unplanned)
