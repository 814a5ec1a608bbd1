"""The frame of member pages, and the one line that declares such a page."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.core.words import _
from saas_app.edge import pages
from saas_app.ui.banners import banner
from saas_app.ui.brand import home_link
from saas_app.ui.forms import native_form
from saas_app.ui.public import skip_link
from saas_app.ui.scripts import FORM_SCRIPTS, ONCE, REVEAL, inline_script
from saas_app.ui.slots import slot, when
from saas_app.ui.text import anchor
from saas_app.ui.theme import classes

Draw = Callable[[], rx.Component]

# Each is handed whether the page is live: an island has slots instead of a state.
DrawEither = Callable[[bool], rx.Component]

# What stands above every live page, such as the billing banner; below every page, at the foot of the window; and in its
# menu, beside the way out. A feature adds its own. What stands above is known only when a page has loaded, and would
# move what is being read: a page that shows something before says where else it goes (`notices`).
above_pages: list[Draw] = []
below_pages: list[DrawEither] = []
in_menu: list[DrawEither] = []
# In the menu too, before those: what needs neither.
on_every_page: list[Draw] = []

_TAB = "flex min-h-11 items-center whitespace-nowrap rounded-lg px-3.5 font-medium max-sm:px-1.5 max-sm:text-sm"


def member_page(
    route: str,
    *,
    title: str,
    active: str = "",
    on_load: rx.event.EventType[()] | None = None,
    places_notices: bool = False,
) -> Callable[[Draw], Draw]:
    """Declare a page for members; what the function returns is drawn inside the shell.

    `active` is the address of the menu entry that this page belongs to, by default its own. A page that
    `places_notices` draws `notices()` itself, together with what comes at the same moment.
    """

    def declare(draw: Draw) -> Draw:
        def framed() -> rx.Component:
            return member_shell(draw(), active=active or route, above=not places_notices)

        framed.__name__ = framed.__qualname__ = draw.__name__
        framed.__module__ = draw.__module__
        pages.member_page(route, title=f"{title} · {site.PRODUCT}", on_load=on_load)(framed)
        return draw

    return declare


def notices(class_name: str = "") -> rx.Component:
    """What the features have to say above a page, such as that a payment failed."""
    said = [draw() for draw in above_pages]
    return rx.el.div(*said, class_name=classes("flex flex-col gap-3 empty:hidden", class_name))


def member_shell(
    *children: Any, active: str, live: bool = True, above: bool = True, forms: tuple[str, ...] = FORM_SCRIPTS
) -> rx.Component:
    """Menu on the side (on top of phones), notices unless the page places them, then the page.

    A page that is not `live` is an island: it has no state, so what the features add is drawn with slots, and above it
    is what its forms have to say; `forms` are the scripts of those.
    """
    said = (
        notices("mb-6")
        if live
        else rx.el.div(
            when("notice", banner(slot("notice"), tone="good")), class_name="mb-6 wrap-anywhere empty:hidden"
        )
    )
    scripts = (ONCE, REVEAL) if live else (ONCE, *forms)
    return rx.el.div(
        skip_link(),
        rx.el.header(
            rx.el.div(
                home_link(site.DASHBOARD, inside=True),
                rx.el.nav(
                    *[_tab(item, active) for item in site.MEMBER_NAV],
                    aria_label=_("Main"),
                    class_name="flex gap-1 max-sm:justify-between max-sm:gap-0 max-md:order-last max-md:w-full "
                    "max-md:overflow-x-auto md:mt-8 md:flex-1 md:flex-col",
                ),
                rx.el.div(
                    *[draw() for draw in on_every_page],
                    *[draw(live) for draw in in_menu],
                    _log_out(),
                    class_name="flex items-center gap-2 md:flex-col md:items-stretch",
                ),
                class_name="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2 md:sticky md:top-0 md:h-dvh "
                "md:flex-col md:flex-nowrap md:items-stretch md:px-5 md:py-6",
            ),
            class_name="border-line bg-sunk max-md:border-b md:w-60 md:shrink-0 md:border-r",
        ),
        rx.el.div(
            rx.el.main(
                *([_needs_script()] if live else []),
                *([said] if above else []),
                *children,
                id="main",
                tab_index=-1,
                class_name="mx-auto w-full max-w-5xl flex-1 px-5 py-8 outline-none sm:px-8 md:py-12",
            ),
            *[rx.el.div(draw(live), class_name="sticky bottom-0 empty:hidden") for draw in below_pages],
            class_name="flex min-w-0 flex-1 flex-col",
        ),
        *[inline_script(code) for code in scripts],
        class_name="flex min-h-dvh flex-col md:flex-row",
    )


def _needs_script() -> rx.Component:
    """Where no script runs, what would be filled stays empty for ever: say so, and what does work."""
    said = banner(
        _("This page needs JavaScript"),
        _("Your browser does not run it. Settings, the calculators and the book work without it."),
        tone="warn",
    )
    return rx.el.noscript(rx.el.div(said, class_name="mb-6"))


def _tab(item: site.Link, active: str) -> rx.Component:
    current = item.href == active
    return anchor(
        item.label,
        href=item.href,
        inside=not pages.is_island(item.href),
        class_name=classes(_TAB, "bg-tint text-brick-ink" if current else "hover:bg-line"),
        **({"aria_current": "page"} if current else {}),
    )


def _log_out() -> rx.Component:
    return native_form(
        rx.el.button(_("Log out"), type="submit", class_name=classes(_TAB, "w-full text-quiet hover:bg-line")),
        action="/logout",
        class_name="",
    )
