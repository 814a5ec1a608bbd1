"""What the pages of second factors are made of: a form for a passkey, codes to keep, the card of the settings."""

from typing import Any

import reflex as rx

from saas_app import site
from saas_app.account.components import FLUSH, line
from saas_app.auth.components import come_along, last_used
from saas_app.core.words import _
from saas_app.factors.scripts import PASSKEYS
from saas_app.ui.banners import banner
from saas_app.ui.buttons import Kind, link_button, submit_button
from saas_app.ui.cards import card
from saas_app.ui.forms import field, hidden, native_form
from saas_app.ui.scripts import inline_script
from saas_app.ui.slots import each, if_else, slot, when
from saas_app.ui.text import text
from saas_app.ui.theme import classes


def passkey_form(
    label: str | rx.Component,
    *fields: Any,
    action: str,
    kind: Kind = "secondary",
    wide: bool = True,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A form that posts what a passkey has signed. Hidden where there is no script, or no passkeys."""
    return native_form(
        *fields,
        hidden("credential", ""),
        submit_button(label, kind=kind, wide=wide),
        rx.el.p(role="alert", data_said="true", class_name="text-sm font-medium text-bad empty:hidden"),
        action=action,
        data_passkey=f"{action}/options",
        hidden=True,
        class_name=classes("flex flex-col gap-3", class_name),
        **props,
    )


def passkey_script() -> rx.Component:
    """Once in each page that may show such a form, and outside of any condition: a page's policy lists its scripts."""
    return inline_script(PASSKEYS)


def log_in_by_passkey() -> rx.Component:
    """Below the form of the log-in; browsers also offer their passkeys in its first field."""
    form = passkey_form(
        rx.fragment(_("Use a passkey"), last_used("passkey")),
        come_along("next"),
        hidden("remember", ""),
        action="/login/passkey",
        class_name="mt-3",
        data_offered=if_else("errors.form", "", "true"),  # one that was just refused is not taken again by itself
    )
    return rx.fragment(form, passkey_script())


def confirm_by_passkey() -> rx.Component:
    """Below the form that asks who it is."""
    form = passkey_form(_("Use a passkey"), come_along("next"), action="/confirm/passkey", class_name="mt-3")
    return rx.fragment(when("member and has_passkeys", form), passkey_script())


def confirm_by_app() -> rx.Component:
    """Below the form that asks who it is, for whoever has an authenticator app."""
    form = native_form(
        come_along("next"),
        field(
            "app",
            _("Code from your authenticator app"),
            error=slot("errors.app"),
            invalid=if_else("errors.app", "true", "false"),
            required=True,
            auto_complete="one-time-code",
            input_mode="numeric",
            max_length=12,
        ),
        submit_button(_("Go on"), busy=_("One moment…"), kind="secondary", wide=True),
        action="/confirm/app",
        class_name="mt-6 flex flex-col gap-5 border-t border-line pt-6",
    )
    return when("member and has_app", form)


def recovery_field() -> rx.Component:
    """A code from the list on paper."""
    return field(
        "recovery",
        _("Recovery code"),
        hint=_("Four groups of four letters and digits. Each works once."),
        error=slot("errors.recovery"),
        invalid=if_else("errors.recovery", "true", "false"),
        required=True,
        auto_complete="off",
        max_length=40,
    )


def qr_code() -> rx.Component:
    """The secret to scan, and to type for whoever cannot scan."""
    return rx.el.div(
        rx.el.img(
            src=slot("app_picture"),
            alt=_("QR code for your authenticator app"),
            class_name="size-55 rounded-lg bg-white",
        ),
        text(
            _("Cannot scan it? Type this key into the app:"),
            rx.el.code(slot("app_key"), class_name="mt-1 block break-words font-mono font-medium"),
            size="small",
            class_name="min-w-0 max-w-xs",
        ),
        class_name="flex flex-wrap items-center gap-6",
    )


def codes_to_keep() -> rx.Component:
    """Ten codes, to be copied or saved as a file; all without script."""
    return card(
        rx.el.ul(
            each("code", "codes", rx.el.li(slot("code"), class_name="whitespace-nowrap py-1")),
            id="recovery-codes",
            class_name="grid gap-x-8 font-mono text-lg lg:grid-cols-2",
        ),
        rx.el.div(
            link_button(
                _("Save as a file"),
                href="data:text/plain;charset=utf-8,{{ codes_file|urlencode }}",
                kind="secondary",
                download=f"{site.PRODUCT}-recovery-codes.txt",
            ),
            link_button(_("I have kept them"), href=site.SETTINGS),
            class_name="mt-6 flex flex-wrap gap-3",
        ),
        title=_("Your recovery codes"),
    )


def factors_card() -> rx.Component:
    """How it stands, in the settings."""
    rest = when(
        "factors.admin_needs_one",
        rx.el.div(
            banner(
                _("Your administrator rights are off"),
                _("They are on once you have set up a second factor and logged in with it."),
                tone="warn",
            ),
            class_name="mb-4",
        ),
    )
    return card(
        rest,
        line(
            _("Authenticator app"),
            if_else("factors.app_since", _("On since {{ factors.app_since }}"), _("Not set up")),
            link_button(
                if_else("factors.app_since", _("Turn off"), _("Set up")),
                href="/settings/authenticator",
                kind="quiet",
                class_name=FLUSH,
            ),
        ),
        line(
            _("Passkeys"),
            if_else("factors.passkeys", "{{ factors.passkeys }}", _("None")),
            link_button(
                if_else("factors.passkeys", _("Manage"), _("Add a passkey")),
                href="/settings/passkeys",
                kind="quiet",
                class_name=FLUSH,
            ),
        ),
        when(
            "factors.is_on",
            line(
                _("Recovery codes"),
                _("{{ factors.codes_left }} left"),
                link_button(_("Make new ones"), href="/settings/recovery", kind="quiet", class_name=FLUSH),
            ),
        ),
        when(
            "factors.is_on",
            otherwise=(
                text(
                    _("With either of them, your password alone does not open the account any more."),
                    tone="quiet",
                    class_name="mt-3",
                ),
            ),
        ),
        title=_("Second factor and passkeys"),
        id="factors",
    )


def key_lines() -> rx.Component:
    """The passkeys one has, with a way to remove each."""
    remove = native_form(
        hidden("id", slot("key.id")),
        submit_button(_("Remove"), busy=_("Removing…"), kind="secondary"),
        action="/settings/passkeys/remove",
        class_name="",
    )
    row = rx.el.li(
        rx.el.div(
            rx.el.p(slot("key.name"), class_name="break-words font-semibold"),
            text(_("Added "), slot("key.since"), ", ", slot("key.used"), tone="quiet", size="small"),
            class_name="min-w-0",
        ),
        remove,
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3",
    )
    return when(
        "keys", card(rx.el.ul(each("key", "keys", row), class_name="divide-y divide-line"), title=_("Your passkeys"))
    )
