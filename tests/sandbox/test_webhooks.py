"""Events on their way to an app."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import stripe

from tests.sandbox.shop import Receiver, Shop


def settle(shop: Shop) -> None:
    httpx.post(f"{shop.url}/_sandbox/settle", json={"timeout": 15}, timeout=20).raise_for_status()


def test_the_sdk_accepts_the_signature_and_nobody_elses(shop: Shop, receiver: Receiver) -> None:
    endpoint = shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"]})
    shop.customer()
    settle(shop)
    body, signature = receiver.received[0]
    event = stripe.Webhook.construct_event(body, signature, endpoint.secret)
    assert (event.type, event.api_version, event.livemode) == ("customer.created", "2026-10-28.endive", False)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.replace(b"ann@", b"eve@"), signature, endpoint.secret)


def test_the_secret_is_told_once(shop: Shop, receiver: Receiver) -> None:
    made = shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    assert made.secret.startswith("whsec_")
    assert "secret" not in shop.api.webhook_endpoints.retrieve(made.id).to_dict()


def test_an_endpoint_gets_in_order_what_it_asked_for_and_nothing_else(shop: Shop, receiver: Receiver) -> None:
    wanted = ["invoice.paid", "customer.subscription.created", "checkout.session.completed"]
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": wanted})
    shop.subscriber()
    settle(shop)
    types = [json.loads(body)["type"] for body, _ in receiver.received]
    assert types == ["customer.subscription.created", "invoice.paid", "checkout.session.completed"]


def test_nothing_is_sent_twice_while_much_happens(shop: Shop, receiver: Receiver) -> None:
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"]})
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: shop.customer(f"ann{n}@example.com").id, range(60)))
    settle(shop)
    told = [json.loads(body)["data"]["object"]["id"] for body, _ in receiver.received]
    assert sorted(told) == sorted(made)


def test_a_refused_event_is_sent_again_until_it_is_accepted(shop: Shop, receiver: Receiver) -> None:
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"]})
    receiver.answers = [500, 200]
    shop.customer()
    settle(shop)
    first, second = (json.loads(body)["id"] for body, _ in receiver.received)
    assert first == second
    log = httpx.get(f"{shop.url}/_sandbox/deliveries", params={"event": first}).json()["data"][0]
    assert [attempt["status"] for attempt in log["attempts"]] == [500, 200]
    assert log["state"] == "delivered"
    assert shop.api.events.retrieve(first).pending_webhooks == 0


def test_an_event_can_be_sent_again_by_hand(shop: Shop, receiver: Receiver) -> None:
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"]})
    shop.customer()
    settle(shop)
    event = shop.api.events.list({"type": "customer.created"}).data[0]
    page = shop.browser.get(f"{shop.url}/objects/{event.id}")
    assert "Send again" in page.text
    shop.browser.post(f"{shop.url}/objects/{event.id}/resend")
    settle(shop)
    assert len(receiver.received) == 2


def test_a_disabled_or_deleted_endpoint_gets_nothing(shop: Shop, receiver: Receiver) -> None:
    made = shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    shop.api.webhook_endpoints.update(made.id, {"disabled": True})
    shop.customer()
    shop.api.webhook_endpoints.delete(made.id)
    shop.customer()
    settle(shop)
    assert receiver.received == []


def test_an_update_tells_what_was_there_before(shop: Shop) -> None:
    customer = shop.customer()
    shop.api.customers.update(customer.id, {"name": "New", "metadata": {"plan": "pro"}})
    event = shop.api.events.list({"type": "customer.updated"}).data[0]
    assert event.data.previous_attributes.to_dict() == {"name": "Ann Example", "metadata": {"plan": None}}
    assert event.request.id.startswith("req_")


def test_events_are_found_by_type_and_time(shop: Shop) -> None:
    shop.subscriber()
    paid = shop.api.events.list({"types": ["invoice.paid", "invoice.created"], "limit": 100}).data
    assert [event.type for event in paid] == ["invoice.paid", "invoice.created"]
    assert shop.api.events.list({"created": {"gt": paid[0].created + 60}}).data == []
    assert len(list(shop.api.events.list({"limit": 3}).auto_paging_iter())) == len(shop.events())
