"""The forms and the questions around second factors, posted by the browser itself or by the script beside a passkey."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saas_app.auth import cookies
from saas_app.auth.doors import Form, form_of, fresh_member_of, keep, let_in, member_of, to, visit_of
from saas_app.core.viewer import Viewer
from saas_app.core.visitors import safe_path
from saas_app.core.words import _
from saas_app.edge.islands import respond
from saas_app.factors import flows
from saas_app.factors.service import TurnedOn

LONGEST_CREDENTIAL = 16_000  # a key of 4096 bits with its signature, in base64, is a quarter of this
IS_ON = _("The second factor is on, and all other devices are logged out. Keep these codes: they are shown only now.")
APP_ADDED = _("Your authenticator app is set up.")
APP_OFF = _("The authenticator app is turned off.")
NEW_CODES = _("Your old recovery codes are void. Keep these: they are shown only now.")


@form_of("login-second", "next", "app", "key", at="/login/second", longest=LONGEST_CREDENTIAL)
async def finish(request: Request, form: Form) -> Response:
    """Show the second factor: by the app's code, a recovery code or a passkey."""
    half, visit, old = cookies.step_token(request, "second"), visit_of(request), cookies.session_digest(request)
    if form.get("credential"):
        asked = cookies.step_token(request, "passkey")
        entry = await flows.finish_by_key(half, asked, form["credential"], visit, old)
    elif form.get("recovery"):
        entry = await flows.finish_by_recovery(half, form["recovery"][:100], visit, old)
    else:
        entry = await flows.finish_by_code(half, form.get("code", "")[:20], visit, old)
    response = let_in(request, entry, form.get("next", ""), remember=entry.is_remembered)
    cookies.drop_step(response, "second")
    cookies.drop_step(response, "passkey")
    return response


@form_of("login", "next", longest=LONGEST_CREDENTIAL)
async def log_in_by_key(request: Request, form: Form) -> Response:
    """Log in by a passkey and nothing else."""
    asked = cookies.step_token(request, "passkey")
    replaces = cookies.session_digest(request)
    remember = form.get("remember") == "1"
    entry = await flows.log_in_by_key(asked, form.get("credential", ""), visit_of(request), replaces, remember=remember)
    response = let_in(request, entry, form.get("next", ""), remember=remember)
    cookies.drop_step(response, "passkey")
    return response


@form_of("confirm", "next", longest=LONGEST_CREDENTIAL)
async def confirm_by_key(request: Request, form: Form) -> Response:
    """Prove by a passkey that it is still the same person."""
    viewer, asked, visit = await member_of(request), cookies.step_token(request, "passkey"), visit_of(request)
    digest = cookies.session_digest(request)
    entry = await flows.confirm_by_key(viewer, asked, form.get("credential", ""), digest, visit)
    response = to(safe_path(form.get("next", ""), "/settings"))
    keep(response, request, entry, remember=entry.is_remembered)
    cookies.drop_step(response, "passkey")
    return response


@form_of("confirm", "next")
async def confirm_by_app(request: Request, form: Form) -> Response:
    """Prove by the app's code that it is still the same person."""
    viewer, digest = await member_of(request), cookies.session_digest(request)
    entry = await flows.confirm_by_app(viewer, form.get("app", "")[:20], digest, visit_of(request))
    response = to(safe_path(form.get("next", ""), "/settings"))
    keep(response, request, entry, remember=entry.is_remembered)
    return response


@form_of("settings-authenticator", at="/settings/authenticator")
async def turn_on(request: Request, form: Form) -> Response:
    """Set the authenticator app up, with a code that it shows."""
    viewer, digest = await fresh_member_of(request), cookies.session_digest(request)
    done = await flows.turn_on(viewer, form.get("code", "")[:20], digest, visit_of(request))
    return await _done(request, viewer, done, "settings-authenticator", APP_ADDED)


@form_of("settings-authenticator", at="/settings/authenticator")
async def turn_off(request: Request, form: Form) -> Response:
    """Do without the authenticator app."""
    viewer = await fresh_member_of(request)
    await flows.turn_off(viewer, visit_of(request))
    return await respond(request, "settings-authenticator", viewer=viewer, notice=APP_OFF)


@form_of("settings-recovery", at="/settings/recovery")
async def make_codes(request: Request, form: Form) -> Response:
    """New recovery codes."""
    viewer = await fresh_member_of(request)
    codes = await flows.make_codes(viewer, visit_of(request))
    return await respond(request, "settings-recovery", viewer=viewer, notice=NEW_CODES, **_shown(codes))


@form_of("settings-passkeys", "name", at="/settings/passkeys", longest=LONGEST_CREDENTIAL)
async def add_key(request: Request, form: Form) -> Response:
    """Keep a new passkey."""
    viewer, asked = await fresh_member_of(request), cookies.step_token(request, "passkey")
    name, credential = form.get("name", ""), form.get("credential", "")
    digest, visit = cookies.session_digest(request), visit_of(request)
    done = await flows.add_key(viewer, asked, name, credential, digest, visit)
    response = await _done(request, viewer, done, "settings-passkeys", _("Your passkey is added."))
    cookies.drop_step(response, "passkey")
    return response


@form_of("settings-passkeys", at="/settings/passkeys")
async def remove_key(request: Request, form: Form) -> Response:
    """Do without a passkey."""
    viewer = await fresh_member_of(request)
    await flows.remove_key(viewer, form.get("id", "")[:64], visit_of(request))
    return to("/settings/passkeys")


async def _done(request: Request, viewer: Viewer, done: TurnedOn, page: str, notice: str) -> Response:
    """The page again; after the first factor of all the recovery codes instead, and this browser's new token."""
    if done.entry is None:
        return await respond(request, page, viewer=viewer, notice=notice)
    response = await respond(request, "settings-recovery", viewer=viewer, notice=IS_ON, **_shown(done.codes))
    keep(response, request, done.entry, remember=done.entry.is_remembered)
    return response


def _shown(codes: tuple[str, ...]) -> dict[str, Any]:
    return {"codes": list(codes), "codes_file": "\n".join(codes)}


@form_of("login")
async def ask_to_log_in(request: Request, form: Form) -> Response:
    """What any passkey of ours has to sign."""
    return _asked(*await flows.ask_to_log_in(visit_of(request)))


@form_of("login-second", at="/login/second")
async def ask_for_second(request: Request, form: Form) -> Response:
    """What a passkey of whoever is half-way in has to sign."""
    return _asked(*await flows.ask_for_second(cookies.step_token(request, "second"), visit_of(request)))


@form_of("confirm")
async def ask_to_confirm(request: Request, form: Form) -> Response:
    """What a passkey of mine has to sign."""
    return _asked(*await flows.ask_to_confirm(await member_of(request)))


@form_of("settings-passkeys", at="/settings/passkeys")
async def ask_for_new(request: Request, form: Form) -> Response:
    """How my new passkey is to be made."""
    return _asked(*await flows.ask_for_new(await fresh_member_of(request)))


def _asked(options: str, token: str) -> Response:
    response = Response(options, media_type="application/json")
    cookies.keep_step(response, "passkey", token)
    return response


routes = [
    Route("/login/second", finish, methods=["POST"]),
    Route("/login/second/options", ask_for_second, methods=["POST"]),
    Route("/login/passkey", log_in_by_key, methods=["POST"]),
    Route("/login/passkey/options", ask_to_log_in, methods=["POST"]),
    Route("/confirm/app", confirm_by_app, methods=["POST"]),
    Route("/confirm/passkey", confirm_by_key, methods=["POST"]),
    Route("/confirm/passkey/options", ask_to_confirm, methods=["POST"]),
    Route("/settings/authenticator", turn_on, methods=["POST"]),
    Route("/settings/authenticator/off", turn_off, methods=["POST"]),
    Route("/settings/recovery", make_codes, methods=["POST"]),
    Route("/settings/passkeys", add_key, methods=["POST"]),
    Route("/settings/passkeys/options", ask_for_new, methods=["POST"]),
    Route("/settings/passkeys/remove", remove_key, methods=["POST"]),
]
