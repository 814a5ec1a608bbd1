"""What the doors for forms share: reading them, saying what is wrong on their page, and letting people in."""

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from saas_app.auth import cookies
from saas_app.auth.links import LinkGone, Purpose
from saas_app.auth.second import HalfIn
from saas_app.auth.sessions import LoggedIn, Visit, find_viewer
from saas_app.core.errors import AppError, BadInput, ConfirmNeeded, Gone, LoginNeeded, TooManyTries, Unavailable
from saas_app.core.viewer import Viewer
from saas_app.core.visitors import client_ip, device_label, safe_path
from saas_app.edge.broken import refusal
from saas_app.edge.islands import respond
from saas_app.edge.pages import declared

Form = dict[str, str]
Handler = Callable[[Request, Form], Awaitable[Response]]

CHOICE = re.compile(r"[a-z0-9_]{1,40}")
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST_FIELD = 2_000


def form_of(
    page: str, *kept: str, at: str = "", longest: int = LONGEST_FIELD, file: str = ""
) -> Callable[[Handler], Callable[[Request], Awaitable[Response]]]:
    """A door for a page's form: whatever is refused is said on that page, with what was typed in `kept`.

    `at` is the page's address, where it is another one than its name: whoever has to log in or to confirm first comes
    back to it. Of a field no more is read than `longest` characters. `file` is the one field that may carry a file;
    what is in it stands in `request.state.file`, empty when none was chosen.
    """

    def wrap(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
        @wraps(handle)
        async def endpoint(request: Request) -> Response:
            async with request.form(max_files=1 if file else 0, max_fields=30) as sent:
                form = {name: value[:longest] for name, value in sent.items() if isinstance(value, str)}
                chosen = sent.get(file) if file else None
                request.state.file = await chosen.read() if isinstance(chosen, UploadFile) else b""
            again = {name: form.get(name, "") for name in kept}
            try:
                response = await handle(request, form)
            except (LoginNeeded, ConfirmNeeded) as error:
                response = _prove_first(error, f"{at or f'/{page}'}?{urlencode(again)}" if again else at or f"/{page}")
            except AppError as error:
                response = await _refused(request, page, error, again)
            response.headers["cache-control"] = "no-store"
            return response

        return endpoint

    return wrap


async def _refused(request: Request, page: str, error: AppError, again: Form) -> Response:
    errors = error.errors if isinstance(error, BadInput) else {error.field or "form": str(error)}
    wait = error.retry_after if isinstance(error, TooManyTries | Unavailable) else 0
    viewer = await _viewer_perhaps(request)
    if viewer is None and page in declared.members:  # the page is nothing without its person
        return refusal(request.scope, error)
    response = await respond(
        request,
        page,
        status=error.status,
        viewer=viewer,
        form=again,
        errors=errors,
        wait_seconds=wait,
        gone=isinstance(error, Gone),
    )
    if wait:
        response.headers["retry-after"] = str(wait)
    return response


def _prove_first(error: AppError, back: str) -> Response:
    """To the log-in, or to the page that asks who it is; what was typed comes back in the address."""
    return to(f"/{'login' if isinstance(error, LoginNeeded) else 'confirm'}?{urlencode({'next': back})}")


async def _viewer_perhaps(request: Request) -> Viewer | None:
    try:
        return await find_viewer(cookies.session_digest(request))
    except Unavailable:
        return None


async def member_of(request: Request) -> Viewer:
    """Who sent this form; LoginNeeded for a stranger."""
    viewer = await find_viewer(cookies.session_digest(request))
    if viewer is None:
        raise LoginNeeded
    return viewer


async def fresh_member_of(request: Request) -> Viewer:
    """Who sent this form, if they have lately proved who they are; else LoginNeeded or ConfirmNeeded."""
    viewer = await member_of(request)
    if not viewer.is_fresh:
        raise ConfirmNeeded
    return viewer


def let_in(request: Request, entry: LoggedIn | HalfIn, where: str, *, remember: bool = False) -> Response:
    """Log this browser in and send it on, if `where` is a place on this site; or first to show a second factor."""
    if isinstance(entry, HalfIn):
        response = to(f"{entry.path}&{urlencode({'next': safe_path(where, '')})}")
        cookies.keep_step(response, "second", entry.token)
        return response
    where = safe_path(where, "/dashboard")
    response = to(f"/terms/changed?{urlencode({'next': where})}" if entry.terms_due else where)
    keep(response, request, entry, remember=remember)
    return response


def keep(response: Response, request: Request, entry: LoggedIn, *, remember: bool = False) -> None:
    """Put the cookies of a log-in on an answer."""
    cookies.keep_session(response, entry.token, remember=remember)
    cookies.keep_known(response, request, entry.user_id)
    cookies.keep_way(response, entry.method.partition(" ")[0])


def visit_of(request: Request) -> Visit:
    """Where a request came from."""
    return Visit(client_ip(request), device_label(request), cookies.known_accounts(request))


def swap(request: Request, purpose: Purpose) -> Response:
    """From the address into a cookie of 15 minutes, so that the token is in no log, history or referrer."""
    response = to(f"/{purpose}")
    token: str = request.path_params["token"]
    if TOKEN.fullmatch(token):
        cookies.keep_link(response, purpose, token)
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["cache-control"] = "no-store"
    return response


def opened_link(request: Request, purpose: Purpose) -> str:
    """The token of the link that was opened in this browser; LinkGone when there is none."""
    token = cookies.link_token(request, purpose)
    if not TOKEN.fullmatch(token):
        raise LinkGone(purpose)
    return token


def to(path: str) -> RedirectResponse:
    """On to another page of ours."""
    return RedirectResponse(path, 303)
