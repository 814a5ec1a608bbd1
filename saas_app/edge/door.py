"""The ASGI wrapper around the whole app: origins, limits, headers, and the pages that need no Reflex to be answered."""

import logging
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from saas_app.core import habits, logs
from saas_app.core.errors import Unavailable
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.edge.broken import own_500, refusal, sorry, told
from saas_app.edge.islands import SAME, WORD, Islands, hydrated_policy
from saas_app.edge.limits import TOO_LARGE, limited_body, limited_frames
from saas_app.edge.pages import POSTERS, Route
from saas_app.edge.who import FindViewer, cookie_name, digest_of
from saas_app.ui.head import ICONS

# Reflex writes its client tokens with a variant nibble of 8 to f.
TAB_TOKEN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89a-f][0-9a-f]{3}-[0-9a-f]{12}")
KEPT_SECONDS = 180 * 86400
LONGEST_VALUE = 300  # of a value in an address, such as an e-mail or a page to go back to
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
WEBHOOK = "/api/stripe/webhook"
WEBHOOK_LIMIT = 256 * 1024
BODY_LIMIT = FRAME_LIMIT = 64 * 1024
SOCKET_HEADERS = {b"host", b"origin", b"connection", b"upgrade", b"sec-websocket-version", b"sec-websocket-key"}
# Reflex's own doors that nobody needs here: uploads, its long-polling transport, its lists.
CLOSED = ("/_upload", "/_event", "/_all_routes", "/_health", "/auth-codespace")

log = logging.getLogger(__name__)


class Edge:
    """Everything that reaches the app comes through here.

    `find_viewer` turns the digest of a session cookie into who is looking. `members` are the paths that strangers
    are sent away from; `form_targets` the other hosts that a form may lead to; `straight` are addresses that are
    looked up before all routes, for doors through which thousands come in a second. `larger` are addresses that take
    more than BODY_LIMIT, with how many bytes. `sockets` is what open tabs are connected to: each layer in between costs
    every tab a few kB for as long as it is open. `keeps` names words in a public page's address that the browser keeps
    as a cookie, such as a choice of currency.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        islands: Islands,
        island_routes: dict[str, Route],
        members: dict[str, Route],
        find_viewer: FindViewer,
        base_url: str,
        build: Path,
        form_targets: tuple[str, ...],
        straight: dict[str, ASGIApp] | None = None,
        larger: dict[str, int] | None = None,
        sockets: ASGIApp | None = None,
        keeps: tuple[str, ...] = (),
    ) -> None:
        self._app, self._sockets = app, sockets or app
        self._islands = islands
        self._island_at = {route.path: name for name, route in island_routes.items()}
        self._members = {route.path: route for route in members.values()}
        self._find_viewer = find_viewer
        self._straight = straight or {}
        self._limits = {WEBHOOK: WEBHOOK_LIMIT, **(larger or {})}
        self._keeps = keeps
        self._base_url = base_url
        self._static = build / "client"
        self._cookie = cookie_name(base_url)
        self._https = base_url.startswith("https://")
        self._headers = _common_headers(https=self._https)
        self._policy = cache(lambda: hydrated_policy(build, form_targets).encode())  # the build is made after us

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    # -- the socket

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in our own pages only, with the cookie replaced by its digest: state, logs and Redis never hold it. Of
        its languages remains how they write, where that is not as usual. What else a browser says of itself is kept by
        Reflex as long as the tab is open, several times over, and never used.
        """
        headers = _headers(scope)
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not self._own_origin(headers, need_origin=True) or not TAB_TOKEN.fullmatch(token):
            await receive()
            await send({"type": "websocket.close", "code": 4403})
            return
        digest = self._digest(headers)
        scope["headers"] = [(key, value) for key, value in scope["headers"] if key in SOCKET_HEADERS]
        if digest:
            scope["headers"].append((b"cookie", f"session={digest}".encode()))
        if reader := habits.of(headers.get("accept-language", "")):
            scope["headers"].append((b"accept-language", reader.encode()))
        await self._sockets(scope, limited_frames(receive, send, FRAME_LIMIT), send)

    # -- plain requests

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer under a name that the log, the headers and a person who reports an error share."""
        request_id, started = logs.new_request_id(), False
        outside = self._with_headers(send, scope["path"], request_id)

        async def out(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await outside(message)

        try:
            await self._answer(scope, receive, own_500(scope, receive, out, request_id))
        except Exception:
            log.exception("a request failed", extra={"path": scope["path"], "method": scope["method"]})
            if not started:
                await sorry(scope, request_id)(scope, receive, out)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path, method = _headers(scope), scope["path"], scope["method"]
        habits.follow(headers.get("accept-language", ""))
        refusal = self._refusal(scope, headers)
        if refusal is None and method in UNSAFE:
            receive = limited_body(receive, self._limits.get(path, BODY_LIMIT))
        if refusal is None and path in self._straight:
            await self._go_straight(self._straight[path], scope, receive, send)
            return
        response = refusal or (await self._page(scope, headers) if method in ("GET", "HEAD") else None)
        if response is not None:
            await response(scope, receive, send)
            return
        await self._app(self._directory_index(scope), receive, self._own_404(scope, headers, receive, send))

    async def _go_straight(self, door: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await door(scope, receive, send)
        except HTTPException as error:  # too large, as it turned out while it arrived
            await told(scope, error.detail, error.status_code)(scope, receive, send)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> Response | None:
        path, method = scope["path"], scope["method"]
        if path.startswith(CLOSED):
            return PlainTextResponse(_("Not found"), 404)
        if method not in UNSAFE:
            return None
        size = headers.get("content-length", "0")
        if not (size.isascii() and size.isdigit()) or int(size) > self._limits.get(path, BODY_LIMIT):
            return told(scope, TOO_LARGE, 413)
        if path != WEBHOOK and not self._own_origin(headers, need_origin=False):
            return told(scope, _("This form was sent from another site, so nothing was done."), 403)
        return None

    async def _page(self, scope: Scope, headers: dict[str, str]) -> Response | None:
        """Islands, and the redirect of strangers from member pages; None when Reflex or a route must answer."""
        path = scope["path"].rstrip("/") or "/"
        island = self._island_at.get(path)
        if island is None and path not in self._members:
            return None
        try:
            viewer = await (self._who(headers) if path in self._members else self._who_perhaps(headers))
        except Unavailable as error:  # this person may be logged in, so they are not sent to log in
            return refusal(scope, error)
        query = scope["query_string"].decode("latin-1")
        if viewer is None and path in self._members:
            wanted = quote(f"{path}?{query}" if query else path, safe="/")
            return RedirectResponse(f"/login?next={wanted}", 303, {"cache-control": "no-store"})
        if viewer is not None and path in self._members and self._members[path].fresh and not viewer.is_fresh:
            wanted = quote(f"{path}?{query}" if query else path, safe="/")
            return RedirectResponse(f"/confirm?next={wanted}", 303, {"cache-control": "no-store"})
        if island is None:
            return None
        asked = {key: values[0] for key, values in parse_qs(query).items() if len(values[0]) <= LONGEST_VALUE}
        remembered = self._islands.remembered(island, cookie_parser(headers.get("cookie", "")))
        response = await self._islands.answer(island, headers, viewer, form=asked, remembered=remembered)
        scope[SAME] = response.slots
        for name in self._keeps:
            if WORD.fullmatch(asked.get(name, "")):
                kept = cookie_name(self._base_url, name)
                response.set_cookie(kept, asked[name], KEPT_SECONDS, httponly=True, samesite="lax", secure=self._https)
        return response

    async def _who(self, headers: dict[str, str]) -> Viewer | None:
        digest = self._digest(headers)
        return await self._find_viewer(digest) if digest else None

    async def _who_perhaps(self, headers: dict[str, str]) -> Viewer | None:
        """Nobody when the database is busy: a public page is still worth more than an error."""
        try:
            return await self._who(headers)
        except Unavailable:
            return None

    def _directory_index(self, scope: Scope) -> Scope:
        """Reflex answers `/x` with a redirect to `/x/`; spare the visitor the round trip."""
        path = scope["path"]
        if (
            scope["method"] in ("GET", "HEAD")
            and not path.endswith("/")
            and ".." not in path
            and (self._static / path.lstrip("/") / "index.html").is_file()
        ):
            return {**scope, "path": path + "/", "raw_path": f"{path}/".encode()}
        return scope

    def _own_404(self, scope: Scope, headers: dict[str, str], receive: Receive, send: Send) -> Send:
        """Replace Reflex's empty shell for unknown pages by a page that helps."""
        replaced = False

        async def out(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                kind = dict(message["headers"]).get(b"content-type", b"")
                replaced = message["status"] == 404 and b"text/html" in kind
                if replaced:
                    viewer = await self._who_perhaps(headers)
                    page = await self._islands.answer("404", headers, viewer, status=404)
                    await page(scope, receive, send)
            if not replaced:
                await send(message)

        return out

    def _with_headers(self, send: Send, path: str, request_id: str) -> Send:
        async def out(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = {key for key, _ in message["headers"]}
                if message["status"] == 304:  # a browser puts these headers over those of the page it has kept
                    sent |= {b"content-security-policy", b"cache-control"}
                extra = [(k, v) for k, v in self._headers if k not in sent]
                extra.append((b"x-request-id", request_id.encode()))
                html = b"text/html" in dict(message["headers"]).get(b"content-type", b"")
                if b"content-security-policy" not in sent:
                    extra.append((b"content-security-policy", self._policy() if html else b"default-src 'none'"))
                if b"cache-control" not in sent:
                    extra.append((b"cache-control", _kept_for(path, message["status"], html=html)))
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        return out

    # -- who and from where

    def _own_origin(self, headers: dict[str, str], *, need_origin: bool) -> bool:
        """Whether a request was made by one of our own pages.

        Fetch metadata (https://www.w3.org/TR/fetch-metadata/) when the browser sends it, else the Origin header.
        """
        origin = headers.get("origin")
        if origin is not None and not self._is_ours(origin, headers.get("host", "")):
            return False
        site = headers.get("sec-fetch-site")
        if site is not None and not need_origin:
            return site in ("same-origin", "none")
        return origin is not None or not need_origin

    def _is_ours(self, origin: str, host: str) -> bool:
        """Exactly our address. On a developer's machine, which has several names, the one that was asked for."""
        if origin == self._base_url or self._https:
            return origin == self._base_url
        return bool(host) and urlsplit(origin).netloc == host

    def _digest(self, headers: dict[str, str]) -> str:
        """As Starlette reads it: the standard library's parser drops all that follows a cookie it finds odd, and other
        programs set those, on a parent domain or on another port of a developer's machine.
        """
        return digest_of(cookie_parser(headers.get("cookie", "")).get(self._cookie, ""))


def _headers(scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in scope["headers"]:
        name, text = key.decode("latin-1"), value.decode("latin-1")
        found[name] = f"{found[name]}; {text}" if name == "cookie" and name in found else text
    return found


def _kept_for(path: str, status: int, *, html: bool) -> bytes:
    """How long a browser may keep what Reflex serves from the build: its names say which version `/assets/` are of."""
    if status == 200 and path.startswith("/assets/"):
        return b"public, max-age=31536000, immutable"
    if status == 200 and (path in ICONS or path.startswith(POSTERS)):
        return b"public, max-age=86400"
    return b"no-cache" if html else b"no-store"


def _common_headers(*, https: bool) -> list[tuple[bytes, bytes]]:
    features = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")
    headers = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in features),
    }
    if https:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(key.encode(), value.encode()) for key, value in headers.items()]
