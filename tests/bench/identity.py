"""What identity costs: log-ins while others click, and the look at the session before each event.

    make bench

The clicks beside the flood are the promise: hashing has two threads of its own, so they must not wait for it.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import httpx

from tests.bench.__main__ import say
from tests.e2e.stack import Stack
from tests.socket.handlers import named
from tests.socket.people import PASSWORD, ROOT, Account, connected, open_account

PEOPLE, LOG_INS_EACH, CONNECTIONS = 40, 4, 16
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
    """A flood of log-ins, and what one other visitor waits for a page meanwhile."""
    queue = [person for person in people for _ in range(LOG_INS_EACH)]
    count, refused = len(queue), 0
    async with httpx.AsyncClient(base_url=stack.url, timeout=60) as client:
        quiet = await clicks(client, asyncio.create_task(asyncio.sleep(2)))

        async def one_after_another() -> None:
            nonlocal refused
            while queue:
                person = queue.pop()
                form = {"email": person.email, "password": PASSWORD}
                headers = {"origin": stack.url, "x-forwarded-for": person.address}
                answer = await client.post("/login", data=form, headers=headers)
                refused += answer.status_code != 303

        began = time.perf_counter()
        flood = asyncio.gather(*(one_after_another() for _ in range(CONNECTIONS)))
        beside = await clicks(client, asyncio.ensure_future(flood))
        seconds = time.perf_counter() - began
    say(f"log-ins, {CONNECTIONS} at once", f"{count / seconds:.0f}/s, {refused} turned away")
    say("a look by others, in quiet", in_words(quiet))
    say("a look by others, beside the flood", in_words(beside))


async def clicks(client: httpx.AsyncClient, until: "asyncio.Future[object]") -> list[float]:
    """How long a page took, in milliseconds, again and again until something is over."""
    waits: list[float] = []
    while not until.done():
        began = time.perf_counter()
        await client.get("/healthz")
        waits.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(PAUSE_SECONDS)
    return waits


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
