"""Buttons, and links that look like them. All are at least 44 pixels high."""

from typing import Any, Literal

import reflex as rx

from saas_app.core.words import _
from saas_app.ui.text import anchor
from saas_app.ui.theme import classes

Kind = Literal["primary", "secondary", "quiet", "danger"]

_SHAPE = (
    "inline-flex min-h-12 items-center justify-center gap-2 rounded-lg py-2.5 px-5 font-semibold text-center "
    "disabled:opacity-60 aria-busy:cursor-progress"
)
_KINDS: dict[Kind, str] = {
    "primary": "bg-brick text-on-brick hover:bg-brick-deep",
    "secondary": "border border-edge bg-surface text-ink hover:bg-sunk",
    "quiet": "text-brick-ink hover:bg-tint",
    "danger": "border border-bad bg-surface text-bad hover:bg-bad-tint",
}


def _look(kind: Kind, wide: bool, class_name: str) -> str:
    return classes(_SHAPE, _KINDS[kind], "w-full" if wide else "", class_name)


def until_listening() -> rx.Var[bool]:
    """For `disabled`: a click or a submitted form would be lost before the page has its connection."""
    return ~rx.State.is_hydrated  # pyright: ignore[reportReturnType, reportOperatorIssue]


def button(*words: Any, kind: Kind = "primary", wide: bool = False, class_name: str = "", **props: Any) -> rx.Component:
    """A button for an event: pass `on_click`, `disabled`, `loading` words as children."""
    return rx.el.button(*words, class_name=_look(kind, wide, class_name), **{"type": "button", **props})


def link_button(
    *words: Any,
    href: str | rx.Var[str],
    kind: Kind = "primary",
    wide: bool = False,
    inside: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A link that looks like a button; `inside` moves between member pages without loading the page afresh."""
    return anchor(*words, href=href, inside=inside, class_name=_look(kind, wide, class_name), **props)


def submit_button(
    label: Any,
    *,
    busy: str = _("One moment…"),
    kind: Kind = "primary",
    wide: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """The button of a form. It cannot send twice and says `busy` meanwhile (see `ui.scripts`)."""
    return rx.el.button(label, type="submit", data_busy=busy, class_name=_look(kind, wide, class_name), **props)
