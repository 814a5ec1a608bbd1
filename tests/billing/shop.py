"""Stripe as a test sees it: its account from the inside, its customers from the outside, its signature on events."""

import hashlib
import hmac
import json
import time
from typing import Any

import httpx
from sqlmodel import SQLModel, select

from saas_app.billing import checkout
from saas_app.core.config import settings
from saas_app.core.viewer import Viewer
from saas_app.core.worker import Worker
from tests.factories import as_system
from tests.sandbox.shop import wait_until

GOOD_CARD = "4242424242424242"
_CARD = {"expiry": "12 / 34", "cvc": "123", "name": "Ada L", "country": "US", "postal_code": "10001"}


class Stripe:
    """The sandbox's account, and people at its hosted pages."""

    def __init__(self, url: str) -> None:
        self.url = url

    def tell(self, what: str, **how: object) -> Any:
        """The sandbox's own controls: `tell("down", seconds=60)`."""
        return _read(_CLIENT.post(f"{self.url}/_sandbox/{what}", json=how))

    def ask_itself(self, what: str) -> Any:
        """What the sandbox's own controls tell: `ask_itself("health")`."""
        return _read(_CLIENT.get(f"{self.url}/_sandbox/{what}"))

    def ask(self, path: str) -> Any:
        return _read(_CLIENT.get(f"{self.url}/v1/{path}", headers=_KEY))

    def all(self, path: str) -> list[Any]:
        return self.ask(f"{path}{'&' if '?' in path else '?'}limit=100")["data"]

    def change(self, path: str, **values: Any) -> Any:
        """What somebody does in Stripe's own screens."""
        return _read(_CLIENT.post(f"{self.url}/v1/{path}", data=values, headers=_KEY))

    def delete(self, path: str) -> Any:
        return _read(_CLIENT.delete(f"{self.url}/v1/{path}", headers=_KEY))

    def pay(self, page_url: str, number: str = GOOD_CARD) -> None:
        """Fill the hosted checkout, or the page of an open invoice."""
        own = {"origin": self.url, "sec-fetch-site": "same-origin"}
        sent = httpx.post(page_url, data={"action": "pay", "number": number, **_CARD}, headers=own)
        assert sent.is_redirect, sent.text

    def use_code(self, page_url: str, code: str) -> None:
        """Type a promotion code on the hosted checkout."""
        own = {"origin": self.url, "sec-fetch-site": "same-origin"}
        sent = httpx.post(page_url, data={"action": "apply_code", "code": code}, headers=own)
        assert sent.is_redirect or sent.is_success, sent.text

    def switch(self, portal_url: str, subscription_id: str, lookup_key: str) -> None:
        """Choose another plan in the portal, and confirm it."""
        own = {"origin": self.url, "sec-fetch-site": "same-origin"}
        wanted = {"price": self.price(lookup_key)["id"], "quantity": "1"}
        sent = httpx.post(f"{portal_url}/confirm/{subscription_id}", data=wanted, headers=own)
        assert sent.is_redirect, sent.text

    async def subscribe(self, viewer: Viewer, plan: str = "pro_v1", interval: str = "year") -> str:
        """From the click to the paid checkout; what the app is told of it is up to the test. Gives the session's id."""
        url = await self.begin(viewer, plan, interval)
        self.pay(url)
        return url.rpartition("/")[2]

    async def begin(self, viewer: Viewer, plan: str = "pro_v1", interval: str = "year") -> str:
        """The click alone; gives the address of the checkout."""
        return await checkout.start_checkout(viewer, plan, interval)

    def let_the_period_end(self, subscription_id: str, *, days: int = 0) -> None:
        """To the renewal, past the hour in which its invoice is a draft, and so many days on."""
        end = self.ask(f"subscriptions/{subscription_id}")["items"]["data"][0]["current_period_end"]
        self.tell("advance", to=end)
        self.tell("advance", seconds=3601 + days * 86400)

    def take_card(self, subscription: Any, card: str) -> None:
        """From now on this card pays, which the bank may decline."""
        made = self.change(f"payment_methods/{card}/attach", customer=subscription["customer"])
        self.change(f"subscriptions/{subscription['id']}", default_payment_method=made["id"])

    def wait_for(self, event: str) -> None:
        """Until Stripe tells of it: a bank's answer comes by itself."""
        wait_until(lambda: self.all(f"events?type={event}"))

    def price(self, lookup_key: str) -> Any:
        return self.all(f"prices?lookup_keys[]={lookup_key}")[0]


_KEY = {"authorization": "Bearer sk_test_of_a_test"}
_CLIENT = httpx.Client(trust_env=False)  # one for all: a client for each call takes as long as the call


def _read(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


def rows(table: type[SQLModel]) -> list[Any]:
    """Every row of a table, whoever's it is."""
    return as_system(lambda session: list(session.exec(select(table)).all()))


async def do_waiting_work() -> int:
    """What a worker would do next."""
    return await Worker().drain()


# --- Events as Stripe sends them


def event(id: str = "evt_1", *, type: str = "customer.updated", livemode: bool = False, about: Any = None) -> bytes:
    """The body of an event."""
    thing = {"id": "cus_nobody", "object": "customer"} if about is None else about
    made = {"id": id, "object": "event", "type": type, "created": int(time.time()), "livemode": livemode}
    return json.dumps({**made, "api_version": "2099-01-01.later", "data": {"object": thing}}).encode()


def signed(body: bytes, *, at: float | None = None, secret: str | None = None) -> dict[str, str]:
    """The header that Stripe puts beside it."""
    stamp = str(int(time.time() if at is None else at))
    return {"stripe-signature": f"t={stamp},v1={_mac(stamp, body, secret)}"}


def _mac(stamp: str, body: bytes, secret: str | None) -> str:
    key = secret if secret is not None else settings().webhook_secrets()[0]
    return hmac.new(key.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
