"""People who talk to the app's socket with a program of their own, and say whatever they like."""

import itertools
import json
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from simple_websocket import Client, ConnectionClosed
from socketio.packet import CONNECT, EVENT, Packet

NAMESPACE = "/_event"
ROOT = "reflex___state____state"
PASSWORD = "quiet-harbor-lantern-42"
WAIT_SECONDS = 15.0
MESSAGE, PING, PONG = "4", "2", "3"  # https://socket.io/docs/v4/engine-io-protocol

_numbers = itertools.count(1)
Update = dict[str, Any]


@dataclass
class Account:
    """Somebody with a session cookie of their own."""

    email: str
    cookie: str
    address: str
    password: str = PASSWORD


def open_account(url: str, name: str) -> Account:
    """Sign up by the form, as a browser posts it."""
    email = f"{name.lower()}-{next(_numbers)}-{secrets.token_hex(4)}@example.com"
    address = ".".join(["10", *(str(part) for part in secrets.token_bytes(3))])
    sent = httpx.post(
        f"{url}/signup",
        data={"name": name, "email": email, "password": PASSWORD},
        headers={"origin": url, "x-forwarded-for": address},
    )
    assert sent.status_code == 303, sent.text
    return Account(email, sent.cookies["session"], address)


def become_a_customer(url: str, cookie: str) -> None:
    """Ask for a plan twice: the second click looks at Stripe, and announces to this person's tabs what it has seen."""
    headers = {"origin": url, "cookie": f"session={cookie}"}
    for _ in range(2):
        form = {"plan": "pro_v1", "billing": "year"}
        sent = httpx.post(f"{url}/billing/checkout", data=form, headers=headers, timeout=30)
        assert "problem" not in sent.headers["location"]


class NoAnswer(Exception):
    """The server has said nothing for a long while."""


class HungUp(Exception):
    """The server has ended the connection."""


def knock(url: str, *, token: str, origin: str | None, cookie: str = "") -> int:
    """Ask for a socket, and go away with the status of the answer: 101 would have opened it."""
    headers = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    headers |= {"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "cookie": f"session={cookie}"}
    if origin is not None:
        headers["origin"] = origin
    return httpx.get(f"{url}/_event/?EIO=4&transport=websocket&token={token}", headers=headers).status_code


@dataclass
class Socket:
    """One connection, spoken frame by frame. Everything the server sends is kept in `frames`."""

    url: str
    cookie: str = ""
    origin: str | None = ""
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    path: str = "/scenarios"
    language: str = ""
    frames: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Connect as a browser's script does."""
        headers = {"Cookie": f"session={self.cookie}"} if self.cookie else {}
        if self.language:
            headers["Accept-Language"] = self.language
        origin = self.url if self.origin == "" else self.origin
        if origin is not None:
            headers["Origin"] = origin
        address = f"{self.url.replace('http', 'ws', 1)}/_event/?EIO=4&transport=websocket&token={self.token}"
        self._line = Client(address, headers=headers)
        # Not after engine.io's greeting: the client keeps what arrives together with the handshake until more comes.
        self._send(Packet(CONNECT, namespace=NAMESPACE))
        while not self._receive().startswith(f"40{NAMESPACE},"):
            continue

    def close(self) -> None:
        with suppress(ConnectionClosed):  # the server may have hung up before
            self._line.close()

    def say(self, name: str, payload: Any = None, **more: Any) -> None:
        """Send an event, whatever it is."""
        place = {"pathname": self.path, "query": {}, "asPath": self.path}
        said = {"name": name, "payload": {} if payload is None else payload, "router_data": place, **more}
        self._send(Packet(EVENT, data=["event", said], namespace=NAMESPACE))

    def hear(self) -> Update:
        """The next thing that the server says about an event; NoAnswer after a while."""
        while True:
            frame = self._receive()
            if frame.startswith(f"42{NAMESPACE},"):
                packet = Packet(encoded_packet=frame[1:])
                what, *rest = packet.data
                if what == "event":
                    return rest[0] if isinstance(rest[0], dict) else json.loads(rest[0])

    def ask(self, name: str, payload: Any = None) -> Update:
        """Send an event, and hear the answer."""
        self.say(name, payload)
        return self.hear()

    def until_silent(self) -> None:
        """Hear everything, until nothing has come for two seconds."""
        while (frame := self._line.receive(2)) is not None:
            self.frames.append(frame)

    def _send(self, packet: Packet) -> None:
        try:
            self._line.send(f"{MESSAGE}{packet.encode()}")
        except (ConnectionClosed, OSError) as error:  # the second where the line broke before its end was heard of
            raise HungUp from error

    def _receive(self) -> str:
        while True:
            try:
                frame = self._line.receive(WAIT_SECONDS)
            except ConnectionClosed as error:
                raise HungUp from error
            if frame is None:
                raise NoAnswer
            if frame == PING:
                self._line.send(PONG)
                continue
            self.frames.append(frame)
            return frame


@contextmanager
def connected(url: str, **how: Any) -> Iterator[Socket]:
    """A socket that is open as long as the block."""
    made = Socket(url, **how)
    made.open()
    try:
        yield made
    finally:
        made.close()
