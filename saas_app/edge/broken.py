"""What a person reads when our code broke: that it is known, and a number to tell us."""

from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

WORDS = "Something broke on our side, and it is written down. If it happens again, tell us this number: {}\n"


def sorry(request_id: str) -> PlainTextResponse:
    """The answer, with the number under which the log has the rest."""
    return PlainTextResponse(WORDS.format(request_id), 500)


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
