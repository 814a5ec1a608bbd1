"""What every call has in common, and the smaller resources."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.checked import CheckedClient
from tests.sandbox.shop import Shop

KEY = {"Authorization": "Bearer sk_test_x"}


def test_a_live_key_is_refused_aloud(fresh: str) -> None:
    for key in ("sk_live_abc", "rk_live_abc"):
        answer = httpx.get(f"{fresh}/v1/account", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 401
        assert "live" in answer.json()["error"]["message"]
        assert key not in answer.text


def test_a_key_is_needed_and_basic_is_as_good_as_bearer(fresh: str) -> None:
    assert httpx.get(f"{fresh}/v1/account").status_code == 401
    assert httpx.get(f"{fresh}/v1/account", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    answer = httpx.get(f"{fresh}/v1/account", auth=("sk_test_x", ""))
    assert answer.status_code == 200
    assert answer.headers["request-id"].startswith("req_")


def test_unknown_missing_and_malformed_parameters_are_named(shop: Shop, http: CheckedClient) -> None:
    http.expect_bad_requests = True
    wrong: list[tuple[Any, str, str | None]] = [
        (lambda: shop.api.customers.create({"nmae": "x"}), "nmae", "parameter_unknown"),
        (lambda: shop.api.prices.create({"product": shop.pro.id, "unit_amount": 5}), "currency", "parameter_missing"),
        (
            lambda: shop.session(line_items=[{"price": shop.monthly.id, "quantity": "many"}]),
            "line_items[0][quantity]",
            "parameter_invalid_integer",
        ),
        (lambda: shop.session(line_items=[{"price": "price_no"}]), "line_items[0][price]", "resource_missing"),
        (lambda: shop.session(payment_method_types=["card"]), "payment_method_types", "parameter_unknown"),
        (lambda: shop.session(mode="lease"), "mode", None),
        (lambda: shop.session(automatic_tax={"enabled": True}), "automatic_tax[enabled]", None),
    ]
    for call, param, code in wrong:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            call()
        assert (refused.value.param, refused.value.code) == (param, code)
        assert refused.value.http_status == 400


def test_a_missing_object_in_the_path_is_a_404(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.customers.retrieve("cus_nobody")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_an_older_version_may_still_name_payment_method_types(fresh: str, shop: Shop) -> None:
    form = {
        "mode": "subscription",
        "success_url": "http://a.test",
        "payment_method_types[]": "card",
        "line_items[0][price]": shop.monthly.id,
        "line_items[0][quantity]": "1",
    }
    old = {**KEY, "Stripe-Version": "2025-03-31.basil"}
    assert httpx.post(f"{fresh}/v1/checkout/sessions", data=form, headers=old).status_code == 200
    new = {**KEY, "Stripe-Version": "2026-10-28.endive"}
    assert httpx.post(f"{fresh}/v1/checkout/sessions", data=form, headers=new).status_code == 400


def test_endives_own_parameters_are_taken(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    shop.session(allowed_payment_method_types=["card"])
    shop.advance(seconds=86400)
    moved = shop.api.subscriptions.update(subscription.id, {"billing_cycle_anchor": {"type": "now"}})
    assert moved.billing_cycle_anchor > subscription.billing_cycle_anchor


def test_the_same_key_replays_the_same_answer(shop: Shop, http: CheckedClient) -> None:
    once = shop.api.customers.create({"email": "a@example.com"}, {"idempotency_key": "k1"})
    again = shop.api.customers.create({"email": "a@example.com"}, {"idempotency_key": "k1"})
    assert once.id == again.id
    assert http.last_headers["Idempotent-Replayed"] == "true"
    assert len(shop.api.customers.list().data) == 1


def test_the_same_key_with_other_parameters_is_a_conflict(shop: Shop) -> None:
    shop.api.customers.create({"email": "a@example.com"}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError):
        shop.api.customers.create({"email": "b@example.com"}, {"idempotency_key": "k1"})


def test_a_refused_call_does_not_use_up_its_key(shop: Shop, http: CheckedClient) -> None:
    http.expect_bad_requests = True
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.customers.create({"nmae": "a"}, {"idempotency_key": "k1"})
    assert shop.api.customers.create({"name": "a"}, {"idempotency_key": "k1"}).name == "a"


def test_a_decline_is_replayed_too(shop: Shop) -> None:
    wanted = {"amount": 500, "currency": "usd", "payment_method": "pm_card_visa_chargeDeclined", "confirm": True}
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            shop.api.payment_intents.create(wanted, {"idempotency_key": "k1"})
        assert refused.value.code == "card_declined"
        assert refused.value.error.payment_intent.status == "requires_payment_method"
    assert len(shop.api.payment_intents.list().data) == 1


def test_many_at_once_with_one_key_make_one(fresh: str) -> None:
    def create(_: int) -> int:
        headers = {**KEY, "Idempotency-Key": "same"}
        return httpx.post(f"{fresh}/v1/customers", data={"email": "a@example.com"}, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(create, range(8))) <= {200, 409}
    assert len(httpx.get(f"{fresh}/v1/customers", headers=KEY).json()["data"]) == 1


def test_lists_are_newest_first_and_paged_both_ways(shop: Shop) -> None:
    made = [shop.customer(f"{number}@example.com").id for number in range(5)]
    first = shop.api.customers.list({"limit": 2})
    assert ([each.id for each in first.data], first.has_more) == ([made[4], made[3]], True)
    second = shop.api.customers.list({"limit": 2, "starting_after": made[3]})
    assert [each.id for each in second.data] == [made[2], made[1]]
    back = shop.api.customers.list({"limit": 2, "ending_before": made[1]})
    assert [each.id for each in back.data] == [made[3], made[2]]
    assert [each.id for each in shop.api.customers.list({"email": "3@example.com"}).data] == [made[3]]


def test_expanding_goes_four_levels_deep_and_no_further(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    deep = shop.api.subscriptions.list({"expand": ["data.latest_invoice.payments.data.payment.payment_intent"]})
    assert deep.data[0].latest_invoice.payments.data[0].payment.payment_intent.amount == 1900
    assert "payments" not in shop.api.invoices.retrieve(subscription.latest_invoice).to_dict()
    for path in ("customer.name", "a.b.c.d.e", "nothing"):
        with pytest.raises(stripe.InvalidRequestError):
            shop.api.subscriptions.retrieve(subscription.id, {"expand": [path]})


def test_a_lookup_key_belongs_to_one_price_and_can_move(shop: Shop, http: CheckedClient) -> None:
    http.expect_bad_requests = True
    wanted = {
        "product": shop.pro.id,
        "unit_amount": 2100,
        "currency": "usd",
        "recurring": {"interval": "month"},
        "lookup_key": "pro_monthly",
    }
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.prices.create(wanted)
    _, subscription = shop.subscriber()
    new = shop.api.prices.create({**wanted, "transfer_lookup_key": True})
    found = shop.api.prices.list({"lookup_keys": ["pro_monthly"], "expand": ["data.product"]}).data
    assert [(price.id, price.product.name) for price in found] == [(new.id, "Pro")]
    assert shop.api.prices.retrieve(shop.monthly.id).lookup_key is None
    assert shop.api.subscriptions.retrieve(subscription.id)["items"].data[0].price.lookup_key is None
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.prices.update(new.id, {"unit_amount": 1})


def test_a_deleted_customer_loses_the_subscription_and_says_deleted(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    shop.api.customers.delete(customer.id)
    assert shop.api.customers.retrieve(customer.id).deleted is True
    assert shop.api.subscriptions.retrieve(subscription.id).status == "canceled"
    assert shop.events()[-2:] == ["customer.subscription.deleted", "customer.deleted"]
    assert shop.api.customers.list().data == []


def test_a_product_with_prices_cannot_be_deleted_but_archived(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.products.delete(shop.pro.id)
    shop.api.products.update(shop.pro.id, {"active": False})
    assert [product.id for product in shop.api.products.list({"active": True}).data] == [shop.team.id]


def test_error_if_incomplete_does_nothing_at_all(shop: Shop) -> None:
    customer = shop.customer()
    bad = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    with pytest.raises(stripe.CardError):
        shop.api.subscriptions.create(
            {
                "customer": customer.id,
                "items": [{"price": shop.monthly.id}],
                "default_payment_method": bad.id,
                "payment_behavior": "error_if_incomplete",
            }
        )
    assert shop.api.subscriptions.list({"status": "all"}).data == []
    assert shop.api.invoices.list().data == []


def test_a_subscription_needs_somebody_to_pay(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        shop.api.subscriptions.create({"customer": shop.customer().id, "items": [{"price": shop.monthly.id}]})
    assert shop.api.subscriptions.list({"status": "all"}).data == []


def test_metadata_is_merged_and_cleared(shop: Shop) -> None:
    customer = shop.customer()
    shop.api.customers.update(customer.id, {"metadata": {"a": "1", "account_id": ""}})
    assert shop.api.customers.retrieve(customer.id).metadata.to_dict() == {"a": "1"}


def test_being_down_is_a_503_that_the_sdk_retries(shop: Shop, fresh: str) -> None:
    httpx.post(f"{fresh}/_sandbox/down", json={"seconds": 60}).raise_for_status()
    assert httpx.get(f"{fresh}/v1/account", headers=KEY).status_code == 503
    httpx.post(f"{fresh}/_sandbox/down", json={"seconds": 0}).raise_for_status()
    assert httpx.get(f"{fresh}/v1/account", headers=KEY).status_code == 200


def test_the_dashboard_shows_everything(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    event = shop.api.events.list({"limit": 1}).data[0]
    for path in ("", "customers", "subscriptions", "invoices", "events"):
        assert shop.browser.get(f"{shop.url}/{path}").status_code == 200
    for id_ in (customer.id, subscription.id, event.id):
        assert id_ in shop.browser.get(f"{shop.url}/objects/{id_}").text
    answer = shop.browser.post(f"{shop.url}/clock", data={"step": "renewal"})
    assert answer.status_code == 303
    assert len(shop.api.invoices.list({"customer": customer.id}).data) == 2


def test_what_is_only_there_when_expanded(shop: Shop) -> None:
    customer, _ = shop.subscriber()
    price = shop.api.prices.retrieve(shop.monthly.id, {"expand": ["currency_options", "tiers"]})
    assert price.currency_options.to_dict()["usd"]["unit_amount"] == 1900
    assert price.tiers == []
    charge = shop.api.charges.list({"customer": customer.id}).data[0]
    refund = shop.api.refunds.create({"charge": charge.id, "amount": 100})
    shown = shop.api.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert [each.id for each in shown.refunds.data] == [refund.id]
    assert shop.api.customers.retrieve(customer.id, {"expand": ["sources"]}).sources.data == []
