"""Who is asking, for the routes that are not Reflex."""

import hashlib
from collections.abc import Awaitable, Callable

from starlette.requests import Request

from saas_app.core.viewer import Viewer

FindViewer = Callable[[str], Awaitable[Viewer | None]]

_finder: list[FindViewer] = []


def install(find_viewer: FindViewer) -> None:
    """Make this the way a session cookie's digest becomes a viewer."""
    _finder[:] = [find_viewer]


def cookie_name(base_url: str, name: str = "session") -> str:
    """`__Host-` binds the cookie to this host and to https; browsers refuse it on plain http."""
    return f"__Host-{name}" if base_url.startswith("https://") else name


def digest_of(cookie: str) -> str:
    """What the database knows a session by; '' for no cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest() if cookie else ""


async def viewer_by(digest: str) -> Viewer | None:
    """Whose session has this digest now; None when it has ended."""
    return await _finder[0](digest) if digest else None


async def viewer_of(request: Request, base_url: str) -> Viewer | None:
    """Who sent this request; None for a stranger or an ended session."""
    return await viewer_by(digest_of(request.cookies.get(cookie_name(base_url), "")))
