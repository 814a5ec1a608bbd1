"""Start the whole product as the tests do, and measure it from outside.

    make bench

Load generator and product share the machine, so read the figures as ratios to the same run elsewhere.
"""

import asyncio
import hashlib
import hmac
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from tests.e2e.stack import Stack

REQUESTS = 2_000
CONNECTIONS = 32
EVENTS = 1_000


def main() -> None:
    """Print one line per figure."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            began = time.perf_counter()
            stack.app.stop()
            stack.app.start()
            say("start of the app until it answers", f"{time.perf_counter() - began:.2f} s")
            asyncio.run(measure(stack))
            say("memory of the app after that", f"{memory(stack):.0f} MiB")
        finally:
            stack.stop()


async def measure(stack: Stack) -> None:
    """Pages and webhooks over plain HTTP."""
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(base_url=stack.url, limits=limits, timeout=30) as client:
        for path in ("/", "/pricing", "/signup", "/login"):
            answer = await client.get(path)
            say(f"{path} on the wire, gzip", f"{int(answer.headers['content-length']) / 1000:.1f} kB")
        await load("landing page", REQUESTS, lambda number: client.get("/"))
        secret = (stack.data / "stripe-sandbox.env").read_text().partition("=")[2].strip()
        await load("webhooks, verified and stored", EVENTS, lambda number: client.send(webhook(client, secret, number)))


async def load(name: str, count: int, call: Callable[[int], Awaitable[httpx.Response]]) -> None:
    """Many of the same, a few at a time."""
    waits: list[float] = []
    numbers = iter(range(count))

    async def one_after_another() -> None:
        for number in numbers:
            began = time.perf_counter()
            answer = await call(number)
            waits.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{name}: {answer.status_code} {answer.text[:200]}")

    began = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(CONNECTIONS)))
    rate = count / (time.perf_counter() - began)
    p99 = statistics.quantiles(waits, n=100)[98]
    say(name, f"{rate:,.0f}/s, p50 {statistics.median(waits):.1f} ms, p99 {p99:.1f} ms")


def webhook(client: httpx.AsyncClient, secret: str, number: int) -> httpx.Request:
    """A signed event about nobody, each another one."""
    now = int(time.time())
    event = {
        "id": f"evt_bench_{number}",
        "object": "event",
        "type": "invoice.paid",
        "created": now,
        "livemode": False,
        "data": {"object": {"id": "in_bench", "object": "invoice", "customer": "cus_nobody", "lines": ["x" * 2500]}},
    }
    body = json.dumps(event).encode()
    mac = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return client.build_request(
        "POST", "/api/stripe/webhook", content=body, headers={"stripe-signature": f"t={now},v1={mac}"}
    )


def memory(stack: Stack) -> float:
    """Memory of the server and its worker in MiB, where what processes share counts once (PSS, proc(5)); 0 where the
    system does not tell.
    """
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            if b"saas_app" in command and stack.url.rpartition(":")[2].encode() in command:
                lines = (process / "smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        except OSError:
            continue
    return total


def say(name: str, figure: str) -> None:
    """One figure."""
    sys.stdout.write(f"{name:<40} {figure}\n")


if __name__ == "__main__":
    main()
