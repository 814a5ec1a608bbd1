"""What `stripe listen` talks to: a session, then a websocket over which events go to the Stripe CLI, which
forwards them to an app and says what the app answered.

The protocol is the CLI's own (github.com/stripe/stripe-cli, pkg/websocket); only what 1.52 uses is here.
"""

import asyncio
import logging
import secrets
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from stripe_sandbox import API_VERSION, delivery, events
from stripe_sandbox.api import Params, route
from stripe_sandbox.ids import new_id, random_text
from stripe_sandbox.store import Object, Store, Tx, real_now

log = logging.getLogger("stripe_sandbox")

_PATH = "/stripecli/listen"
_PROTOCOL = "stripecli-devproxy-v1"
NAME = "stripe listen"  # stands where a webhook endpoint's id would, in the log of deliveries


@route("POST", "/v1/stripecli/sessions", takes=["*"])
def create(tx: Tx, params: Params) -> Object:
    """One secret for all sessions, so that an app keeps working when the CLI is started again."""
    secret = tx.fact("cli_secret")
    if not secret:
        secret = f"whsec_{secrets.token_hex(32)}"
        tx.remember("cli_secret", secret)
    id_ = random_text(32)
    tx.remember("cli_session", id_)
    return {
        "default_version": API_VERSION,
        "device_token": "",
        "display_connect_filter_warning": False,
        "latest_version": API_VERSION,
        "reconnect_delay": 300,
        "secret": secret,
        "websocket_authorized_feature": "webhooks",
        "websocket_id": id_,
        "websocket_url": f"{tx.base_url.replace('http', 'ws', 1)}{_PATH}",
    }


@dataclass
class Listener:
    """One CLI that is connected."""

    secret: str
    after: int  # the number of the last event that it knows
    again: list[str] = field(default_factory=list)  # events to be sent once more
    rung: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """The CLIs that are connected; told of each commit that made events."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: list[Listener] = []

    def wake(self, woke: list[str]) -> None:
        """There may be something to send; may be called from any thread."""
        if self._listeners and self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring, woke)

    def _ring(self, woke: list[str]) -> None:
        again = [each.removeprefix("again:") for each in woke if each.startswith("again:")]
        for listener in self._listeners:
            listener.again += again
            listener.rung.set()

    async def serve(self, socket: WebSocket) -> None:
        """Talk to one CLI until it leaves."""
        listener = await run_in_threadpool(self._enter, socket.headers.get("websocket-id", ""))
        if listener is None:
            await socket.close(4401)
            return
        await socket.accept(subprotocol=_PROTOCOL if _PROTOCOL in socket.scope["subprotocols"] else None)
        self._loop = asyncio.get_running_loop()
        self._listeners.append(listener)
        sending = asyncio.create_task(self._send(socket, listener))
        try:
            while True:
                await self._hear(await socket.receive_json())
        except (WebSocketDisconnect, ValueError, RuntimeError):
            log.debug("A Stripe CLI has left")
        finally:
            self._listeners.remove(listener)
            sending.cancel()

    def _enter(self, id_: str) -> Listener | None:
        with self._store.transaction() as tx:
            if not id_ or id_ != tx.fact("cli_session"):
                return None
            last = tx.db.execute("SELECT coalesce(max(seq), 0) FROM objects").fetchone()[0]
            return Listener(tx.fact("cli_secret"), last)

    async def _send(self, socket: WebSocket, listener: Listener) -> None:
        while True:
            listener.rung.clear()
            again, listener.again = listener.again, []
            for id_, body in await run_in_threadpool(self._news, listener, again):
                for version in (None, API_VERSION):  # `listen` takes the first kind, `listen --latest` the second
                    await socket.send_json(_message(listener, id_, body, version))
            await listener.rung.wait()

    def _news(self, listener: Listener, again: list[str]) -> list[tuple[str, str]]:
        with self._store.transaction() as tx:
            rows = tx.db.execute(
                "SELECT seq, id FROM objects WHERE kind = 'event' AND seq > ? ORDER BY seq", (listener.after,)
            ).fetchall()
            if rows:
                listener.after = rows[-1][0]
            return [(id_, events.body_of(tx, id_)) for id_ in [row[1] for row in rows] + again]

    async def _hear(self, said: Any) -> None:
        """The CLI tells what the app answered; it goes into the log of deliveries."""
        if not isinstance(said, dict) or said.get("type") != "webhook_response":
            return
        await run_in_threadpool(self._note, said)

    def _note(self, said: dict[str, Any]) -> None:
        status = said.get("status")
        good = isinstance(status, int) and 200 <= status < 300
        with self._store.transaction() as tx:
            if tx.find(str(said.get("webhook_id")), "event") is None:
                return
            row = tx.db.execute(
                "INSERT INTO deliveries (event, endpoint, state, tries, next_try) VALUES (?, ?, ?, 1, 0)",
                (str(said["webhook_id"]), NAME, "delivered" if good else "failed"),
            )
            answer = f"{said.get('forward_url', '')}: {said.get('body', '')}"[:500]
            tx.db.execute(
                "INSERT INTO attempts (delivery, at, status, milliseconds, answer) VALUES (?, ?, ?, 0, ?)",
                (row.lastrowid, real_now(), status if isinstance(status, int) else None, answer),
            )


def _message(listener: Listener, id_: str, body: str, version: str | None) -> dict[str, Any]:
    return {
        "type": "webhook_event",
        "endpoint": {"api_version": version},
        "event_payload": body,
        "http_headers": {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": delivery.signature(listener.secret, body, int(real_now())),
            "User-Agent": "Stripe/1.0 (sandbox)",
        },
        "webhook_conversation_id": new_id("wc", 16),
        "webhook_id": id_,
    }


async def _listen(socket: WebSocket) -> None:
    await socket.app.state.sandbox.hub.serve(socket)


ROUTES = [WebSocketRoute(_PATH, _listen)]
