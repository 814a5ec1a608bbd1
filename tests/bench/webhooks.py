"""How many webhooks a second are verified, told apart and on the disk before they are answered.

    make bench

Beside the figure stand two others of the same run, on the same disk: a bare insert of the same row in a transaction
each, and the
same rows a hundred at a time.
"""

import asyncio
import hashlib
import hmac
import json
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from tests.bench.figures import say, webhook_secret
from tests.bench.wire import send
from tests.e2e.stack import Stack

EVENTS, CONNECTIONS = 12_000, 32
BARE = 3_000
PLACE = "/api/stripe/webhook"


def main() -> None:
    """Print one line per figure."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            secret = webhook_secret(stack)
            port = int(stack.url.rpartition(":")[2])
            warm = [request(secret, f"evt_warm_{number}", port) for number in range(500)]
            asyncio.run(send(warm, port, connections=CONNECTIONS, status=200))
            rate = flood(stack, [request(secret, f"evt_{number}", port) for number in range(EVENTS)], port)
            flood(stack, [request(secret, "evt_again", port) for _ in range(EVENTS // 4)], port, "the same one again")
        finally:
            stack.stop()
        bare = inserts(Path(folder) / "bare.db", each=1)
        many = inserts(Path(folder) / "many.db", each=100)
    say("webhooks ÷ bare inserts, one commit each", f"{rate / bare:.2f}")
    say("webhooks ÷ bare inserts, 100 a commit", f"{rate / many:.2f}")


def flood(stack: Stack, requests: list[bytes], port: int, what: str = "all different") -> float:
    """All of them, over 32 connections; how many a second."""
    stored = count(stack)
    began = time.perf_counter()
    waits = asyncio.run(send(requests, port, connections=CONNECTIONS, status=200))
    rate = len(requests) / (time.perf_counter() - began)
    p99 = statistics.quantiles(waits, n=100)[98]
    new = count(stack) - stored
    say(f"webhooks, {what}", f"{rate:,.0f}/s, p50 {statistics.median(waits):.1f} ms, p99 {p99:.1f} ms, {new} stored")
    return rate


def count(stack: Stack) -> int:
    """Rows in the inbox, read past the app."""
    with sqlite3.connect(stack.data / "app.db") as connection:
        return connection.execute("SELECT count(*) FROM webhook_events").fetchone()[0]


def request(secret: str, id: str, port: int) -> bytes:
    """One signed event of 3 kB about nobody, as bytes on the wire."""
    now = int(time.time())
    about = {"id": "in_bench", "object": "invoice", "customer": "cus_nobody", "lines": ["x" * 2500]}
    event = {"id": id, "object": "event", "api_version": "2026-10-28.endive", "type": "invoice.paid", "created": now}
    body = json.dumps({**event, "livemode": False, "data": {"object": about}}).encode()
    mac = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PLACE} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n"
        f"Stripe-Signature: t={now},v1={mac}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def inserts(file: Path, *, each: int) -> float:
    """The same row by the driver alone, so many to a commit, as durable; how many a second."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.execute("CREATE TABLE inbox (id text PRIMARY KEY, type text, about text, payload blob)")
    payload, began = b"x" * 2800, time.perf_counter()
    for first in range(0, BARE, each):
        rows = [(f"evt_{number}", "invoice.paid", "cus_nobody", payload) for number in range(first, first + each)]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO inbox VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)
        connection.execute("COMMIT")
    rate = BARE / (time.perf_counter() - began)
    connection.close()
    say(f"bare inserts, {each} to a commit", f"{rate:,.0f}/s")
    return rate


if __name__ == "__main__":
    main()
