"""Lines of pictures on public pages. They differ by dashes too, for those who do not tell the colours apart."""

from typing import Any, Literal

import reflex as rx

from saas_app.ui.theme import classes

Ink = Literal["brick", "info", "ink", "edge"]
Dashes = Literal["", "long", "short"]
_STROKES: dict[Ink, str] = {
    "brick": "stroke-brick",
    "info": "stroke-info",
    "ink": "stroke-ink",
    "edge": "stroke-edge",
}
_DASHES: dict[Dashes, str] = {"": "", "long": "[stroke-dasharray:10_5]", "short": "[stroke-dasharray:6_4]"}


def stroke(colour: Ink, *, dashes: Dashes = "", **ends: Any) -> rx.Component:
    """A straight line of a picture."""
    return rx.el.line(**ends, class_name=classes("stroke-2", _STROKES[colour], _DASHES[dashes]))


def curve(colour: Ink, path: str, *, dashes: Dashes = "") -> rx.Component:
    """A line of a picture through all its points."""
    return rx.el.path(d=path, class_name=classes("fill-none stroke-3", _STROKES[colour], _DASHES[dashes]))


def sample(colour: Ink, words: str, *, dashes: Dashes = "") -> rx.Component:
    """What a line in a picture stands for."""
    drawn = rx.el.svg(
        stroke(colour, dashes=dashes, x1=0, x2=32, y1=6, y2=6),
        view_box="0 0 32 12",
        aria_hidden="true",
        class_name="h-3 w-8",
    )
    return rx.el.span(drawn, words, class_name="inline-flex items-center gap-2")
