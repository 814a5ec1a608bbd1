"""The mark: three bricks in running bond."""

import reflex as rx

from saas_app import site
from saas_app.ui.text import anchor


def mark(class_name: str = "size-8") -> rx.Component:
    """Three bricks."""
    return rx.el.svg(
        rx.el.path(d="M2 17h17v11H2zM21 17h9v11h-9zM2 4h9v11H2zM13 4h17v11H13z", class_name="fill-current"),
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
