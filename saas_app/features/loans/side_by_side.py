"""Up to four scenarios side by side: a line and a row for each, and on a phone a card instead of the row."""

from collections.abc import Callable

import reflex as rx

from saas_app.core.words import _
from saas_app.features.loans.chart import HEIGHT, WIDTH
from saas_app.features.loans.compare import Compared
from saas_app.features.loans.components import CELL, HEAD
from saas_app.features.loans.state import ScenariosState
from saas_app.ui.cards import card

# Four lines that differ by dashes too, for those who do not tell the colours apart.
LINES = (("stroke-brick", ""), ("stroke-info", "10 5"), ("stroke-good", "3 4"), ("stroke-warn", "14 4 3 4"))
SUMS = (_("A month"), _("Interest"), _("Everything paid"))


def comparison() -> rx.Component:
    """What was picked, cheapest first, with what is owed over time."""
    return rx.cond(
        ScenariosState.compared,
        card(
            rx.el.figure(
                rx.el.svg(
                    rx.foreach(ScenariosState.compared, _line),
                    view_box=f"-2 -2 {WIDTH + 4} {HEIGHT + 4}",
                    role="img",
                    aria_label=_("What is owed over time, a line for each scenario."),
                    class_name="w-full border-b border-l border-edge",
                ),
                rx.el.figcaption(
                    _("What is still owed: from up to "),
                    ScenariosState.compared[0].most,
                    _(" on the first day to nothing after up to "),
                    ScenariosState.compared[0].longest,
                    ".",
                    class_name="mt-1 text-sm text-quiet",
                ),
                class_name="mb-5",
            ),
            _table(),
            title=_("Side by side, cheapest first"),
            id="comparison",
        ),
    )


def _table() -> rx.Component:
    """The roles are said because a row that is laid out as a card is no row to a screen reader any more."""
    names = [rx.el.th(name, scope="col", role="columnheader", class_name=HEAD) for name in (_("Scenario"), *SUMS)]
    return rx.el.table(
        rx.el.thead(rx.el.tr(*names, role="row"), role="rowgroup", class_name="max-lg:sr-only"),
        rx.el.tbody(rx.foreach(ScenariosState.compared, _compared_row), role="rowgroup"),
        role="table",
        class_name="w-full max-lg:block max-lg:*:block",
    )


def _line(compared: Compared) -> rx.Component:
    def drawn(colour: str, dashes: str) -> rx.Component:
        return rx.el.path(d=compared.line, stroke_dasharray=dashes, class_name=f"fill-none stroke-3 {colour}")

    return _by_place(compared, drawn)


def _by_place(compared: Compared, draw: Callable[[str, str], rx.Component]) -> rx.Component:
    (first, *rest) = [draw(*line) for line in LINES]
    return rx.match(compared.place, *[(place, each) for place, each in enumerate(rest, 1)], first)  # pyright: ignore


def _compared_row(compared: Compared) -> rx.Component:
    def sample(colour: str, dashes: str) -> rx.Component:
        stroke = rx.el.path(d="M0 6H40", stroke_dasharray=dashes, class_name=f"stroke-3 {colour}")
        return rx.el.svg(stroke, view_box="0 0 40 12", aria_hidden="true", class_name="h-3 w-10")

    scenario = compared.scenario
    sums = zip(SUMS, (scenario.payment, scenario.total_interest, scenario.total_paid), strict=True)
    return rx.el.tr(
        rx.el.th(
            _by_place(compared, sample),
            scenario.name,
            rx.el.span(scenario.terms, class_name="block text-sm font-normal text-quiet"),
            rx.el.span(compared.words, class_name="block text-sm font-normal"),
            scope="row",
            role="rowheader",
            class_name=f"{CELL} block font-medium break-words lg:table-cell",
        ),
        *[_sum(name, words) for name, words in sums],
        role="row",
        class_name="block border-t border-line py-2 lg:table-row",
    )


def _sum(name: str, words: str) -> rx.Component:
    """A cell, which carries its own name where there is no head above it."""
    named = rx.el.span(name, aria_hidden="true", class_name="text-quiet lg:hidden")
    return rx.el.td(
        named,
        words,
        role="cell",
        class_name=f"{CELL} flex justify-between gap-4 max-lg:pl-0 lg:table-cell lg:whitespace-nowrap",
    )
