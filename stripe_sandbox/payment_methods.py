"""Cards on file (docs.stripe.com/api/payment_methods)."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from stripe_sandbox import cards, events, ibans, lists, metadata, spec
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import CardDeclined, Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx


def card_of(method: Object) -> cards.Card:
    """The test card behind a payment method."""
    return cards.CARDS[method[PRIVATE]["card"]]


@route(
    "POST",
    "/v1/payment_methods",
    takes=[
        "type=card|sepa_debit",
        "card[number, exp_month, exp_year, cvc, token]",
        "sepa_debit",
        "billing_details[address, email, name, phone]",
        "allow_redisplay",
        "metadata",
    ],
)
def create(tx: Tx, params: Params) -> Object:
    if params.get("type", "card") == "sepa_debit":
        return _account(tx, params)
    given = params.get("card") or {}
    if "token" in given:
        card = cards.named(given["token"])
        if card is None:
            raise Invalid(f"No such token: '{given['token']}'", param="card[token]", code="resource_missing")
        return of_token(tx, card, params)
    for name in ("number", "exp_month", "exp_year"):
        if name not in given:
            path = f"card[{name}]"
            raise Invalid(f"Missing required param: {path}.", param=path, code="parameter_missing")
    check_expiry(given["exp_month"], given["exp_year"])
    card = cards.numbered(given["number"])
    return new(tx, card, given["exp_month"], given["exp_year"], params.get("billing_details"), params)


def of_token(tx: Tx, card: cards.Card, params: Params | None = None) -> Object:
    """A payment method behind a token such as `tok_visa`."""
    params = params or {}
    return new(tx, card, 12, datetime.now(UTC).year + 1, params.get("billing_details"), params)


def check_expiry(month: int, year: int) -> None:
    """Refuse a month that does not exist or is over."""
    today = datetime.now(UTC)
    if not 1 <= month <= 12:
        raise CardDeclined("Your card's expiration month is invalid.", code="invalid_expiry_month", param="exp_month")
    full_year = year + 2000 if year < 100 else year
    if not today.year <= full_year <= today.year + 50:
        raise CardDeclined("Your card's expiration year is invalid.", code="invalid_expiry_year", param="exp_year")
    if (full_year, month) < (today.year, today.month):
        raise CardDeclined(
            "Your card's expiration date is in the past.", code="invalid_expiry_month", param="exp_month"
        )


def new(
    tx: Tx,
    card: cards.Card,
    month: int,
    year: int,
    billing: dict[str, Any] | None = None,
    params: Params | None = None,
) -> Object:
    """A payment method of a test card, on no customer yet."""
    params = params or {}
    billing = billing or {}
    details: Object = {
        **spec.load().nulls("payment_method_card"),
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": "pass" if (billing.get("address") or {}).get("postal_code") else None,
            "cvc_check": "pass",
        },
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year + 2000 if year < 100 else year,
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": card.funding,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
    }
    known = {"card": card.number, "authenticated": False}
    return tx.add({**_blank(tx, billing, params), "card": details, "type": "card", PRIVATE: known})


def _account(tx: Tx, params: Params) -> Object:
    """A bank account to be debited."""
    billing = params.get("billing_details") or {}
    for name in ("name", "email"):
        if not billing.get(name):
            path = f"billing_details[{name}]"
            raise Invalid(f"Missing required param: {path}.", param=path, code="parameter_missing")
    iban = (params.get("sepa_debit") or {}).get("iban")
    if not iban:
        raise Invalid("Missing required param: sepa_debit[iban].", param="sepa_debit[iban]", code="parameter_missing")
    account = ibans.numbered(iban)
    details = {"sepa_debit": ibans.shown(account.iban), "type": "sepa_debit"}
    return tx.add({**_blank(tx, billing, params), **details, PRIVATE: {"iban": account.iban}})


def _blank(tx: Tx, billing: dict[str, Any], params: Params) -> Object:
    """What all payment methods have."""
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": params.get("allow_redisplay", "unspecified"),
        "billing_details": {
            "address": {**spec.load().nulls("address"), **(billing.get("address") or {})},
            "email": billing.get("email"),
            "name": billing.get("name"),
            "phone": billing.get("phone"),
            "tax_id": None,
        },
        "created": tx.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
    }


def usable(tx: Tx, id_: str, param: str = "payment_method") -> Object:
    """The payment method of this id; a `pm_card_…` template gives a new one each time."""
    card = cards.named(id_)
    if card is not None:
        return new(tx, card, 12, datetime.now(UTC).year + 1)
    return tx.get("payment_method", id_, param=param)


def attach_to(tx: Tx, method: Object, customer: str) -> Object:
    """Save a card on a customer. Cards that decline everything decline here as well."""
    if method["customer"] == customer:
        return method
    if method["customer"]:
        raise Invalid("The payment method you provided has already been attached to a customer.")
    if method["type"] == "card" and (card := card_of(method)).declines and not card.attaches:
        raise cards.declined(card.declines)
    method["customer"] = customer
    tx.save(method)
    events.emit(tx, "payment_method.attached", method)
    return method


@route("GET", "/v1/payment_methods/{payment_method}")
def retrieve(tx: Tx, params: Params, payment_method: str) -> Object:
    if cards.named(payment_method):
        return usable(tx, payment_method)
    return tx.at("payment_method", payment_method)


@route(
    "POST",
    "/v1/payment_methods/{payment_method}",
    takes=["billing_details[address, email, name, phone]", "card[exp_month, exp_year]", "allow_redisplay", "metadata"],
)
def update(tx: Tx, params: Params, payment_method: str) -> Object:
    method = tx.at("payment_method", payment_method)
    method["metadata"] = metadata.merged(method["metadata"], params.get("metadata"))
    billing = params.get("billing_details") or {}
    for name, value in billing.items():
        old = method["billing_details"].get(name)
        method["billing_details"][name] = {**(old or {}), **value} if isinstance(value, dict) else value or None
    card = params.get("card") or {}
    method["card"] |= {name: card[name] for name in ("exp_month", "exp_year") if name in card}
    if "allow_redisplay" in params:
        method["allow_redisplay"] = params["allow_redisplay"]
    return events.updated(tx, method)


@route("POST", "/v1/payment_methods/{payment_method}/attach", takes=["customer"])
def attach(tx: Tx, params: Params, payment_method: str) -> Object:
    customer = params.get("customer")
    if not customer:
        raise Invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    tx.get("customer", customer, param="customer")
    if cards.named(payment_method):
        return attach_to(tx, usable(tx, payment_method), customer)
    return attach_to(tx, tx.at("payment_method", payment_method), customer)


@route("POST", "/v1/payment_methods/{payment_method}/detach")
def detach(tx: Tx, params: Params, payment_method: str) -> Object:
    method = tx.at("payment_method", payment_method)
    owner = method["customer"]
    if owner is None:
        raise Invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    method["customer"] = None
    events.updated(tx, method, "payment_method.detached")
    customer = tx.get("customer", owner)
    if customer["invoice_settings"]["default_payment_method"] == payment_method:
        customer["invoice_settings"]["default_payment_method"] = None
        events.updated(tx, customer)
    for subscription in tx.of_customer("subscription", owner):
        if subscription["default_payment_method"] == payment_method:
            subscription["default_payment_method"] = None
            events.updated(tx, subscription, "customer.subscription.updated")
    return method


@route("GET", "/v1/payment_methods", takes=[*lists.PAGE, "customer", "type", "allow_redisplay"])
def list_all(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("allow_redisplay", "customer", "type")}
    extra = "" if params.get("customer") else "json_extract(body, '$.customer') IS NOT NULL"
    return lists.page(tx, "payment_method", "/v1/payment_methods", params, equals, extra)


@route("GET", "/v1/customers/{customer}/payment_methods", takes=[*lists.PAGE, "type", "allow_redisplay"])
def list_of_customer(tx: Tx, params: Params, customer: str) -> Object:
    tx.at("customer", customer)
    equals = {"customer": customer, **{name: params.get(name) for name in ("allow_redisplay", "type")}}
    return lists.page(tx, "payment_method", f"/v1/customers/{customer}/payment_methods", params, equals)


@route("GET", "/v1/customers/{customer}/payment_methods/{payment_method}")
def retrieve_of_customer(tx: Tx, params: Params, customer: str, payment_method: str) -> Object:
    method = tx.at("payment_method", payment_method)
    if method["customer"] != customer:
        tx.at("payment_method", "")
    return method
