"""The product shown working: a loan calculator that is right before any script runs, and follows when one does.

Without a script its form leads to the whole calculator, with the same numbers in the address.
"""

from pathlib import Path
from typing import Literal

import reflex as rx

from saas_app import site
from saas_app.core import written
from saas_app.core.words import _
from saas_app.marketing.loan import Repayment, repay, wall
from saas_app.ui.buttons import submit_button
from saas_app.ui.forms import native_form
from saas_app.ui.scripts import TYPED
from saas_app.ui.theme import CARD, INPUT

SCRIPT = TYPED + Path(__file__).with_name("loan.js").read_text()
AMOUNT, RATE, YEARS = 100_000, 5, 30


def calculator() -> rx.Component:
    """Three inputs, three results, one drawing."""
    loan = repay(AMOUNT, RATE, YEARS)
    return native_form(
        rx.el.div(
            _number(
                "amount", _("Loan in {currency_sign}").format(currency_sign=site.CURRENCY_SIGN), written.number(AMOUNT)
            ),
            _number("rate", _("Interest in %"), written.figures(str(RATE))),
            _number("years", _("Years"), str(YEARS), input_mode="numeric"),
            class_name="grid grid-cols-2 gap-3 sm:grid-cols-[2fr_1fr_1fr] *:first:max-sm:col-span-2",
        ),
        _results(loan),
        _wall(loan),
        submit_button(_("See every year"), busy=_("One moment…"), kind="secondary", wide=True, class_name="mt-6"),
        id="calculator",
        action=site.TRY.href,
        method="get",
        aria_label=_("Loan calculator"),
        class_name=f"{CARD} p-5 shadow-lg sm:p-7",
    )


def _number(
    name: str, label: str, value: str, *, input_mode: Literal["decimal", "numeric"] = "decimal"
) -> rx.Component:
    """Text, since browsers read a pasted 1.000,50 € as a thousandth of it. What is no number, the calculator says."""
    control = rx.el.input(
        id=name,
        name=name,
        input_mode=input_mode,
        default_value=value,
        required=True,
        class_name=f"{INPUT} tabular-nums",
    )
    return rx.el.div(rx.el.label(label, html_for=name, class_name="mb-1.5 block text-sm font-semibold"), control)


def _results(loan: Repayment) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.output(
                *_amount("out-payment", loan.payment), class_name="font-display text-4xl font-semibold tabular-nums"
            ),
            rx.el.span(_(" a month"), class_name="text-quiet"),
        ),
        rx.el.p(
            rx.el.b(*_amount("out-interest", loan.interest), class_name="tabular-nums"),
            _(" of interest in all. From payment "),
            rx.el.b(rx.el.span(str(loan.turn), id="out-turn")),
            _(" on, more of your money buys the flat than pays the bank."),
            class_name="mt-1",
        ),
        class_name="mt-6",
    )


def _amount(name: str, amount: float) -> tuple[rx.Component | str, ...]:
    shown = rx.el.span(written.figures(f"{amount:,.2f}"), id=name)
    if written.sign_comes_first():
        return site.CURRENCY_SIGN, shown
    return shown, f"\N{NO-BREAK SPACE}{site.CURRENCY_SIGN}"


def _wall(loan: Repayment) -> rx.Component:
    columns, laid = wall(loan.shares)
    courses = "".join(f"M0 {height}H400" for height in range(12, 120, 12))
    drawing = rx.el.svg(
        rx.el.path(id="wall-columns", d=columns, class_name="fill-clay"),
        rx.el.path(id="wall-laid", d=laid, class_name="fill-brick"),
        rx.el.path(d=courses, class_name="stroke-surface stroke-2"),
        view_box="0 0 400 120",
        role="img",
        aria_label=_("Each column is a year of payments; the part that repays the loan grows from year to year."),
        class_name="w-full",
    )
    legend = rx.el.figcaption(
        _key("bg-brick", _("repays the loan")),
        _key("bg-clay", _("interest")),
        rx.el.span(_("one column a year")),
        class_name="mt-3 flex flex-wrap gap-x-5 text-sm text-quiet",
    )
    return rx.el.figure(drawing, legend, class_name="mt-6")


def _key(colour: str, words: str) -> rx.Component:
    return rx.el.span(
        rx.el.span(class_name=f"inline-block h-3 w-5 {colour}"), words, class_name="inline-flex items-center gap-2"
    )
