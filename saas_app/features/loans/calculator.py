"""The calculator for everybody: a form whose address is its result, one picture, and every year beside it."""

import reflex as rx

from saas_app import site
from saas_app.core import written
from saas_app.core.words import _
from saas_app.features.loans import asked
from saas_app.features.loans.chart import HEIGHT, WIDTH
from saas_app.features.loans.components import key
from saas_app.features.loans.forms import MOST_PRINCIPAL
from saas_app.features.loans.quick import KINDS
from saas_app.features.loans.schedule import MOST_RATE, MOST_YEARS, Kind
from saas_app.ui.buttons import submit_button
from saas_app.ui.cards import card, fact, facts
from saas_app.ui.dialog import unfold
from saas_app.ui.forms import native_form
from saas_app.ui.slots import each, if_else, slot, when

PATH = "/calculator"
KEEP = f"{PATH}/keep"


def calculator_page(*links: site.Link) -> rx.Component:
    """Everything between header and footer."""
    return asked.asked_page(
        _("What does a loan cost?"),
        _("Type your numbers; the sums follow."),
        _form(),
        _payment(),
        _sums(),
        _picture(),
        below=(_years(), _how(), asked.more(*links, first=_keep())),
    )


def _form() -> rx.Component:
    return card(
        native_form(
            _field(
                "amount",
                _("Loan in {currency_sign}"),
                _("An amount up to {most}.").format(most=written.number(MOST_PRINCIPAL // 100)),
            ),
            rx.el.div(
                _field(
                    "rate",
                    _("Interest in %"),
                    _("A number from 0 to {most}, for example 3.5.").format(most=MOST_RATE),
                ),
                _field("years", _("Years"), _("A whole number from 1 to {most}.").format(most=MOST_YEARS)),
                class_name="grid grid-cols-2 gap-4",
            ),
            rx.el.fieldset(
                rx.el.legend(_("How it is repaid"), class_name="mb-1 text-sm font-semibold"),
                *[_kind(kind, label) for kind, label in KINDS.items()],
                rx.el.p(
                    slot("quick.wrong.kind"), id="quick-kind", class_name="text-sm font-medium text-bad empty:hidden"
                ),
            ),
            rx.el.div(
                _field(
                    "resting", _("Years of interest only"), _("A whole number of years, fewer than the whole term.")
                ),
                data_only="interest_first",
            ),
            submit_button(_("Work it out"), busy=_("One moment…")),
            id="quick",
            action=PATH,
            method="get",
            data_currency=site.CURRENCY.upper(),
            data_written=slot("quick.written"),
            aria_label=_("Loan calculator"),
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
    mode = "decimal" if name in ("amount", "rate") else "numeric"
    return asked.asked_field("quick", name, label, input_mode=mode, data_ask=ask)


def _payment() -> rx.Component:
    return asked.in_short(
        rx.el.p(
            rx.el.output(
                slot("quick.result.payment"),
                id="quick-payment",
                class_name="font-display text-3xl font-semibold tabular-nums lg:text-5xl",
            ),
            rx.el.span(_(" a month"), class_name="text-quiet"),
        ),
        rx.el.p(
            slot("quick.result.note"),
            id="quick-note",
            class_name="mt-1 text-quiet tabular-nums empty:hidden max-lg:text-sm lg:min-h-6 lg:empty:block",
        ),
    )


def _sums() -> rx.Component:
    turns = "quick.result.turns_at"  # 0 where there is no such payment
    return card(
        facts(
            fact(_("Interest in total"), rx.el.span(slot("quick.result.total_interest"), id="quick-interest")),
            fact(_("Everything paid"), rx.el.span(slot("quick.result.total_paid"), id="quick-total")),
            fact(
                _("Repays more than it costs from payment"),
                rx.el.span(when(turns, slot(turns), otherwise=("–",)), id="quick-turn"),
            ),
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
        key("bg-brick", _("repays the loan")),
        key("bg-clay", _("interest")),
        rx.el.span(_("one column a year")),
        class_name="mt-3 flex flex-wrap gap-x-5 text-sm text-quiet",
    )
    # Without an answer there is nothing to draw; the script may have one a moment later.
    figure = rx.el.figure(drawing, legend)
    return card(figure, title=_("What each year pays for"), class_name="has-[path[d='']]:hidden")


def _years() -> rx.Component:
    names = (_("Year"), _("Interest"), _("Repaid"), _("Still owed"))
    found = asked.line(*[slot(f"year.{name}") for name in ("year", "interest", "principal", "balance")])
    lines = each("year", "quick.result.years", found)
    return rx.el.div(asked.sheet(_("Every year of the loan"), "quick-years", names, lines), class_name="mt-5")


def _how() -> rx.Component:
    return rx.el.div(
        unfold(
            _("How this is computed"),
            rx.el.p(_("Equal payments: P × i ÷ (1 − (1 + i)⁻ⁿ). P is the loan, i the yearly rate ÷ 12, n the months.")),
            rx.el.p(_("Equal repayment: P ÷ n each month, and the interest of the month on top.")),
            rx.el.p(
                _("Interest only at first: P × i, and after those years equal payments over the rest of the term.")
            ),
            rx.el.p(
                _(
                    "The interest of a month is what is still owed × i. Nothing is rounded on the way; what "
                    "you see is rounded to the cent. Your bank rounds each payment, so its sum may differ by "
                    "some cents."
                )
            ),
        ),
        class_name="mt-8 border-t border-line",
    )


def _keep() -> rx.Component:
    """What stands in the form goes along to the desk."""
    words = if_else("member", _("Save it as a scenario"), _("Save it, free"))
    return submit_button(words, busy=_("One moment…"), form="quick", form_action=KEEP)
