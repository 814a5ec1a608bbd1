"""What the whole app weighs, its worker in it: when nobody is there, and after a crowd has gone.

    make bench

Weighed is what its processes have for themselves and their part of what they share (PSS, proc(5)), once free memory has
had the time to be given back. The sandbox is not the app, and not in it.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import httpx

from tests.bench import identity, webhooks
from tests.bench.figures import memory, say, webhook_secret
from tests.bench.wire import send
from tests.e2e.stack import Stack
from tests.socket.handlers import named
from tests.socket.people import ROOT, Account, connected, open_account

TIMES, PEOPLE, CONNECTIONS, HASHED_AT_ONCE = 5, 20, 32, 4
GIVEN_BACK_SECONDS = 12.0  # core/garbage.py gives back every ten


def main() -> None:
    """Print one line per figure."""
    idle, later = list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            secret = webhook_secret(stack)
            people = [open_account(stack.url, f"Person{number}") for number in range(PEOPLE)]
            for number in range(TIMES):
                stack.app.stop()
                stack.app.start()
                httpx.get(stack.url)
                idle.append(weigh(stack.app.pid))
                crowd(stack, people, secret, number)
                later.append(weigh(stack.app.pid))
        finally:
            stack.stop()
    say("memory of app and worker, idle", middle(idle))
    say("the same, after a crowd has gone", middle(later))


def middle(weights: list[float]) -> str:
    """The median, in a million bytes."""
    return f"{statistics.median(weights):.0f} MB ({min(weights):.0f} to {max(weights):.0f})"


def weigh(session: int) -> float:
    """Once all is quiet again, in a million bytes."""
    time.sleep(GIVEN_BACK_SECONDS)  # noqa: TID251  nothing tells us
    return memory(session) * 1.048576


def crowd(stack: Stack, people: list[Account], secret: str, number: int) -> None:
    """Visitors, log-ins, members' pages, events of Stripe, and open tabs that are clicked in."""
    port = int(stack.url.rpartition(":")[2])
    visits = [f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nAccept-Encoding: br\r\n\r\n".encode()] * 5_000
    looks = [identity.page(stack, person) for person in people] * 20
    events = [webhooks.request(secret, f"evt_crowd_{number}_{each}", port) for each in range(2_000)]
    for requests in (visits, looks, events):
        asyncio.run(send(requests, port, connections=CONNECTIONS, status=200))
    log_ins = [identity.form(stack, person) for person in people]
    asyncio.run(send(log_ins, port, connections=HASHED_AT_ONCE, status=303))
    handler = named("account_state.load")
    for person in people:
        with connected(stack.url, cookie=person.cookie) as tab:
            tab.ask(f"{ROOT}.hydrate")
            for _ in range(10):
                tab.ask(handler)


if __name__ == "__main__":
    main()
