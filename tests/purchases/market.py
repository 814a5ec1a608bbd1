"""Stripe as somebody sees it who sells things once: buyers, payment links, refunds and disputes."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx

from saas_app.billing.gateway.events import list_events
from saas_app.billing.gateway.shapes import StripeEvent
from saas_app.billing.setup import EVENTS
from saas_app.billing.webhooks import keep
from saas_app.core import clock, db
from saas_app.core.jobs import Outbox
from saas_app.core.mailer import Mailbox
from saas_app.core.viewer import Viewer
from saas_app.purchases import checkout
from saas_app.purchases.models import Purchase, Standing
from tests.billing.shop import _CARD, GOOD_CARD, Stripe, do_waiting_work, rows

FILE = "the-flat-in-numbers.pdf"
DISPUTED_CARD = "4000000000000259"
REFUND_FAILS = "4000000000005126"
SLOW_ACCOUNT = "AT321904300235473204"


class Market(Stripe):
    """The sandbox, with what happens to things that are paid once."""

    async def buy(self, viewer: Viewer, *, card: str = GOOD_CARD) -> str:
        """From the click to the paid checkout; gives the session's id. The app is told nothing yet."""
        url = await self.begin_buying(viewer)
        self.pay(url, card)
        return url.rpartition("/")[2]

    async def begin_buying(self, viewer: Viewer) -> str:
        """The click alone; gives the address of the checkout."""
        return await checkout.start_purchase(viewer, "book_v1")

    def link(self, lookup_key: str = "book_v1") -> str:
        """A payment link made by hand in Stripe; gives its address."""
        return self.change("payment_links", **self._item(lookup_key))["url"]

    def pay_by_link(self, email: str, *, link: str = "", card: str = GOOD_CARD, query: str = "") -> str:
        """Somebody without an account opens a link and pays; gives the session's id."""
        begun = httpx.get(f"{link or self.link()}{query}")
        page = f"{self.url}{begun.headers['location']}"
        own = {"origin": self.url, "sec-fetch-site": "same-origin"}
        sent = httpx.post(page, data={"action": "pay", "number": card, "email": email, **_CARD}, headers=own)
        assert sent.is_redirect, sent.text
        return page.rpartition("/")[2]

    def pay_by_debit(self, session_id: str, iban: str) -> None:
        """Pay from a bank account, which the bank confirms or refuses later."""
        holder = {"billing_details[name]": "Ada", "billing_details[email]": "ada@example.com"}
        method = self.change("payment_methods", type="sepa_debit", **{"sepa_debit[iban]": iban}, **holder)
        confirmed = {"payment_method": method["id"], "expected_amount": 1900}
        self.change(f"payment_pages/{session_id}/confirm", **confirmed)

    def use_code(self, page_url: str, code: str) -> None:
        """Type a promotion code on the checkout page."""
        own = {"origin": self.url, "sec-fetch-site": "same-origin"}
        assert httpx.post(page_url, data={"action": "apply_code", "code": code}, headers=own).is_success

    def _item(self, lookup_key: str) -> dict[str, Any]:
        return {"line_items[0][price]": self.price(lookup_key)["id"], "line_items[0][quantity]": 1}

    def payment(self, session_id: str) -> str:
        return self.ask(f"checkout/sessions/{session_id}")["payment_intent"]

    def refund(self, session_id: str, amount: int | None = None) -> None:
        """Give money back in Stripe's screens: all of it, or so much."""
        some = {} if amount is None else {"amount": amount}
        self.change("refunds", payment_intent=self.payment(session_id), **some)

    def dispute(self, session_id: str, do: str = "dispute") -> None:
        """What the cardholder and the bank do: dispute, inquiry, won, lost."""
        own = {"origin": self.url, "sec-fetch-site": "same-origin"}
        address = f"{self.url}/payments/{self.payment(session_id)}/dispute"
        sent = httpx.post(address, data={"do": do, "reason": "general"}, headers=own)
        assert sent.is_redirect, sent.text

    async def tell_all(self) -> None:
        """Every event so far arrives, and the work is done."""
        async for event in all_events():
            await db.run_system("webhook", keep, event)
        await do_waiting_work()


def all_events() -> AsyncIterator[StripeEvent]:
    """Every event of the kinds that we ask for, newest first."""
    return _events()


async def _events() -> AsyncIterator[StripeEvent]:
    for first in range(0, len(EVENTS), 20):
        async for event in list_events(EVENTS[first : first + 20], clock.now().replace(year=2020), clock.now()):
            yield event


def standings(viewer: Viewer | None = None) -> list[Standing]:
    """What the purchases are worth: of one person, or of all."""
    return [row.standing for row in rows(Purchase) if viewer is None or row.user_id == viewer.id]


def told() -> list[str]:
    """What mails there are about, by their keys: "bought", "refunded", "claim" … Receipts are those of billing."""
    mails = [row.key.split(":")[1] for row in rows(Outbox) if row.key and row.key.startswith("mail:")]
    return sorted(about for about in mails if about != "receipt")


def claim_link(email: str) -> str:
    """The path of the claim link that was mailed there."""
    for mail in rows(Mailbox):
        if mail.to == email and (found := re.search(r"http://[^/]+(/claim/\S+)", mail.text)):
            return found[1]
    raise AssertionError("no mail has such a link")
