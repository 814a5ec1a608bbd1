"""Promotion codes: what a customer types to get a coupon, and for whom it works
(docs.stripe.com/api/promotion_codes)."""

from dataclasses import dataclass
from typing import Any

from stripe_sandbox import events, lists, metadata, spec
from stripe_sandbox.api import Params, route
from stripe_sandbox.discounts import coupon_of, covers, valid
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id, random_text
from stripe_sandbox.store import Object, Tx


@dataclass(frozen=True)
class Purchase:
    """What a code is used for: by whom (None: somebody new), and the prices with their quantities."""

    customer: str | None
    prices: list[tuple[Object, int]]

    @property
    def amount(self) -> int:
        return sum(price["unit_amount"] * quantity for price, quantity in self.prices)

    @property
    def currency(self) -> str:
        return self.prices[0][0]["currency"]


@route(
    "POST",
    "/v1/promotion_codes",
    takes=[
        "promotion",
        "code",
        "active",
        "customer",
        "expires_at",
        "max_redemptions",
        "metadata",
        "restrictions[first_time_transaction, minimum_amount, minimum_amount_currency]",
    ],
)
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
    if bool(restrictions.get("minimum_amount")) != bool(restrictions.get("minimum_amount_currency")):
        raise Invalid(
            "minimum_amount and minimum_amount_currency go together.", param="restrictions[minimum_amount_currency]"
        )
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


@route("GET", "/v1/promotion_codes", takes=[*lists.PAGE, "active", "code", "coupon", "customer"])
def list_codes(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("active", "code", "customer")}
    equals["promotion.coupon"] = params.get("coupon")
    return lists.page(tx, "promotion_code", "/v1/promotion_codes", params, equals)


@route("GET", "/v1/promotion_codes/{promotion_code}")
def retrieve_code(tx: Tx, params: Params, promotion_code: str) -> Object:
    return tx.at("promotion_code", promotion_code)


@route("POST", "/v1/promotion_codes/{promotion_code}", takes=["active", "metadata"])
def update_code(tx: Tx, params: Params, promotion_code: str) -> Object:
    found = tx.at("promotion_code", promotion_code)
    found["active"] = params.get("active", found["active"])
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    return events.updated(tx, found)


def _codes(tx: Tx, code: str) -> list[Object]:
    return tx.select("promotion_code", "lower(json_extract(body, '$.code')) = ?", (code.lower(),))


def code_named(tx: Tx, code: str, purchase: Purchase) -> Object | None:
    """The promotion code a customer typed, if it may be used for this purchase."""
    for found in _codes(tx, code.strip()):
        coupon = coupon_of(tx, found["promotion"]["coupon"])
        fits = any(covers(coupon, price["product"]) for price, _ in purchase.prices)
        if fits and _refusal(tx, found, purchase) is None:
            return found
    return None


def coupon_behind(tx: Tx, given: dict[str, Any], param: str, purchase: Purchase) -> tuple[Object, str | None]:
    """The coupon, and the promotion code if any, that a `discounts[]` entry names."""
    if given.get("promotion_code"):
        code = tx.get("promotion_code", given["promotion_code"], param=f"{param}[promotion_code]")
        refusal = _refusal(tx, code, purchase)
        if refusal:
            raise Invalid(f"This promotion code cannot be redeemed{refusal}.", param=param)
        return coupon_of(tx, code["promotion"]["coupon"]), code["id"]
    coupon = coupon_of(tx, given.get("coupon") or "", f"{param}[coupon]")
    if not valid(tx, coupon):
        raise Invalid(f"Coupon expired: {coupon['id']}", param=param, code="coupon_expired")
    return coupon, None


def _refusal(tx: Tx, code: Object, purchase: Purchase) -> str | None:
    """Why it may not be used, as the end of a sentence; None when it may."""
    over = code["expires_at"] is not None and code["expires_at"] <= tx.now
    full = code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]
    if not code["active"] or over or full or not valid(tx, coupon_of(tx, code["promotion"]["coupon"])):
        return ""
    if code["customer"] not in (None, purchase.customer):
        return " by this customer"
    limits = code["restrictions"]
    least = limits["minimum_amount"]
    if least and (purchase.amount < least or purchase.currency != limits["minimum_amount_currency"]):
        return " because the minimum amount of it is not met"
    if limits["first_time_transaction"] and purchase.customer and _bought(tx, purchase.customer):
        return " because the customer has prior transactions"
    return None


def _bought(tx: Tx, customer: str) -> bool:
    """Has this customer ever paid?"""
    paid = any(each["status"] == "succeeded" for each in tx.of_customer("payment_intent", customer))
    return paid or any(
        each["status"] == "paid" and each["amount_due"] > 0 for each in tx.of_customer("invoice", customer)
    )
