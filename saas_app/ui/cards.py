"""Cards, figures, badges, and what stands where nothing is yet."""

from typing import Any

import reflex as rx

from saas_app.core.words import _
from saas_app.ui.text import Words
from saas_app.ui.theme import CARD, TINTS, Tone, classes

# For the items of a list of good things.
TICKED = "ticked"


def card(*children: Any, title: Words = "", raised: bool = False, class_name: str = "", **props: Any) -> rx.Component:
    """A framed piece of a page; `raised` is for the one card that matters most."""
    frame = "rounded-2xl border-2 border-brick bg-surface shadow-lg" if raised else CARD
    head = (
        []
        if isinstance(title, str) and not title
        else [rx.el.h2(title, class_name="mb-4 font-display text-xl font-semibold")]
    )
    return rx.el.div(*head, *children, class_name=classes(frame, "p-6", class_name), **props)


def stat(label: Words, value: Words, note: Words = "") -> rx.Component:
    """A figure with its name; `note` says how it is computed or what it is compared with."""
    return rx.el.div(
        rx.el.p(label, class_name="text-sm text-quiet"),
        rx.el.p(value, class_name="mt-1 font-display text-3xl font-semibold tabular-nums"),
        rx.el.p(note, class_name="mt-1 text-sm text-quiet empty:hidden"),
        class_name=classes(CARD, "p-5"),
    )


def facts(*pairs: tuple[Words, Words] | rx.Component) -> rx.Component:
    """Names and values in a list, such as the lines of a plan; a pair may also be a ready `fact(...)`."""
    lines = [fact(*pair) if isinstance(pair, tuple) else pair for pair in pairs]
    return rx.el.dl(*lines, class_name="divide-y divide-line")


def fact(name: Words, value: Words) -> rx.Component:
    """One line of `facts`."""
    return rx.el.div(
        rx.el.dt(name, class_name="text-quiet"),
        rx.el.dd(value, class_name="text-right font-medium tabular-nums"),
        class_name="flex justify-between gap-4 py-3",
    )


def badge(words: Words, tone: Tone = "plain") -> rx.Component:
    """A short state, such as Active or Past due."""
    return rx.el.span(
        words,
        class_name=classes(
            "inline-flex whitespace-nowrap rounded-full px-2.5 py-0.5 text-sm font-semibold", TINTS[tone]
        ),
    )


def empty(title: Words, words: Words, *actions: rx.Component) -> rx.Component:
    """What stands where a list will be: what it is for, and how to begin."""
    return rx.el.div(
        rx.el.h2(title, class_name="font-display text-xl font-semibold"),
        rx.el.p(words, class_name="mx-auto mt-2 max-w-prose text-quiet"),
        rx.el.div(*actions, class_name="mt-6 flex flex-wrap justify-center gap-3 empty:hidden"),
        class_name="rounded-2xl border-2 border-dashed border-line px-6 py-12 text-center",
    )


def progress(label: Words, value: int | rx.Var[int], maximum: int | rx.Var[int], note: Words = "") -> rx.Component:
    """How much of an allowance is used; the words carry the figure for those who cannot see the bar."""
    return rx.el.label(
        rx.el.span(
            rx.el.span(label),
            rx.el.span(value, _(" of "), maximum, class_name="tabular-nums text-quiet"),
            class_name="flex justify-between gap-4 text-sm font-medium",
        ),
        rx.el.progress(value=value, max=maximum, class_name="mt-2 block h-2.5 w-full rounded-full"),
        rx.el.span(note, class_name="mt-1.5 block text-sm text-quiet empty:hidden"),
        class_name="block",
    )


def skeleton(lines: int = 3, *, action: bool = False) -> rx.Component:
    """The place of a card with so many `facts`, and a button if it has an `action`, while the answer is on its way.

    It is as high as what comes, and stays blank for the time in which most answers are there (`late` in theme.css).
    """
    bar = "rounded bg-line motion-safe:animate-pulse"
    line = rx.el.div(
        rx.el.div(class_name=classes(bar, "h-4 w-1/4")),
        rx.el.div(class_name=classes(bar, "h-4 w-1/3")),
        class_name="flex justify-between py-4",
    )
    return rx.el.div(
        rx.el.span(_("Loading"), class_name="sr-only"),
        rx.el.div(class_name=classes(bar, "my-1 h-6 w-1/3")),
        *[line] * lines,
        *([rx.el.div(class_name=classes(bar, "mt-5 h-12 w-40 max-w-full"))] if action else []),
        role="status",
        class_name=classes(CARD, "late p-6"),
    )
