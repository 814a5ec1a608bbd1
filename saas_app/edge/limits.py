"""How much anybody may send at once, counted while it arrives."""

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Send

from saas_app.core.words import _

TOO_LARGE = _("This is larger than we accept. Go back, and send less.")
MESSAGE_TOO_BIG = 1009  # https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1


def limited_body(receive: Receive, limit: int) -> Receive:
    """Count what arrives: a chunked body announces no length."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413, TOO_LARGE)
        return message

    return counted


def limited_frames(receive: Receive, send: Send, limit: int) -> Receive:
    """Hang up on whoever sends more in one frame than any page of ours does."""

    async def counted() -> Message:
        message = await receive()
        if len(message.get("text") or message.get("bytes") or "") <= limit:
            return message
        await send({"type": "websocket.close", "code": MESSAGE_TOO_BIG})
        return {"type": "websocket.disconnect", "code": MESSAGE_TOO_BIG}

    return counted
