"""Setting second factors up, and showing one at the log-in. All but passkeys works without script."""

from typing import Any

import reflex as rx

from saas_app import site
from saas_app.account import pages as account_pages
from saas_app.account.components import back_to_settings, moment, settings_island, settings_page
from saas_app.auth.components import (
    auth_page,
    below_confirm,
    below_login,
    code_field,
    come_along,
    fill_confirm,
    other_way,
)
from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.edge.pages import island
from saas_app.factors import flows, service, totp
from saas_app.factors.components import (
    codes_to_keep,
    confirm_by_app,
    confirm_by_passkey,
    factors_card,
    key_lines,
    log_in_by_passkey,
    passkey_form,
    passkey_script,
    qr_code,
    recovery_field,
)
from saas_app.ui.buttons import submit_button
from saas_app.ui.cards import card
from saas_app.ui.forms import field, native_form
from saas_app.ui.slots import if_else, slot, when
from saas_app.ui.text import link, text


async def _standing(viewer: Viewer) -> dict[str, Any]:
    """What the card of the settings shows."""
    found = await db.read_system("account", service.standing, viewer.id)
    shown = {
        "app_since": moment(found.app.created_at) if found.app else "",
        "passkeys": found.passkeys,
        "codes_left": found.codes_left,
        "is_on": found.is_on,
        "admin_needs_one": found.is_admin and not viewer.is_admin,
    }
    return {"factors": shown}


async def _app(viewer: Viewer) -> dict[str, Any]:
    """The app that is set up, or the secret of one to be."""
    shown = await _standing(viewer)
    secret = ""
    if not shown["factors"]["app_since"] and viewer.email_verified:
        secret = await flows.secret_to_be(viewer)
    return {
        **shown,
        "app_key": totp.to_type(secret) if secret else "",
        "app_picture": totp.picture(secret, viewer.email) if secret else "",
    }


async def _keys(viewer: Viewer) -> dict[str, Any]:
    """The passkeys of whoever looks."""
    found = await db.read(viewer, service.keys_of, viewer.id)
    keys = [
        {
            "id": key.id,
            "name": key.name,
            "since": moment(key.created_at),
            "used": f"last used {moment(key.used_at)}" if key.used_at else "not used yet",
        }
        for key in found
    ]
    return {"keys": keys}


async def _codes(viewer: Viewer) -> dict[str, Any]:
    """How many recovery codes are left; those just made are given with the answer to a form."""
    return {**await _standing(viewer), "codes": [], "codes_file": ""}


@island(
    "/login/second",
    name="login-second",
    title=f"One more step · {site.PRODUCT}",
    description="Show your second factor.",
    hidden=True,
)
def second() -> rx.Component:
    """The app's code, a recovery code or a passkey."""
    along = come_along("next", "app", "key")
    by_code = native_form(
        along, code_field(), submit_button("Log in", busy="Logging in…", wide=True), action="/login/second"
    )
    by_recovery = native_form(
        along,
        recovery_field(),
        submit_button("Use a recovery code", busy="Logging in…", kind="secondary", wide=True),
        action="/login/second",
        class_name="mt-4 flex flex-col gap-5",
    )
    lost = rx.el.details(
        rx.el.summary(
            "Use a recovery code instead",
            class_name="flex min-h-11 cursor-pointer items-center font-medium text-brick-ink underline "
            "underline-offset-4",
        ),
        by_recovery,
        class_name="mt-4",
    )
    return auth_page(
        "One more step",
        when("form.app or not form.key", text("Type the code that your authenticator app shows.", class_name="mb-5")),
        when("form.app or not form.key", by_code),
        when(
            "form.key",
            passkey_form("Use a passkey", along, action="/login/second", class_name="mt-3"),
            rx.el.noscript(text("Passkeys need JavaScript.", tone="quiet")),
        ),
        when("errors.recovery", by_recovery, otherwise=(lost,)),
        other_way("Not you, or too late?", "Log in again", site.LOGIN),
        passkey_script(),
        intro="This account is protected by a second factor.",
    )


@settings_island("/settings/authenticator", "Authenticator app", fresh=True, fill=_app, name="settings-authenticator")
def authenticator() -> rx.Component:
    """Scan, type a code, done; or turn it off."""
    confirm = native_form(code_field(), submit_button("Turn on", busy="Checking…"), action="/settings/authenticator")
    off = native_form(
        submit_button("Turn off the authenticator app", busy="One moment…", kind="danger"),
        action="/settings/authenticator/off",
    )
    steps = rx.fragment(
        card(
            text(
                "Open an app such as Aegis, Google Authenticator or Bitwarden, add an account, and scan this.",
                class_name="mb-5",
            ),
            qr_code(),
            title="1. Scan this with the app",
        ),
        card(confirm, title="2. Type the code that it shows"),
    )
    is_on = card(
        text("On since ", slot("factors.app_since"), ". Each log-in asks for its code.", class_name="mb-5"), off
    )
    return settings_page(
        "Authenticator app",
        when("factors.app_since", is_on, otherwise=(when("app_key", steps, otherwise=(_prove_first(),)),)),
        back_to_settings(),
        intro="An app on your phone shows a new code every 30 seconds; each log-in asks for one.",
    )


@settings_island("/settings/recovery", "Recovery codes", fresh=True, fill=_codes, name="settings-recovery")
def recovery() -> rx.Component:
    """Codes that were just made, or how many are left."""
    renew = native_form(
        submit_button("Make new codes", busy="One moment…", kind="secondary"), action="/settings/recovery"
    )
    left = card(
        text(
            slot("factors.codes_left"), " of your recovery codes are left. New ones make them void.", class_name="mb-5"
        ),
        renew,
    )
    nothing = card(text("Recovery codes are for a second factor. Set one up in the settings first."))
    return settings_page(
        "Recovery codes",
        when("codes", codes_to_keep(), otherwise=(when("factors.is_on", left, otherwise=(nothing,)),)),
        back_to_settings(),
        intro="For the day when the phone is lost: each code logs you in once, in place of your second factor. "
        "Keep them on paper or in a password manager.",
    )


@settings_island("/settings/passkeys", "Passkeys", fresh=True, fill=_keys, name="settings-passkeys")
def passkeys() -> rx.Component:
    """The passkeys one has, and a form for another."""
    name = field(
        "name",
        "Name",
        hint="So that you know it again, such as “Work laptop”. You may leave it empty.",
        default_value=slot("form.name"),
        error=slot("errors.name"),
        invalid=if_else("errors.name", "true", "false"),
        max_length=60,
        auto_complete="off",
    )
    add = passkey_form("Add a passkey", name, action="/settings/passkeys", kind="primary", wide=False)
    form = card(
        add,
        rx.el.noscript(text("Passkeys need JavaScript.")),
        title="Add a passkey",
    )
    return settings_page(
        "Passkeys",
        key_lines(),
        when("viewer.email_verified", form, otherwise=(_prove_first(),)),
        back_to_settings(),
        passkey_script(),
        intro="Log in with your finger, your face or the number of your device instead of a password. A passkey stays "
        "on your device or in your password manager, and works on no other site.",
    )


def _prove_first() -> rx.Component:
    return card(
        text(
            "Please ", link("confirm your e-mail address", href="/verify"), " first: it is the way back if all is lost."
        )
    )


account_pages.more_cards.append(factors_card)
account_pages.more_fills.append(_standing)
below_login.append(log_in_by_passkey)
below_confirm.extend([confirm_by_app, confirm_by_passkey])
fill_confirm.append(flows.ways_to_confirm)
