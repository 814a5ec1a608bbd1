"""A sandbox with very many customers, measured from outside.

    python -m tests.bench.sandbox [customers]

Every customer has a card and a monthly subscription that was paid.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from stripe_sandbox import testing
from tests.bench.figures import say

CUSTOMERS = 10_000
TIMES = 20
KEY = {"Authorization": "Bearer sk_test_bench"}
DAY = 86_400


def main(customers: int) -> None:
    """Print one line per figure, with few customers and with many."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stripe.db"
        process = testing.start(path)
        try:
            with httpx.Client(base_url=process.url, headers=KEY, timeout=600) as client:
                price = catalogue(client)
                fill(client, price, 100)
                measure(client, 100)
                fill(client, price, customers - 100)
                measure(client, customers)
                renew(client, customers)
            process.stop()
            began = time.perf_counter()
            process = testing.start(path)
            say("start until it answers", f"{time.perf_counter() - began:.2f} s")
            say("size of the file", f"{path.stat().st_size / 1e6:.0f} MB")
        finally:
            process.stop()


def post(client: httpx.Client, path: str, **data: Any) -> Any:
    answer = client.post(f"/v1/{path}", data=data)
    answer.raise_for_status()
    return answer.json()


def catalogue(client: httpx.Client) -> str:
    product = post(client, "products", name="Pro")
    price = {"product": product["id"], "unit_amount": 1900, "currency": "usd", "recurring[interval]": "month"}
    return post(client, "prices", **price)["id"]


def fill(client: httpx.Client, price: str, count: int) -> None:
    """So many more customers who pay."""

    def join(number: int) -> None:
        person = {
            "email": f"ann{number}@example.com",
            "name": f"Ann {number}",
            "payment_method": "pm_card_visa",
            "invoice_settings[default_payment_method]": "pm_card_visa",
        }
        customer = post(client, "customers", **person)
        post(client, "subscriptions", **{"customer": customer["id"], "items[0][price]": price})

    began = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(join, range(count)))
    say(f"{count} customers subscribe", f"{count / (time.perf_counter() - began):.0f} per second")


def measure(client: httpx.Client, customers: int) -> None:
    """What a product and a person ask for all day."""
    some = client.get("/v1/customers", params={"limit": 100}).json()["data"][-1]
    subscription = client.get("/v1/subscriptions", params={"customer": some["id"]}).json()["data"][0]
    portal = post(client, "billing_portal/configurations", **{"features[invoice_history][enabled]": "true"})
    session = {"customer": some["id"], "configuration": portal["id"], "return_url": "http://localhost/"}
    token = post(client, "billing_portal/sessions", **session)["url"]
    asked: dict[str, Callable[[], httpx.Response]] = {
        "create a customer": lambda: client.post("/v1/customers", data={"email": "new@example.com"}),
        "one subscription": lambda: client.get(f"/v1/subscriptions/{subscription['id']}"),
        "100 customers": lambda: client.get("/v1/customers", params={"limit": 100}),
        "the next page": lambda: client.get("/v1/customers", params={"limit": 100, "starting_after": some["id"]}),
        "a customer by e-mail": lambda: client.get("/v1/customers", params={"email": some["email"]}),
        "subscriptions of one": lambda: client.get("/v1/subscriptions", params={"customer": some["id"]}),
        "invoices of one": lambda: client.get("/v1/invoices", params={"customer": some["id"]}),
        "100 events": lambda: client.get("/v1/events", params={"limit": 100}),
        "events of a type": lambda: client.get("/v1/events", params={"type": "invoice.paid", "limit": 100}),
        "screen: overview": lambda: client.get("/"),
        "screen: customers": lambda: client.get("/customers"),
        "screen: search": lambda: client.get("/customers", params={"q": some["email"]}),
        "screen: one customer": lambda: client.get(f"/customers/{some['id']}"),
        "screen: subscription": lambda: client.get(f"/subscriptions/{subscription['id']}"),
        "screen: pulse": lambda: client.get("/pulse"),
        "portal": lambda: client.get(token),
    }
    for name, ask in asked.items():
        waits: list[float] = []
        for _ in range(TIMES):
            began = time.perf_counter()
            ask().raise_for_status()
            waits.append(time.perf_counter() - began)
        say(f"{name}, of {customers}", f"{statistics.median(waits) * 1000:.1f} ms")


def renew(client: httpx.Client, customers: int) -> None:
    """Everybody's month ends."""
    began = time.perf_counter()
    done = client.post("/_sandbox/advance", json={"seconds": 32 * DAY}).raise_for_status().json()["jobs"]
    spent = time.perf_counter() - began
    say(f"a month passes for {customers}", f"{spent:.0f} s, {done / spent:.0f} jobs per second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
