"""What the scenario page draws."""

from typing import Any

import reflex as rx

from saas_app.features.loans.service import ScenarioView
from saas_app.features.loans.state import ScenariosState
from saas_app.features.loans.views import YearView
from saas_app.ui.buttons import button, until_listening
from saas_app.ui.cards import badge, card, empty, fact, facts
from saas_app.ui.dialog import unfold
from saas_app.ui.forms import field
from saas_app.ui.layout import grid, row, stack

HEAD = "pb-2 pr-4 text-left font-medium text-quiet"
CELL = "py-2 pr-4 tabular-nums"


def loan_form() -> rx.Component:
    """The loan as somebody types it."""
    return rx.el.form(
        grid(
            _field("principal", "Loan", hint="in euros", default_value="250,000", input_mode="decimal"),
            _field("rate", "Yearly rate", hint="in percent", default_value="3.5", input_mode="decimal"),
            _field("years", "Term", hint="in years", default_value="25", input_mode="numeric"),
            rx.cond(
                ScenariosState.desk.may_repay_early,
                _field("extra", "Extra a month", hint="repaid on top, in euros", input_mode="decimal"),
            ),
        ),
        row(button("Work it out", type="submit", id="work-out", disabled=until_listening()), class_name="mt-5"),
        on_submit=ScenariosState.work_out,
        reset_on_submit=False,
    )


def save_form() -> rx.Component:
    """A name for what was worked out, to find it again."""
    return rx.el.form(
        row(
            _field("name", "Name", placeholder="Flat by the river", max_length=80),
            rx.cond(ScenariosState.desk.may_name_clients, _field("client", "Client", max_length=80)),
            button(
                "Save scenario",
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


def _field(name: str, label: str, **props: Any) -> rx.Component:
    error = ScenariosState.errors.get(name, "")
    return field(name, label, error=error, invalid=rx.cond(error != "", "true", "false"), auto_complete="off", **props)


def result() -> rx.Component:
    """What the loan comes to, and every year of it."""
    shown = ScenariosState.result
    return rx.cond(
        shown.payment != "",
        card(
            facts(
                fact("A month", rx.el.span(shown.payment, id="loan-payment")),
                fact("Interest in total", rx.el.span(shown.total_interest, id="loan-interest")),
                fact("Everything paid", shown.total_paid),
                fact("Paid off after", shown.term),
                fact("Repays more than it costs from payment", shown.turns_at),
            ),
            rx.el.details(
                rx.el.summary("Year by year", class_name="min-h-11 cursor-pointer py-3 font-semibold"),
                rx.el.div(
                    rx.el.table(
                        rx.el.thead(
                            rx.el.tr(
                                *[
                                    rx.el.th(w, scope="col", class_name=HEAD)
                                    for w in ("Year", "Interest", "Repaid", "Still owed")
                                ]
                            )
                        ),
                        rx.el.tbody(rx.foreach(shown.years, _year)),
                        class_name="w-full",
                    ),
                    class_name="overflow-x-auto",
                ),
            ),
            unfold(
                "How this is computed",
                rx.el.p("The payment is P × i / (1 − (1 + i)⁻ⁿ): P is the loan, i the yearly rate / 12, n the months."),
                rx.el.p("The interest of a month is what is still owed × i; the rest of the payment repays the loan."),
                rx.el.p("Nothing is rounded on the way; only what you see is rounded to the cent."),
            ),
            save_form(),
            title="This loan",
        ),
    )


def _year(year: YearView) -> rx.Component:
    return rx.el.tr(
        rx.el.th(year.year, scope="row", class_name=f"{CELL} text-left font-medium"),
        rx.el.td(year.interest, class_name=CELL),
        rx.el.td(year.principal, class_name=CELL),
        rx.el.td(year.balance, class_name=CELL),
        class_name="border-t border-line",
    )


def saved() -> rx.Component:
    """What is saved, or how to begin."""
    desk = ScenariosState.desk
    return rx.cond(
        desk.scenarios,
        stack(
            row(
                rx.el.h2("Saved", class_name="font-display text-2xl font-semibold"),
                rx.el.span(desk.room, class_name="text-quiet", id="room"),
                button("Compare side by side", kind="secondary", on_click=ScenariosState.compare, id="compare"),
                class_name="justify-between",
            ),
            rx.el.ul(rx.foreach(desk.scenarios, scenario_line), class_name="flex flex-col gap-3"),
        ),
        empty("Nothing saved yet", "Work out a loan above and save it; it stays here on every device."),
    )


def scenario_line(scenario: ScenarioView) -> rx.Component:
    """One saved scenario."""
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(scenario.name, class_name="font-semibold"),
                rx.cond(scenario.client != "", rx.el.span(" for ", scenario.client, class_name="text-quiet")),
                rx.cond(scenario.locked, badge("Read only on your plan", "warn")),
                class_name="flex flex-wrap gap-2",
            ),
            rx.el.p(scenario.terms, class_name="text-sm text-quiet"),
            class_name="min-w-48 flex-1",
        ),
        rx.el.p(
            rx.el.b(scenario.payment), " a month, ", scenario.total_interest, " interest", class_name="tabular-nums"
        ),
        button(
            "Delete",
            rx.el.span(" ", scenario.name, class_name="sr-only"),
            kind="quiet",
            on_click=ScenariosState.delete(scenario.id),
        ),
        class_name="flex flex-wrap items-center gap-4 rounded-xl border border-line bg-surface px-5 py-4",
    )


def comparison() -> rx.Component:
    """Everything saved, cheapest first."""
    return rx.cond(
        ScenariosState.compared,
        card(
            rx.el.div(
                rx.el.table(
                    rx.el.thead(
                        rx.el.tr(
                            *[
                                rx.el.th(w, scope="col", class_name=HEAD)
                                for w in ("Scenario", "A month", "Interest", "Everything paid")
                            ]
                        )
                    ),
                    rx.el.tbody(rx.foreach(ScenariosState.compared, _compared_row)),
                    class_name="w-full",
                ),
                class_name="overflow-x-auto",
            ),
            title="Side by side, cheapest first",
            id="comparison",
        ),
    )


def _compared_row(scenario: ScenarioView) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            scenario.name,
            rx.el.span(scenario.terms, class_name="block text-sm font-normal text-quiet"),
            scope="row",
            class_name=f"{CELL} text-left font-medium",
        ),
        rx.el.td(scenario.payment, class_name=CELL),
        rx.el.td(scenario.total_interest, class_name=CELL),
        rx.el.td(scenario.total_paid, class_name=CELL),
        class_name="border-t border-line",
    )
