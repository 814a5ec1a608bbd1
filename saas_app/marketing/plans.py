"""Plans as cards: the price per month for the chosen interval, what is paid when, and the way in."""

import reflex as rx

from saas_app import site
from saas_app.billing.plans import FREE
from saas_app.core.words import _
from saas_app.ui.buttons import Kind, link_button, submit_button
from saas_app.ui.cards import TICKED
from saas_app.ui.forms import hidden, native_form
from saas_app.ui.slots import each, slot, when
from saas_app.ui.theme import CARD, classes

YEARLY = "group-has-[#monthly:checked]:hidden"
MONTHLY = "hidden group-has-[#monthly:checked]:block"


def free_card() -> rx.Component:
    """The plan that costs nothing."""
    return _card(
        _name(FREE.name),
        rx.el.p(FREE.description, class_name="mt-1 min-h-12 text-quiet"),
        _price(slot("nothing")),
        rx.el.p(_("For as long as you like, without a card."), class_name="mt-1 min-h-14 text-sm text-quiet"),
        when(
            "member",
            link_button(_("Go to your dashboard"), href=site.DASHBOARD, kind="secondary", wide=True),
            otherwise=(link_button(_("Start free"), href=site.SIGNUP, kind="secondary", wide=True),),
        ),
        _features(*[rx.el.li(words, class_name=TICKED) for words in FREE.sells]),
    )


def paid_card(key: str, *, best: bool = False) -> rx.Component:
    """A plan from the catalogue, for both intervals; the one not chosen is hidden by the stylesheet."""
    plan = f"plans.{key}"
    return _card(
        _name(slot(f"{plan}.name"), best=best),
        rx.el.p(slot(f"{plan}.description"), class_name="mt-1 min-h-12 text-quiet"),
        rx.el.div(_yearly_price(key), _way_in(key, "year", best), class_name=YEARLY),
        rx.el.div(_monthly_price(key), _way_in(key, "month", best), class_name=MONTHLY),
        when(f"mine.{key}", link_button(_("Your plan: see billing"), href="/billing", kind="secondary", wide=True)),
        _features(each("words", f"{plan}.features", rx.el.li(slot("words"), class_name=TICKED))),
        best=best,
    )


def _trial(key: str) -> rx.Component:
    """What somebody new begins with; a member reads on the billing page what they get."""
    return when(
        f"trials.{key} and not member",
        rx.el.b(
            slot(f"trials.{key}"),
            _(", then "),
        ),
    )


def _yearly_price(key: str) -> rx.Component:
    plan = f"plans.{key}"
    return when(
        f"{plan}.year.available",
        _price(slot(f"{plan}.year.per_month"), _(" a month")),
        _terms(
            _trial(key),
            slot(f"{plan}.year.total"),
            _(" billed once a year."),
            when(
                f"{plan}.year.saving_percent",
                rx.el.b(
                    _(" You save {percent}%.").format(percent=slot(f"{plan}.year.saving_percent")),
                    class_name="text-good",
                ),
            ),
        ),
        otherwise=(_price("–"), _terms(_("Not sold by the year at the moment."))),
    )


def _monthly_price(key: str) -> rx.Component:
    plan = f"plans.{key}"
    return when(
        f"{plan}.month.available",
        _price(slot(f"{plan}.month.per_month"), _(" a month")),
        _terms(
            _trial(key),
            slot(f"{plan}.month.total"),
            _(" billed every month."),
            when(f"{plan}.year.available", _(" By the year it is less.")),
        ),
        otherwise=(_price("–"), _terms(_("Not sold by the month at the moment."))),
    )


def _way_in(key: str, interval: str, best: bool) -> rx.Component:
    kind: Kind = "primary" if best else "secondary"
    words = _("Choose {plan}").format(plan=slot(f"plans.{key}.name"))
    begin = when(f"trials.{key}", _("Try {plan} free").format(plan=slot(f"plans.{key}.name")), otherwise=(words,))
    guest = link_button(begin, href=f"{site.SIGNUP}?plan={key}&billing={interval}", kind=kind, wide=True)
    member = native_form(
        hidden("plan", key),
        hidden("billing", interval),
        hidden("currency", slot("chosen_currency")),
        submit_button(words, busy=_("Opening the checkout…"), kind=kind, wide=True),
        action="/billing/checkout",
        class_name="",
    )
    is_offered = f"plans.{key}.{interval}.available and not mine.{key}"
    return when(is_offered, when("member", member, otherwise=(guest,)))


def _card(*children: rx.Component, best: bool = False) -> rx.Component:
    frame = "rounded-2xl border-2 border-brick bg-surface shadow-lg" if best else CARD
    return rx.el.li(*children, class_name=classes("flex flex-col p-6 sm:p-7", frame))


def _name(words: str, *, best: bool = False) -> rx.Component:
    ribbon = rx.el.span(
        _("Best for buyers"), class_name="rounded-full bg-tint px-2.5 py-0.5 text-sm font-semibold text-brick-ink"
    )
    return rx.el.div(
        rx.el.h2(words, class_name="font-display text-2xl font-semibold"),
        *([ribbon] if best else []),
        class_name="flex items-center justify-between gap-3",
    )


def _price(figure: str, unit: str = "") -> rx.Component:
    return rx.el.p(
        rx.el.span(figure, class_name="font-display text-5xl font-semibold tracking-tight tabular-nums"),
        rx.el.span(unit, class_name="whitespace-nowrap text-quiet"),
        class_name="mt-5",
    )


def _terms(*words: rx.Component | str) -> rx.Component:
    return rx.el.p(*words, class_name="mt-1 min-h-14 text-sm text-quiet")


def _features(*items: rx.Component) -> rx.Component:
    return rx.el.ul(*items, class_name="mt-6 flex flex-col gap-2.5 border-t border-line pt-6")
