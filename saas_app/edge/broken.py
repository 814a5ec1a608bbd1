"""What a person reads instead of a page: that it is known and a number to tell us, or when to try again.

It must work when nothing else does, so it asks nobody and loads nothing. Programs get the words alone.
"""

import base64
import hashlib
from html import escape

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from saas_app import site
from saas_app.core.errors import AppError, TooManyTries, Unavailable
from saas_app.core.words import _, language

WORDS = _(
    "Something broke on our side, and it is written down. If it happens again, write to {mail} and name this number: "
    "{number}\n"
)

# As in assets/theme.css, which is not there in the worst case.
STYLE = """
:root { color-scheme: light dark; background: #fdfaf6; color: #2b1f19; }
body { font: 1rem/1.6 ui-sans-serif, system-ui, sans-serif; }
body { margin: 0 auto; max-width: 36rem; padding: 20vh 1.25rem 2rem; }
b { font: 700 1.25rem/1 ui-serif, Georgia, serif; }
h1 { margin: 2.5rem 0 0.5rem; font: 600 1.75rem/1.3 ui-serif, Georgia, serif; text-wrap: pretty; }
p { margin: 0 0 2rem; font-size: 1.125rem; text-wrap: pretty; overflow-wrap: anywhere; }
a { display: inline-block; padding: 0.75rem 1.25rem; border-radius: 0.5rem; background: #a83e1f; color: #fff; }
a { font-weight: 600; text-decoration: none; }
a:focus-visible { outline: 3px solid #9c3719; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  :root { background: #1a1411; color: #f4ebe3; }
  a { background: #b9482a; }
  a:focus-visible { outline-color: #f2a283; }
}
"""
PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{product}</title><style>{style}</style></head>
<body><main><b>{product}</b><h1>{title}</h1><p>{words}</p><a href="{home}">{link}</a></main></body></html>
"""
POLICY = f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"


def sorry(scope: Scope, request_id: str) -> Response:
    """The answer, with the number under which the log has the rest."""
    return told(scope, WORDS.format(mail=site.SUPPORT_EMAIL, number=request_id), 500)


def refusal(scope: Scope, error: AppError) -> Response:
    """The answer in the error's own words, and when to try again if that helps."""
    headers = {"cache-control": "no-store"}
    if isinstance(error, TooManyTries | Unavailable):
        headers["retry-after"] = str(error.retry_after)
    return told(scope, f"{error}\n", error.status, headers)


async def refused(request: Request, error: Exception) -> Response:
    """`refusal` for the routes beside Reflex that have no page to say it on."""
    if not isinstance(error, AppError):
        raise error
    return refusal(request.scope, error)


def own_500(scope: Scope, receive: Receive, send: Send, request_id: str) -> Send:
    """Replace the framework's own words for a failure, which help nobody."""
    replaced = False

    async def out(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start" and message["status"] == 500:
            replaced = True
            await sorry(scope, request_id)(scope, receive, send)
        if not replaced:
            await send(message)

    return out


def told(scope: Scope, words: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """These words: to a browser on a page of their own, to a program as they are."""
    headers = headers or {}
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return PlainTextResponse(words, status, headers)
    page = PAGE.format(
        language=language(),
        product=escape(site.PRODUCT),
        style=STYLE,
        title=escape(_("This did not work")),
        words=escape(words.strip()),
        home=site.HOME,
        link=escape(_("Go to the start page")),
    )
    return HTMLResponse(page, status, {"content-security-policy": POLICY, "cache-control": "no-store", **headers})
