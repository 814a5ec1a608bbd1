"""What every page carries in its head beside title and description."""

import reflex as rx


def head_links() -> list[rx.Component]:
    """The icons; hand them to `rx.App(head_components=...)`."""
    return [
        rx.el.link(rel="icon", href="/favicon.ico", sizes="32x32"),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
    ]
