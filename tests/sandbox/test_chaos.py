"""Unkindness on request, of the network and of the API."""

import json
import time

import httpx
import pytest
import stripe

from tests.sandbox.shop import Receiver, Shop


def settle(shop: Shop) -> None:
    httpx.post(f"{shop.url}/_sandbox/settle", json={"timeout": 15}, timeout=20).raise_for_status()


def chaos(shop: Shop, **wanted: object) -> None:
    httpx.post(f"{shop.url}/_sandbox/chaos", json=wanted).raise_for_status()


def listen(shop: Shop, receiver: Receiver) -> None:
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"]})


def test_deliveries_come_twice_or_get_lost_and_come_later(shop: Shop, receiver: Receiver) -> None:
    listen(shop, receiver)
    chaos(shop, duplicate=1)
    shop.customer()
    settle(shop)
    assert len(receiver.received) == 2
    chaos(shop, drop=1)
    shop.customer()
    settle(shop)
    assert len(receiver.received) == 3
    log = httpx.get(f"{shop.url}/_sandbox/deliveries").json()["data"][0]
    assert [attempt["status"] for attempt in log["attempts"]] == [None, 200]


def test_a_delay_holds_deliveries_back_until_it_ends(shop: Shop, receiver: Receiver) -> None:
    listen(shop, receiver)
    chaos(shop, delay=600)
    shop.customer()
    waited = httpx.post(f"{shop.url}/_sandbox/settle", json={"timeout": 0.3})
    assert (waited.status_code, receiver.received) == (504, [])
    chaos(shop)
    settle(shop)
    assert len(receiver.received) == 1


def test_shuffled_deliveries_come_in_another_order_and_all_come(shop: Shop, receiver: Receiver) -> None:
    listen(shop, receiver)
    chaos(shop, delay=600, shuffle=True, seed=3)
    made = [shop.customer(f"ann{number}@example.com").id for number in range(12)]
    chaos(shop, shuffle=True, seed=3)
    settle(shop)
    came = [json.loads(body)["data"]["object"]["id"] for body, _ in receiver.received]
    assert came != made
    assert sorted(came) == sorted(made)


def test_api_calls_fail_as_stripe_fails_and_leave_nothing(shop: Shop) -> None:
    chaos(shop, fail=1)
    with pytest.raises(stripe.APIError) as failed:
        shop.api.customers.create({"email": "ann@example.com"}, {"max_network_retries": 0})
    assert failed.value.http_status == 500
    chaos(shop, limit=1)
    with pytest.raises(stripe.RateLimitError) as limited:
        shop.api.customers.create({"email": "ann@example.com"}, {"max_network_retries": 0})
    assert (limited.value.http_status, limited.value.json_body["error"]["code"]) == (429, "rate_limit")
    chaos(shop)
    assert shop.api.customers.list().data == []


def test_the_sdks_own_retries_get_through_a_bad_day_without_doing_things_twice(shop: Shop) -> None:
    chaos(shop, fail=0.5, seed=1)
    for number in range(6):
        shop.api.customers.create({"email": f"ann{number}@example.com"}, {"max_network_retries": 8})
    chaos(shop)
    assert len(shop.api.customers.list({"limit": 100}).data) == 6


def test_slow_calls_take_their_time(shop: Shop) -> None:
    chaos(shop, slow=0.4)
    began = time.monotonic()
    shop.api.customers.list()
    assert time.monotonic() - began > 0.4


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"duplicate": 2}, "between 0 and 1"),
        ({"slow": -1}, "between 0 and 30"),
        ({"delay": "soon"}, "could not convert"),
        ({"delay": "nan"}, "between 0 and 3600"),
        ({"lightning": 1}, "There is no `lightning`"),
        ({"seed": "x"}, "invalid literal"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(shop: Shop, wanted: dict[str, object], says: str) -> None:
    chaos(shop, shuffle=True)
    answer = httpx.post(f"{shop.url}/_sandbox/chaos", json=wanted)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert httpx.get(f"{shop.url}/_sandbox/chaos").json()["shuffle"] is True


def test_a_reset_ends_it(shop: Shop) -> None:
    chaos(shop, fail=1)
    httpx.post(f"{shop.url}/_sandbox/reset").raise_for_status()
    assert httpx.get(f"{shop.url}/_sandbox/chaos").json()["fail"] == 0
