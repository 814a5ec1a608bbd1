"""Checkout Sessions: an order that waits for its customer on a hosted page (docs.stripe.com/api/checkout/sessions).

Sessions live in real time: a person is in front of them.
"""

from typing import Any

from stripe_sandbox import catalog, checkout_shape, discounts, events, invoice_lines, jobs, lists, metadata, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx, real_now

_TAKES = [
    "mode",
    "success_url",
    "cancel_url",
    "line_items",
    "customer",
    "customer_email",
    "customer_creation",
    "client_reference_id",
    "metadata",
    "allow_promotion_codes",
    "discounts",
    "subscription_data",
    "payment_intent_data",
    "setup_intent_data",
    "payment_method_collection",
    "automatic_tax",
    "tax_id_collection",
    "customer_update",
    "billing_address_collection",
    "invoice_creation",
    "expires_at",
    "locale",
    "currency",
    "ui_mode",
    "saved_payment_method_options",
    "submit_type",
    "custom_text",
    "consent_collection",
    "phone_number_collection",
    "allowed_payment_method_types",
    "payment_method_types",
    "payment_method_options",
    "adaptive_pricing",
    "managed_payments",
    "branding_settings",
]
_DAY = 24 * 3600


@route("POST", "/v1/checkout/sessions", takes=_TAKES)
def create(tx: Tx, params: Params) -> Object:
    if params.get("mode") is None:
        raise Invalid("Missing required param: mode.", param="mode", code="parameter_missing")
    if not params.get("success_url"):
        raise Invalid("Missing required param: success_url.", param="success_url", code="parameter_missing")
    return open_session(tx, params)


def open_session(tx: Tx, params: Params) -> Object:
    """A session that waits for its customer; a payment link's has no `success_url` when it thanks by itself."""
    mode = params["mode"]
    _refuse_contradictions(params)
    customer = params.get("customer")
    if customer:
        tx.get("customer", customer, param="customer")
    items = order_items(tx, params, mode)
    currency = items[0]["price"]["currency"] if items else (params.get("currency") or "usd").lower()
    now = int(real_now())
    expires = params.get("expires_at") or now + _DAY
    if not now + 29 * 60 <= expires <= now + _DAY + 60:
        raise Invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    id_ = new_id("cs_test", 58)
    session = checkout_shape.session(params, id_, mode, currency, now, expires)
    session["url"] = f"{tx.base_url}/c/pay/{id_}"
    session[PRIVATE] = {
        "items": kept_items(items),
        "subscription_data": params.get("subscription_data") or {},
        "payment_intent_data": params.get("payment_intent_data") or {},
        "setup_intent_data": params.get("setup_intent_data") or {},
        "customer_update": params.get("customer_update") or {},
        "coupon": None,
        "code": None,
    }
    given = params.get("discounts") or []
    if given:
        coupon, code = discounts.coupon_behind(tx, given[0], "discounts[0]")
        apply(tx, session, coupon, code)
    add_up(tx, session)
    if customer:
        session["customer_details"] = checkout_shape.details(tx.get("customer", customer))
    tx.add(session)
    tx.remember("base_url", tx.base_url)
    tx.later("checkout.expire", id_, expires, "real")
    return session


def _refuse_contradictions(params: Params) -> None:
    ui_mode = params.get("ui_mode", "hosted_page")
    if ui_mode != "hosted_page":
        raise Invalid("The sandbox has the hosted page only.", param="ui_mode")
    if params.get("customer") and params.get("customer_email"):
        raise Invalid("You may only specify one of these parameters: customer, customer_email.")
    if params.get("allow_promotion_codes") and params.get("discounts"):
        raise Invalid("You may only specify one of these parameters: allow_promotion_codes, discounts.")
    if params["mode"] != "subscription":
        for name in ("subscription_data", "payment_method_collection"):
            if name in params:
                raise Invalid(f"You can not pass `{name}` in `{params['mode']}` mode.", param=name)
    elif "invoice_creation" in params:
        raise Invalid("You can only enable invoice creation when `mode` is set to `payment`.", param="invoice_creation")
    elif "payment_intent_data" in params:
        raise Invalid("You can not pass `payment_intent_data` in `subscription` mode.", param="payment_intent_data")
    if (params.get("automatic_tax") or {}).get("enabled"):
        raise Invalid("The sandbox does not work out tax: leave automatic_tax off.", param="automatic_tax")


def mode_of(tx: Tx, given: list[Object]) -> str:
    """What a payment link's prices ask for: a subscription as soon as one of them recurs."""
    for each in given:
        recurring = (each.get("price_data") or {}).get("recurring")
        price = tx.find(each.get("price"), "price") or {}
        if recurring or price.get("type") == "recurring":
            return "subscription"
    return "payment"


def kept_items(items: list[Object]) -> list[Object]:
    """Line items as they are kept: the price by its id."""
    return [{**item, "price": item["price"]["id"]} for item in items]


def order_items(tx: Tx, params: Params, mode: str) -> list[Object]:
    """The line items of an order, checked against its mode."""
    given = params.get("line_items") or []
    if mode == "setup":
        return []
    if not given:
        raise Invalid("Missing required param: line_items.", param="line_items", code="parameter_missing")
    items = []
    for index, entry in enumerate(given):
        where = f"line_items[{index}]"
        if entry.get("price"):
            price = tx.get("price", entry["price"], param=f"{where}[price]")
        elif entry.get("price_data"):
            price = catalog.create_price(tx, dict(entry["price_data"]))
        else:
            raise Invalid(f"Missing required param: {where}[price].", param=f"{where}[price]", code="parameter_missing")
        if not price["active"]:
            raise Invalid(
                "The price specified is inactive. This field only accepts active prices.",
                param=f"{where}[price]",
                code="price_inactive",
            )
        if mode == "payment" and price["type"] == "recurring":
            raise Invalid(
                "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode "
                "or use only one-time prices.",
                param="mode",
            )
        quantity = entry.get("quantity", 1)
        items.append(
            {
                "id": new_id("li"),
                "price": price,
                "quantity": quantity,
                "adjustable": _adjustable(entry, quantity, f"{where}[adjustable_quantity]"),
            }
        )
    if mode == "subscription" and not any(item["price"]["type"] == "recurring" for item in items):
        raise Invalid("You must provide at least one recurring price in `subscription` mode.", param="mode")
    if len({item["price"]["currency"] for item in items}) > 1:
        raise Invalid("All line items must have the same currency.", param="line_items")
    return items


def _adjustable(entry: Object, quantity: int, where: str) -> Object | None:
    """Between which quantities the customer may choose, if at all."""
    given = entry.get("adjustable_quantity") or {}
    if not given.get("enabled"):
        return None
    least, most = given.get("minimum", 0), given.get("maximum", 99)
    if not 0 <= least <= quantity <= most <= 999_999:
        raise Invalid("The quantity must lie between the minimum and the maximum.", param=where)
    return {"enabled": True, "minimum": least, "maximum": most}


def items_of(tx: Tx, session: Object) -> list[Object]:
    """The line items with their prices and sums."""
    coupon = tx.find(session[PRIVATE]["coupon"], "coupon") if session[PRIVATE]["coupon"] else None
    return priced(tx, session[PRIVATE]["items"], coupon)


def priced(tx: Tx, kept: list[Object], coupon: Object | None) -> list[Object]:
    """Kept line items with their prices and sums, as the API shows them."""
    made = []
    left = (coupon or {}).get("amount_off") or 0
    for item in kept:
        price = tx.get("price", item["price"])
        amount = price["unit_amount"] * item["quantity"]
        off = 0
        if coupon:
            off = discounts.amount_off(coupon, amount) if coupon["percent_off"] else min(left, amount)
            left -= 0 if coupon["percent_off"] else off
        made.append(
            {
                "id": item["id"],
                "object": "item",
                "adjustable_quantity": item.get("adjustable"),
                "amount_discount": off,
                "amount_subtotal": amount,
                "amount_tax": 0,
                "amount_total": amount - off,
                "currency": price["currency"],
                "description": invoice_lines.product_name(tx, price),
                "metadata": {},
                "price": price,
                "quantity": item["quantity"],
            }
        )
    return made


def choose(tx: Tx, session: Object, item_id: str, quantity: int) -> bool:
    """The customer asks for another quantity. False when that is not offered. The caller saves."""
    item = next((each for each in session[PRIVATE]["items"] if each["id"] == item_id), None)
    range_ = item and item.get("adjustable")
    if item is None or range_ is None or not range_["minimum"] <= quantity <= range_["maximum"]:
        return False
    item["quantity"] = quantity
    add_up(tx, session)
    return True


def apply(tx: Tx, session: Object, coupon: Object, code: str | None) -> None:
    """Put a discount on a session that is still open. The caller saves."""
    session[PRIVATE] |= {"coupon": coupon["id"], "code": code}
    session["discounts"] = [{"coupon": None if code else coupon["id"], "promotion_code": code}]
    add_up(tx, session)


def add_up(tx: Tx, session: Object) -> None:
    """The sums due on completion: nothing while a trial runs."""
    if session["mode"] == "setup":
        return
    items = items_of(tx, session)
    if trial_end(tx, session) is not None:
        items = [item for item in items if item["price"]["type"] == "one_time"]
    session["amount_subtotal"] = sum(item["amount_subtotal"] for item in items)
    session["amount_total"] = sum(item["amount_total"] for item in items)
    session["total_details"] = {
        "amount_discount": sum(item["amount_discount"] for item in items),
        "amount_shipping": 0,
        "amount_tax": 0,
    }


def trial_end(tx: Tx, session: Object) -> int | None:
    """When the trial of this order would end, if it has one."""
    data: dict[str, Any] = session[PRIVATE]["subscription_data"]
    if data.get("trial_period_days"):
        return tx.now + data["trial_period_days"] * _DAY
    return data.get("trial_end")


@route("GET", "/v1/checkout/sessions")
def list_all(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("customer", "subscription", "payment_intent", "status")}
    equals["customer_details.email"] = (params.get("customer_details") or {}).get("email")
    return lists.page(tx, "checkout.session", "/v1/checkout/sessions", params, equals)


@route("GET", "/v1/checkout/sessions/{session}")
def retrieve(tx: Tx, params: Params, session: str) -> Object:
    return tx.at("checkout.session", session)


@route("POST", "/v1/checkout/sessions/{session}", takes=["metadata"])
def update(tx: Tx, params: Params, session: str) -> Object:
    found = tx.at("checkout.session", session)
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    return tx.save(found)


@route("GET", "/v1/checkout/sessions/{session}/line_items")
def line_items(tx: Tx, params: Params, session: str) -> Object:
    found = tx.at("checkout.session", session)
    return lists.of(items_of(tx, found), f"/v1/checkout/sessions/{session}/line_items", params)


@wire.virtual("checkout.session", "line_items")
def line_items_inside(tx: Tx, session: Object) -> Object:
    return lists.of(items_of(tx, session), f"/v1/checkout/sessions/{session['id']}/line_items")


@route("POST", "/v1/checkout/sessions/{session}/expire", takes=[])
def expire(tx: Tx, params: Params, session: str) -> Object:
    found = tx.at("checkout.session", session)
    if found["status"] != "open":
        raise Invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {found['status']}."
        )
    return _expire(tx, found)


@jobs.job("checkout.expire")
def expire_job(tx: Tx, id_: str) -> None:
    """Nobody came in time."""
    found = tx.get("checkout.session", id_)
    if found["status"] == "open":
        _expire(tx, found)


def _expire(tx: Tx, session: Object) -> Object:
    session |= {"status": "expired", "url": None}
    tx.never("checkout.expire", session["id"])
    tx.save(session)
    events.emit(tx, "checkout.session.expired", session)
    return session
