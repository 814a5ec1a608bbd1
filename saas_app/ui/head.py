"""What every page carries in its head beside title and description. `edge.pictures` draws what it names."""

import reflex as rx

MANIFEST = "/site.webmanifest"
TOUCH_ICON = "/apple-touch-icon.png"
ICON_SIZES = (192, 512)
# What browsers fetch by themselves, and may keep for a day.
ICONS = ("/favicon.ico", "/favicon.svg", TOUCH_ICON, MANIFEST, *(f"/icon-{size}.png" for size in ICON_SIZES))


def head_links() -> list[rx.Component]:
    """The icons; hand them to `rx.App(head_components=...)`."""
    return [
        rx.el.link(rel="icon", href="/favicon.ico", sizes="32x32"),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href=TOUCH_ICON),
        rx.el.link(rel="manifest", href=MANIFEST),
    ]
