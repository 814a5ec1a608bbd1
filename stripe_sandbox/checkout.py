"""Checkout Sessions: an order that waits for its customer on a hosted page (docs.stripe.com/api/checkout/sessions).

Sessions live in real time: a person is in front of them.
"""

from stripe_sandbox import catalog, checkout_order, checkout_shape, events, jobs, lists, metadata, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.promotion_codes import coupon_behind
from stripe_sandbox.store import PRIVATE, Object, Tx, real_now

ORDER_TAKES = [
    "line_items[price, quantity, adjustable_quantity, price_data]",
    "invoice_creation[enabled]",
    "invoice_creation[invoice_data][description, footer, metadata]",
    "custom_text[submit, after_submit, terms_of_service_acceptance]",
    "payment_intent_data[capture_method, description, metadata, setup_future_usage]",
    "payment_intent_data[statement_descriptor, statement_descriptor_suffix]",
    "subscription_data[description, metadata, trial_period_days, trial_settings]",
    "allow_promotion_codes",
    "billing_address_collection",
    "customer_creation",
    "metadata",
    "payment_method_collection",
    "submit_type",
]
_TAKES = [
    *ORDER_TAKES,
    "mode",
    "success_url",
    "cancel_url",
    "customer",
    "customer_email",
    "client_reference_id",
    "discounts[coupon, promotion_code]",
    "line_items[metadata]",
    "subscription_data[trial_end, billing_cycle_anchor, proration_behavior]",
    "subscription_data[billing_mode][type]=flexible",
    "subscription_data[billing_mode][flexible][proration_discounts]=included",
    "payment_intent_data[receipt_email, shipping]",
    "setup_intent_data[description, metadata]",
    "automatic_tax[enabled]=false",
    "tax_id_collection",
    "customer_update[address, name]",
    "expires_at",
    "locale",
    "currency",
    "ui_mode=hosted_page",
    "saved_payment_method_options[payment_method_save, allow_redisplay_filters]",
    "consent_collection[terms_of_service]",
    "phone_number_collection",
    "allowed_payment_method_types=card",
    "payment_method_options[card][request_three_d_secure]=automatic",
    "adaptive_pricing[enabled]=false",
    "managed_payments[enabled]=false",
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
    items = checkout_order.order_items(tx, params, mode)
    asked = (params.get("currency") or "").lower()
    for item in items:
        item["price"] = catalog.in_currency(item["price"], asked)
    currency = items[0]["price"]["currency"] if items else asked or "usd"
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
        "items": checkout_order.kept_items(items),
        "subscription_data": params.get("subscription_data") or {},
        "payment_intent_data": params.get("payment_intent_data") or {},
        "setup_intent_data": params.get("setup_intent_data") or {},
        "customer_update": params.get("customer_update") or {},
        "redisplay": (params.get("saved_payment_method_options") or {}).get("allow_redisplay_filters"),
        "coupon": None,
        "code": None,
    }
    given = params.get("discounts") or []
    if given:
        coupon, code = coupon_behind(tx, given[0], "discounts[0]", checkout_order.purchase(tx, session))
        checkout_order.apply(tx, session, coupon, code)
    checkout_order.add_up(tx, session)
    if customer:
        session["customer_details"] = checkout_shape.details(tx.get("customer", customer))
    tx.add(session)
    tx.remember("base_url", tx.base_url)
    tx.later("checkout.expire", id_, expires, "real")
    return session


def _refuse_contradictions(params: Params) -> None:
    if params.get("customer") and params.get("customer_email"):
        raise Invalid("You may only specify one of these parameters: customer, customer_email.")
    if params.get("allow_promotion_codes") and params.get("discounts"):
        raise Invalid("You may only specify one of these parameters: allow_promotion_codes, discounts.")
    collects = (params.get("tax_id_collection") or {}).get("enabled")
    if collects and params.get("customer") and (params.get("customer_update") or {}).get("name") != "auto":
        raise Invalid(
            "To collect a tax id of an existing customer, set `customer_update[name]` to `auto`.",
            param="tax_id_collection",
        )
    if params["mode"] != "subscription":
        for name in ("subscription_data", "payment_method_collection"):
            if name in params:
                raise Invalid(f"You can not pass `{name}` in `{params['mode']}` mode.", param=name)
    elif "invoice_creation" in params:
        raise Invalid("You can only enable invoice creation when `mode` is set to `payment`.", param="invoice_creation")
    elif "payment_intent_data" in params:
        raise Invalid("You can not pass `payment_intent_data` in `subscription` mode.", param="payment_intent_data")


@route(
    "GET",
    "/v1/checkout/sessions",
    takes=[
        *lists.PAGE,
        "customer",
        "subscription",
        "payment_intent",
        "payment_link",
        "status",
        "customer_details[email]",
    ],
)
def list_all(tx: Tx, params: Params) -> Object:
    equals = {
        name: params.get(name) for name in ("customer", "subscription", "payment_intent", "payment_link", "status")
    }
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


@route("GET", "/v1/checkout/sessions/{session}/line_items", takes=[*lists.PAGE])
def line_items(tx: Tx, params: Params, session: str) -> Object:
    found = tx.at("checkout.session", session)
    return lists.of(checkout_order.items_of(tx, found), f"/v1/checkout/sessions/{session}/line_items", params)


@wire.virtual("checkout.session", "line_items")
def line_items_inside(tx: Tx, session: Object) -> Object:
    return lists.of(checkout_order.items_of(tx, session), f"/v1/checkout/sessions/{session['id']}/line_items")


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
