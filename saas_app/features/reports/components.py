"""Without a socket: the page behind a link, and the letterhead in the settings."""

from pathlib import Path

import reflex as rx

from saas_app import site
from saas_app.core.words import _
from saas_app.features.loans import calculator
from saas_app.features.loans.chart import HEIGHT, WIDTH
from saas_app.features.loans.components import key
from saas_app.features.reports.forms import LONGEST_LINE
from saas_app.features.reports.logo import LARGEST_FILE
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card, fact, facts
from saas_app.ui.forms import checkbox, field, labelled, native_form
from saas_app.ui.layout import stack
from saas_app.ui.scripts import inline_script, spoken
from saas_app.ui.slots import each, if_else, slot, when
from saas_app.ui.text import heading, link, text
from saas_app.ui.theme import INPUT, PAGE_WIDTH, classes

SIZE = spoken(
    Path(__file__).with_name("size.js").read_text().replace("LARGEST", str(LARGEST_FILE)),
    smaller=_("This file is larger than we take. Please choose a smaller one."),
)
CELL = "px-2 py-2 text-right tabular-nums first:text-left sm:px-5"


def shared_page() -> rx.Component:
    """The figures of one scenario for whoever has its link."""
    return rx.el.div(
        when("shared", _shown(), otherwise=(_nothing(),)), class_name=classes(PAGE_WIDTH, "py-10 sm:py-14")
    )


def _nothing() -> rx.Component:
    return stack(
        heading(_("This link shows nothing (any more)"), level=1),
        text(_("Whoever sent it has taken it back, or it was not copied whole. Ask them for a new one."), tone="quiet"),
        rx.el.div(link_button(_("Work out a loan yourself"), href=calculator.PATH)),
    )


def _shown() -> rx.Component:
    result = "shared.result"
    return rx.fragment(
        heading(slot("shared.name"), level=1, class_name="break-words"),
        text(slot("shared.terms"), size="large", class_name="mt-2"),
        text(
            _("Sent to you to read. {disclaimer}").format(disclaimer=site.DISCLAIMER), tone="quiet", class_name="mt-1"
        ),
        rx.el.div(
            card(
                facts(
                    fact(_("A\u00a0month"), rx.fragment(slot(f"{result}.payment"), " ", slot(f"{result}.note"))),
                    fact(_("Interest in total"), slot(f"{result}.total_interest")),
                    fact(_("Everything paid"), slot(f"{result}.total_paid")),
                    fact(_("Paid off after"), slot(f"{result}.term")),
                    when(
                        f"{result}.turns_at",
                        fact(_("Repays more than it costs from payment"), slot(f"{result}.turns_at")),
                    ),
                ),
                when(f"{result}.saved", text(slot(f"{result}.saved"), class_name="mt-3 font-semibold")),
                title=_("Key figures"),
            ),
            _picture(f"{result}.picture", f"{result}.turns_at"),
            class_name="mt-8 grid items-start gap-5 lg:grid-cols-2",
        ),
        _years(f"{result}.years"),
        rx.el.div(
            text(_("Sums are exact, and rounded to the cent where they are shown."), tone="quiet"),
            link_button(_("Work out a loan yourself"), href=calculator.PATH, kind="secondary"),
            class_name="mt-8 flex flex-wrap items-center justify-between gap-4",
        ),
    )


def _picture(picture: str, turns_at: str) -> rx.Component:
    turn = rx.el.line(
        x1=slot(f"{picture}.turn"),
        x2=slot(f"{picture}.turn"),
        y1=0,
        y2=HEIGHT,
        class_name="stroke-ink stroke-2",
        stroke_dasharray="6 4",
    )
    drawing = rx.el.svg(
        rx.el.path(d=slot(f"{picture}.repaid"), class_name="fill-brick"),
        rx.el.path(d=slot(f"{picture}.interest"), class_name="fill-clay"),
        when(f"{picture}.turn", turn),
        view_box=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=slot(f"{picture}.words"),
        class_name="w-full",
    )
    legend = rx.el.figcaption(
        key("bg-brick", _("repays the loan")),
        key("bg-clay", _("interest")),
        when(turns_at, rx.el.span(_("dashed: payment "), slot(turns_at), _(", where repaying overtakes interest"))),
        rx.el.span(_("one column a year")),
        class_name="mt-3 flex flex-wrap gap-x-5 text-sm text-quiet",
    )
    return card(rx.el.figure(drawing, legend), title=_("What each year pays for"))


def _years(years: str) -> rx.Component:
    line = rx.el.tr(
        *[rx.el.td(slot(f"year.{name}"), class_name=CELL) for name in ("year", "interest", "principal", "balance")]
    )
    names = (_("Year"), _("Interest"), _("Repaid"), _("Still owed"))
    head = rx.el.tr(*[rx.el.th(name, scope="col", class_name=classes(CELL, "font-semibold")) for name in names])
    return rx.el.div(
        rx.el.table(
            rx.el.caption(_("Every year of the loan"), class_name="sr-only"),
            rx.el.thead(head, class_name="bg-sunk text-sm"),
            rx.el.tbody(each("year", years, line), class_name="divide-y divide-line"),
            class_name="w-full border-collapse text-xs sm:text-base",
        ),
        role="region",
        aria_label=_("Every year of the loan"),
        tab_index=0,
        class_name="mt-5 overflow-x-auto rounded-2xl border border-line bg-surface",
    )


def letterhead_card() -> rx.Component:
    """Whose name stands on one's reports, or the plan that has it."""
    closed = text(
        _("Your own name, address and logo on reports are part of Agent. "),
        link(_("See the plans"), href=site.PRICING),
        tone="quiet",
    )
    return card(
        when("letterhead.is_open", _letterhead_form(), inline_script(SIZE), otherwise=(closed,)),
        title=_("Your letterhead"),
    )


def _letterhead_form() -> rx.Component:
    address, logo = "letterhead_address", "logo"
    lines = rx.el.textarea(
        slot(f"form.{address} or letterhead.address"),
        name=address,
        id=address,
        rows=3,
        max_length=500,
        aria_invalid=if_else(f"errors.{address}", "true", "false"),
        aria_describedby=f"{address}-hint {address}-error",
        class_name=f"{INPUT} py-3",
    )
    picture = rx.el.input(
        type="file",
        name=logo,
        id=logo,
        accept="image/png,image/jpeg",
        aria_invalid=if_else("errors.logo", "true", "false"),
        aria_describedby="logo-hint logo-error",
        class_name=classes(INPUT, "py-2.5"),
    )
    now = rx.el.div(
        rx.el.img(
            src=slot("letterhead.logo"), alt=_("Your logo now"), class_name="max-h-16 max-w-48 rounded bg-white p-2"
        ),
        checkbox("no_logo", _("Without a logo from now on")),
        class_name="flex flex-wrap items-center gap-5",
    )
    return native_form(
        text(_("It stands at the top of the reports that you have made from now on."), tone="quiet"),
        field(
            "letterhead_name",
            _("Name"),
            default_value=slot("form.letterhead_name or letterhead.name"),
            error=slot("errors.letterhead_name"),
            invalid=if_else("errors.letterhead_name", "true", "false"),
            auto_complete="organization",
            max_length=LONGEST_LINE,
        ),
        labelled(address, _("Address"), lines, hint=_("up to four lines"), error=slot(f"errors.{address}")),
        when("letterhead.logo", now),
        labelled(
            logo,
            _("Logo"),
            picture,
            hint=_("PNG or JPEG, up to {most} kB").format(most=LARGEST_FILE // 1024),
            error=slot("errors.logo"),
        ),
        rx.el.div(submit_button(_("Save the letterhead"), busy=_("Saving…"), kind="secondary")),
        action="/settings/letterhead",
        custom_attrs={"encType": "multipart/form-data"},
    )
