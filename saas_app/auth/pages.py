"""Signing up, logging in, and what to do about a lost password. All are forms that the browser posts by itself."""

from typing import Any

import reflex as rx

from saas_app import legal, site
from saas_app.auth.components import (
    WAIT,
    above_forms,
    auth_page,
    below_confirm,
    below_login,
    chosen_plan,
    code_field,
    come_along,
    email_field,
    fill_confirm,
    kept_field,
    last_used,
    new_password_field,
    other_way,
    value_panel,
    with_choice,
)
from saas_app.auth.sessions import terms_in_force
from saas_app.core import written
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.edge.pages import island
from saas_app.ui.buttons import Kind, link_button, submit_button
from saas_app.ui.forms import checkbox, hidden, honeypot, native_form, password_field
from saas_app.ui.slots import if_else, slot, when
from saas_app.ui.text import link, text


@island(
    site.SIGNUP,
    title=_("Sign up · {product}").format(product=site.PRODUCT),
    description=_("Open a free {product} account; no card needed.").format(product=site.PRODUCT),
)
def signup() -> rx.Component:
    """A name, an address, a password."""
    form = native_form(
        come_along("plan", "billing", "next"),
        honeypot(),
        kept_field("name", _("Name"), auto_complete="name", max_length=80),
        email_field(),
        new_password_field(),
        submit_button(_("Create my account"), busy=_("Creating your account…"), wide=True),
        text(
            when("price and price.available", otherwise=(_("No card needed. "),)),
            _("By signing up you accept the "),
            link(_("terms"), href="/terms"),
            _(" and the "),
            link(_("privacy notice"), href="/privacy"),
            ".",
            tone="quiet",
            size="small",
        ),
        action="/signup",
        data_check="/check",
    )
    return auth_page(
        _("Create your account"),
        chosen_plan(),
        *[draw() for draw in above_forms],
        form,
        other_way(_("Have an account?"), _("Log in"), with_choice(site.LOGIN)),
        aside=value_panel(),
    )


@island(
    site.LOGIN,
    title=_("Log in · {product}").format(product=site.PRODUCT),
    description=_("Log in to your {product} account.").format(product=site.PRODUCT),
    remembers=("way",),
)
def login() -> rx.Component:
    """An address and a password."""
    form = native_form(
        come_along("next"),
        email_field(auto_complete="username webauthn"),
        password_of_login(),
        rx.el.div(
            checkbox("remember", _("Keep me logged in"), value="1"),
            link(_("Forgot your password?"), href="/forgot", class_name="inline-flex min-h-11 items-center"),
            class_name="flex flex-wrap items-center justify-between gap-x-4",
        ),
        submit_button(_("Log in"), busy=_("Logging in…"), wide=True, data_wait=WAIT),
        when(
            "remembered.way_password",
            text(_("You logged in this way last time."), tone="quiet", size="small", class_name="-mt-3 text-center"),
        ),
        action="/login",
    )
    by_mail = link_button(
        _("E-mail me a code instead"),
        last_used("code"),
        href=with_choice("/login/code"),
        kind="secondary",
        wide=True,
    )
    return auth_page(
        _("Log in"),
        *[draw() for draw in above_forms],
        form,
        rx.el.div(by_mail, class_name="mt-5"),
        *[draw() for draw in below_login],
        other_way(_("New here?"), _("Create an account"), with_choice(site.SIGNUP)),
    )


@island(
    "/login/code",
    name="login-code",
    title=_("Log in by mail · {product}").format(product=site.PRODUCT),
    description=_("Get a code by mail and log in without a password."),
    hidden=True,
)
def login_code() -> rx.Component:
    """Ask for a code to log in with."""
    form = native_form(
        come_along("next"),
        email_field(),
        checkbox("remember", _("Keep me logged in"), value="1"),
        submit_button(_("E-mail me a code"), busy=_("Sending…"), wide=True, data_wait=WAIT),
        action="/login/code",
    )
    return auth_page(
        _("Log in by mail"),
        form,
        other_way(_("Rather with your password?"), _("Log in"), with_choice(site.LOGIN)),
        intro=_("We mail you six digits. No password needed."),
    )


@island(
    "/login/enter",
    name="login-enter",
    title=_("Type your code · {product}").format(product=site.PRODUCT),
    description=_("Type the code from the mail."),
    hidden=True,
)
def login_enter() -> rx.Component:
    """Type the code that was mailed."""
    form = native_form(
        come_along("next", "email", "remember"),
        code_field(),
        submit_button(_("Log in"), busy=_("Logging in…"), wide=True),
        action="/login/enter",
    )
    again = native_form(
        come_along("next", "email", "remember"),
        submit_button(_("Send another code"), busy=_("Sending…"), kind="secondary", wide=True, data_wait=WAIT),
        action="/login/code",
        class_name="mt-3",
    )
    return auth_page(
        _("Type your code"),
        form,
        when("form.email", again),
        _local_mailbox(),
        other_way(_("Wrong address?"), _("Use another one"), with_choice("/login/code")),
        intro=_("It lies in the mail we have just sent you, if there is an account with your address."),
    )


async def _fill_confirm(viewer: Viewer) -> dict[str, Any]:
    """What the features know of the ways in which this person can show who they are."""
    found: dict[str, Any] = {}
    for fill in fill_confirm:
        found |= await fill(viewer)
    return found


@island(
    "/confirm",
    title=_("Is it you? · {product}").format(product=site.PRODUCT),
    description=_("Confirm that it is you."),
    members_only=True,
    hidden=True,
    fill=_fill_confirm,
)
def confirm() -> rx.Component:
    """Prove again who one is, before something that cannot be taken back."""
    by_password = native_form(
        come_along("next"),
        password_of_login(),
        submit_button(_("Go on"), busy=_("One moment…"), wide=True),
        action="/confirm",
    )
    by_code = native_form(
        come_along("next"), code_field(), submit_button(_("Go on"), busy=_("One moment…"), wide=True), action="/confirm"
    )
    mail = native_form(
        come_along("next"),
        submit_button(
            if_else("form.sent or errors.code", _("Send another code"), _("E-mail me a code")),
            busy=_("Sending…"),
            kind="secondary",
            wide=True,
            data_wait=WAIT,
        ),
        action="/confirm/code",
        class_name="mt-3",
    )
    return auth_page(
        _("Is it you?"),
        when("form.sent or errors.code", by_code, otherwise=(when("member and viewer.has_password", by_password),)),
        when("member and viewer.email_verified", mail),
        *[draw() for draw in below_confirm],
        _local_mailbox(),
        intro=_("You have been logged in for a while. What comes next matters, so please show that it is still you."),
    )


@island(
    "/forgot",
    title=_("Forgot your password · {product}").format(product=site.PRODUCT),
    description=_("Get a link to choose a new password."),
)
def forgot() -> rx.Component:
    """Ask for a link to choose a new password."""
    form = native_form(
        email_field(),
        submit_button(_("Send me a link"), busy=_("Sending…"), wide=True, data_wait=WAIT),
        action="/forgot",
    )
    return auth_page(
        _("Forgot your password?"),
        form,
        _local_mailbox(),
        other_way(_("Remembered it?"), _("Log in"), site.LOGIN),
        intro=_("We send you a link with which you choose a new one. It works once."),
    )


@island(
    "/reset",
    title=_("Choose a new password · {product}").format(product=site.PRODUCT),
    description=_("Choose a new password."),
    hidden=True,
)
def reset() -> rx.Component:
    """Choose a new password, with a link from a mail."""
    form = native_form(
        new_password_field(),
        submit_button(_("Save my new password"), busy=_("Saving…"), wide=True),
        action="/reset",
        data_check="/check",
    )
    return auth_page(
        _("Choose a new password"),
        when(
            "gone",
            link_button(_("Ask for another link"), href="/forgot", wide=True),
            otherwise=(form, other_way(_("Did the link run out?"), _("Ask for another"), "/forgot")),
        ),
        intro=_("Saving it logs out all devices; then you log in with the new one."),
    )


@island(
    "/verify",
    title=_("Confirm your address · {product}").format(product=site.PRODUCT),
    description=_("Confirm your e-mail address."),
    hidden=True,
)
def verify() -> rx.Component:
    """Confirm an address by a click, not by opening the link: mail scanners open links too."""
    confirm = native_form(
        submit_button(_("Confirm my e-mail address"), busy=_("Confirming…"), wide=True),
        action="/verify",
    )
    by_code = native_form(
        code_field(),
        submit_button(_("Confirm by code"), busy=_("Confirming…"), kind="secondary", wide=True),
        action="/verify",
        class_name="mt-6 flex flex-col gap-5",
    )
    old = text(_("Is the link old, or did nothing arrive?"), tone="quiet", class_name="mb-3 mt-10")
    return auth_page(
        _("Confirm your address"),
        when(
            "gone and member and viewer.email_verified",  # by this very link, most likely
            link_button(_("Go to your dashboard"), href=site.DASHBOARD, wide=True),
            otherwise=(
                when("gone", _resend("primary"), otherwise=(confirm,)),
                when("member", by_code),
                when("gone", otherwise=(old, _resend("secondary"))),
                when("member", other_way(_("Wrong address?"), _("Change it"), "/settings/email")),
            ),
        ),
        _local_mailbox(),
        intro=rx.fragment(
            when(
                "member and not viewer.email_verified",
                rx.fragment(_("We wrote to "), rx.el.b(slot("viewer.email")), ". "),
            ),
            _("One click, and we know that mails reach you."),
        ),
    )


def _resend(kind: Kind) -> rx.Component:
    return native_form(
        submit_button(_("Send me a new link"), busy=_("Sending…"), kind=kind, wide=True, data_wait=WAIT),
        action="/verify/resend",
    )


async def _fill_terms(viewer: Viewer) -> dict[str, Any]:
    """Which terms count now."""
    since = legal.in_force("terms").since
    return {"terms_version": terms_in_force(), "terms_since": written.day(since)}


@island(
    "/terms/changed",
    name="terms-changed",
    title=_("Our terms have changed · {product}").format(product=site.PRODUCT),
    description=_("Our terms have changed."),
    members_only=True,
    hidden=True,
    fill=_fill_terms,
)
def terms_changed() -> rx.Component:
    """What somebody meets at the log-in when the terms are others than those they accepted."""
    form = native_form(
        come_along("next"),
        hidden("version", slot("terms_version")),
        submit_button(_("Accept and go on"), busy=_("One moment…"), wide=True),
        action="/terms/changed",
    )
    return auth_page(
        _("Our terms have changed"),
        form,
        text(
            link(_("Not now"), href=site.DASHBOARD),
            _(": we ask again at your next log-in."),
            tone="quiet",
            class_name="mt-6",
        ),
        intro=rx.fragment(
            _("Please read the "),
            link(_("terms"), href="/terms"),
            _(" and the "),
            link(_("privacy notice"), href="/privacy"),
            _(" that count since "),
            slot("terms_since"),
            ".",
        ),
    )


def password_of_login() -> rx.Component:
    """The password that somebody has."""
    return password_field(
        "password", _("Password"), error=slot("errors.password"), invalid=if_else("errors.password", "true", "false")
    )


def _local_mailbox() -> rx.Component:
    return when(
        "mailbox",
        text(
            _("While developing, mails lie in the "),
            link(_("local mailbox"), href="/dev/mailbox"),
            ".",
            class_name="mt-6",
        ),
    )
