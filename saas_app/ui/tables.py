"""Tables that scroll inside their frame instead of pushing the page sideways."""

from typing import Any

import reflex as rx

from saas_app.ui.text import Words
from saas_app.ui.theme import CARD, classes


def table(caption: Words, columns: list[str | rx.Component], *rows: Any, class_name: str = "") -> rx.Component:
    """Rows under column names; `caption` is for screen readers.

    `rows` are `table_row(...)` or an `rx.foreach` of them.
    """
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="sr-only"),
            rx.el.thead(rx.el.tr(*[_head(column) for column in columns]), class_name="bg-sunk text-left text-sm"),
            rx.el.tbody(*rows, class_name="divide-y divide-line"),
            class_name="w-full border-collapse",
        ),
        role="region",
        aria_label=caption,
        tab_index=0,
        class_name=classes(CARD, "overflow-x-auto", class_name),
    )


def table_row(*cells: Any, **props: Any) -> rx.Component:
    """One row; pass `cell(...)` or plain words."""
    return rx.el.tr(*[item if _is_cell(item) else cell(item) for item in cells], **props)


def cell(*words: Words, number: bool = False, strong: bool = False) -> rx.Component:
    """One cell; numbers stand to the right, in figures of equal width."""
    look = classes(
        "px-4 py-3.5 align-middle", "text-right tabular-nums" if number else "", "font-semibold" if strong else ""
    )
    return rx.el.td(*words, class_name=look)


def number_column(label: str) -> rx.Component:
    """The head of a column of numbers."""
    return rx.el.th(label, scope="col", class_name="px-4 py-3 text-right font-semibold")


def _head(column: str | rx.Component) -> rx.Component:
    if isinstance(column, str):
        return rx.el.th(column, scope="col", class_name="px-4 py-3 font-semibold")
    return column


def _is_cell(item: Any) -> bool:
    return isinstance(item, rx.Component) and getattr(item, "tag", "") in ("td", "th")
