"""The loan form of the scenario page, and what a loan comes to."""

from functools import reduce
from operator import or_
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.core.words import _
from saas_app.features.loans.chart import HEIGHT, WIDTH
from saas_app.features.loans.forms import NAME_LENGTH
from saas_app.features.loans.quick import KINDS
from saas_app.features.loans.schedule import Kind
from saas_app.features.loans.state import ScenariosState
from saas_app.features.loans.views import Picture, YearView
from saas_app.ui.buttons import button, until_listening
from saas_app.ui.cards import card, fact, facts
from saas_app.ui.dialog import unfold
from saas_app.ui.forms import field, option, select_field
from saas_app.ui.layout import grid, row, stack
from saas_app.ui.text import link, text

# The first column says of what, the others are numbers: these end below each other.
HEAD = "pb-2 pl-2 text-right font-medium text-quiet first:pl-0 first:text-left lg:pl-4"
CELL = "py-2 pl-2 text-right tabular-nums first:pl-0 first:text-left lg:pl-4"


def loan_form() -> rx.Component:
    """The loan as somebody types it."""
    return rx.el.form(
        # What comes with the connection would take the place of what is typed before.
        rx.el.fieldset(
            grid(
                _field(
                    "principal",
                    _("Loan"),
                    hint=_("in euros"),
                    default_value=_brought("principal", "250,000"),
                    input_mode="decimal",
                ),
                _field(
                    "rate",
                    _("Yearly rate"),
                    hint=_("in percent"),
                    default_value=_brought("rate", "3.5"),
                    input_mode="decimal",
                ),
                _field(
                    "years", _("Term"), hint=_("in years"), default_value=_brought("years", "25"), input_mode="numeric"
                ),
            ),
            rx.el.div(
                unfold(_("More about this loan"), _more(), open=_opens()),
                class_name="mt-5 [&>details>div]:max-w-none [&>details>div]:text-ink",
            ),
            row(button(_("Work it out"), type="submit", id="work-out"), class_name="mt-5"),
            disabled=until_listening(),
            class_name="min-w-0",
        ),
        # A new key makes a new form: what is brought along comes after the page, when the old one stands already.
        key=ScenariosState.form_number,
        on_submit=ScenariosState.work_out,
        reset_on_submit=False,
    )


def _brought(name: str, usual: str = "") -> str:
    """What the calculator, a scenario or an earlier visit has put into this field, or what most people begin with."""
    return ScenariosState.brought.get(name, usual)


def _opens() -> rx.Var[bool]:
    """Something in there is wrong, or was brought along."""
    more = (_brought(name) != "" for name in ("extra", "lump", "lump_month", "new_rate", "change_month", "fee"))
    kind = _brought("kind", Kind.ANNUITY)
    return reduce(or_, more, (ScenariosState.errors.length() > 0) | (kind != Kind.ANNUITY))  # pyright: ignore


def _more() -> rx.Component:
    desk = ScenariosState.desk
    kinds = [option(label, kind.value) for kind, label in KINDS.items()]
    lowers = (option(_("ends the loan sooner"), "no"), option(_("lowers the payments"), "yes"))
    in_loan = (option(_("paid beside the loan"), "no"), option(_("part of the loan"), "yes"))
    return stack(
        grid(
            select_field(
                "kind",
                _("How it is repaid"),
                *kinds,
                error=_error("kind"),
                default_value=_brought("kind", Kind.ANNUITY),
            ),
            _more_field("resting", _("Years of interest only"), hint=_("if it begins so"), input_mode="numeric"),
            columns=2,
        ),
        rx.cond(
            desk.may_repay_early,
            grid(
                _more_field("extra", _("Extra a month"), hint=_("repaid on top, in euros")),
                select_field("lowers", _("Repaying early"), *lowers, default_value=_brought("lowers", "no")),
                _more_field("lump", _("Repaid at once"), hint=_("in euros")),
                _more_field("lump_month", _("With payment number"), input_mode="numeric"),
                columns=2,
            ),
        ),
        rx.cond(
            desk.may_have_more_terms,
            grid(
                _more_field("new_rate", _("New yearly rate"), hint=_("in percent")),
                _more_field("change_month", _("From payment number"), input_mode="numeric"),
                _more_field("fee", _("Fee, paid once"), hint=_("in euros")),
                select_field("fee_in_loan", _("The fee is"), *in_loan, default_value=_brought("fee_in_loan", "no")),
                columns=2,
            ),
            text(
                _("Early repayment, a new rate and fees are part of Pro. "),
                link(_("See the plans"), href=site.PRICING),
                tone="quiet",
            ),
        ),
    )


def _more_field(name: str, label: str, **props: Any) -> rx.Component:
    return _field(name, label, default_value=_brought(name), **{"input_mode": "decimal", **props})


def keep_form() -> rx.Component:
    """To keep what was worked out: in the scenario that it comes from, or as another one."""
    into = row(
        button(_("Change "), ScenariosState.source_name, _(" to this"), kind="secondary", on_click=ScenariosState.keep),
        text(_("or save it as another:"), tone="quiet"),
        class_name="mt-5",
    )
    return rx.fragment(rx.cond(ScenariosState.source != "", into), _save_form())


def _save_form() -> rx.Component:
    """A name for what was worked out, to find it again."""
    return rx.el.form(
        row(
            _field(
                "name",
                _("Name"),
                placeholder=_("Flat by the river"),
                max_length=NAME_LENGTH,
                class_name="max-sm:w-full",
            ),
            rx.cond(
                ScenariosState.desk.may_name_clients,
                _field("client", _("Client"), max_length=NAME_LENGTH, list="clients", class_name="max-sm:w-full"),
            ),
            button(
                _("Save scenario"),
                type="submit",
                kind="secondary",
                id="save-scenario",
                class_name="self-end",
                disabled=until_listening(),
            ),
            class_name="mt-5",
        ),
        on_submit=ScenariosState.save,
        reset_on_submit=False,
    )


def _error(name: str) -> str:
    return ScenariosState.errors.get(name, "")


def _field(name: str, label: str, **props: Any) -> rx.Component:
    error = _error(name)
    return field(name, label, error=error, invalid=rx.cond(error != "", "true", "false"), auto_complete="off", **props)


def result() -> rx.Component:
    """What the loan comes to, and every year of it."""
    shown = ScenariosState.result
    return rx.cond(
        shown.payment != "",
        card(
            text(shown.terms, tone="quiet", id="loan-terms", class_name="-mt-3 mb-2"),
            facts(
                fact(
                    _("A\u00a0month"),
                    rx.fragment(
                        rx.el.span(shown.payment, id="loan-payment"),
                        rx.cond(shown.note != "", rx.el.span(" ", shown.note, id="loan-note")),
                    ),
                ),
                fact(_("Interest in total"), rx.el.span(shown.total_interest, id="loan-interest")),
                fact(_("Everything paid"), shown.total_paid),
                fact(_("Paid off after"), shown.term),
                fact(_("Repays more than it costs from payment"), shown.turns_at),
            ),
            rx.cond(shown.saved != "", rx.el.p(shown.saved, class_name="font-semibold text-good", id="loan-saved")),
            picture(shown.picture, shown.turns_at),
            rx.el.div(_years(), _how(), class_name="border-t border-line"),
            keep_form(),
            title=_("This loan"),
        ),
    )


def _years() -> rx.Component:
    names = (_("Year"), _("Interest"), _("Repaid"), _("Still owed"))
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*[rx.el.th(name, scope="col", class_name=HEAD) for name in names])),
        rx.el.tbody(rx.foreach(ScenariosState.result.years, _year)),
        class_name="w-full max-sm:text-xs",
    )
    return unfold(_("Year by year"), rx.el.div(table, class_name="overflow-x-auto text-ink"))


def _how() -> rx.Component:
    return unfold(
        _("How this is computed"),
        rx.el.p(_("The payment is P × i / (1 − (1 + i)⁻ⁿ): P is the loan, i the yearly rate / 12, n the months.")),
        rx.el.p(_("The interest of a month is what is still owed × i; the rest of the payment repays the loan.")),
        rx.el.p(_("With equal repayment it is P / n each month, and the interest on top.")),
        rx.el.p(_("A new rate, or the end of the years of interest only, spreads what is owed over what is left.")),
        rx.el.p(_("Nothing is rounded on the way; only what you see is rounded to the cent.")),
    )


def _year(year: YearView) -> rx.Component:
    return rx.el.tr(
        rx.el.th(year.year, scope="row", class_name=f"{CELL} font-medium"),
        rx.el.td(year.interest, class_name=CELL),
        rx.el.td(year.principal, class_name=CELL),
        rx.el.td(year.balance, class_name=CELL),
        class_name="border-t border-line",
    )


def picture(shown: Picture, turns_at: int) -> rx.Component:
    """A column for each year, and a line at the payment that repays more than it costs."""
    drawing = rx.el.svg(
        rx.el.path(d=shown.repaid, class_name="fill-brick"),
        rx.el.path(d=shown.interest, class_name="fill-clay"),
        rx.cond(
            shown.turn != "",
            rx.el.line(
                x1=shown.turn, x2=shown.turn, y1=0, y2=HEIGHT, class_name="stroke-ink stroke-2", stroke_dasharray="6 4"
            ),
        ),
        view_box=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=shown.words,
        class_name="w-full",
    )
    legend = rx.el.figcaption(
        key("bg-brick", _("repays the loan")),
        key("bg-clay", _("interest")),
        rx.cond(turns_at > 0, rx.el.span(_("dashed: payment "), turns_at, _(", where repaying overtakes interest"))),
        class_name="mt-3 flex flex-wrap gap-x-5 text-sm text-quiet",
    )
    return rx.el.figure(drawing, legend, class_name="my-5")


def key(colour: str, words: str) -> rx.Component:
    """What a colour in a picture stands for."""
    return rx.el.span(
        rx.el.span(class_name=f"inline-block h-3 w-5 {colour}"), words, class_name="inline-flex items-center gap-2"
    )
