"""What is saved: the list with its folders, and one schedule opened."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from saas_app.core.words import _
from saas_app.features.loans.components import CELL, HEAD, picture
from saas_app.features.loans.forms import NAME_LENGTH, NOTES_LENGTH
from saas_app.features.loans.payments import PaymentView
from saas_app.features.loans.service import ScenarioView
from saas_app.features.loans.state import ScenariosState
from saas_app.ui.buttons import button, link_button
from saas_app.ui.cards import badge, card, empty
from saas_app.ui.forms import hidden, labelled
from saas_app.ui.layout import row, stack
from saas_app.ui.theme import INPUT, classes

# Where they do not fit beside each other, the actions stand in columns: three on a phone, four on a tablet.
_ACTION = "max-lg:justify-start max-lg:px-0! max-sm:text-sm lg:px-3!"
_COLUMNS = (
    "max-lg:grid max-lg:grid-cols-[repeat(4,max-content)] max-lg:justify-between "
    "max-sm:grid-cols-[repeat(3,max-content)]"
)
# On a phone there is no room for what the other columns add up to.
ROOMY = "max-sm:hidden"
# What other features bring: beside the actions of a saved scenario, under it, and below the list.
more_actions: list[Callable[[ScenarioView], rx.Component]] = []
more_below: list[Callable[[ScenarioView], rx.Component]] = []
more_sections: list[Callable[[], rx.Component]] = []


def saved() -> rx.Component:
    """What is saved, or how to begin."""
    desk = ScenariosState.desk
    return rx.cond(
        desk.scenarios,
        stack(
            row(
                rx.el.h2(_("Saved"), class_name="font-display text-2xl font-semibold"),
                rx.el.span(desk.room, class_name="text-quiet", id="room"),
                row(
                    button(_("Compare side by side"), kind="secondary", on_click=ScenariosState.compare, id="compare"),
                    rx.cond(
                        desk.may_export,
                        link_button(_("All as CSV"), href="/scenarios/comparison.csv", kind="secondary", download=True),
                    ),
                    class_name="sm:ml-auto",
                ),
                class_name="mt-4 gap-x-4",
            ),
            rx.cond(desk.clients, _folders()),
            rx.el.ul(rx.foreach(desk.scenarios, _in_folder), class_name="flex flex-col gap-3"),
            rx.el.datalist(rx.foreach(desk.clients, lambda name: rx.el.option(value=name)), id="clients"),
        ),
        empty(_("Nothing saved yet"), _("Work out a loan above and save it; it stays here on every device.")),
    )


def _folders() -> rx.Component:
    def folder(words: str | rx.Var[str], name: str | rx.Var[str]) -> rx.Component:
        return button(
            words,
            kind="secondary",
            aria_pressed=rx.cond(ScenariosState.folder == name, "true", "false"),
            class_name="aria-pressed:border-2 aria-pressed:border-brick",
            on_click=ScenariosState.show_folder(name),
        )

    named = rx.foreach(ScenariosState.desk.clients, lambda name: folder(name, name))
    return rx.el.nav(folder(_("All"), ""), named, aria_label=_("Client folders"), class_name="flex flex-wrap gap-2")


def _in_folder(scenario: ScenarioView) -> rx.Component:
    here = (ScenariosState.folder == "") | (ScenariosState.folder == scenario.client)
    return rx.cond(here, scenario_line(scenario))


def scenario_line(scenario: ScenarioView) -> rx.Component:
    """One saved scenario, and what can be done with it."""
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(
                    rx.el.span(scenario.name, class_name="font-semibold"),
                    rx.cond(scenario.client != "", rx.el.span(_(" for "), scenario.client, class_name="text-quiet")),
                    rx.cond(scenario.locked, badge(_("Read only on your plan"), "warn")),
                    class_name="flex flex-wrap gap-2",
                ),
                rx.el.p(scenario.terms, class_name="text-sm text-quiet"),
                rx.cond(scenario.notes != "", rx.el.p(scenario.notes, class_name="mt-2 whitespace-pre-line text-sm")),
                class_name="min-w-48 flex-1 wrap-anywhere",
            ),
            rx.el.p(
                rx.el.b(scenario.payment),
                _(" a month, "),
                scenario.total_interest,
                _(" interest"),
                class_name="tabular-nums",
            ),
            class_name="flex flex-wrap items-center gap-4",
        ),
        rx.cond(
            ScenariosState.changing == scenario.id,
            _change_form(scenario),
            rx.cond(ScenariosState.deleting == scenario.id, _really(scenario), _actions(scenario)),
        ),
        *[draw(scenario) for draw in more_below],
        class_name="rounded-xl border border-line bg-surface px-5 py-4",
    )


def act_on(scenario: ScenarioView, words: str, then: rx.event.EventType[()]) -> rx.Component:
    """A button for one scenario, which says to screen readers for which."""
    name = rx.el.span(" ", scenario.name, class_name="sr-only")
    return button(words, name, kind="quiet", class_name=_ACTION, on_click=then)


def _actions(scenario: ScenarioView) -> rx.Component:
    return row(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=ScenariosState.picked.contains(scenario.id),  # pyright: ignore[reportAttributeAccessIssue]
                on_change=lambda _: ScenariosState.pick(scenario.id),
                class_name="size-5 accent-brick",
            ),
            _("Compare"),
            rx.el.span(" ", scenario.name, class_name="sr-only"),
            class_name="flex min-h-11 items-center gap-2 max-sm:text-sm lg:pr-3",
        ),
        act_on(scenario, _("Schedule"), ScenariosState.show(scenario.id)),
        rx.cond(
            scenario.locked, rx.fragment(), act_on(scenario, _("Change"), ScenariosState.ask("change", scenario.id))
        ),
        act_on(scenario, _("Duplicate"), ScenariosState.copy_one(scenario.id)),
        *[draw(scenario) for draw in more_actions],
        act_on(scenario, _("Delete"), ScenariosState.ask("delete", scenario.id)),
        class_name=f"mt-2 {_COLUMNS}",
    )


def _really(scenario: ScenarioView) -> rx.Component:
    return row(
        rx.el.p(_("Delete it for good?"), class_name="font-semibold max-lg:w-full"),
        button(_("Delete for good"), kind="danger", on_click=ScenariosState.delete(scenario.id)),
        button(_("Keep it"), kind="quiet", on_click=ScenariosState.ask("", "")),
        role="alert",
        class_name="mt-2",
    )


def _change_form(scenario: ScenarioView) -> rx.Component:
    notes = rx.el.textarea(
        name="notes",
        id="change-notes",
        default_value=scenario.notes,
        max_length=NOTES_LENGTH,
        rows=3,
        class_name=f"{INPUT} py-3",
    )
    errors = ScenariosState.errors
    return rx.el.form(
        hidden("scenario", scenario.id),
        _text_line("name", _("New name"), scenario.name),
        rx.cond(
            ScenariosState.desk.may_name_clients,
            _text_line("client", _("Folder of the client"), scenario.client, list="clients"),
            hidden("client", scenario.client),
        ),
        labelled("change-notes", _("Notes"), notes, error=errors.get("notes", "")),
        row(
            button(_("Keep changes"), type="submit"),
            button(_("Change the numbers"), kind="secondary", on_click=ScenariosState.take(scenario.id)),
            button(_("Back"), kind="quiet", on_click=ScenariosState.ask("", "")),
        ),
        on_submit=ScenariosState.change,
        reset_on_submit=False,
        class_name="mt-4 flex flex-col gap-4",
    )


def _text_line(name: str, label: str, value: str, **props: Any) -> rx.Component:
    """A field whose id is its own: the form below the result has one of the same name."""
    line = rx.el.input(
        name=name, id=f"change-{name}", default_value=value, max_length=NAME_LENGTH, class_name=INPUT, **props
    )
    return labelled(f"change-{name}", label, line, error=ScenariosState.errors.get(name, ""))


def opened() -> rx.Component:
    """Every payment of one scenario, the one that turns it marked."""
    plan = ScenariosState.opened
    table = rx.el.table(
        rx.el.thead(
            rx.el.tr(
                _column(_("Payment")),
                _column(_("Due"), ROOMY),
                _column(_("Interest")),
                _column(_("Repaid")),
                rx.cond(plan.repays_early, _column(_("On top"))),
                _column(_("Still owed")),
            ),
            class_name="sticky top-0 bg-surface",
        ),
        rx.el.tbody(rx.foreach(plan.payments, _payment)),
        class_name="w-full max-lg:text-sm max-sm:text-xs",
    )
    return rx.cond(
        plan.id != "",
        card(
            picture(plan.picture, plan.turns_at),
            rx.el.div(
                table,
                role="region",
                aria_label=_("Every payment"),
                tab_index=0,
                class_name="max-h-96 overflow-auto border-y border-line",
            ),
            rx.el.p(plan.totals, class_name="mt-3 text-sm text-quiet"),
            row(
                rx.cond(
                    ScenariosState.desk.may_export,
                    link_button(
                        _("As CSV"), href=f"/scenarios/{plan.id}/schedule.csv", kind="secondary", download=True
                    ),
                ),
                button(_("Close"), kind="quiet", on_click=ScenariosState.show(plan.id)),
                class_name="mt-4",
            ),
            title=rx.el.span(_("Every payment of "), plan.name, class_name="wrap-anywhere"),
            id="schedule",
            tab_index=-1,
        ),
    )


def _column(name: str, look: str = "") -> rx.Component:
    return rx.el.th(name, scope="col", class_name=classes(HEAD, look))


def _payment(payment: PaymentView) -> rx.Component:
    look = f"{CELL} whitespace-nowrap"
    return rx.el.tr(
        rx.el.th(
            payment.number,
            rx.cond(payment.turns, rx.el.span(_(" repays more than it costs from here"), class_name="text-brick-ink")),
            scope="row",
            class_name=f"{CELL} font-medium",
        ),
        rx.el.td(payment.due, class_name=classes(look, ROOMY)),
        *[rx.el.td(each, class_name=look) for each in (payment.interest, payment.principal)],
        rx.cond(ScenariosState.opened.repays_early, rx.el.td(payment.early, class_name=look)),
        rx.el.td(payment.balance, class_name=look),
        class_name=rx.cond(payment.turns, "border-t-2 border-brick bg-tint", "border-t border-line"),
    )
