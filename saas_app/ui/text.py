"""Headings, paragraphs and links."""

from typing import Any, Literal

import reflex as rx

from saas_app.ui.theme import INKS, TextTone, classes

Words = rx.Component | rx.Var[Any] | str | int | float
Level = Literal[1, 2, 3]
Size = Literal["giant", "large", "medium", "small"]

_HEADING: dict[Size, str] = {
    "giant": "font-display text-4xl font-semibold leading-tight tracking-tight sm:text-5xl",
    "large": "font-display text-3xl font-semibold leading-tight tracking-tight",
    "medium": "font-display text-xl font-semibold leading-snug",
    "small": "text-base font-semibold",
}
_LEVEL_SIZE: dict[Level, Size] = {1: "large", 2: "medium", 3: "small"}


class NativeLink(rx.el.A):
    """A plain anchor: the browser loads the page afresh, which public pages need."""

    tag = "a"


def heading(
    *words: Words, level: Level = 2, size: Size | None = None, class_name: str = "", **props: Any
) -> rx.Component:
    """A heading; its level is for the outline of the page, its size for the eye."""
    element = {1: rx.el.h1, 2: rx.el.h2, 3: rx.el.h3}[level]
    return element(*words, class_name=classes(_HEADING[size or _LEVEL_SIZE[level]], class_name), **props)


def text(
    *words: Words,
    tone: TextTone = "ink",
    size: Literal["large", "base", "small"] = "base",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A paragraph."""
    sizes = {"large": "text-lg leading-relaxed", "base": "text-base leading-relaxed", "small": "text-sm"}
    return rx.el.p(*words, class_name=classes(sizes[size], INKS[tone], class_name), **props)


def link(
    *words: Words, href: str | rx.Var[str], inside: bool = False, class_name: str = "", **props: Any
) -> rx.Component:
    """A link in running text; `inside` moves between member pages without loading the page afresh."""
    style = classes(
        "font-medium text-brick-ink underline underline-offset-4 decoration-1 hover:decoration-2", class_name
    )
    return anchor(*words, href=href, inside=inside, class_name=style, **props)


def anchor(*words: Words, href: str | rx.Var[str], inside: bool = False, **props: Any) -> rx.Component:
    """A link without a look of its own."""
    if inside:
        return rx.el.a(*words, href=href, **props)
    return NativeLink.create(*words, href=href, **props)


def for_ears(*words: Words) -> rx.Component:
    """Words that only screen readers get."""
    return rx.el.span(*words, class_name="sr-only")


def spoken_title(*words: Words) -> rx.Component:
    """The headline of a page whose looks need none: screen readers find their way by it."""
    return rx.el.h1(*words, class_name="sr-only")
