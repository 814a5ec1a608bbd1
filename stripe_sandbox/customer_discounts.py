"""The discount of a customer, which counts where a subscription has none of its own, and taking discounts away
(docs.stripe.com/api/discounts)."""

from stripe_sandbox import discounts, events
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Missing
from stripe_sandbox.store import Object, Tx


def set_to(tx: Tx, customer: Object, coupon_id: str) -> None:
    """Give a customer a coupon, as callers of older API versions may; the empty text takes it away."""
    before = customer["discount"]
    if not coupon_id:
        if before:
            _remove(tx, customer)
        return
    coupon = discounts.coupon_of(tx, coupon_id)
    made = discounts.redeem(tx, coupon, None, customer=customer["id"], told=before is None)
    customer["discount"] = made
    events.updated(tx, customer)
    if before is not None:
        tx.bury(before)
        events.emit(tx, "customer.discount.updated", made, events.difference(before, made))


def _remove(tx: Tx, customer: Object) -> Object:
    found = customer["discount"]
    customer["discount"] = None
    events.updated(tx, customer)
    return _gone(tx, found)


def _gone(tx: Tx, discount: Object) -> Object:
    events.emit(tx, "customer.discount.deleted", discount)
    tx.bury(discount)
    return {**{key: value for key, value in discount.items() if key != "end"}, "deleted": True}


@route("GET", "/v1/customers/{customer}/discount")
def retrieve(tx: Tx, params: Params, customer: str) -> Object:
    found = tx.at("customer", customer)["discount"]
    if found is None:
        raise Missing("discount", customer, in_path=True)
    return found


@route("DELETE", "/v1/customers/{customer}/discount")
def delete(tx: Tx, params: Params, customer: str) -> Object:
    found = tx.at("customer", customer)
    if found["discount"] is None:
        raise Missing("discount", customer, in_path=True)
    return _remove(tx, found)


@route("DELETE", "/v1/subscriptions/{subscription}/discount")
def delete_of_subscription(tx: Tx, params: Params, subscription: str) -> Object:
    """The newest discount goes, as in the API."""
    found = tx.at("subscription", subscription)
    if not found["discounts"]:
        raise Missing("discount", subscription, in_path=True)
    last = found["discounts"].pop()
    events.updated(tx, found, "customer.subscription.updated")
    return _gone(tx, tx.get("discount", last))
