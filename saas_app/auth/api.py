"""The forms around logging in, posted by the browser itself: passwords never travel through Reflex's events."""

import logging
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from saas_app.auth import cookies, flows
from saas_app.auth.links import LinkGone, Purpose
from saas_app.auth.sessions import Visit, find_viewer
from saas_app.core.errors import AppError, BadInput, TooManyTries, Unavailable
from saas_app.core.visitors import client_ip, device_label, safe_path
from saas_app.edge.islands import respond

log = logging.getLogger(__name__)

Form = dict[str, str]
Handler = Callable[[Request, Form], Awaitable[Response]]

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
CHOICE = re.compile(r"[a-z0-9_]{1,40}")
LONGEST_FIELD = 2_000

CHECK_MAIL = "If there is an account with this address, a link is on its way. It works for 30 minutes."
SENT_AGAIN = "We have sent you another mail."
SAVED = "Your new password is saved. Please log in with it."
LOG_IN_FIRST = "Please log in to confirm that this address is yours. It takes one more click then."


def form_of(page: str, *kept: str) -> Callable[[Handler], Callable[[Request], Awaitable[Response]]]:
    """A door for a page's form: whatever is refused is said on that page, with what was typed in `kept`."""

    def wrap(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
        @wraps(handle)
        async def endpoint(request: Request) -> Response:
            async with request.form(max_files=0, max_fields=30) as sent:
                form = {name: value[:LONGEST_FIELD] for name, value in sent.items() if isinstance(value, str)}
            try:
                response = await handle(request, form)
            except AppError as error:
                errors = error.errors if isinstance(error, BadInput) else {error.field or "form": str(error)}
                again = {name: form.get(name, "") for name in kept}
                wait = error.retry_after if isinstance(error, TooManyTries | Unavailable) else 0
                response = await respond(
                    request, page, status=error.status, form=again, errors=errors, wait_seconds=wait
                )
                if wait:
                    response.headers["retry-after"] = str(wait)
            response.headers["cache-control"] = "no-store"
            return response

        return endpoint

    return wrap


@form_of("signup", "name", "email", "plan", "billing", "next")
async def sign_up(request: Request, form: Form) -> Response:
    """Open an account, and go on to what was chosen."""
    chosen = {name: form[name] for name in ("plan", "billing") if CHOICE.fullmatch(form.get(name, ""))}
    welcome = _to(f"/welcome?{urlencode(chosen)}" if "plan" in chosen else "/welcome")
    if form.get("website"):  # people never see this field
        return welcome
    opened = await flows.sign_up(
        form.get("name", ""),
        form.get("email", ""),
        form.get("password", ""),
        _visit(request),
        replaces=cookies.session_digest(request),
    )
    cookies.keep_session(welcome, opened.token)
    cookies.keep_known(welcome, request, opened.user_id)
    return welcome


@form_of("login", "email", "remember", "next")
async def log_in(request: Request, form: Form) -> Response:
    """Log in, and go on to where one was going."""
    remember = form.get("remember") == "1"
    found = await flows.log_in(
        form.get("email", ""),
        form.get("password", ""),
        _visit(request),
        remember=remember,
        known=cookies.known_accounts(request),
        replaces=cookies.session_digest(request),
    )
    response = _to(safe_path(form.get("next", ""), "/dashboard"))
    cookies.keep_session(response, found.token, remember=remember)
    cookies.keep_known(response, request, found.user_id)
    return response


async def log_out(request: Request) -> Response:
    """End the session here and in the database, and leave nothing of it in the browser."""
    digest = cookies.session_digest(request)
    if digest:
        try:
            await flows.log_out(digest)
        except Unavailable:  # whoever leaves a shared computer must be out of it; the rest ends when idle
            log.warning("a session was dropped from its browser, and could not be ended in the database")
    response = _to("/")
    cookies.drop_session(response)
    response.headers["clear-site-data"] = '"cache", "storage"'
    response.headers["cache-control"] = "no-store"
    return response


async def open_verify_link(request: Request) -> Response:
    """A link from a mail. Opening uses nothing up, since mail scanners open links too."""
    return _swap(request, "verify")


@form_of("verify")
async def verify(request: Request, form: Form) -> Response:
    """Prove the address with the link that was opened, in a browser that is logged in with it."""
    viewer = await find_viewer(cookies.session_digest(request))
    wanted = await flows.prove_address(_opened_link(request, "verify"), viewer, _visit(request))
    if wanted is not None:
        return await respond(request, "login", form={"email": wanted, "next": "/verify"}, notice=LOG_IN_FIRST)
    response = _to("/dashboard")
    cookies.drop_link(response, "verify")
    return response


@form_of("verify")
async def resend(request: Request, form: Form) -> Response:
    """Send the link again."""
    viewer = await find_viewer(cookies.session_digest(request))
    if viewer is None:
        return _to("/login?next=/verify")
    await flows.resend_verification(viewer, _visit(request))
    return await respond(request, "verify", viewer=viewer, notice=SENT_AGAIN)


@form_of("forgot", "email")
async def forgot(request: Request, form: Form) -> Response:
    """Ask for a link to choose a new password."""
    await flows.ask_for_reset(form.get("email", ""), _visit(request))
    return await respond(request, "forgot", notice=CHECK_MAIL)


async def open_reset_link(request: Request) -> Response:
    """A link from a mail; opening uses nothing up."""
    return _swap(request, "reset")


@form_of("reset")
async def reset(request: Request, form: Form) -> Response:
    """Choose a new password. One logs in with it afterwards: whoever has the mail alone is not let in by us."""
    await flows.reset_password(_opened_link(request, "reset"), form.get("password", ""), _visit(request))
    response = await respond(request, "login", notice=SAVED)
    cookies.drop_link(response, "reset")
    cookies.drop_session(response)
    return response


routes = [
    Route("/signup", sign_up, methods=["POST"]),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/verify", verify, methods=["POST"]),
    Route("/verify/resend", resend, methods=["POST"]),
    Route("/verify/{token}", open_verify_link, methods=["GET"]),
    Route("/forgot", forgot, methods=["POST"]),
    Route("/reset", reset, methods=["POST"]),
    Route("/reset/{token}", open_reset_link, methods=["GET"]),
]


def _visit(request: Request) -> Visit:
    return Visit(client_ip(request), device_label(request))


def _swap(request: Request, purpose: Purpose) -> Response:
    """From the address into a cookie of 15 minutes, so that the token is in no log, history or referrer."""
    response = _to(f"/{purpose}")
    token: str = request.path_params["token"]
    if TOKEN.fullmatch(token):
        cookies.keep_link(response, purpose, token)
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["cache-control"] = "no-store"
    return response


def _opened_link(request: Request, purpose: Purpose) -> str:
    token = cookies.link_token(request, purpose)
    if not TOKEN.fullmatch(token):
        raise LinkGone
    return token


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303)
