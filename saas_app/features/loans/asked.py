"""Pages that answer an address: a form whose fields stand in the address, and figures that follow what is typed.

Without a script the button asks. `follow.js` asks while somebody types, puts the server's answer into every element
marked by `answer`, and writes its figures anew for whoever reads in another language. So the sums are done in one
place.
"""

from pathlib import Path
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.core.words import _
from saas_app.features.loans.forms import LONGEST
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card
from saas_app.ui.forms import field, native_form
from saas_app.ui.layout import row, stack
from saas_app.ui.scripts import FIGURES
from saas_app.ui.slots import if_else, slot
from saas_app.ui.text import heading, text
from saas_app.ui.theme import PAGE_WIDTH, classes

_CELL = "px-2 py-2 text-right tabular-nums first:text-left sm:px-5"
_FIGURE = "whitespace-nowrap tabular-nums"
FOLLOW = FIGURES + Path(__file__).with_name("follow.js").read_text()


def asked_page(
    title: str, intro: str, form: rx.Component, result: rx.Component, *answers: rx.Component, below: Any = ()
) -> rx.Component:
    """Everything between header and footer: the form beside its answers, and what needs the whole width below.

    `result` is the answer in short. Where there is no room beside the form it stays in sight above it.
    """
    seen = rx.el.div(
        result,
        # A script puts the words in, so that they are read aloud.
        rx.el.p(
            role="status",
            data_before=_("This is still the answer to your last valid numbers. Please correct the marked field."),
            class_name="mt-2 text-sm font-medium text-bad empty:hidden",
        ),
        class_name="bg-paper max-lg:sticky max-lg:top-0 max-lg:z-10 max-lg:py-2 lg:col-start-2 lg:row-start-1",
    )
    typed = rx.el.div(form, class_name="lg:col-start-1 lg:row-span-2 lg:row-start-1")
    more = stack(*answers, class_name="lg:col-start-2 lg:row-start-2")
    return rx.el.div(
        heading(title, level=1),
        text(f"{intro} {site.DISCLAIMER}", tone="quiet", class_name="mt-2 max-w-prose"),
        rx.el.div(
            rx.el.div(seen, typed, class_name="flex flex-col gap-5 lg:contents"),
            more,
            class_name="mt-8 grid grid-cols-1 items-start gap-5 lg:grid-cols-[1fr_1.2fr] lg:grid-rows-[auto_1fr]",
        ),
        *below,
        class_name=classes(PAGE_WIDTH, "py-10 sm:py-14"),
    )


def asked_form(*children: Any, action: str, label: str) -> rx.Component:
    """A form that the script follows; its address is its answer."""
    return card(
        native_form(
            *children,
            submit_button(_("Work it out"), busy=_("One moment…")),
            action=action,
            method="get",
            data_follow="true",
            data_currency=site.CURRENCY.upper(),
            aria_label=label,
        )
    )


def in_short(*children: Any) -> rx.Component:
    """The answer in so few words that a phone shows it above the form while somebody types."""
    return card(*children, class_name="max-lg:px-5 max-lg:py-3 max-lg:shadow-lg")


def group(title: str, *fields: rx.Component) -> rx.Component:
    """Fields that belong together."""
    return rx.el.fieldset(
        rx.el.legend(title, class_name="mb-3 font-display text-lg font-semibold"),
        # Each field has the same rows as its neighbour, so that their inputs stand beside each other, and what is wrong
        # with them too, whichever of them has a hint.
        rx.el.div(
            *fields,
            class_name="grid grid-cols-2 gap-x-4 *:row-span-4 *:mb-4 *:grid *:grid-rows-subgrid [&_label]:self-end "
            "[&_p:last-child]:row-start-4",
        ),
    )


def asked_field(page: str, name: str, label: str, **props: Any) -> rx.Component:
    """A line of input that shows what was asked, and what is wrong with it, from the slots of that page.

    The label may name the currency of the loans: {currency_sign}.
    """
    wrong = f"{page}.wrong.{name}"
    return field(
        name,
        label.format(currency_sign=site.CURRENCY_SIGN),
        error=slot(wrong),
        invalid=if_else(wrong, "true", "false"),
        default_value=slot(f"{page}.asked.{name}"),
        auto_complete="off",
        max_length=LONGEST,
        **{"input_mode": "decimal", **props},
    )


def answer(name: str, *children: Any, **props: Any) -> rx.Component:
    """A piece of the page that changes with the answer."""
    return rx.el.div(*children, id=name, data_answer="true", **props)


def amount(name: str) -> rx.Component:
    """An amount of money, from a `views.Figure`."""
    return rx.el.span(slot(f"{name}.words"), data_money=slot(f"{name}.number"), class_name=_FIGURE)


def share(name: str) -> rx.Component:
    """A percentage, from a `views.Figure`."""
    return rx.el.span(slot(f"{name}.words"), data_share=slot(f"{name}.number"), class_name=_FIGURE)


def plain(name: str) -> rx.Component:
    """A number without a unit, from a `views.Figure`."""
    return rx.el.span(slot(f"{name}.words"), data_plain=slot(f"{name}.number"), class_name=_FIGURE)


def nothing() -> rx.Component:
    """What stands where an answer would, as long as a field is wrong."""
    return rx.el.p(_("One of your numbers cannot be read yet."), class_name="text-quiet")


def sheet(caption: str, name: str, columns: tuple[str, ...], lines: rx.Component) -> rx.Component:
    """A table of figures that scrolls in its frame; `lines` repeat `line(...)`."""
    head = rx.el.tr(*[rx.el.th(each, scope="col", class_name=f"{_CELL} font-semibold") for each in columns])
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="sr-only"),
            rx.el.thead(head, class_name="sticky top-0 bg-sunk text-sm"),
            rx.el.tbody(lines, id=name, data_answer="true", class_name="divide-y divide-line"),
            class_name="w-full border-collapse text-sm sm:text-base",
        ),
        role="region",
        aria_label=caption,
        tab_index=0,
        class_name="max-h-96 overflow-auto rounded-2xl border border-line bg-surface",
    )


def line(first: rx.Component | str, *cells: rx.Component | str) -> rx.Component:
    """A row of a `sheet`."""
    return rx.el.tr(
        rx.el.th(first, scope="row", class_name=f"{_CELL} font-medium"),
        *[rx.el.td(each, class_name=_CELL) for each in cells],
    )


def more(*links: site.Link, first: rx.Component | None = None) -> rx.Component:
    """Where to go on, and what the address is good for."""
    return row(
        *([first] if first else []),
        *[link_button(each.label, href=each.href, kind="secondary") for each in links],
        text(
            _("The address of this page holds your numbers: send it to whoever should see them."),
            tone="quiet",
            class_name="w-full",
        ),
        gap="medium",
        class_name="mt-8",
    )
