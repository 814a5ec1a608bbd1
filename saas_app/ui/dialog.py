"""Windows over the page and things that unfold, with what browsers bring along and no script."""

from typing import Any

import reflex as rx

from saas_app.ui.buttons import Kind, button
from saas_app.ui.text import Words
from saas_app.ui.theme import CARD, classes


def dialog(name: str, title: Words, *children: Any) -> rx.Component:
    """A window that `dialog_opener(name, ...)` opens; Escape and a click outside close it."""
    return rx.el.div(
        rx.el.h2(title, id=f"{name}-title", class_name="mb-4 font-display text-xl font-semibold"),
        *children,
        id=name,
        role="dialog",
        aria_labelledby=f"{name}-title",
        custom_attrs={"popover": "auto"},
        class_name=classes(CARD, "m-auto w-[calc(100%-2rem)] max-w-lg p-6 text-ink shadow-lg"),
    )


def dialog_opener(name: str, *words: Any, kind: Kind = "secondary", **props: Any) -> rx.Component:
    """The button that opens a dialog."""
    return button(*words, kind=kind, custom_attrs={"popoverTarget": name}, **props)


def dialog_closer(name: str, *words: Any, kind: Kind = "quiet", **props: Any) -> rx.Component:
    """A button inside a dialog that closes it; with `on_click` it also does something."""
    target = {"popoverTarget": name, "popoverTargetAction": "hide"}
    return button(*words, kind=kind, custom_attrs=target, **props)


def unfold(question: Words, *answer: Any, open: bool | rx.Var[bool] = False) -> rx.Component:
    """A line that unfolds; good for questions and for what few people need."""
    return rx.el.details(
        rx.el.summary(
            rx.el.span(question),
            rx.el.span("+", aria_hidden="true", class_name="text-2xl font-light text-brick-ink group-open:rotate-45"),
            class_name="flex min-h-14 list-none items-center justify-between gap-4 py-3 font-semibold",
        ),
        rx.el.div(*answer, class_name="max-w-prose pb-5 leading-relaxed text-quiet has-[table]:max-w-none"),
        open=open,
        class_name="group border-b border-line",
    )
