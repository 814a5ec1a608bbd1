"""Who pays (docs.stripe.com/api/customers), and their credit balance."""

import re
from typing import Any

from stripe_sandbox import cards, customer_discounts, events, lists, metadata, payment_methods, spec, tax_ids, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id, random_text
from stripe_sandbox.store import Object, Tx

_PLAIN = (
    "email",
    "name",
    "description",
    "phone",
    "tax_exempt",
    "preferred_locales",
    "business_name",
    "individual_name",
)
_TAKES = [
    *_PLAIN,
    "address",
    "balance",
    "invoice_prefix",
    "invoice_settings[default_payment_method, footer]",
    "metadata",
    "next_invoice_sequence",
    "shipping",
    "source",
]


@route("POST", "/v1/customers", takes=[*_TAKES, "test_clock", "payment_method", "tax_id_data"])
def create(tx: Tx, params: Params) -> Object:
    if params.get("test_clock"):
        tx.get("test_helpers.test_clock", params["test_clock"], param="test_clock")
    customer = new(tx, params)
    events.created(tx, customer)
    method = params.get("payment_method")
    default = (params.get("invoice_settings") or {}).get("default_payment_method")
    wanted = method or default
    if wanted:
        saved = payment_methods.attach_to(tx, payment_methods.usable(tx, wanted), customer["id"])
        if default:
            customer["invoice_settings"]["default_payment_method"] = saved["id"]
            events.updated(tx, customer)
    if params.get("source"):
        _pay_with(tx, customer, params["source"])
    for index, entry in enumerate(params.get("tax_id_data") or []):
        tax_ids.add(tx, customer, entry["type"], entry["value"], f"tax_id_data[{index}]")
    if params.get("coupon"):
        customer_discounts.set_to(tx, customer, params["coupon"])
    if params.get("balance"):
        change_balance(tx, customer, params["balance"], "initial")
    return customer


def _pay_with(tx: Tx, customer: Object, token: str) -> None:
    """A card token of the older kind; the sandbox keeps it as a payment method and the default."""
    card = cards.named(token)
    if card is None:
        raise Invalid(f"No such token: '{token}'", param="source", code="resource_missing")
    made = payment_methods.attach_to(tx, payment_methods.of_token(tx, card), customer["id"])
    customer["invoice_settings"]["default_payment_method"] = made["id"]
    events.updated(tx, customer)


def new(tx: Tx, params: Params) -> Object:
    """A customer that is not stored yet."""
    customer: Object = {
        **spec.load().nulls("customer"),
        "id": new_id("cus", 14),
        "object": "customer",
        "balance": 0,
        "created": tx.now,
        "delinquent": False,
        "invoice_prefix": random_text(8).upper(),
        "invoice_settings": spec.load().nulls("invoice_setting_customer_setting"),
        "livemode": False,
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
        "test_clock": tx.test_clock,
    }
    customer.pop("cash_balance", None)
    _fill(customer, params)
    return customer


def _fill(customer: Object, params: Params) -> None:
    for name in _PLAIN:
        if name in params:
            customer[name] = params[name] if params[name] != "" else None
    if customer["tax_exempt"] is None:
        customer["tax_exempt"] = "none"
    email = params.get("email")
    if email and "@" not in email:
        raise Invalid(f"Invalid email address: {email}", param="email", code="email_invalid")
    if "address" in params:
        customer["address"] = address(params["address"])
    if "shipping" in params:
        shipping = params["shipping"] or None
        customer["shipping"] = shipping and {
            "carrier": None,
            "phone": None,
            "tracking_number": None,
            **shipping,
            "address": address(shipping.get("address")),
        }
    if "footer" in (params.get("invoice_settings") or {}):
        customer["invoice_settings"]["footer"] = params["invoice_settings"]["footer"] or None
    _number(customer, params)
    customer["metadata"] = metadata.merged(customer["metadata"], params.get("metadata"))


def _number(customer: Object, params: Params) -> None:
    """How the customer's invoices are numbered."""
    prefix, next_ = params.get("invoice_prefix"), params.get("next_invoice_sequence")
    if prefix is not None:
        if not re.fullmatch(r"[A-Z0-9]{3,12}", prefix):
            raise Invalid("Must be 3 to 12 uppercase letters or numbers.", param="invoice_prefix")
        customer["invoice_prefix"] = prefix
    if next_ is not None:
        if next_ < customer["next_invoice_sequence"]:
            raise Invalid("The next number cannot be one that was given already.", param="next_invoice_sequence")
        customer["next_invoice_sequence"] = next_


def address(given: Any) -> Object | None:
    """An address with all its lines, or none."""
    if not given:
        return None
    return {**spec.load().nulls("address"), **{key: value or None for key, value in given.items()}}


@route("GET", "/v1/customers", takes=[*lists.PAGE, "email", "test_clock"])
def list_all(tx: Tx, params: Params) -> Object:
    clock = params.get("test_clock")
    equals = {"email": params.get("email"), "test_clock": clock}
    extra = "" if clock else "json_extract(body, '$.test_clock') IS NULL"
    return lists.page(tx, "customer", "/v1/customers", params, equals, extra)


@route("GET", "/v1/customers/{customer}")
def retrieve(tx: Tx, params: Params, customer: str) -> Object:
    found = tx.find(customer, "customer")
    return found if found else tx.at("customer", customer)


@route("POST", "/v1/customers/{customer}", takes=_TAKES)
def update(tx: Tx, params: Params, customer: str) -> Object:
    found = tx.at("customer", customer)
    _fill(found, params)
    settings = params.get("invoice_settings") or {}
    if settings.get("default_payment_method"):
        method = payment_methods.usable(
            tx, settings["default_payment_method"], "invoice_settings[default_payment_method]"
        )
        if method["customer"] != customer:
            raise Invalid(
                "The customer does not have a payment method with the ID "
                f"{method['id']}. The payment method must be attached to the customer.",
                param="invoice_settings[default_payment_method]",
                code="resource_missing",
            )
        found["invoice_settings"]["default_payment_method"] = method["id"]
    elif "default_payment_method" in settings:
        found["invoice_settings"]["default_payment_method"] = None
    events.updated(tx, found)
    if params.get("source"):
        _pay_with(tx, found, params["source"])
    if "coupon" in params:
        customer_discounts.set_to(tx, found, params["coupon"])
    if "balance" in params:
        change_balance(tx, found, params["balance"] - found["balance"], "adjustment")
    return found


@route("DELETE", "/v1/customers/{customer}")
def delete(tx: Tx, params: Params, customer: str) -> Object:
    from stripe_sandbox import subscriptions  # it uses customers

    found = tx.at("customer", customer)
    for subscription in tx.of_customer("subscription", customer):
        if subscription["status"] not in ("canceled", "incomplete_expired"):
            subscriptions.end(tx, subscription, "cancellation_requested")
    for method in tx.of_customer("payment_method", customer):
        method["customer"] = None
        tx.save(method)
    events.emit(tx, "customer.deleted", tx.fresh(found))
    return tx.bury(found)


def change_balance(
    tx: Tx,
    customer: Object,
    amount: int,
    type_: str,
    invoice: str | None = None,
    currency: str = "",
    *,
    description: str | None = None,
    notes: dict[str, str] | None = None,
) -> Object:
    """Move the credit balance (negative = the customer has credit) and write down why."""
    customer["balance"] += amount
    customer["currency"] = customer["currency"] or currency or "usd"
    tx.add(
        {
            **spec.load().nulls("customer_balance_transaction"),
            "id": new_id("cbtxn"),
            "object": "customer_balance_transaction",
            "amount": amount,
            "created": tx.now,
            "currency": customer["currency"],
            "customer": customer["id"],
            "description": description,
            "ending_balance": customer["balance"],
            "invoice": invoice,
            "livemode": False,
            "metadata": notes or {},
            "type": type_,
        }
    )
    return events.updated(tx, customer)


@route("GET", "/v1/customers/{customer}/balance_transactions", takes=[*lists.PAGE, "invoice"])
def list_balance(tx: Tx, params: Params, customer: str) -> Object:
    tx.at("customer", customer)
    url = f"/v1/customers/{customer}/balance_transactions"
    return lists.page(
        tx, "customer_balance_transaction", url, params, {"customer": customer, "invoice": params.get("invoice")}
    )


@route("POST", "/v1/customers/{customer}/balance_transactions", takes=["amount", "currency", "description", "metadata"])
def create_balance(tx: Tx, params: Params, customer: str) -> Object:
    found = tx.at("customer", customer)
    change_balance(
        tx,
        found,
        params["amount"],
        "adjustment",
        currency=params["currency"],
        description=params.get("description") or None,
        notes=metadata.merged({}, params.get("metadata")),
    )
    return tx.of_customer("customer_balance_transaction", customer)[0]


@wire.virtual("customer", "sources")
def sources_of(tx: Tx, customer: Object) -> Object:
    """Only there when expanded; cards are payment methods here."""
    return lists.of([], f"/v1/customers/{customer['id']}/sources")


@wire.virtual("customer", "subscriptions")
def subscriptions_of(tx: Tx, customer: Object) -> Object:
    """Only there when expanded; ended ones are left out."""
    living = [
        each
        for each in tx.of_customer("subscription", customer["id"])
        if each["status"] not in ("canceled", "incomplete_expired")
    ]
    return lists.of(living, f"/v1/customers/{customer['id']}/subscriptions")
