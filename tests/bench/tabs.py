"""Two thousand open tabs in one process: what they weigh, and how long a click takes while others click.

    make bench

The tabs are spoken by one loop with wsproto, since a thread for each would be slower than what is measured.
"""

import asyncio
import random
import statistics
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
from socketio.packet import CONNECT, EVENT, Packet
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Message, Ping, Request, TextMessage

from tests.bench.figures import memory, say
from tests.e2e.stack import Stack
from tests.socket.handlers import named
from tests.socket.people import MESSAGE, NAMESPACE, PING, PONG, ROOT, Account, open_account

PEOPLE, TABS_EACH = 50, 40
AT_ONCE = 32
CLICKS_PER_SECOND, SECONDS = 200, 10


class Tab:
    """One open tab: it answers pings, and hands over what the server says about events."""

    def __init__(self, stack: Stack, account: Account) -> None:
        self._account, self._url = account, stack.url
        self._line = WSConnection(ConnectionType.CLIENT)
        self._said: asyncio.Queue[str] = asyncio.Queue()
        self._text, self._accepted = "", asyncio.Event()

    async def open(self) -> None:
        """Connect, and load as the dashboard does."""
        host, _, port = self._url.removeprefix("http://").partition(":")
        self._reader, self._writer = await asyncio.open_connection(host, int(port))
        headers = [(b"Origin", self._url.encode()), (b"Cookie", f"session={self._account.cookie}".encode())]
        target = f"/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
        self._write(Request(host=f"{host}:{port}", target=target, extra_headers=headers))
        self._listening = asyncio.create_task(self._listen())
        await self._accepted.wait()
        self._send(Packet(CONNECT, namespace=NAMESPACE))
        while not (await self._said.get()).startswith(f"40{NAMESPACE},"):
            continue
        await self.ask(f"{ROOT}.hydrate")
        await self.ask(LOAD)

    async def ask(self, name: str) -> float:
        """Send an event; milliseconds until something is said about one."""
        began = time.perf_counter()
        place = {"pathname": "/dashboard", "query": {}, "asPath": "/dashboard"}
        said = {"name": name, "payload": {}, "router_data": place}
        self._send(Packet(EVENT, data=["event", said], namespace=NAMESPACE))
        while not (await self._said.get()).startswith(f"42{NAMESPACE},"):
            continue
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        """Gone without a word, as tabs go."""
        self._listening.cancel()
        self._writer.close()

    def _send(self, packet: Packet) -> None:
        self._write(Message(data=f"{MESSAGE}{packet.encode()}"))

    def _write(self, event: Any) -> None:
        self._writer.write(self._line.send(event))

    async def _listen(self) -> None:
        while data := await self._reader.read(65_536):
            self._line.receive_data(data)
            for event in self._line.events():
                if isinstance(event, AcceptConnection):
                    self._accepted.set()
                elif isinstance(event, Ping):
                    self._write(event.response())
                elif isinstance(event, TextMessage):
                    self._hear(event)

    def _hear(self, event: TextMessage) -> None:
        self._text += event.data
        if not event.message_finished:
            return
        text, self._text = self._text, ""
        if text == PING:
            self._write(Message(data=PONG))
        else:
            self._said.put_nowait(text)


LOAD = named("account_state.load")


def main() -> None:
    """Print one line per figure."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            people = [open_account(stack.url, f"Person{number}") for number in range(PEOPLE)]
            before = memory(stack.app.pid)
            for _ in range(500):
                assert "/_event" not in httpx.get(f"{stack.url}/").text
            say("memory for 500 anonymous visits", f"{memory(stack.app.pid) - before:.0f} MiB, no socket, no state")
            asyncio.run(measure(stack, people))
        finally:
            stack.stop()


async def measure(stack: Stack, people: list[Account]) -> None:
    """Open all tabs, then click here and there."""
    tabs = [Tab(stack, person) for person in people for _ in range(TABS_EACH)]
    began, gate = time.perf_counter(), asyncio.Semaphore(AT_ONCE)

    async def open_one(tab: Tab) -> None:
        async with gate:
            await tab.open()

    await asyncio.gather(*(open_one(tab) for tab in tabs))
    rate = len(tabs) / (time.perf_counter() - began)
    say(f"{len(tabs)} open tabs", f"{rate:.0f} opened and loaded a second, {memory(stack.app.pid):.0f} MiB in all")
    idle = random.sample(tabs, len(tabs))
    waits: list[asyncio.Task[float]] = []
    for _ in range(CLICKS_PER_SECOND * SECONDS):
        tab = idle.pop()
        idle.insert(0, tab)
        waits.append(asyncio.create_task(tab.ask(LOAD)))
        await asyncio.sleep(1 / CLICKS_PER_SECOND)
    took = await asyncio.gather(*waits)
    parts = statistics.quantiles(took, n=100)
    say(f"a click, at {CLICKS_PER_SECOND} a second over all", f"p50 {parts[49]:.0f} ms, p99 {parts[98]:.0f} ms")
    for tab in tabs:
        tab.close()


if __name__ == "__main__":
    main()
