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
from saas_app.core.words import _
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
            "used": _("last used {moment}").format(moment=moment(key.used_at)) if key.used_at else _("not used yet"),
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
    title=_("One more step · {product}").format(product=site.PRODUCT),
    description=_("Show your second factor."),
    hidden=True,
)
def second() -> rx.Component:
    """The app's code, a recovery code or a passkey."""
    along = come_along("next", "app", "key")
    by_code = native_form(
        along, code_field(), submit_button(_("Log in"), busy=_("Logging in…"), wide=True), action="/login/second"
    )
    by_recovery = native_form(
        along,
        recovery_field(),
        submit_button(_("Use a recovery code"), busy=_("Logging in…"), kind="secondary", wide=True),
        action="/login/second",
        class_name="mt-4 flex flex-col gap-5",
    )
    lost = rx.el.details(
        rx.el.summary(
            _("Use a recovery code instead"),
            class_name="flex min-h-11 cursor-pointer items-center font-medium text-brick-ink underline "
            "underline-offset-4",
        ),
        by_recovery,
    )
    return auth_page(
        _("One more step"),
        when(
            "form.app or not form.key", text(_("Type the code that your authenticator app shows."), class_name="mb-5")
        ),
        when("form.app or not form.key", by_code),
        when(
            "form.key",
            passkey_form(_("Use a passkey"), along, action="/login/second", class_name="mt-3"),
            rx.el.noscript(text(_("Passkeys need JavaScript."), tone="quiet")),
        ),
        rx.el.div(when("errors.recovery", by_recovery, otherwise=(lost,)), class_name="mt-8 border-t border-line pt-4"),
        other_way(_("Not you, or too late?"), _("Log in again"), site.LOGIN),
        passkey_script(),
        intro=_("This account is protected by a second factor."),
    )


@settings_island(
    "/settings/authenticator", _("Authenticator app"), fresh=True, fill=_app, name="settings-authenticator"
)
def authenticator() -> rx.Component:
    """Scan, type a code, done; or turn it off."""
    confirm = native_form(
        code_field(), submit_button(_("Turn on"), busy=_("Checking…")), action="/settings/authenticator"
    )
    off = native_form(
        submit_button(_("Turn off the authenticator app"), busy=_("One moment…"), kind="danger"),
        action="/settings/authenticator/off",
    )
    steps = rx.fragment(
        card(
            text(
                _("Open an app such as Aegis, Google Authenticator or Bitwarden, add an account, and scan this."),
                class_name="mb-5",
            ),
            qr_code(),
            title=_("1. Scan this with the app"),
        ),
        card(confirm, title=_("2. Type the code that it shows")),
    )
    is_on = card(
        text(_("On since "), slot("factors.app_since"), _(". Each log-in asks for its code."), class_name="mb-5"), off
    )
    return settings_page(
        _("Authenticator app"),
        when("factors.app_since", is_on, otherwise=(when("app_key", steps, otherwise=(_prove_first(),)),)),
        back_to_settings(),
        intro=_("An app on your phone shows a new code every 30 seconds; each log-in asks for one."),
    )


@settings_island("/settings/recovery", _("Recovery codes"), fresh=True, fill=_codes, name="settings-recovery")
def recovery() -> rx.Component:
    """Codes that were just made, or how many are left."""
    renew = native_form(
        submit_button(_("Make new codes"), busy=_("One moment…"), kind="secondary"), action="/settings/recovery"
    )
    left = card(
        text(
            slot("factors.codes_left"),
            _(" of your recovery codes are left. New ones make them void."),
            class_name="mb-5",
        ),
        renew,
    )
    nothing = card(text(_("Recovery codes are for a second factor. Set one up in the settings first.")))
    return settings_page(
        _("Recovery codes"),
        when("codes", codes_to_keep(), otherwise=(when("factors.is_on", left, otherwise=(nothing,)),)),
        back_to_settings(),
        intro=_(
            "For the day when the phone is lost: each code logs you in once, in place of your second factor. "
            "Keep them on paper or in a password manager."
        ),
    )


@settings_island("/settings/passkeys", _("Passkeys"), fresh=True, fill=_keys, name="settings-passkeys")
def passkeys() -> rx.Component:
    """The passkeys one has, and a form for another."""
    name = field(
        "name",
        _("Name"),
        hint=_("So that you know it again, such as “Work laptop”. You may leave it empty."),
        default_value=slot("form.name"),
        error=slot("errors.name"),
        invalid=if_else("errors.name", "true", "false"),
        max_length=60,
        auto_complete="off",
    )
    add = passkey_form(_("Add a passkey"), name, action="/settings/passkeys", kind="primary", wide=False)
    form = card(
        add,
        rx.el.noscript(text(_("Passkeys need JavaScript."))),
        title=_("Add a passkey"),
    )
    return settings_page(
        _("Passkeys"),
        key_lines(),
        when("viewer.email_verified", form, otherwise=(_prove_first(),)),
        back_to_settings(),
        passkey_script(),
        intro=_(
            "Log in with your finger, your face or the number of your device instead of a password. A passkey "
            "stays on your device or in your password manager, and works on no other site."
        ),
    )


def _prove_first() -> rx.Component:
    return card(
        text(
            _("Please "),
            link(_("confirm your e-mail address"), href="/verify"),
            _(" first: it is the way back if all is lost."),
        )
    )


account_pages.more_cards.append(factors_card)
account_pages.more_fills.append(_standing)
below_login.append(log_in_by_passkey)
below_confirm.extend([confirm_by_app, confirm_by_passkey])
fill_confirm.append(flows.ways_to_confirm)
