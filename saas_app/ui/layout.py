"""How things stand: below each other, beside each other, in bands across the page."""

from typing import Any, Literal

import reflex as rx

from saas_app.ui.theme import PAGE_WIDTH, classes

Gap = Literal["small", "medium", "large"]
_GAPS: dict[Gap, str] = {"small": "gap-2", "medium": "gap-5", "large": "gap-10"}


def stack(*children: Any, gap: Gap = "medium", class_name: str = "", **props: Any) -> rx.Component:
    """Children below each other."""
    return rx.el.div(*children, class_name=classes("flex flex-col", _GAPS[gap], class_name), **props)


def row(*children: Any, gap: Gap = "small", class_name: str = "", **props: Any) -> rx.Component:
    """Children beside each other, wrapping where there is no room."""
    return rx.el.div(*children, class_name=classes("flex flex-wrap items-center", _GAPS[gap], class_name), **props)


def grid(*children: Any, columns: Literal[2, 3, 4] = 3, class_name: str = "", **props: Any) -> rx.Component:
    """Equal columns on wide screens, one column on phones; two stand beside each other where both have 18rem."""
    wide = {
        2: "grid-cols-[repeat(auto-fit,minmax(min(100%,max(18rem,40%)),1fr))]",
        3: "md:grid-cols-3",
        4: "sm:grid-cols-2 lg:grid-cols-4",
    }[columns]
    return rx.el.div(*children, class_name=classes("grid gap-5", wide, class_name), **props)


def band(*children: Any, sunk: bool = False, class_name: str = "", **props: Any) -> rx.Component:
    """A section across the whole page, its content kept to a readable width."""
    ground = "bg-sunk border-y border-line" if sunk else ""
    inner = rx.el.div(*children, class_name=PAGE_WIDTH)
    return rx.el.section(inner, class_name=classes("py-16 sm:py-20", ground, class_name), **props)


def page_head(title: Any, *actions: rx.Component, intro: Any = "") -> rx.Component:
    """The top of a member page: its name, one sentence, its actions."""
    words: list[rx.Component] = [
        rx.el.h1(title, class_name="font-display text-3xl font-semibold leading-tight tracking-tight")
    ]
    if not isinstance(intro, str) or intro:
        words.append(rx.el.p(intro, class_name="mt-1 max-w-2xl text-quiet"))
    return rx.el.div(
        rx.el.div(*words, class_name="wrap-anywhere"),
        *([row(*actions)] if actions else []),
        class_name="mb-3 flex flex-wrap items-end justify-between gap-4",
    )
