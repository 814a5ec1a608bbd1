"""The first page of a new member: you are in, this is yours already, and this is what more there is."""

import reflex as rx

from saas_app import site
from saas_app.billing.plans import FREE, PRO_V1
from saas_app.billing.storefront import plan_held
from saas_app.core.words import _
from saas_app.edge.pages import island
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import TICKED, card
from saas_app.ui.forms import hidden, native_form
from saas_app.ui.layout import grid, row
from saas_app.ui.public import public_page
from saas_app.ui.slots import each, if_else, slot, when
from saas_app.ui.text import link
from saas_app.ui.theme import PAGE_WIDTH, classes

# The plan that was chosen before signing up, else the one that fits most people.
CHOSEN = (
    "{% set chosen = plans[form.plan] if plans[form.plan] is defined else none %}"
    "{% set is_sold = chosen and (chosen.year.available or chosen.month.available) %}"
    f"{{% set offer = chosen if is_sold else plans.{PRO_V1.key} %}}"
    "{% set monthly = offer.month.available and (billing_month or not offer.year.available) %}"
    "{% set price = offer.month if monthly else offer.year %}"
)


@island(
    "/welcome",
    title=_("Welcome · {product}").format(product=site.PRODUCT),
    description=_("Your account is ready."),
    members_only=True,
    hidden=True,
    fill=plan_held,
    texts_only=True,
)
def welcome() -> rx.Component:
    """Congratulate by name, say what is unlocked, offer the plan, and let them go on without it."""
    return public_page(
        rx.el.div(
            CHOSEN,
            rx.el.p(
                _("Congratulations, "), slot("viewer.name"), class_name="text-lg font-semibold break-words text-good"
            ),
            rx.el.h1(
                _("You are registered"),
                class_name="mt-1 font-display text-4xl font-semibold leading-tight tracking-tight sm:text-5xl",
            ),
            _mail(),
            rx.el.div(
                when(
                    f"mine and not mine.{FREE.key}",
                    _on(),
                    otherwise=(grid(_free(), _offer(), columns=2, class_name="items-start"),),
                ),
                class_name="mt-10",
            ),
            class_name=classes(PAGE_WIDTH, "py-12 sm:py-20"),
        )
    )


def _mail() -> rx.Component:
    return rx.el.p(
        _("We have sent a link to "),
        rx.el.b(slot("viewer.email")),
        _(" to confirm your address"),
        when("mailbox", _("; it lies in the "), link(_("local mailbox"), href="/dev/mailbox")),
        ".",
        class_name="mt-4 max-w-prose text-quiet",
    )


def _free() -> rx.Component:
    return card(
        rx.el.ul(*[rx.el.li(words, class_name=TICKED) for words in FREE.sells], class_name="flex flex-col gap-2.5"),
        rx.el.p(_("For as long as you like. No card needed."), class_name="mt-5 text-sm text-quiet"),
        link_button(_("Continue free"), href=site.DASHBOARD, kind="secondary", wide=True, class_name="mt-5"),
        title=_("Yours already"),
    )


def _on() -> rx.Component:
    """The way on for somebody who comes back here and has a plan: nothing is offered to them."""
    return row(
        link_button(_("Go to your dashboard"), href=site.DASHBOARD),
        link_button(_("See billing"), href="/billing", kind="secondary"),
    )


def _offer() -> rx.Component:
    """The paid plan at its price, straight to the checkout."""
    sold = {"name": slot("offer.name"), "total": slot("price.total")}
    a_month, a_year = _("Get {name} for {total} a month"), _("Get {name} for {total} a year")
    form = native_form(
        hidden("plan", slot("offer.key")),
        hidden("billing", if_else("monthly", "month", "year")),
        hidden("currency", slot("chosen_currency")),
        submit_button(
            if_else("monthly", a_month.format(**sold), a_year.format(**sold)),
            busy=_("Opening the checkout…"),
            wide=True,
        ),
        action="/billing/checkout",
        class_name="mt-5",
    )
    return card(
        rx.el.p(slot("offer.description"), class_name="text-quiet"),
        when(
            "price.available",
            rx.el.p(
                rx.el.span(slot("price.per_month"), class_name="font-display text-4xl font-semibold"),
                rx.el.span(_(" a month"), class_name="text-quiet"),
                class_name="mt-3",
            ),
        ),
        rx.el.ul(
            each("words", "offer.features", rx.el.li(slot("words"), class_name=TICKED)),
            class_name="mt-5 flex flex-col gap-2.5",
        ),
        when(
            "price.available",
            form,
            otherwise=(rx.el.p(_("Not for sale at the moment."), class_name="mt-5 text-quiet"),),
        ),
        rx.el.p(_("You can cancel at any time."), class_name="mt-3 text-center text-sm text-quiet"),
        title=_("Now get more with {name}").format(name=slot("offer.name")),
        raised=True,
    )
