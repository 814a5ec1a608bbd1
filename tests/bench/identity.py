"""What identity costs: log-ins while others click, and the look at the session before each event.

    make bench

The clicks beside the flood are the promise: hashing has two threads of its own, so they must not wait for it.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench.__main__ import say
from tests.bench.wire import Line, send
from tests.e2e.stack import Stack
from tests.socket.handlers import named
from tests.socket.people import PASSWORD, ROOT, Account, connected, open_account

PEOPLE, LOG_INS_EACH, CONNECTIONS = 100, 2, 16
EVENTS = 300
PAUSE_SECONDS = 0.02


def main() -> None:
    """Print one line per figure."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            people = [open_account(stack.url, f"Person{number}") for number in range(PEOPLE)]
            asyncio.run(log_ins(stack, people))
            events(stack, people[0])
        finally:
            stack.stop()


async def log_ins(stack: Stack, people: list[Account]) -> None:
    """A flood of log-ins, and what one member waits for a page meanwhile."""
    port = int(stack.url.rpartition(":")[2])
    look = page(stack, people[0])
    quiet = await clicks(Line(port), look, asyncio.create_task(asyncio.sleep(2)))
    requests = [form(stack, person) for _ in range(LOG_INS_EACH) for person in people]
    await send(requests[: len(people)], port, connections=CONNECTIONS, status=303)  # what is first needed is read
    began = time.perf_counter()
    waits = await send(requests, port, connections=CONNECTIONS, status=303)
    say(f"log-ins, {CONNECTIONS} at once", f"{len(requests) / (time.perf_counter() - began):.0f}/s, {in_words(waits)}")
    began = time.perf_counter()
    flood = asyncio.create_task(send(requests, port, connections=CONNECTIONS, status=303))
    beside = await clicks(Line(port), look, flood)
    rate = len(requests) / (time.perf_counter() - began)
    say("a page for a member, in quiet", in_words(quiet))
    say("a page for a member, beside such a flood", f"{in_words(beside)}; {len(beside)} of them, {rate:.0f} log-ins/s")


async def clicks(line: Line, look: bytes, until: "asyncio.Task[Any]") -> list[float]:
    """How long a page took, in milliseconds, again and again until something is over."""
    waits: list[float] = []
    while not until.done():
        waits.append(await line.ask(look, 200))
        await asyncio.sleep(PAUSE_SECONDS)
    return waits


def form(stack: Stack, person: Account) -> bytes:
    """A log-in as a browser sends it, from an address of its own."""
    body = urlencode({"email": person.email, "password": PASSWORD})
    head = (
        f"POST /login HTTP/1.1\r\nHost: {stack.url.partition('//')[2]}\r\nOrigin: {stack.url}\r\n"
        f"X-Forwarded-For: {person.address}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def page(stack: Stack, person: Account) -> bytes:
    """The prices, asked for by somebody who is logged in: their session is looked up, and the page filled for them."""
    host = stack.url.partition("//")[2]
    return f"GET /pricing HTTP/1.1\r\nHost: {host}\r\nCookie: session={person.cookie}\r\n\r\n".encode()


def events(stack: Stack, person: Account) -> None:
    """From an event on the socket to its answer: session look-up, mark, the handler's own read, and the push."""
    handler, waits = named("account_state.load"), list[float]()
    with connected(stack.url, cookie=person.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        for _ in range(EVENTS):
            began = time.perf_counter()
            tab.ask(handler)
            waits.append((time.perf_counter() - began) * 1000)
            time.sleep(PAUSE_SECONDS * 2)  # noqa: TID251  a person's pace, below the limit of events
    say("a gated event that reads one's plan", in_words(waits))


def in_words(waits: list[float]) -> str:
    parts = statistics.quantiles(waits, n=100)
    return f"p50 {parts[49]:.1f} ms, p99 {parts[98]:.1f} ms"


if __name__ == "__main__":
    main()
