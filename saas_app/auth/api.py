"""The forms around logging in, posted by the browser itself: passwords never travel through Reflex's events."""

import logging
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from saas_app.auth import code_flows, cookies, flows
from saas_app.auth.doors import (
    CHOICE,
    LONGEST_FIELD,
    Form,
    form_of,
    keep,
    let_in,
    member_of,
    opened_link,
    swap,
    to,
    visit_of,
)
from saas_app.auth.sessions import find_viewer
from saas_app.core.errors import BadInput, Unavailable
from saas_app.core.visitors import safe_path
from saas_app.core.words import _
from saas_app.edge.islands import respond

log = logging.getLogger(__name__)

RESEND_SECONDS = 60

CHECK_MAIL = _("If there is an account with this address, a link is on its way. It works for 30 minutes.")
SENT_AGAIN = _("We have sent you another mail.")
SAVED = _("Your new password is saved. Please log in with it.")
NO_CODE = _("Please type the code from our newest mail here, or open the link in it.")
LOG_IN_FIRST = _("Please log in to confirm that this address is yours. It takes one more click then.")


@form_of("signup", "name", "email", "plan", "billing", "next")
async def sign_up(request: Request, form: Form) -> Response:
    """Open an account, and go on to what was chosen."""
    chosen = {name: form[name] for name in ("plan", "billing") if CHOICE.fullmatch(form.get(name, ""))}
    welcome = to(f"/welcome?{urlencode(chosen)}" if "plan" in chosen else safe_path(form.get("next", ""), "/welcome"))
    if form.get("website"):  # people never see this field
        return welcome
    opened = await flows.sign_up(
        form.get("name", ""),
        form.get("email", ""),
        form.get("password", ""),
        visit_of(request),
        replaces=cookies.session_digest(request),
    )
    keep(welcome, request, opened)
    return welcome


async def check(request: Request) -> Response:
    """What is wrong with one field of a form that is being filled in, in the words that its refusal would have."""
    async with request.form(max_files=0, max_fields=30) as sent:
        form = {name: value[:LONGEST_FIELD] for name, value in sent.items() if isinstance(value, str)}
    said = await flows.wrong_with(form.get("field", ""), form, visit_of(request))
    return JSONResponse({"error": said}, headers={"cache-control": "no-store"})


@form_of("login", "email", "remember", "next")
async def log_in(request: Request, form: Form) -> Response:
    """Log in, and go on to where one was going."""
    remember = form.get("remember") == "1"
    found = await flows.log_in(
        form.get("email", ""),
        form.get("password", ""),
        visit_of(request),
        remember=remember,
        replaces=cookies.session_digest(request),
    )
    return let_in(request, found, form.get("next", ""), remember=remember)


async def log_out(request: Request) -> Response:
    """End the session here and in the database, and leave nothing of it in the browser."""
    digest = cookies.session_digest(request)
    if digest:
        try:
            await flows.log_out(digest)
        except Unavailable:  # whoever leaves a shared computer must be out of it; the rest ends when idle
            log.warning("a session was dropped from its browser, and could not be ended in the database")
    response = to("/")
    cookies.drop_session(response)
    response.headers["clear-site-data"] = '"cache", "storage"'
    response.headers["cache-control"] = "no-store"
    return response


@form_of("terms-changed", "next", at="/terms/changed")
async def accept_terms(request: Request, form: Form) -> Response:
    """Accept the terms that count now, and go on."""
    viewer = await member_of(request)
    await flows.accept_terms(viewer, form.get("version", "")[:10], visit_of(request))
    return to(safe_path(form.get("next", ""), "/dashboard"))


async def open_verify_link(request: Request) -> Response:
    """A link from a mail. Opening uses nothing up, since mail scanners open links too."""
    return swap(request, "verify")


@form_of("verify")
async def verify(request: Request, form: Form) -> Response:
    """Prove the address with the link that was opened, or the code, in a browser that is logged in with it."""
    viewer = await find_viewer(cookies.session_digest(request))
    if viewer is not None and form.get("code"):
        await code_flows.prove_by_code(viewer, form["code"], visit_of(request))
        return to("/dashboard")
    if viewer is not None and not cookies.link_token(request, "verify"):
        raise BadInput({"code": NO_CODE})
    wanted = await flows.prove_address(opened_link(request, "verify"), viewer, visit_of(request))
    if wanted is not None:
        return await respond(request, "login", form={"email": wanted, "next": "/verify"}, notice=LOG_IN_FIRST)
    response = to("/dashboard")
    cookies.drop_link(response, "verify")
    return response


@form_of("verify")
async def resend(request: Request, form: Form) -> Response:
    """Send the link again."""
    viewer = await find_viewer(cookies.session_digest(request))
    if viewer is None:
        return to("/login?next=/verify")
    await flows.resend_verification(viewer, visit_of(request))
    return await respond(request, "verify", viewer=viewer, notice=SENT_AGAIN, wait_seconds=RESEND_SECONDS)


@form_of("forgot", "email")
async def forgot(request: Request, form: Form) -> Response:
    """Ask for a link to choose a new password."""
    await flows.ask_for_reset(form.get("email", ""), visit_of(request))
    return await respond(request, "forgot", notice=CHECK_MAIL, wait_seconds=RESEND_SECONDS)


async def open_reset_link(request: Request) -> Response:
    """A link from a mail; opening uses nothing up."""
    return swap(request, "reset")


@form_of("reset")
async def reset(request: Request, form: Form) -> Response:
    """Choose a new password. One logs in with it afterwards: whoever has the mail alone is not let in by us."""
    await flows.reset_password(opened_link(request, "reset"), form.get("password", ""), visit_of(request))
    response = await respond(request, "login", notice=SAVED)
    cookies.drop_link(response, "reset")
    cookies.drop_session(response)
    return response


routes = [
    Route("/check", check, methods=["POST"]),
    Route("/signup", sign_up, methods=["POST"]),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/terms/changed", accept_terms, methods=["POST"]),
    Route("/verify", verify, methods=["POST"]),
    Route("/verify/resend", resend, methods=["POST"]),
    Route("/verify/{token}", open_verify_link, methods=["GET"]),
    Route("/forgot", forgot, methods=["POST"]),
    Route("/reset", reset, methods=["POST"]),
    Route("/reset/{token}", open_reset_link, methods=["GET"]),
]
