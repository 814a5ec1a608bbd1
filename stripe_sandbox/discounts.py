"""Coupons and the discounts they become (docs.stripe.com/api/coupons, …/discounts)."""

from stripe_sandbox import events, lists, metadata, money, periods, spec, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id, random_text
from stripe_sandbox.store import PRIVATE, Object, Tx


@route(
    "POST",
    "/v1/coupons",
    takes=[
        "id",
        "percent_off",
        "amount_off",
        "currency",
        "duration",
        "duration_in_months",
        "max_redemptions",
        "redeem_by",
        "applies_to",
        "name",
        "metadata",
    ],
)
def create_coupon(tx: Tx, params: Params) -> Object:
    id_ = params.get("id") or random_text(8)
    if tx.find(id_):
        raise Invalid("Coupon already exists.", param="id", code="resource_already_exists")
    if bool(params.get("percent_off")) == bool(params.get("amount_off")):
        raise Invalid("You must pass either percent_off or amount_off.", param="percent_off")
    if params.get("percent_off") and not 0 < params["percent_off"] <= 100:
        raise Invalid("Invalid percent_off: it must be greater than 0 and at most 100.", param="percent_off")
    if params.get("amount_off") and params["amount_off"] < 0:
        raise Invalid("Invalid positive integer", param="amount_off")
    if params.get("amount_off") and not params.get("currency"):
        raise Invalid("You must pass currency when passing amount_off", param="currency")
    duration = params.get("duration", "once")
    if (duration == "repeating") != bool(params.get("duration_in_months")):
        raise Invalid("duration_in_months goes with the duration `repeating`.", param="duration_in_months")
    coupon = {
        **spec.load().nulls("coupon"),
        **{name: params.get(name) for name in ("amount_off", "percent_off", "max_redemptions", "redeem_by", "name")},
        "id": id_,
        "object": "coupon",
        "created": tx.now,
        "currency": (params.get("currency") or "").lower() or None,
        "duration": duration,
        "duration_in_months": params.get("duration_in_months"),
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
        "times_redeemed": 0,
        "valid": True,
        PRIVATE: {"products": _products(tx, params)},
    }
    return events.created(tx, coupon)


def _products(tx: Tx, params: Params) -> list[str]:
    given = (params.get("applies_to") or {}).get("products") or []
    return [tx.get("product", id_, param=f"applies_to[products][{index}]")["id"] for index, id_ in enumerate(given)]


@wire.virtual("coupon", "applies_to")
def applies_to(tx: Tx, coupon: Object) -> Object | None:
    """Only there when expanded: the products it is for, if it is not for all."""
    products = _only(coupon)
    return {"products": products} if products else None


def covers(coupon: Object, product: str | None) -> bool:
    """Does it take anything off this product?"""
    only = _only(coupon)
    return not only or product in only


def _only(coupon: Object) -> list[str]:
    """Coupons from before there was such a limit have no note of it."""
    return coupon.get(PRIVATE, {}).get("products", [])


@route("GET", "/v1/coupons", takes=lists.PAGE)
def list_coupons(tx: Tx, params: Params) -> Object:
    return lists.page(tx, "coupon", "/v1/coupons", params)


@route("GET", "/v1/coupons/{coupon}")
def retrieve_coupon(tx: Tx, params: Params, coupon: str) -> Object:
    return tx.at("coupon", coupon)


@route("POST", "/v1/coupons/{coupon}", takes=["name", "metadata"])
def update_coupon(tx: Tx, params: Params, coupon: str) -> Object:
    found = tx.at("coupon", coupon)
    found["name"] = params.get("name", found["name"]) or None
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    return events.updated(tx, found)


@route("DELETE", "/v1/coupons/{coupon}")
def delete_coupon(tx: Tx, params: Params, coupon: str) -> Object:
    found = tx.at("coupon", coupon)
    events.emit(tx, "coupon.deleted", {**found, "valid": False})
    return tx.bury(found)


def valid(tx: Tx, coupon: Object) -> bool:
    over = coupon["redeem_by"] is not None and coupon["redeem_by"] <= tx.now
    full = coupon["max_redemptions"] is not None and coupon["times_redeemed"] >= coupon["max_redemptions"]
    return coupon["valid"] and not over and not full


def coupon_of(tx: Tx, id_: str, param: str = "coupon") -> Object:
    return tx.get("coupon", id_, param=param)


def redeem(
    tx: Tx,
    coupon: Object,
    code: str | None,
    *,
    customer: str,
    subscription: str | None = None,
    checkout_session: str | None = None,
    told: bool = True,
) -> Object:
    """Turn a coupon into a discount of one customer."""
    end = None
    if coupon["duration"] == "repeating":
        end = periods.step(tx.now, {"interval": "month", "interval_count": 1}, coupon["duration_in_months"])
    discount = {
        **spec.load().nulls("discount"),
        "id": new_id("di"),
        "object": "discount",
        "checkout_session": checkout_session,
        "customer": customer,
        "end": end,
        "promotion_code": code,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": tx.now,
        "subscription": subscription,
    }
    tx.add(discount)
    if told:
        events.emit(tx, "customer.discount.created", discount)
    coupon["times_redeemed"] += 1
    tx.save(coupon)
    if code:
        used = tx.get("promotion_code", code)
        used["times_redeemed"] += 1
        tx.save(used)
    return discount


def amount_off(coupon: Object, amount: int) -> int:
    """What a coupon takes off an amount; never more than the amount."""
    if amount <= 0:
        return 0
    if coupon["percent_off"]:
        return min(amount, money.share(amount, round(coupon["percent_off"] * 100), 10_000))
    return min(amount, coupon["amount_off"])


def active(tx: Tx, subscription: Object, at: int | None = None) -> list[tuple[Object, Object]]:
    """The discounts that count at a moment (now, if none is given), each with its coupon: the subscription's, else
    the customer's."""
    moment = tx.now if at is None else at
    given = [tx.get("discount", id_) for id_ in subscription["discounts"]]
    customer = tx.find(subscription["customer"]) or {}
    if not given and customer.get("discount"):
        given = [customer["discount"]]
    found = []
    for discount in given:
        coupon = tx.find(discount["source"]["coupon"], "coupon")
        runs = discount["start"] <= moment and (discount["end"] is None or discount["end"] > moment)
        if coupon and not coupon.get("deleted") and runs:
            found.append((discount, coupon))
    return found


def spend(tx: Tx, subscription: Object) -> None:
    """After an invoice: discounts that were for once, or are over, leave the subscription (or its customer)."""
    lasting = [discount["id"] for discount, coupon in active(tx, subscription) if coupon["duration"] != "once"]
    if not subscription["discounts"]:
        customer = tx.get("customer", subscription["customer"])
        if customer["discount"] and customer["discount"]["id"] not in lasting:
            customer["discount"] = None
            events.updated(tx, customer)
        return
    kept = [id_ for id_ in subscription["discounts"] if id_ in lasting]
    if kept != subscription["discounts"]:
        subscription["discounts"] = kept
        events.updated(tx, subscription, "customer.subscription.updated")
