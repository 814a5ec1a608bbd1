"""Which features a customer has, through what they subscribe to."""

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import Shop

CHANGED = "entitlements.active_entitlement_summary.updated"


def feature(shop: Shop, key: str, *products: Any) -> Any:
    made = shop.api.entitlements.features.create({"name": key.title(), "lookup_key": key})
    for product in products:
        shop.api.products.features.create(product.id, {"entitlement_feature": made.id})
    return made


def has(shop: Shop, customer: Any) -> set[str]:
    found = shop.api.entitlements.active_entitlements.list({"customer": customer.id})
    return {each.lookup_key for each in found.data}


def test_a_subscription_gives_the_features_of_its_product_and_its_end_takes_them(shop: Shop) -> None:
    feature(shop, "export", shop.pro)
    feature(shop, "api", shop.team)
    customer, subscription = shop.subscriber()
    assert has(shop, customer) == {"export"}
    told = shop.api.events.list({"type": CHANGED}).data[0].data.object
    assert (told.customer, [each.lookup_key for each in told.entitlements.data]) == (customer.id, ["export"])
    shop.api.subscriptions.cancel(subscription.id)
    assert has(shop, customer) == set()
    assert shop.events().count(CHANGED) == 2


def test_another_plan_changes_the_features_and_a_second_subscription_keeps_shared_ones(shop: Shop) -> None:
    shared = feature(shop, "export", shop.pro, shop.team)
    feature(shop, "api", shop.team)
    customer, subscription = shop.subscriber()
    before = shop.api.entitlements.active_entitlements.list({"customer": customer.id}).data[0]
    item = subscription["items"].data[0].id
    shop.api.subscriptions.update(subscription.id, {"items": [{"id": item, "price": shop.team_monthly.id}]})
    assert has(shop, customer) == {"export", "api"}
    kept = shop.api.entitlements.active_entitlements.retrieve(before.id)
    assert kept.feature == shared.id


def test_an_unpaid_beginning_gives_nothing(shop: Shop) -> None:
    feature(shop, "export", shop.pro)
    customer = shop.customer()
    card = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    shop.api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.monthly.id}], "default_payment_method": card.id}
    )
    assert has(shop, customer) == set()


def test_features_are_named_once_and_can_be_archived_and_taken_off(shop: Shop) -> None:
    made = feature(shop, "export", shop.pro)
    with pytest.raises(stripe.InvalidRequestError, match="exists already"):
        feature(shop, "export")
    with pytest.raises(stripe.InvalidRequestError, match="attached"):
        shop.api.products.features.create(shop.pro.id, {"entitlement_feature": made.id})
    attached = shop.api.products.features.list(shop.pro.id).data
    assert [each.entitlement_feature.lookup_key for each in attached] == ["export"]
    assert shop.api.products.features.delete(shop.pro.id, attached[0].id).deleted
    assert shop.api.products.features.list(shop.pro.id).data == []
    shop.api.entitlements.features.update(made.id, {"active": False})
    assert shop.api.entitlements.features.list().data == []
    assert [each.id for each in shop.api.entitlements.features.list({"archived": True}).data] == [made.id]
