"""Things said across the page, aloud to screen readers too."""

from typing import Any

import reflex as rx

from saas_app.core.words import _
from saas_app.ui.text import Words
from saas_app.ui.theme import PAGE_WIDTH, TINTS, Tone, classes

_MARKS: dict[Tone, str] = {"plain": "•", "info": "i", "good": "✓", "warn": "!", "bad": "!"}


def banner(
    title: Words, *words: Words, tone: Tone = "info", action: rx.Component | None = None, **props: Any
) -> rx.Component:
    """One message; a bad one interrupts screen readers, the others wait. `action` is a link or button at its end."""
    return rx.el.div(
        rx.el.span(
            _MARKS[tone],
            aria_hidden="true",
            class_name="flex size-6 shrink-0 items-center justify-center self-start rounded-full border-2 "
            "border-current text-sm font-bold",
        ),
        rx.el.div(
            rx.el.p(title, class_name="font-semibold"),
            *([rx.el.p(*words, class_name="mt-0.5 text-ink")] if words else []),
            class_name="min-w-0 flex-1 basis-60",
        ),
        *([action] if action is not None else []),
        role="alert" if tone == "bad" else "status",
        class_name=classes("flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl px-4 py-3.5", TINTS[tone]),
        **props,
    )


def status_region(words: str | rx.Var[str], tone: Tone = "good") -> rx.Component:
    """What just happened, said where it happened. It is always there, so that a change is read aloud."""
    return rx.el.div(
        words,
        role="status",
        aria_live="polite",
        class_name=classes("rounded-xl px-4 py-3.5 font-medium empty:hidden", TINTS[tone]),
    )


def error_region(words: str | rx.Var[str]) -> rx.Component:
    """What went wrong, read aloud at once."""
    return rx.el.div(
        words, role="alert", class_name=classes("rounded-xl px-4 py-3.5 font-medium empty:hidden", TINTS["bad"])
    )


def ribbon(*words: Words) -> rx.Component:
    """A strip above everything: this is not the real thing."""
    return rx.el.aside(
        rx.el.p(*words, class_name=classes(PAGE_WIDTH, "py-2.5 text-sm font-medium text-center")),
        aria_label=_("Sandbox payments"),
        class_name="bg-warn-tint text-warn border-b border-line",
    )


def sandbox_ribbon(card: str | rx.Var[str]) -> rx.Component:
    """Payments are pretended here, and this card pays."""
    return ribbon(
        _("Sandbox payments: no money moves. Pay with card "), rx.el.b(card, class_name="whitespace-nowrap"), "."
    )
