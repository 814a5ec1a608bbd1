"""Keeps strangers out: other sites' forms, and names that were bent to point at this machine."""

import ipaddress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' http: https: data:; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
MOST_BYTES = 1_000_000


class Guard:
    """Checks where a request comes from, and sets the headers of every page."""

    def __init__(self, app: ASGIApp, *, loopback_only: bool) -> None:
        self._app = app
        self._loopback_only = loopback_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["type"] == "websocket":
            # the Stripe CLI sends no Origin; a page in a browser always does
            if "origin" in headers or not self._is_ours(headers):
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._app(scope, receive, send)
            return
        problem = self._problem(scope, headers)
        if problem:
            await PlainTextResponse(problem, 403)(scope, receive, send)
            return
        try:
            await self._app(scope, _counted(receive), _with_headers(send))
        except _TooMuch:
            await _refuse_size(scope)(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        name = headers.get("host", "").rsplit(":", 1)[0].strip("[]")
        return not self._loopback_only or is_loopback(name)

    def _problem(self, scope: Scope, headers: Headers) -> str | None:
        host = headers.get("host", "")
        if not self._is_ours(headers):
            return "The sandbox answers to this machine's own names only (localhost, 127.0.0.1)."
        if scope["method"] in ("GET", "HEAD") or scope["path"].startswith("/v1/"):
            return None  # the API is for keys, not for browsers
        origin = headers.get("origin")
        if origin is not None and origin != f"{scope['scheme']}://{host}":
            return "This form was sent from another site."
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return "This form was sent from another site."
        return None


class _TooMuch(Exception):
    """A body that goes on and on."""


def _counted(receive: Receive) -> Receive:
    """Whatever the headers promise, a body is read up to a limit."""
    seen = 0

    async def wrapped() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BYTES:
            raise _TooMuch
        return message

    return wrapped


def _refuse_size(scope: Scope) -> Response:
    text = "That is too much for one request."
    if scope["path"].startswith("/v1/"):
        return JSONResponse({"error": {"type": "invalid_request_error", "message": text}}, 413)
    return PlainTextResponse(text, 413)


def is_loopback(host: str) -> bool:
    """Is this a name of the machine itself?"""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", _POLICY)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return wrapped
