"""The frame of public pages: ribbon, header, the page, footer."""

from typing import Any

import reflex as rx

from saas_app import site
from saas_app.core.words import _
from saas_app.ui.banners import banner, ribbon, sandbox_ribbon
from saas_app.ui.brand import home_link
from saas_app.ui.buttons import link_button
from saas_app.ui.scripts import ONCE, WARM, inline_script
from saas_app.ui.slots import slot, when
from saas_app.ui.text import anchor
from saas_app.ui.theme import PAGE_WIDTH, classes

_MENU = (
    "inline-flex min-h-11 items-center rounded-lg px-3 font-medium whitespace-nowrap hover:bg-sunk "
    "max-sm:px-1.5 max-sm:text-sm"
)

# On phones the first entry gives way, on the narrowest the second too: both are a thumb away in the footer.
_ROOM = {0: "max-sm:hidden", 1: "max-[24rem]:hidden"}


def public_page(*children: Any, scripts: tuple[str, ...] = ()) -> rx.Component:
    """A whole public page; `scripts` run after it."""
    return rx.el.div(
        skip_link(),
        when("sandbox", sandbox_ribbon(slot("sandbox_card"))),
        when("test_mode is defined and test_mode", ribbon(_("Stripe test mode: no money moves."))),
        _header(),
        rx.el.main(
            when("notice", rx.el.div(banner(slot("notice")), class_name=classes(PAGE_WIDTH, "pt-6"))),
            *children,
            id="main",
            tab_index=-1,
            class_name="flex-1 outline-none",
        ),
        _footer(),
        *[inline_script(code) for code in (ONCE, WARM, *scripts)],
        class_name="flex min-h-dvh flex-col",
    )


def skip_link() -> rx.Component:
    """The first stop of the Tab key."""
    return anchor(
        _("Skip to content"),
        href="#main",
        class_name="sr-only focus:not-sr-only focus:absolute focus:left-4 focus:top-4 focus:z-10 focus:rounded-lg "
        "focus:bg-brick focus:px-4 focus:py-3 focus:text-on-brick",
    )


def _header() -> rx.Component:
    links = [
        anchor(item.label, href=item.href, class_name=classes(_MENU, _ROOM.get(place, "")))
        for place, item in enumerate(site.PUBLIC_NAV)
    ]
    account = when(
        "member",
        link_button(_("Dashboard"), href=site.DASHBOARD),
        otherwise=(
            anchor(_("Log in"), href=site.LOGIN, class_name=_MENU),
            link_button(_("Sign up"), href=site.SIGNUP, class_name="whitespace-nowrap max-sm:px-3.5 max-sm:text-sm"),
        ),
    )
    return rx.el.header(
        rx.el.div(
            home_link(),
            rx.el.nav(*links, account, aria_label=_("Main"), class_name="ml-auto flex items-center gap-1"),
            class_name=classes(PAGE_WIDTH, "flex min-h-18 flex-wrap items-center gap-1 sm:gap-4"),
        ),
        class_name="border-b border-line",
    )


def _footer() -> rx.Component:
    links = [
        anchor(
            item.label,
            href=item.href,
            class_name="inline-flex min-h-11 items-center underline-offset-4 hover:underline",
        )
        for item in (*site.PUBLIC_NAV, *site.LEGAL_NAV)
    ]
    mail = anchor(
        site.SUPPORT_EMAIL,
        href=f"mailto:{site.SUPPORT_EMAIL}",
        class_name="inline-flex min-h-11 items-center underline underline-offset-4",
    )
    return rx.el.footer(
        rx.el.div(
            rx.el.div(home_link(), rx.el.p(f"{site.TAGLINE}. {site.DISCLAIMER}", class_name="mt-1 text-quiet")),
            rx.el.nav(*links, mail, aria_label=_("Footer"), class_name="flex flex-wrap gap-x-6 text-quiet"),
            class_name=classes(PAGE_WIDTH, "flex flex-wrap items-end justify-between gap-6 py-10 text-sm"),
        ),
        class_name="border-t border-line",
    )
