"""What a person reads instead of a page: that it is known and a number to tell us, or when to try again."""

from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from saas_app.core.errors import Unavailable

WORDS = "Something broke on our side, and it is written down. If it happens again, tell us this number: {}\n"


def sorry(request_id: str) -> PlainTextResponse:
    """The answer, with the number under which the log has the rest."""
    return PlainTextResponse(WORDS.format(request_id), 500)


def not_now(error: Unavailable) -> PlainTextResponse:
    """The answer while the database is busy or away."""
    headers = {"retry-after": str(error.retry_after), "cache-control": "no-store"}
    return PlainTextResponse(f"{error}\n", error.status, headers)


def own_500(scope: Scope, receive: Receive, send: Send, request_id: str) -> Send:
    """Replace the framework's own words for a failure, which help nobody."""
    replaced = False

    async def out(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start" and message["status"] == 500:
            replaced = True
            await sorry(request_id)(scope, receive, send)
        if not replaced:
            await send(message)

    return out
