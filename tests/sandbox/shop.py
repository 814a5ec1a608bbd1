"""A small catalogue, the steps most tests begin with, and an app's webhook endpoint."""

import re
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import stripe

CARD = {"expiry": "12 / 34", "cvc": "123", "name": "Ann Example", "country": "US", "postal_code": "10001"}


class Shop:
    """A small catalogue, and the steps that most tests begin with."""

    def __init__(self, api: Any, url: str, browser: httpx.Client) -> None:
        self.api, self.url, self.browser = api, url, browser
        self.pro = api.products.create(
            {"name": "Pro", "description": "For one", "marketing_features": [{"name": "All"}]}
        )
        self.team = api.products.create({"name": "Team"})
        self.monthly = self._price(self.pro, 1900, "month", "pro_monthly")
        self.yearly = self._price(self.pro, 19000, "year", "pro_yearly")
        self.team_monthly = self._price(self.team, 4900, "month", "team_monthly")

    def _price(self, product: Any, amount: int, interval: str, key: str) -> Any:
        recurring = {"interval": interval}
        wanted = {
            "product": product.id,
            "unit_amount": amount,
            "currency": "usd",
            "recurring": recurring,
            "lookup_key": key,
        }
        return self.api.prices.create(wanted)

    def customer(self, email: str = "ann@example.com") -> Any:
        return self.api.customers.create({"email": email, "name": "Ann Example", "metadata": {"account_id": "7"}})

    def session(self, customer: Any = None, **more: Any) -> Any:
        wanted = {
            "mode": "subscription",
            "line_items": [{"price": self.monthly.id, "quantity": 1}],
            "success_url": "http://app.test/welcome?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://app.test/pricing",
            **({"customer": customer.id} if customer else {}),
            **more,
        }
        return self.api.checkout.sessions.create(wanted)

    def pay(self, url: str, number: str = "4242424242424242", **more: str) -> httpx.Response:
        return self.browser.post(url, data={"action": "pay", "number": number, **CARD, **more})

    def subscriber(self, number: str = "4242424242424242", customer: Any = None) -> tuple[Any, Any]:
        """A customer who went through checkout, and their subscription."""
        customer = customer or self.customer()
        session = self.session(customer)
        answer = self.pay(session.url, number)
        if "/3ds/" in answer.headers["location"]:
            self.browser.post(answer.headers["location"], data={"answer": "complete"})
        done = self.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
        return customer, done.subscription

    def portal(self, customer: Any, **more: Any) -> Any:
        if not self.api.billing_portal.configurations.list({"is_default": True}).data:
            self.api.billing_portal.configurations.create({"features": self.features()})
        wanted = {"customer": customer.id, "return_url": "http://app.test/billing", **more}
        return self.api.billing_portal.sessions.create(wanted)

    def features(self) -> dict[str, Any]:
        products = [
            {"product": self.pro.id, "prices": [self.monthly.id, self.yearly.id]},
            {"product": self.team.id, "prices": [self.team_monthly.id]},
        ]
        return {
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True},
            "customer_update": {"enabled": True, "allowed_updates": ["email", "name", "address"]},
            "subscription_cancel": {
                "enabled": True,
                "mode": "at_period_end",
                "cancellation_reason": {"enabled": True, "options": ["too_expensive", "unused", "other"]},
            },
            "subscription_update": {
                "enabled": True,
                "default_allowed_updates": ["price"],
                "proration_behavior": "always_invoice",
                "products": products,
            },
        }

    def advance(self, **to: Any) -> None:
        httpx.post(f"{self.url}/_sandbox/advance", json=to).raise_for_status()

    def renew(self, subscription: Any) -> None:
        """To the end of the period, and the hour until its invoice is paid."""
        end = self.api.subscriptions.retrieve(subscription.id)["items"].data[0].current_period_end
        self.advance(to=end)
        self.advance(seconds=3601)

    def events(self) -> list[str]:
        """The types of all events, oldest first."""
        return [event.type for event in reversed(list(self.api.events.list({"limit": 100}).auto_paging_iter()))]


def unchecked(url: str) -> Any:
    """Stripe's SDK in front of a sandbox, for tests that look at something else than its answers."""
    return stripe.StripeClient("sk_test_anything", base_addresses={"api": url}).v1


def wait_until(look: Callable[[], Any]) -> Any:
    """What `look` answers as soon as it is something; ten seconds without is a defect."""
    deadline = time.monotonic() + 10
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
    return found


def errors_of(page: httpx.Response) -> dict[str, str]:
    """The messages at the fields of a page."""
    return dict(re.findall(r'class="error" id="(\w+)-error">(.*?)<', page.text))


class Receiver:
    """An app's webhook endpoint: keeps what came, answers what it is told to."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, str]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append((body, self.headers["Stripe-Signature"]))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
