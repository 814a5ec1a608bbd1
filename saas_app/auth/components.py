"""What the pages around logging in are made of: a form, fields that remember, the plan that was chosen."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.core.words import _
from saas_app.edge.pages import Fill
from saas_app.ui.cards import TICKED
from saas_app.ui.forms import field, hidden, password_field
from saas_app.ui.public import public_page
from saas_app.ui.scripts import FORM_SCRIPTS
from saas_app.ui.slots import each, if_else, slot, when
from saas_app.ui.text import heading, link, text
from saas_app.ui.theme import PAGE_WIDTH, TINTS, classes

# What stands above the forms to sign up and to log in, such as other ways to do it. A feature adds its own.
above_forms: list[Callable[[], rx.Component]] = []
# What else stands below the form of the log-in, and of the page that asks who it is. A feature adds its own.
below_login: list[Callable[[], rx.Component]] = []
below_confirm: list[Callable[[], rx.Component]] = []
fill_confirm: list[Fill] = []

WAIT = slot("wait_seconds")
_LEAST = slot("password_min_length")

# The plan that came along in the address, if there is such a plan and it is for sale.
_CHOSEN = (
    "{% set month %}month{% endset %}"
    "{% set chosen = plans[form.plan] if plans[form.plan] is defined and plans[form.plan].year is defined else none %}"
    "{% set monthly = billing_month or form.billing == month %}"
    "{% set price = (chosen.month if monthly else chosen.year) if chosen else none %}"
)


def auth_page(
    title: str, *children: Any, intro: Any = "", aside: rx.Component | None = None, before: str = ""
) -> rx.Component:
    """One short column; beside it, on wide screens, something worth reading."""
    column = rx.el.div(
        heading(title, level=1, size="giant"),
        *([text(intro, tone="quiet", class_name="mt-3")] if intro else []),
        general_error(),
        rx.el.div(*children, class_name="mt-8"),
        class_name=classes("mx-auto w-full max-w-md", "lg:ml-0" if aside else ""),
    )
    columns = "grid gap-12 py-12 sm:py-20"
    side = [] if aside is None else [aside]
    return public_page(
        before,
        rx.el.div(column, *side, class_name=classes(PAGE_WIDTH, columns, "lg:grid-cols-2" if side else "")),
        scripts=FORM_SCRIPTS,
    )


def general_error() -> rx.Component:
    """What is wrong with the form as a whole; it gets the focus, so that it is read first."""
    return when(
        "errors.form",
        rx.el.p(
            slot("errors.form"),
            role="alert",
            tab_index=-1,
            data_first_error="true",
            class_name=classes("mt-6 rounded-xl px-4 py-3.5 font-medium", TINTS["bad"]),
        ),
    )


def kept_field(name: str, label: str, *, value_slot: str = "", **props: Any) -> rx.Component:
    """A field that shows again what was typed (or `value_slot`), and what is wrong with it."""
    return field(
        name,
        label,
        default_value=value_slot or slot(f"form.{name}"),
        error=slot(f"errors.{name}"),
        invalid=if_else(f"errors.{name}", "true", "false"),
        required=True,
        **props,
    )


def email_field(label: str = _("E-mail"), **props: Any) -> rx.Component:
    """The address; also the user name as password managers see it."""
    return kept_field(
        "email",
        label,
        **{"kind": "email", "auto_complete": "email", "input_mode": "email", "max_length": 254, **props},
    )


def code_field() -> rx.Component:
    """Six digits from a mail. Phones offer them from the notification; `inputmode` brings the keys for them."""
    return field(
        "code",
        _("Code"),
        error=slot("errors.code"),
        invalid=if_else("errors.code", "true", "false"),
        required=True,
        auto_complete="one-time-code",
        input_mode="numeric",
        max_length=12,
    )


def new_password_field() -> rx.Component:
    """A password to be; the server says the rule it breaks."""
    return password_field(
        "password",
        _("Password"),
        hint=_("At least {least} characters. A few unusual words are better than one clever one.").format(least=_LEAST),
        error=slot("errors.password"),
        invalid=if_else("errors.password", "true", "false"),
        auto_complete="new-password",
        custom_attrs={"minLength": _LEAST},
        data_least=_LEAST,
        meter=True,
    )


def come_along(*names: str) -> rx.Component:
    """Values that travel with the form, such as the plan chosen before signing up."""
    return rx.fragment(*[hidden(name, slot(f"form.{name}")) for name in names])


def other_way(words: str, label: str, href: str) -> rx.Component:
    """The line under a form that leads to the other one."""
    return text(words, " ", link(label, href=href), tone="quiet", class_name="mt-6")


def last_used(way: str) -> rx.Component:
    """A mark on the way in that was taken last in this browser; `way` is a word, or an expression like `there.key`."""
    return when(
        f"remembered.way == {way}" if "." in way else f"remembered.way_{way}",
        rx.el.span(_("Last used"), class_name="ml-2 rounded-full border px-2 text-xs font-normal"),
    )


def with_choice(href: str) -> str:
    """The same address with where one was going and what one had chosen."""
    kept = "&".join(f"{name}={{{{ form.{name}|urlencode }}}}" for name in ("next", "plan", "billing"))
    return f"{href}{{% if form.next or form.plan %}}?{kept}{{% endif %}}"


def chosen_plan() -> rx.Component:
    """The plan that was chosen on the pricing page, and the way back to it."""
    return rx.fragment(
        _CHOSEN,
        when(
            "price and price.available",
            rx.el.div(
                rx.el.p(
                    rx.el.b(slot("chosen.name")),
                    ", ",
                    slot("price.total"),
                    if_else("monthly", _(" a month"), _(" a year")),
                    if_else("monthly", "", " (" + slot("price.per_month") + _(" a month)")),
                ),
                link(_("Change"), href=site.PRICING + if_else("monthly", "?billing=monthly", "")),
                rx.el.p(
                    _("You pay in the next step; signing up costs nothing."), class_name="w-full text-sm text-quiet"
                ),
                class_name="mb-6 flex flex-wrap items-center justify-between gap-x-4 rounded-xl border border-line "
                "bg-sunk px-4 py-3.5",
            ),
        ),
    )


def value_panel() -> rx.Component:
    """What somebody gets for signing up, beside the form on wide screens."""
    free = when(
        "plans.free is defined",
        each("words", "plans.free.features", rx.el.li(slot("words"), class_name=TICKED)),
    )
    paid = each("words", "chosen.features", rx.el.li(slot("words"), class_name=TICKED))
    return rx.el.aside(
        heading(_("What you get"), size="large"),
        rx.el.ul(
            when("price and price.available", paid, otherwise=(free,)),
            rx.el.li(_("Numbers that only you can open"), class_name=TICKED),
            rx.el.li(_("Arithmetic you can check by hand"), class_name=TICKED),
            class_name="mt-6 flex flex-col gap-4 text-lg",
        ),
        text(
            _("200,000 at 3 % over 25 years is "),
            rx.el.b(_("948.42 a month")),
            _(" and "),
            rx.el.b(_("84,526.79 of interest")),
            _(". The first thing you can do inside is to see why."),
            class_name="mt-8 border-t border-line pt-6 text-quiet",
        ),
        aria_label=_("What you get"),
        class_name="rounded-2xl border border-line bg-sunk p-10 max-lg:hidden",
    )
