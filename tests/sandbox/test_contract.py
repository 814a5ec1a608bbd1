"""The contract catches what it is there to catch."""

from typing import Any

import pytest

from stripe_sandbox.contract import contract
from tests.sandbox.shop import Shop


@pytest.fixture
def subscription(shop: Shop) -> dict[str, Any]:
    _, made = shop.subscriber()
    import httpx

    headers = {"Authorization": "Bearer sk_test_x"}
    return httpx.get(f"{shop.url}/v1/subscriptions/{made.id}", headers=headers).json()


def test_a_changed_object_is_noticed(
    subscription: dict[str, Any], published: contract.Contract, sdk_types: contract.Contract
) -> None:
    def problems(body: dict[str, Any]) -> list[str]:
        return contract.check_both(published, sdk_types, "GET", "/v1/subscriptions/sub_1", 200, body)

    assert problems(subscription) == []
    without = {key: value for key, value in subscription.items() if key != "status"}
    mutations: dict[str, dict[str, Any]] = {
        "missing field": without,
        "wrong type": {**subscription, "created": "yesterday"},
        "null": {**subscription, "customer": None},
        "unknown field": {**subscription, "current_period_end": 1},
        "bad enum": {**subscription, "status": "sleeping"},
        "half an object": {**subscription, "customer": {"id": "cus_1", "object": "customer"}},
    }
    for name, body in mutations.items():
        assert problems(body), name


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/v1/checkout/sessions", "mode=subscription&payment_method_types[0]=card"),
        ("/v1/checkout/sessions", "mode=subscription&line_items[0][quantity]=many"),
        ("/v1/subscriptions/sub_1", "billing_cycle_anchor=now"),
        ("/v1/customers", "emial=a@example.com"),
    ],
)
def test_a_wrong_request_is_noticed(
    path: str, form: str, published: contract.Contract, sdk_types: contract.Contract
) -> None:
    assert contract.check_both_requests(published, sdk_types, "POST", path, form)


def test_a_right_request_passes(published: contract.Contract, sdk_types: contract.Contract) -> None:
    form = "mode=subscription&line_items[0][price]=price_1&line_items[0][quantity]=1&success_url=http://a.test"
    assert contract.check_both_requests(published, sdk_types, "POST", "/v1/checkout/sessions", form) == []
