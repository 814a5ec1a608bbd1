"""The mark: bricks in running bond."""

import reflex as rx

from saas_app import site
from saas_app.ui.text import anchor

# Left, top, width and height of each brick, on a square of 32.
BRICKS = ((2, 17, 17, 11), (21, 17, 9, 11), (2, 4, 9, 11), (13, 4, 17, 11))


def mark(class_name: str = "size-8") -> rx.Component:
    """The bricks, in the colour of bricks."""
    return rx.el.svg(
        rx.el.path(
            d="".join(f"M{x} {y}h{wide}v{high}h-{wide}z" for x, y, wide, high in BRICKS), class_name="fill-current"
        ),
        view_box="0 0 32 32",
        aria_hidden="true",
        class_name=f"{class_name} text-brick",
    )


def home_link(href: str = site.HOME, *, inside: bool = False) -> rx.Component:
    """The mark and the name, leading home."""
    return anchor(
        mark(),
        rx.el.span(site.PRODUCT, class_name="font-display text-xl font-semibold tracking-tight"),
        href=href,
        inside=inside,
        class_name="flex min-h-11 items-center gap-2.5",
    )
