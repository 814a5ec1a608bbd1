"""The settings: islands, so that passwords and addresses never travel through events, and all works without script."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.account.components import (
    FLUSH,
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
from saas_app.core import audit, db, happened
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.edge.pages import Fill, island
from saas_app.ui.banners import banner
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
            "device": each.device or _("A browser"),
            "network": each.network,
            "method": happened.way(each.method),
            "seen": moment(each.seen_at),
            "is_this": each.is_this,
        }
        for each in found
    ]
    lately = await db.read(viewer, audit.recent)
    happenings = [
        {
            "words": " · ".join(filter(None, (happened.event(each.event), each.device))),
            "when": moment(each.at),
        }
        for each in lately
    ]
    more: dict[str, Any] = {}
    for fill in more_fills:
        more |= await fill(viewer)
    return {"browsers": browsers_, "has_others": len(browsers_) > 1, "happenings": happenings, **more}


@settings_island("/settings", _("Settings"), fill=_fill)
def settings() -> rx.Component:
    """Name, address, password, where one is logged in, what happened, one's data, and the way out."""
    rename = native_form(
        kept_name(),
        submit_button(_("Save"), busy=_("Saving…"), kind="secondary"),
        action="/settings",
        class_name="flex flex-wrap items-end gap-3",
    )
    profile = card(
        rename,
        rx.el.div(
            line(
                _("E-mail"),
                rx.fragment(
                    slot("viewer.email"), when("viewer.email_verified", otherwise=(_(" (not confirmed yet)"),))
                ),
                link_button(_("Change address"), href="/settings/email", kind="quiet", class_name=FLUSH),
                wordy=True,
            ),
            line(
                _("Password"),
                if_else("viewer.has_password", _("Set"), _("None yet")),
                link_button(
                    if_else("viewer.has_password", _("Change password"), _("Choose a password")),
                    href="/settings/password",
                    kind="quiet",
                    class_name=FLUSH,
                ),
            ),
            class_name="mt-5",
        ),
        title=_("You"),
    )
    data = card(
        line(
            _("One file with everything we have of you"),
            "JSON",
            link_button(_("Download my data"), href="/settings/export", kind="secondary"),
            wordy=True,
        ),
        line(
            _("Delete the account and all that is in it"),
            _("For good"),
            link_button(_("Delete my account"), href="/settings/delete", kind="danger"),
            wordy=True,
        ),
        title=_("Your data"),
    )
    more = [draw() for draw in more_cards]
    saved = banner(_("Your new address is saved, and all other devices are logged out."), tone="good")
    done = when("form.moved", saved)
    return settings_page(_("Settings"), done, profile, *more, browsers(), history(), data)


def kept_name() -> rx.Component:
    """What to call this person: what was typed, else what we call them."""
    value = "{{ form.name or viewer.name }}"
    return kept_field(
        "name", _("Name"), auto_complete="name", max_length=80, value_slot=value, class_name="min-w-60 grow"
    )


@settings_island("/settings/email", _("Change your address"), fresh=True, name="settings-email")
def email() -> rx.Component:
    """Ask for another address."""
    form = native_form(
        email_field(label=_("New e-mail address")),
        submit_button(_("Mail me a link there"), busy=_("Sending…")),
        action="/settings/email",
        data_check="/check",
    )
    intro = rx.fragment(_("Now: "), rx.el.b(slot("viewer.email")), _(". It stays until the new one is confirmed."))
    return settings_page(_("Change your address"), card(form), back_to_settings(), intro=intro)


@settings_island("/settings/password", _("Choose a new password"), fresh=True, name="settings-password")
def password() -> rx.Component:
    """Choose a new password."""
    form = native_form(
        new_password_field(),
        submit_button(_("Save my new password"), busy=_("Saving…")),
        action="/settings/password",
        data_check="/check",
    )
    return settings_page(
        _("Choose a new password"), card(form), back_to_settings(), intro=_("Saving it logs out all other devices.")
    )


@settings_island("/settings/delete", _("Delete your account"), fresh=True, name="settings-delete")
def delete() -> rx.Component:
    """Say what goes, offer the data first, and ask once more."""
    form = native_form(
        submit_button(_("Delete my account for good"), busy=_("Deleting…"), kind="danger"), action="/settings/delete"
    )
    return settings_page(
        _("Delete your account"),
        card(
            rx.el.ul(
                rx.el.li(_("Everything you saved or bought is erased, and nobody can bring it back.")),
                rx.el.li(_("A plan that runs is canceled at once, without a refund for what is left of it.")),
                rx.el.li(_("Invoices stay with our payment provider for as long as tax law asks.")),
                rx.el.li(_("All your devices are logged out.")),
                class_name="list-disc space-y-2 pl-5",
            ),
            rx.el.div(
                link_button(_("First download my data"), href="/settings/export", kind="secondary"),
                form,
                class_name="mt-6 flex flex-wrap gap-3",
            ),
            title=_("What happens"),
        ),
        back_to_settings(),
    )


@island(
    "/goodbye",
    title=_("Goodbye · {product}").format(product=site.PRODUCT),
    description=_("Your account is being deleted."),
    hidden=True,
)
def goodbye() -> rx.Component:
    """The last page."""
    return auth_page(
        _("Your account is being deleted"),
        text(_("You are logged out everywhere. A mail tells you when all is gone, usually within a minute.")),
        link_button(_("Go to the start page"), href=site.HOME, kind="secondary", class_name="mt-8"),
        intro=_("Thank you for having been here."),
    )


@settings_island("/change", _("Use your new address"))
def change() -> rx.Component:
    """Prove a new address by a click, not by opening the link: mail scanners open links too."""
    form = native_form(submit_button(_("Use my new address"), busy=_("Changing…")), action="/change")
    return settings_page(
        _("Use your new address"),
        when(
            "gone",
            rx.el.div(link_button(_("Back to settings"), href=site.SETTINGS)),
            otherwise=(card(form), back_to_settings()),
        ),
        intro=when("gone", otherwise=(_("From then on you log in with it, and our mails go there."),)),
    )


@island(
    "/undo",
    title=_("Take your account back · {product}").format(product=site.PRODUCT),
    description=_("Take your account back."),
    hidden=True,
)
def undo() -> rx.Component:
    """The way back to a former address."""
    form = native_form(submit_button(_("Take my account back"), busy=_("One moment…"), wide=True), action="/undo")
    write = link_button(
        _("Write to {mail}").format(mail=site.SUPPORT_EMAIL), href=f"mailto:{site.SUPPORT_EMAIL}", wide=True
    )
    happens = _("Your former address counts again, everybody is logged out, and we mail you a link for a new password.")
    return auth_page(
        _("Take your account back"),
        when("gone", write, otherwise=(form,)),
        intro=when("gone", otherwise=(happens,)),
    )
