"""The settings: islands, so that passwords and addresses never travel through events, and all works without script."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.account.components import (
    back_to_settings,
    browsers,
    history,
    line,
    moment,
    settings_island,
    settings_page,
)
from saas_app.auth import sessions
from saas_app.auth.components import auth_page, email_field, kept_field, new_password_field
from saas_app.core import audit, db
from saas_app.core.viewer import Viewer
from saas_app.edge.pages import Fill, island
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card
from saas_app.ui.forms import native_form
from saas_app.ui.slots import if_else, slot, when
from saas_app.ui.text import text

# Cards of the settings that other features bring, and what fills them.
more_cards: list[Callable[[], rx.Component]] = []
more_fills: list[Fill] = []


async def _fill(viewer: Viewer) -> dict[str, Any]:
    """The browsers and the history of whoever looks, and what the cards of other features show."""
    found = await db.read(viewer, sessions.open_sessions, viewer.session_id)
    browsers_ = [
        {
            "id": each.id,
            "device": each.device or "A browser",
            "network": each.network,
            "method": each.method,
            "seen": moment(each.seen_at),
            "is_this": each.is_this,
        }
        for each in found
    ]
    lately = await db.read(viewer, audit.recent)
    happenings = [
        {
            "words": f"{each.event[:1].upper()}{each.event[1:]}{f' · {each.device}' if each.device else ''}",
            "when": moment(each.at),
        }
        for each in lately
    ]
    more: dict[str, Any] = {}
    for fill in more_fills:
        more |= await fill(viewer)
    return {"browsers": browsers_, "has_others": len(browsers_) > 1, "happenings": happenings, **more}


@settings_island("/settings", "Settings", fill=_fill)
def settings() -> rx.Component:
    """Name, address, password, where one is logged in, what happened, one's data, and the way out."""
    rename = native_form(
        kept_name(),
        submit_button("Save", busy="Saving…", kind="secondary"),
        action="/settings",
        class_name="flex flex-wrap items-end gap-3",
    )
    profile = card(
        rename,
        rx.el.div(
            line(
                "E-mail",
                rx.fragment(slot("viewer.email"), when("viewer.email_verified", otherwise=(" (not confirmed yet)",))),
                link_button("Change address", href="/settings/email", kind="quiet"),
            ),
            line(
                "Password",
                if_else("viewer.has_password", "Set", "None: you log in by mail"),
                link_button(
                    if_else("viewer.has_password", "Change password", "Choose a password"),
                    href="/settings/password",
                    kind="quiet",
                ),
            ),
            class_name="mt-5",
        ),
        title="You",
    )
    data = card(
        line(
            "One file with everything we have of you",
            "JSON",
            link_button("Download my data", href="/settings/export", kind="secondary"),
        ),
        line(
            "Delete the account and all that is in it",
            "For good",
            link_button("Delete my account", href="/settings/delete", kind="danger"),
        ),
        title="Your data",
    )
    more = [draw() for draw in more_cards]
    return settings_page("Settings", profile, *more, browsers(), history(), data)


def kept_name() -> rx.Component:
    """What to call this person: what was typed, else what we call them."""
    value = "{{ form.name or viewer.name }}"
    return kept_field("name", "Name", auto_complete="name", max_length=80, value_slot=value, class_name="min-w-60 grow")


@settings_island("/settings/email", "Change your address", fresh=True, name="settings-email")
def email() -> rx.Component:
    """Ask for another address."""
    form = native_form(
        email_field(label="New e-mail address"),
        submit_button("Mail me a link there", busy="Sending…"),
        action="/settings/email",
        data_check="/check",
    )
    intro = rx.fragment("Now: ", rx.el.b(slot("viewer.email")), ". It stays until the new one is confirmed.")
    return settings_page("Change your address", card(form), back_to_settings(), intro=intro)


@settings_island("/settings/password", "Choose a new password", fresh=True, name="settings-password")
def password() -> rx.Component:
    """Choose a new password."""
    form = native_form(
        new_password_field(),
        submit_button("Save my new password", busy="Saving…"),
        action="/settings/password",
        data_check="/check",
    )
    return settings_page(
        "Choose a new password", card(form), back_to_settings(), intro="All other devices are logged out."
    )


@settings_island("/settings/delete", "Delete your account", fresh=True, name="settings-delete")
def delete() -> rx.Component:
    """Say what goes, offer the data first, and ask once more."""
    form = native_form(
        submit_button("Delete my account for good", busy="Deleting…", kind="danger"), action="/settings/delete"
    )
    return settings_page(
        "Delete your account",
        card(
            rx.el.ul(
                rx.el.li("Everything you saved or bought is erased, and nobody can bring it back."),
                rx.el.li("A plan that runs is canceled at once, without a refund for what is left of it."),
                rx.el.li("Invoices stay with our payment provider for as long as tax law asks."),
                rx.el.li("All your devices are logged out."),
                class_name="list-disc space-y-2 pl-5",
            ),
            rx.el.div(
                link_button("First download my data", href="/settings/export", kind="secondary"),
                form,
                class_name="mt-6 flex flex-wrap gap-3",
            ),
            title="What happens",
        ),
        back_to_settings(),
    )


@island(
    "/goodbye",
    title=f"Goodbye · {site.PRODUCT}",
    description="Your account is being deleted.",
    hidden=True,
)
def goodbye() -> rx.Component:
    """The last page."""
    return auth_page(
        "Your account is being deleted",
        text("You are logged out everywhere. A mail tells you when all is gone, usually within a minute."),
        intro="Thank you for having been here.",
    )


@settings_island("/change", "Use your new address")
def change() -> rx.Component:
    """Prove a new address by a click, not by opening the link: mail scanners open links too."""
    form = native_form(submit_button("Use my new address", busy="Changing…"), action="/change")
    return settings_page("Use your new address", card(form), back_to_settings())


@island("/undo", title=f"Take your account back · {site.PRODUCT}", description="Take your account back.", hidden=True)
def undo() -> rx.Component:
    """The way back to a former address."""
    form = native_form(submit_button("Take my account back", busy="One moment…", wide=True), action="/undo")
    return auth_page(
        "Take your account back",
        form,
        intro="Your former address counts again, everybody is logged out, and we mail you a link for a new password.",
    )
