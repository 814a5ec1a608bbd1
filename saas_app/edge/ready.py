"""Public pages that go out as they went out before, without a look at anything in between.

The whole app answers first. When its answer is the same for everybody who asks in these words (`Filled.slots`), it is
kept here, together with the slots that it was filled with; new slots, such as a price that was changed at Stripe, make
it nobody's. There is nothing here that the app has not said, and nothing is decided here but whether to ask it again.
"""

from collections.abc import Callable
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from saas_app.core import logs
from saas_app.edge.islands import SAME, Slots

# Visitors choose the words, so how many are kept is bounded, and how long each may be.
MOST_KEPT = 1024
LONGEST_KEY = 1024

# Method, path, query, and the headers that a public page varies by.
Key = tuple[str, str, bytes, bytes, bytes, bytes, bytes]


class Answer(NamedTuple):
    """What the app said, without the number that each answer has of its own."""

    slots: Slots
    status: int
    headers: list[tuple[bytes, bytes]]
    body: Message


class Ready:
    """Stands before the app. `current` gives the slots of now, or None when somebody has to look whether they still
    are; `session_cookie` is the name of what makes a visitor somebody.
    """

    def __init__(self, app: ASGIApp, current: Callable[[], Slots | None], session_cookie: str) -> None:
        self._app, self._current = app, current
        self._session = session_cookie.encode()
        self._kept: dict[Key, Answer] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(scope) if scope["type"] == "http" else None
        found = self._kept.get(key) if key else None
        if key is None:
            await self._app(scope, receive, send)
        elif found is None or found.slots is not self._current():
            await self._app(scope, receive, self._keeping(key, scope, send))
        else:
            headers = [*found.headers, (b"x-request-id", logs.new_request_id().encode())]
            await send({"type": "http.response.start", "status": found.status, "headers": headers})
            await send(found.body)

    def _key(self, scope: Scope) -> Key | None:
        """All that a public page follows from. None for members, for a header that came twice, and for pages of other
        sites, whom Reflex answers apart.
        """
        if scope["method"] not in ("GET", "HEAD"):
            return None
        headers: dict[bytes, bytes] = dict(scope["headers"])
        cookie = headers.get(b"cookie", b"")
        if self._session in cookie or b"origin" in headers or len(headers) < len(scope["headers"]):
            return None
        return (
            scope["method"],
            scope["path"],
            scope["query_string"],
            cookie,
            headers.get(b"accept-encoding", b""),
            headers.get(b"accept-language", b""),
            headers.get(b"if-none-match", b""),
        )

    def _keeping(self, key: Key, scope: Scope, send: Send) -> Send:
        head: Message | None = None

        async def out(message: Message) -> None:
            nonlocal head
            if message["type"] == "http.response.start":
                head = message
            elif head is not None and (slots := scope.get(SAME)) is not None:
                self._keep(key, slots, head, message)
            await send(message)

        return out

    def _keep(self, key: Key, slots: Slots, head: Message, body: Message) -> None:
        if body.get("more_body") or sum(map(len, key)) > LONGEST_KEY:
            return
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        headers = [(name, value) for name, value in head["headers"] if name != b"x-request-id"]
        self._kept[key] = Answer(slots, head["status"], headers, body)
