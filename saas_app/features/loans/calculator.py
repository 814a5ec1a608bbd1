"""The calculator for everybody: a form whose address is its result, one picture, and every year beside it."""

import reflex as rx

from saas_app import site
from saas_app.features.loans.chart import HEIGHT, WIDTH
from saas_app.features.loans.components import key
from saas_app.features.loans.forms import MOST_PRINCIPAL
from saas_app.features.loans.quick import KINDS, LONGEST
from saas_app.features.loans.schedule import MOST_RATE, MOST_YEARS, Kind
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card, fact, facts
from saas_app.ui.dialog import unfold
from saas_app.ui.forms import field, native_form
from saas_app.ui.layout import row, stack
from saas_app.ui.slots import each, if_else, slot, when
from saas_app.ui.text import heading, text
from saas_app.ui.theme import PAGE_WIDTH, classes

PATH = "/calculator"
KEEP = f"{PATH}/keep"
CELL = "px-2 py-2 text-right tabular-nums sm:px-5"


def calculator_page(*links: site.Link) -> rx.Component:
    """Everything between header and footer."""
    return rx.el.div(
        heading("What does a loan cost?", level=1),
        text(f"Type your numbers; the sums follow. {site.DISCLAIMER}", tone="quiet", class_name="mt-2"),
        rx.el.div(
            _form(), stack(_sums(), _picture()), class_name="mt-8 grid items-start gap-5 lg:grid-cols-[1fr_1.2fr]"
        ),
        _years(),
        _how(),
        _more(*links),
        class_name=classes(PAGE_WIDTH, "py-10 sm:py-14"),
    )


def _form() -> rx.Component:
    return card(
        native_form(
            _field("amount", f"Loan in {site.CURRENCY_SIGN}", f"An amount up to {MOST_PRINCIPAL // 100:,}."),
            rx.el.div(
                _field("rate", "Interest in %", f"A number from 0 to {MOST_RATE}, for example 3.5."),
                _field("years", "Years", f"A whole number from 1 to {MOST_YEARS}."),
                class_name="grid grid-cols-2 gap-4",
            ),
            rx.el.fieldset(
                rx.el.legend("How it is repaid", class_name="mb-1 text-sm font-semibold"),
                *[_kind(kind, label) for kind, label in KINDS.items()],
                rx.el.p(slot("quick.wrong.kind"), class_name="text-sm font-medium text-bad empty:hidden"),
            ),
            rx.el.div(
                _field("resting", "Years of interest only", "A whole number of years, fewer than the whole term."),
                data_only="interest_first",
            ),
            submit_button("Work it out", busy="One moment…"),
            id="quick",
            action=PATH,
            method="get",
            data_currency=site.CURRENCY.upper(),
            aria_label="Loan calculator",
        ),
    )


def _kind(kind: Kind, label: str) -> rx.Component:
    def choice(*, chosen: bool) -> rx.Component:
        return rx.el.input(
            type="radio",
            name="kind",
            id=f"kind-{kind}",
            value=kind.value,
            default_checked=chosen,
            class_name="size-5 accent-brick",
        )

    return rx.el.label(
        when(f"quick.chosen.{kind.value}", choice(chosen=True), otherwise=(choice(chosen=False),)),
        label,
        html_for=f"kind-{kind}",
        class_name="flex min-h-11 items-center gap-3",
    )


def _field(name: str, label: str, ask: str) -> rx.Component:
    wrong = f"quick.wrong.{name}"
    return field(
        name,
        label,
        error=slot(wrong),
        invalid=if_else(wrong, "true", "false"),
        default_value=slot(f"quick.asked.{name}"),
        input_mode="decimal" if name in ("amount", "rate") else "numeric",
        auto_complete="off",
        max_length=LONGEST,
        data_ask=ask,
    )


def _sums() -> rx.Component:
    return card(
        rx.el.p(
            rx.el.output(
                slot("quick.result.payment"),
                id="quick-payment",
                class_name="font-display text-4xl font-semibold tabular-nums sm:text-5xl",
            ),
            rx.el.span(" a month", class_name="text-quiet"),
        ),
        rx.el.p(slot("quick.result.note"), id="quick-note", class_name="mt-1 min-h-6 text-quiet tabular-nums"),
        facts(
            fact("Interest in total", rx.el.span(slot("quick.result.total_interest"), id="quick-interest")),
            fact("Everything paid", rx.el.span(slot("quick.result.total_paid"), id="quick-total")),
            fact("Repays more than it costs from payment", rx.el.span(slot("quick.result.turns_at"), id="quick-turn")),
        ),
    )


def _picture() -> rx.Component:
    drawing = rx.el.svg(
        rx.el.path(id="quick-repaid", d=slot("quick.result.picture.repaid"), class_name="fill-brick"),
        rx.el.path(id="quick-cost", d=slot("quick.result.picture.interest"), class_name="fill-clay"),
        view_box=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        id="quick-picture",
        aria_label=slot("quick.result.picture.words"),
        class_name="w-full",
    )
    legend = rx.el.figcaption(
        key("bg-brick", "repays the loan"),
        key("bg-clay", "interest"),
        rx.el.span("one column a year", class_name="ml-auto"),
        class_name="mt-3 flex flex-wrap gap-x-5 text-sm text-quiet",
    )
    return card(rx.el.figure(drawing, legend), title="What each year pays for")


def _years() -> rx.Component:
    line = rx.el.tr(
        *[rx.el.td(slot(f"year.{name}"), class_name=CELL) for name in ("year", "interest", "principal", "balance")]
    )
    names = ("Year", "Interest", "Repaid", "Still owed")
    head = rx.el.tr(
        *[rx.el.th(name, scope="col", class_name="px-2 py-3 text-right font-semibold sm:px-5") for name in names],
        class_name="bg-sunk text-sm",
    )
    return rx.el.div(
        rx.el.table(
            rx.el.caption("Every year of the loan", class_name="sr-only"),
            rx.el.thead(head, class_name="sticky top-0"),
            rx.el.tbody(each("year", "quick.result.years", line), id="quick-years", class_name="divide-y divide-line"),
            class_name="w-full border-collapse text-xs sm:text-base",
        ),
        role="region",
        aria_label="Every year of the loan",
        tab_index=0,
        class_name="mt-5 max-h-96 overflow-auto rounded-2xl border border-line bg-surface",
    )


def _how() -> rx.Component:
    return rx.el.div(
        unfold(
            "How this is computed",
            rx.el.p("Equal payments: P × i ÷ (1 − (1 + i)⁻ⁿ). P is the loan, i the yearly rate ÷ 12, n the months."),
            rx.el.p("Equal repayment: P ÷ n each month, and the interest of the month on top."),
            rx.el.p("Interest only at first: P × i, and after those years equal payments over the rest of the term."),
            rx.el.p(
                "The interest of a month is what is still owed × i. Nothing is rounded on the way; what you see is "
                "rounded to the cent. Your bank rounds each payment, so its sum may differ by some cents."
            ),
        ),
        class_name="mt-8 border-t border-line",
    )


def _more(*links: site.Link) -> rx.Component:
    return row(
        submit_button(
            if_else("member", "Save it as a scenario", "Save it, free"),
            busy="One moment…",
            form="quick",
            form_action=KEEP,
        ),
        *[link_button(each.label, href=each.href, kind="secondary") for each in links],
        text("The address of this page holds your numbers: send it to whoever should see them.", tone="quiet"),
        gap="medium",
        class_name="mt-8",
    )
