"""Kill the app again and again while events come in, and count afterwards what became of each.

The sender keeps its own list of what was acknowledged, as Stripe does: what was answered with 200 is never sent again,
everything else is. One event in five is sent twice at once.
"""

import asyncio
import hashlib
import hmac
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from saas_app.billing.api import WEBHOOK
from stripe_sandbox import testing
from tests.e2e.stack import Server, Stack
from tests.proofs.served import LEDGER, TYPE, WITH_MAIL

SENDERS = 12
DUPLICATES = 0.2
FEWEST = 40
"""So many events at least are acknowledged between two kills."""
DRAINED_WITHIN = 60.0


@dataclass
class Sent:
    """What the sender knows."""

    acknowledged: set[str] = field(default_factory=set[str])
    asked_again: int = 0
    wrong: list[int] = field(default_factory=list[int])


class Killed(Stack):
    """The product on any database, in one or two processes, with the ledger beside it."""

    def __init__(self, folder: Path, url: str, processes: int, *, without: str = "") -> None:
        super().__init__(folder, DATABASE_URL=url, PROOF_WITHOUT=without)
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        self.env |= {"__REFLEX_SKIP_COMPILE": "true", "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true"}
        self.env |= {"REFLEX_ENV_MODE": "prod", "REFLEX_TELEMETRY_ENABLED": "false"}
        first = int(self.url.rpartition(":")[2])
        self.apps = [self._one(first if not number else testing.free_port(), number) for number in range(processes)]
        self.app = self.apps[0]

    def _one(self, port: int, number: int) -> Server:
        server = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--log-level", "warning"]
        command = [*server, "--host", "127.0.0.1", "--port", str(port), "tests.proofs.served:app"]
        address = f"http://localhost:{port}/healthz"
        return Server(command, address, env=self.env, log=self.folder / f"served{number}.log")

    def begin(self) -> None:
        self.sandbox.start()
        self.command("migrate")
        self.command("stripe-setup")
        with self.engine.begin() as connection:
            connection.execute(sa.text(f"CREATE TABLE {LEDGER} (event text NOT NULL)"))
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text(f"GRANT SELECT, INSERT ON {LEDGER} TO saas_system"))
        for app in self.apps:
            app.start()

    def end(self) -> None:
        for each in (*self.apps, self.sandbox):
            each.stop()
        self.engine.dispose()

    def ask(self, query: str) -> list[Any]:
        """Past the app, as the owner of the tables."""
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SET LOCAL ROLE saas_system"))
            return list(connection.execute(sa.text(query)).all())

    def a_minute_passes(self) -> None:
        """While nobody runs: leases of the dead are over."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SET LOCAL ROLE saas_system"))
            for table in ("webhook_events", "outbox"):
                over = sa.text(f"UPDATE {table} SET lease_until = :past WHERE lease_until IS NOT NULL")  # noqa: S608
                connection.execute(over.bindparams(sa.bindparam("past", past, sa.DateTime(timezone=True))))


async def kill_again_and_again(stack: Killed, kills: int, seed: int) -> Sent:
    """Send all the time; kill so often, at random moments; come back when the last of them was survived."""
    sent, over = Sent(), asyncio.Event()
    dice = random.Random(seed)  # noqa: S311
    numbers, again = iter(range(10**9)), list[str]()
    secret = (stack.data / "stripe-sandbox.env").read_text().partition("=")[2].strip()
    addresses = [app.address.replace("/healthz", WEBHOOK) for app in stack.apps]

    async def send(client: httpx.AsyncClient, id_: str) -> None:
        body, headers = _event(id_, secret)
        address = dice.choice(addresses)
        try:
            answer = await client.post(address, content=body, headers=headers)
        except httpx.HTTPError:
            again.append(id_)
            return
        if answer.status_code == 200:
            sent.acknowledged.add(id_)
        elif answer.status_code == 503:
            again.append(id_)
        else:
            sent.wrong.append(answer.status_code)

    async def sender(client: httpx.AsyncClient) -> None:
        while not over.is_set():
            if again and dice.random() < 0.5:
                id_ = again.pop(0)
                sent.asked_again += 1
            else:
                id_ = f"evt_proof_{next(numbers)}"
            twice = dice.random() < DUPLICATES
            await asyncio.gather(*(send(client, id_) for _ in range(1 + twice)))
            if again and not any(app.is_running() for app in stack.apps):
                await asyncio.sleep(0.02)  # nobody there: a knock now and then is enough

    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        senders = [asyncio.create_task(sender(client)) for _ in range(SENDERS)]
        for _ in range(kills):
            await _acknowledged(sent, len(sent.acknowledged) + dice.randint(FEWEST, 6 * FEWEST))
            await asyncio.sleep(dice.uniform(0.0, 0.1))
            some = stack.apps if dice.random() < 0.5 else [dice.choice(stack.apps)]
            for app in some:
                await asyncio.to_thread(app.kill)
            if not any(app.is_running() for app in stack.apps):
                stack.a_minute_passes()
            for app in some:
                await asyncio.to_thread(app.start)
        over.set()
        await asyncio.gather(*senders)
    return sent


async def _acknowledged(sent: Sent, number: int) -> None:
    """So many have come in, on a slow machine as on a fast one: a kill falls amid work."""
    until = time.monotonic() + DRAINED_WITHIN
    while len(sent.acknowledged) < number:
        assert time.monotonic() < until, f"{len(sent.acknowledged)} acknowledged, where {number} were to be"
        await asyncio.sleep(0.005)


async def come_to_rest(stack: Killed) -> None:
    """Everybody dies once more, begins again after a minute, and works until nothing waits."""
    for app in stack.apps:
        await asyncio.to_thread(app.kill)
    stack.a_minute_passes()
    for app in stack.apps:
        await asyncio.to_thread(app.start)
    until = time.monotonic() + DRAINED_WITHIN
    pending = "SELECT count(*) FROM {} WHERE status = 'pending'"
    while any(stack.ask(pending.format(table))[0][0] for table in ("webhook_events", "outbox")):
        assert time.monotonic() < until, "the queue is not drained"
        await asyncio.sleep(0.1)


def count(stack: Killed, sent: Sent) -> None:
    """Acknowledged is stored, stored is once, and each is done once."""
    assert not sent.wrong, Counter(sent.wrong)
    stored = Counter(row[0] for row in stack.ask("SELECT id FROM webhook_events WHERE id LIKE 'evt_proof_%'"))
    assert sent.acknowledged <= set(stored), f"{len(sent.acknowledged - set(stored))} were lost"
    assert set(stored.values()) == {1}
    done = Counter(row[0] for row in stack.ask(f"SELECT event FROM {LEDGER} WHERE event LIKE 'evt_proof_%'"))  # noqa: S608
    assert set(done) == set(stored)
    assert set(done.values()) == {1}, f"{sum(number > 1 for number in done.values())} were done more than once"
    mails = Counter(row[0] for row in stack.ask("SELECT subject FROM mailbox WHERE subject LIKE 'evt_proof_%'"))
    assert set(mails) == {id_ for id_ in stored if _type_of(id_) == WITH_MAIL}
    assert set(mails.values()) == {1}


def prove(stack: Killed, kills: int, seed: int = 1) -> Sent:
    """All of it; raises AssertionError when an event was lost, refused, or done twice."""
    stack.begin()
    try:
        sent = asyncio.run(kill_again_and_again(stack, kills, seed))
        asyncio.run(come_to_rest(stack))
        count(stack, sent)
        return sent
    finally:
        stack.end()


def _type_of(id_: str) -> str:
    return WITH_MAIL if id_.endswith("0") else TYPE


def _event(id_: str, secret: str) -> tuple[bytes, dict[str, str]]:
    now = int(time.time())
    about = {"id": "in_proof", "object": "invoice", "customer": "cus_nobody"}
    made = {"id": id_, "object": "event", "type": _type_of(id_), "created": now, "livemode": False}
    body = json.dumps({**made, "data": {"object": about}}).encode()
    mac = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"stripe-signature": f"t={now},v1={mac}", "content-type": "application/json"}
