"""The comparison of every row with Stripe, for very many customers.

    python -m tests.bench.reconcile [customers]

Every customer has an account here, a card and a monthly subscription that was paid, with its events.
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import httpx
from sqlmodel import Session

from stripe_sandbox import testing
from tests.bench.figures import say
from tests.bench.sandbox import CUSTOMERS, KEY, fill


def main(customers: int) -> None:
    """Fill a sandbox and a database with the same people, then compare them."""
    with tempfile.TemporaryDirectory() as folder:
        process = testing.start(Path(folder) / "stripe.db")
        try:
            os.environ |= {
                "ENV_FILE": os.devnull,
                "APP_ENV": "test",
                "DATA_DIR": folder,
                "STRIPE_API_BASE": process.url,
            }
            os.environ["BASE_URL"] = "http://localhost:9"  # nobody listens there: events stay at Stripe
            asyncio.run(measure(process.url, customers))
        finally:
            process.stop()


async def measure(url: str, customers: int) -> None:
    """One line per figure."""
    from saas_app import models
    from saas_app.__main__ import migrate
    from saas_app.billing import compare, setup

    assert models
    migrate()
    await setup.set_up(lambda line: None)
    async with httpx.AsyncClient(base_url=f"{url}/v1", headers=KEY, timeout=600) as client:
        for endpoint in (await client.get("/webhook_endpoints")).json()["data"]:  # 10,000 failing deliveries cost time
            await client.delete(f"/webhook_endpoints/{endpoint['id']}")
        price = (await client.get("/prices", params={"lookup_keys[]": "pro_v1_month"})).json()["data"][0]["id"]
    await asyncio.to_thread(_fill, url, price, customers)
    await setup.set_up(lambda line: None)
    await import_everybody()
    for repair in (True, False):
        before, began = memory(), time.perf_counter()
        report = await compare.compare(repair=repair, settled=False)
        spent = time.perf_counter() - began
        name = "and the missed events are taken in" if repair else "everything is compared"
        say(f"{name}, {customers} customers", f"{spent:.1f} s, {memory() - before:.0f} MB more: {report.summary}")


def _fill(url: str, price: str, customers: int) -> None:
    with httpx.Client(base_url=url, headers=KEY, timeout=600) as client:
        fill(client, price, customers)


async def import_everybody() -> None:
    """An account here for everybody whom Stripe has, written by the one writer."""
    from saas_app.auth.models import User
    from saas_app.billing import sync
    from saas_app.billing.gateway.everybody import fetch_everybody
    from saas_app.billing.models import Customer
    from saas_app.core import db
    from saas_app.core.clock import now

    began = time.perf_counter()
    found = await fetch_everybody()
    say("asking Stripe for everything", f"{time.perf_counter() - began:.1f} s")

    def write(session: Session, ids: list[str]) -> None:
        for id_ in ids:
            email = f"{id_.lower()}@example.com"
            user = User(name=id_, email=email, email_key=email, password_hash="!", email_verified_at=now())
            session.add(user)
            session.flush()
            session.add(Customer(id=f"acct_{id_}", user_id=user.id, stripe_customer_id=id_, created_at=now()))
            session.flush()
            sync.apply(session, sync.Fetch(user.id, id_, 1), found.of(id_))

    ids = list(found.customers)
    began = time.perf_counter()
    for first in range(0, len(ids), 100):
        await db.run_system("reconcile", write, ids[first : first + 100])
    say("the first import", f"{time.perf_counter() - began:.1f} s")


def memory() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
