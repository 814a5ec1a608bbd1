"""Coupons, promotion codes, and the discounts they become (docs.stripe.com/api/coupons, …/promotion_codes)."""

from typing import Any

from stripe_sandbox import events, lists, metadata, money, periods, spec
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id, random_text
from stripe_sandbox.store import Object, Tx


@route("POST", "/v1/coupons")
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
    }
    return events.created(tx, coupon)


@route("GET", "/v1/coupons")
def list_coupons(tx: Tx, params: Params) -> Object:
    return lists.page(tx, "coupon", "/v1/coupons", params)


@route("GET", "/v1/coupons/{coupon}")
def retrieve_coupon(tx: Tx, params: Params, coupon: str) -> Object:
    return tx.at("coupon", coupon)


@route("POST", "/v1/coupons/{coupon}")
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


@route("POST", "/v1/promotion_codes")
def create_code(tx: Tx, params: Params) -> Object:
    promotion = params.get("promotion") or {}
    if not promotion.get("coupon"):
        raise Invalid("Missing required param: promotion[coupon].", param="promotion", code="parameter_missing")
    coupon = tx.get("coupon", promotion["coupon"], param="promotion[coupon]")
    if params.get("customer"):
        tx.get("customer", params["customer"], param="customer")
    code = params.get("code") or random_text(8).upper()
    if any(each["active"] for each in _codes(tx, code)):
        raise Invalid(f"An active promotion code with `code: {code}` already exists.", param="code")
    restrictions = params.get("restrictions") or {}
    made = {
        **spec.load().nulls("promotion_code"),
        **{name: params.get(name) or None for name in ("customer", "expires_at", "max_redemptions")},
        "id": new_id("promo"),
        "object": "promotion_code",
        "active": params.get("active", True),
        "code": code,
        "created": tx.now,
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": {
            "first_time_transaction": restrictions.get("first_time_transaction", False),
            "minimum_amount": restrictions.get("minimum_amount"),
            "minimum_amount_currency": restrictions.get("minimum_amount_currency"),
        },
        "times_redeemed": 0,
    }
    return events.created(tx, made)


@route("GET", "/v1/promotion_codes")
def list_codes(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("active", "code", "customer")}
    equals["promotion.coupon"] = params.get("coupon")
    return lists.page(tx, "promotion_code", "/v1/promotion_codes", params, equals)


@route("GET", "/v1/promotion_codes/{promotion_code}")
def retrieve_code(tx: Tx, params: Params, promotion_code: str) -> Object:
    return tx.at("promotion_code", promotion_code)


@route("POST", "/v1/promotion_codes/{promotion_code}")
def update_code(tx: Tx, params: Params, promotion_code: str) -> Object:
    found = tx.at("promotion_code", promotion_code)
    found["active"] = params.get("active", found["active"])
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    return events.updated(tx, found)


def _codes(tx: Tx, code: str) -> list[Object]:
    return tx.select("promotion_code", "lower(json_extract(body, '$.code')) = ?", (code.lower(),))


def code_named(tx: Tx, code: str, customer: str | None, amount: int) -> Object | None:
    """The promotion code a customer typed, if it may be used now."""
    for found in _codes(tx, code.strip()):
        limit = found["restrictions"]["minimum_amount"]
        if _usable(tx, found) and found["customer"] in (None, customer) and (not limit or amount >= limit):
            return found
    return None


def _usable(tx: Tx, code: Object) -> bool:
    over = code["expires_at"] is not None and code["expires_at"] <= tx.now
    full = code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]
    return code["active"] and not over and not full and _valid(tx, coupon_of(tx, code["promotion"]["coupon"]))


def _valid(tx: Tx, coupon: Object) -> bool:
    over = coupon["redeem_by"] is not None and coupon["redeem_by"] <= tx.now
    full = coupon["max_redemptions"] is not None and coupon["times_redeemed"] >= coupon["max_redemptions"]
    return coupon["valid"] and not over and not full


def coupon_of(tx: Tx, id_: str, param: str = "coupon") -> Object:
    return tx.get("coupon", id_, param=param)


def coupon_behind(tx: Tx, given: dict[str, Any], param: str) -> tuple[Object, str | None]:
    """The coupon, and the promotion code if any, that a `discounts[]` entry names."""
    if given.get("promotion_code"):
        code = tx.get("promotion_code", given["promotion_code"], param=f"{param}[promotion_code]")
        if not _usable(tx, code):
            raise Invalid("This promotion code cannot be redeemed.", param=param)
        return coupon_of(tx, code["promotion"]["coupon"]), code["id"]
    coupon = coupon_of(tx, given.get("coupon", ""), f"{param}[coupon]")
    if not _valid(tx, coupon):
        raise Invalid(f"Coupon expired: {coupon['id']}", param=param, code="coupon_expired")
    return coupon, None


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


def active(tx: Tx, subscription: Object) -> list[tuple[Object, Object]]:
    """The discounts that count now, each with its coupon: the subscription's, else the customer's."""
    given = [tx.get("discount", id_) for id_ in subscription["discounts"]]
    customer = tx.find(subscription["customer"]) or {}
    if not given and customer.get("discount"):
        given = [customer["discount"]]
    found = []
    for discount in given:
        coupon = tx.find(discount["source"]["coupon"], "coupon")
        if coupon and not coupon.get("deleted") and (discount["end"] is None or discount["end"] > tx.now):
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
