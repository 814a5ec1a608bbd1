"""The cookies around logging in. All HttpOnly; on https bound to this very host by their `__Host-` names."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from saas_app.auth.links import Purpose
from saas_app.auth.sessions import cookie_lifetime
from saas_app.core import tokens
from saas_app.core.config import settings
from saas_app.edge.who import cookie_name

LINK_LASTS = timedelta(minutes=15)
KNOWN_LASTS = timedelta(days=180)
KNOWN_ACCOUNTS = 5


def session_token(request: Request) -> str:
    """The value of the session cookie; '' when there is none."""
    return request.cookies.get(_named("session"), "")


def session_digest(request: Request) -> str:
    """What the database knows this browser's session by; '' when there is none."""
    token = session_token(request)
    return tokens.digest(token) if token else ""


def keep_session(response: Response, token: str, *, remember: bool = False) -> None:
    """Log the browser in; without `remember` until it is closed."""
    _set(response, "session", token, cookie_lifetime(remember=remember))


def drop_session(response: Response) -> None:
    """Log the browser out."""
    _drop(response, "session")


def link_token(request: Request, purpose: Purpose) -> str:
    """The token of a mailed link that was opened in this browser."""
    return request.cookies.get(_named(f"link-{purpose}"), "")


def keep_link(response: Response, purpose: Purpose, token: str) -> None:
    """Take the token out of the address, where logs, histories and referrers would see it."""
    _set(response, f"link-{purpose}", token, LINK_LASTS)


def drop_link(response: Response, purpose: Purpose) -> None:
    """The link was used."""
    _drop(response, f"link-{purpose}")


def note(request: Request, name: str) -> str:
    """A signed note that was left in this browser; '' when there is none."""
    return request.cookies.get(_named(name), "")


def keep_note(response: Response, name: str, signed: str, lasts: timedelta) -> None:
    """Leave a signed note in this browser."""
    _set(response, name, signed, lasts)


def drop_note(response: Response, name: str) -> None:
    """The note is of no more use."""
    _drop(response, name)


def step_token(request: Request, step: str) -> str:
    """What this browser was given at one step, to bring along to the next."""
    return request.cookies.get(_named(f"step-{step}"), "")


def keep_step(response: Response, step: str, token: str) -> None:
    """Tie two steps of one thing, such as the first and the second factor, to one browser."""
    _set(response, f"step-{step}", token, LINK_LASTS)


def drop_step(response: Response, step: str) -> None:
    """The step was taken."""
    _drop(response, f"step-{step}")


def known_accounts(request: Request) -> frozenset[str]:
    """Accounts that were logged in on this browser before, as we signed it."""
    value = tokens.unsign("known", request.cookies.get(_named("known"), ""))
    return frozenset((value or "").split(",")) - {""}


def keep_known(response: Response, request: Request, user_id: str) -> None:
    """Remember that this account was logged in here, so that strangers' tries elsewhere do not lock it out."""
    ids = [user_id, *sorted(known_accounts(request) - {user_id})][:KNOWN_ACCOUNTS]
    _set(response, "known", tokens.sign("known", ",".join(ids), KNOWN_LASTS), KNOWN_LASTS)


def keep_way(response: Response, way: str) -> None:
    """Remember how somebody logged in here, so that the page can say so next time."""
    _set(response, "way", way, KNOWN_LASTS)


def _named(name: str) -> str:
    return cookie_name(settings().base_url, name)


def _set(response: Response, name: str, value: str, lasts: timedelta | None) -> None:
    response.set_cookie(
        _named(name),
        value,
        max_age=int(lasts.total_seconds()) if lasts else None,
        path="/",
        secure=settings().is_https,  # by configuration: behind a proxy the request itself looks like http
        httponly=True,
        samesite="lax",
    )


def _drop(response: Response, name: str) -> None:
    response.delete_cookie(_named(name), path="/", secure=settings().is_https, httponly=True, samesite="lax")
