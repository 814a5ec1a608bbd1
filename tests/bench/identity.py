"""What identity costs: log-ins while others click, and the look at the session before each event.

    make bench

The clicks beside the flood are the promise: hashing has two threads of its own, so they must not wait for it.
"""

import asyncio
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from saas_app.auth.passwords import THREADS, hash_now
from tests.bench.figures import say
from tests.bench.wire import Line, send
from tests.e2e.stack import Stack
from tests.socket.handlers import named
from tests.socket.people import PASSWORD, ROOT, Account, connected, open_account

PEOPLE, LOG_INS_EACH, CONNECTIONS = 150, 4, 16  # five in five minutes are one too many
FIRST, ROUNDS, IN_A_ROUND = 50, 5, 80
HASHES = 60
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
    first, left = requests[:FIRST], requests[FIRST:]
    await send(first, port, connections=CONNECTIONS, status=303)  # what is first needed is read
    waits, rates, bare = list[float](), list[float](), list[float]()
    for _ in range(ROUNDS):  # machines have moods; the bare hashes of the same second say which
        some, left = left[:IN_A_ROUND], left[IN_A_ROUND:]
        bare.append(await asyncio.to_thread(hashes))
        began = time.perf_counter()
        waits += await send(some, port, connections=CONNECTIONS, status=303)
        rates.append(len(some) / (time.perf_counter() - began))
    rate, most = statistics.median(rates), statistics.median(bare)
    say(f"log-ins, {CONNECTIONS} at once", f"{rate:.0f}/s ({min(rates):.0f} to {max(rates):.0f}), {in_words(waits)}")
    say("the same hashes without anything else", f"{most:.0f}/s; log-ins reach {rate / most:.0%} of that")
    began = time.perf_counter()
    beside = await clicks(Line(port), look, asyncio.create_task(send(left, port, connections=CONNECTIONS, status=303)))
    rate = len(left) / (time.perf_counter() - began)
    say("a page for a member, in quiet", in_words(quiet))
    say("a page for a member, beside such a flood", f"{in_words(beside)}; {len(beside)} of them, {rate:.0f} log-ins/s")


def hashes() -> float:
    """How many passwords a second this machine hashes on two threads that do nothing else."""
    with ThreadPoolExecutor(THREADS) as pool:
        began = time.perf_counter()
        list(pool.map(lambda number: hash_now(PASSWORD, str(number)), range(HASHES)))
        return HASHES / (time.perf_counter() - began)


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
