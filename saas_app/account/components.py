"""What the settings are made of: a frame without a state, lines with an action, the browsers one is logged in with."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.auth.components import general_error
from saas_app.auth.shell import member_shell
from saas_app.core import written
from saas_app.core.words import _
from saas_app.edge.pages import Fill, Page, island
from saas_app.ui.buttons import submit_button
from saas_app.ui.cards import badge, card
from saas_app.ui.forms import hidden, native_form
from saas_app.ui.layout import page_head
from saas_app.ui.slots import each, slot, when
from saas_app.ui.text import link, text
from saas_app.ui.theme import classes


def settings_page(title: str, *children: Any, intro: Any = "") -> rx.Component:
    """A page of the settings: it works without script and without a socket."""
    return member_shell(
        page_head(title, intro=intro),
        general_error(),
        rx.el.div(*children, class_name="mt-8 flex max-w-2xl flex-col gap-6"),
        active=site.SETTINGS,
        live=False,
    )


def settings_island(
    route: str, title: str, *, fresh: bool = False, fill: Fill | None = None, name: str = ""
) -> Callable[[Page], Page]:
    """Declare a page of the settings; `fresh` where something is changed that cannot be taken back."""
    return island(
        route,
        title=f"{title} · {site.PRODUCT}",
        description=title,
        members_only=True,
        hidden=True,
        fresh=fresh,
        fill=fill,
        name=name,
    )


def moment(at: datetime) -> str:
    """A point in time, to the minute."""
    return f"{written.day(at)}, {at:%H:%M} UTC"


def back_to_settings() -> rx.Component:
    """The way back, for whoever changes their mind."""
    return text(link(_("Back to settings"), href=site.SETTINGS), tone="quiet")


# The words of a quiet action end where those of the others end, and not where its field for fingers does.
FLUSH = "-mr-5"


def line(name: str, value: Any, action: rx.Component, *, wordy: bool = False) -> rx.Component:
    """A fact of the account and how to change it. A `wordy` one has the line for itself where there is little room."""
    return rx.el.div(
        rx.el.div(
            rx.el.p(name, class_name="text-sm text-quiet"),
            rx.el.div(value, class_name="break-words font-medium"),
            class_name=classes("min-w-0 flex-1", "basis-44" if wordy else "basis-20"),
        ),
        rx.el.div(action, class_name="ml-auto whitespace-nowrap"),
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line py-3 "
        "last:border-0",
    )


def browsers() -> rx.Component:
    """Where one is logged in, with a way to end each."""
    end = native_form(
        hidden("id", slot("browser.id")),
        submit_button(_("Log out"), busy=_("One moment…"), kind="secondary"),
        action="/settings/sessions/end",
        class_name="",
    )
    row = rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.b(slot("browser.device")),
                " ",
                when("browser.is_this", badge(_("this device"), "good")),
            ),
            text(
                _("Logged in by "),
                slot("browser.method"),
                when("browser.network", _(" from ") + slot("browser.network")),
                _(", last seen "),
                slot("browser.seen"),
                tone="quiet",
                size="small",
            ),
            class_name="min-w-0 flex-1 basis-60",
        ),
        when("browser.is_this", otherwise=(end,)),
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3",
    )
    others = native_form(
        submit_button(_("Log out everywhere else"), busy=_("One moment…"), kind="secondary"),
        action="/settings/sessions/others",
        class_name="mt-4",
    )
    return card(
        rx.el.ul(each("browser", "browsers", row), class_name="divide-y divide-line"),
        when("has_others", others),
        title=_("Where you are logged in"),
    )


def history() -> rx.Component:
    """What happened to the account lately."""
    row = rx.el.li(
        rx.el.span(slot("happening.words"), class_name="font-medium"),
        rx.el.span(slot("happening.when"), class_name="text-sm text-quiet"),
        class_name="flex flex-wrap justify-between gap-x-4 py-2.5",
    )
    return card(
        rx.el.ul(each("happening", "happenings", row), class_name="divide-y divide-line"),
        text(_("If something here was not you, log that device out and choose a new password."), tone="quiet"),
        title=_("What happened lately"),
    )
