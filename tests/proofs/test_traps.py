"""What the systems that this one replaces did wrong, where no other test says so."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from saas_app.auth.models import User
from saas_app.billing import api
from saas_app.billing.account import sync_account
from saas_app.billing.entitlements import entitlements
from saas_app.billing.models import Customer, Invoice, Subscription, WebhookEvent
from saas_app.core import db
from saas_app.core.viewer import Viewer
from tests.billing.shop import Stripe, do_waiting_work, event, rows, signed
from tests.factories import a_user

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DOOR, SECRET = "/api/stripe/webhook", "whsec_of_this_test"
STATUSES = {"active", "canceled", "incomplete", "incomplete_expired", "past_due", "paused", "trialing", "unpaid"}


@pytest.fixture
async def ada(shop: Stripe, configured: Callable[..., None]) -> Viewer:
    """A subscriber of a month, of whom all is known."""
    configured(STRIPE_WEBHOOK_SECRET=SECRET)
    viewer = a_user()
    await shop.subscribe(viewer, interval="month")
    await sync_account(viewer.id)
    return viewer


def _post(doors: TestClient, body: bytes) -> int:
    return doors.post(DOOR, content=body, headers=signed(body)).status_code


async def test_the_status_of_a_checkout_is_never_that_of_a_subscription(
    shop: Stripe, ada: Viewer, doors: TestClient
) -> None:
    """A session says "complete" and "paid"; of the subscription only Stripe's subscription says anything."""
    session = shop.all("checkout/sessions")[0]
    shop.delete(f"subscriptions/{rows(Subscription)[0].stripe_subscription_id}")
    for number, type_ in enumerate(("customer.subscription.deleted", "checkout.session.completed")):
        assert _post(doors, event(f"evt_{number}", type=type_, about=session)) == 200
        await do_waiting_work()
    assert [row.status for row in rows(Subscription)] == ["canceled"]
    assert {row.status for row in rows(Subscription)} <= STATUSES


@pytest.mark.parametrize("says", ["cancel_at", "cancel_at_period_end"])
async def test_a_cancellation_is_seen_by_whichever_field_says_it(shop: Stripe, ada: Viewer, says: str) -> None:
    """The portal may set a date and leave the flag alone."""
    mine = shop.all("subscriptions")[0]
    end = mine["items"]["data"][0]["current_period_end"]
    shop.change(f"subscriptions/{mine['id']}", **{says: end if says == "cancel_at" else "true"})
    await sync_account(ada.id)
    assert [row.ends_at for row in rows(Subscription)] == [datetime.fromtimestamp(end, UTC)]


async def test_the_second_event_of_one_second_counts_as_much_as_the_first(
    shop: Stripe, ada: Viewer, doors: TestClient
) -> None:
    """Both are stored, both are looked at, and nothing is decided by their times."""
    mine = shop.all("subscriptions")[0]
    assert _post(doors, event("evt_1", type="customer.subscription.updated", about=mine)) == 200
    await do_waiting_work()
    ended = shop.delete(f"subscriptions/{mine['id']}")
    assert _post(doors, event("evt_2", type="customer.subscription.deleted", about=ended)) == 200
    await do_waiting_work()
    assert len(rows(WebhookEvent)) == 2
    assert [row.status for row in rows(Subscription)] == ["canceled"]


async def test_an_invoice_of_many_lines_is_one_invoice(shop: Stripe, ada: Viewer) -> None:
    """A change of plan in the middle of a month: what is given back, and what is new."""
    mine = shop.all("subscriptions")[0]
    item = mine["items"]["data"][0]["id"]
    agent = shop.price("agent_v1_month")["id"]
    proration = {"proration_behavior": "always_invoice", "items[0][id]": item, "items[0][price]": agent}
    shop.change(f"subscriptions/{mine['id']}", **proration)
    assert max(len(each["lines"]["data"]) for each in shop.all("invoices")) >= 2
    await sync_account(ada.id)
    assert len(rows(Invoice)) == 2
    assert [row.plan_key for row in rows(Subscription)] == ["agent_v1"]


async def test_an_address_that_is_changed_at_stripe_is_for_invoices_only(shop: Stripe, ada: Viewer) -> None:
    shop.change(f"customers/{rows(Customer)[0].stripe_customer_id}", email="boss@example.com")
    await sync_account(ada.id)
    assert [row.billing_email for row in rows(Customer)] == ["boss@example.com"]
    assert [row.email for row in rows(User)] == ["ada@example.com"]


async def test_an_event_of_a_version_to_come_leads_to_a_look_like_any_other(
    shop: Stripe, ada: Viewer, doors: TestClient
) -> None:
    """Of what is sent only type and customer are read; the rest is asked for in the version that we know."""
    mine = shop.all("subscriptions")[0]
    shop.delete(f"subscriptions/{mine['id']}")
    strange = {"id": mine["id"], "object": "subscription", "customer": mine["customer"], "status": {"now": ["alive"]}}
    assert _post(doors, event("evt_1", type="customer.subscription.updated", about=strange)) == 200
    await do_waiting_work()
    assert [row.api_version for row in rows(WebhookEvent)] == ["2099-01-01.later"]
    assert [row.status for row in rows(Subscription)] == ["canceled"]


async def test_what_costs_nothing_by_a_code_is_a_subscription_all_the_same(shop: Stripe, ada: Viewer) -> None:
    bob = a_user("Bob")
    coupon = shop.change("coupons", percent_off=100, duration="forever")
    shop.change("promotion_codes", **{"promotion[type]": "coupon", "promotion[coupon]": coupon["id"]}, code="FREE")
    url = await shop.begin(bob)
    shop.use_code(url, "FREE")
    shop.pay(url)
    await sync_account(bob.id)
    with db.session_for(bob.id, read_only=True) as session:
        assert entitlements(session).plan.key == "pro_v1"


@pytest.mark.parametrize("then", ["nothing", "hangs up"])
async def test_an_event_that_does_not_arrive_whole_is_not_waited_for_and_not_kept(
    database: str, configured: Callable[..., None], monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    configured(STRIPE_WEBHOOK_SECRET=SECRET)
    monkeypatch.setattr(api, "BODY_WITHIN_SECONDS", 0.05)
    body, answers = event(), list[Message]()
    parts: list[Message] = [{"type": "http.request", "body": body[:40], "more_body": True}]

    async def receive() -> Message:
        if parts:
            return parts.pop()
        if then == "hangs up":
            return {"type": "http.disconnect"}
        return await asyncio.Future()

    async def send(message: Message) -> None:
        answers.append(message)

    header = signed(body)["stripe-signature"].encode()
    scope = {"type": "http", "method": "POST", "path": DOOR, "headers": [(b"stripe-signature", header)]}
    await api.stripe_webhook(scope, receive, send)
    assert answers[0]["status"] == 408
    assert rows(WebhookEvent) == []


async def test_a_clock_that_is_an_hour_wrong_closes_the_door_to_nobody_but_the_late(
    database: str, doors: TestClient, configured: Callable[..., None]
) -> None:
    """Beyond five minutes an event is refused, in words, and Stripe sends it again; it is not taken half."""
    configured(STRIPE_WEBHOOK_SECRET=SECRET)
    body = event()
    for skew in (-3600, 3600):
        answer = doors.post(DOOR, content=body, headers=signed(body, at=time.time() + skew))
        assert answer.status_code == 400
        assert "signature" in answer.text
    assert _post(doors, body) == 200
    assert len(rows(WebhookEvent)) == 1
