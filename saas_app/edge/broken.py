"""What a person reads instead of a page: that it is known and a number to tell us, or when to try again."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from saas_app.core.errors import AppError, TooManyTries, Unavailable
from saas_app.core.words import _

WORDS = _("Something broke on our side, and it is written down. If it happens again, tell us this number: {}\n")


def sorry(request_id: str) -> PlainTextResponse:
    """The answer, with the number under which the log has the rest."""
    return PlainTextResponse(WORDS.format(request_id), 500)


def refusal(error: AppError) -> PlainTextResponse:
    """The answer in the error's own words, and when to try again if that helps."""
    headers = {"cache-control": "no-store"}
    if isinstance(error, TooManyTries | Unavailable):
        headers["retry-after"] = str(error.retry_after)
    return PlainTextResponse(f"{error}\n", error.status, headers)


async def refused(request: Request, error: Exception) -> Response:
    """`refusal` for the routes beside Reflex that have no page to say it on."""
    if not isinstance(error, AppError):
        raise error
    return refusal(error)


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
