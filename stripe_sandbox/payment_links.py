"""Payment links: a fixed address that begins a new Checkout Session for whoever opens it
(docs.stripe.com/api/payment-link)."""

import re
from typing import Any

from stripe_sandbox import checkout, checkout_order, events, lists, metadata, spec, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx

_SHARED = [
    *checkout.ORDER_TAKES,
    "after_completion",
    "inactive_message",
    "payment_method_types=card",
    "restrictions",
]
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,200}")


@route("POST", "/v1/payment_links", takes=_SHARED)
def create(tx: Tx, params: Params) -> Object:
    given = params.get("line_items") or []
    if not given:
        raise Invalid("Missing required param: line_items.", param="line_items", code="parameter_missing")
    mode = checkout_order.mode_of(tx, given)
    items = checkout_order.order_items(tx, {"line_items": given}, mode)
    _check(params, mode)
    id_ = new_id("plink")
    subscription = mode == "subscription"
    link: Object = {
        **spec.load().nulls("payment_link"),
        "id": id_,
        "object": "payment_link",
        "active": True,
        "after_completion": {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": None}},
        "allow_promotion_codes": False,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": "auto",
        "currency": items[0]["price"]["currency"],
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer_creation": "always" if subscription else "if_required",
        "livemode": False,
        "metadata": {},
        "name_collection": {},
        "payment_method_collection": "always" if subscription else "if_required",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "submit_type": "auto",
        "subscription_data": {
            "description": None,
            "invoice_settings": {"issuer": {"type": "self"}},
            "metadata": {},
            "trial_period_days": None,
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}} if subscription else None,
        }
        if subscription
        else None,
        "tax_id_collection": {"enabled": False, "required": "never"},
        "url": f"{tx.base_url}/b/{id_}",
        PRIVATE: {"mode": mode, "items": checkout_order.kept_items(items), "given": {}},
    }
    _fill(link, params)
    tx.remember("base_url", tx.base_url)
    return events.created(tx, link)


def _check(params: Params, mode: str) -> None:
    after = params.get("after_completion") or {}
    if after.get("type") == "redirect" and not (after.get("redirect") or {}).get("url"):
        raise Invalid("Missing required param: after_completion[redirect][url].", param="after_completion[redirect]")
    if mode != "subscription" and (params.get("subscription_data") or params.get("payment_method_collection")):
        raise Invalid("These settings need a recurring price.", param="subscription_data")
    if mode == "subscription":
        for name in ("payment_intent_data", "invoice_creation"):
            if name in params:
                raise Invalid(f"You can not pass `{name}` with a recurring price.", param=name)


def _fill(link: Object, params: Params) -> None:
    for name in ("active", "allow_promotion_codes", "billing_address_collection", "customer_creation"):
        if name in params:
            link[name] = params[name]
    for name in ("payment_method_collection", "submit_type"):
        if name in params:
            link[name] = params[name]
    if "inactive_message" in params:
        link["inactive_message"] = params["inactive_message"] or None
    if "after_completion" in params:
        given = params["after_completion"]
        kind = given["type"]
        default: dict[str, Any] = {"custom_message": None} if kind == "hosted_confirmation" else {}
        link["after_completion"] = {"type": kind, kind: {**default, **(given.get(kind) or {})}}
    if "restrictions" in params:
        limit = (params["restrictions"] or {}).get("completed_sessions")
        count = ((link["restrictions"] or {}).get("completed_sessions") or {}).get("count", 0)
        link["restrictions"] = {"completed_sessions": {"count": count, **limit}} if limit else None
    if link["subscription_data"] and params.get("subscription_data"):
        data = params["subscription_data"]
        link["subscription_data"] |= {key: value or None for key, value in data.items() if key != "metadata"}
        link["subscription_data"]["metadata"] = metadata.merged(
            link["subscription_data"]["metadata"], data.get("metadata")
        )
    link["metadata"] = metadata.merged(link["metadata"], params.get("metadata"))
    link["custom_text"] |= params.get("custom_text") or {}
    kept = ("invoice_creation", "payment_intent_data")
    link[PRIVATE]["given"] |= {name: params[name] for name in kept if params.get(name)}


@route("POST", "/v1/payment_links/{payment_link}", takes=[*_SHARED, "active", "line_items[id]"])
def update(tx: Tx, params: Params, payment_link: str) -> Object:
    found = tx.at("payment_link", payment_link)
    _check(params, found[PRIVATE]["mode"])
    for entry in params.get("line_items") or []:
        item = next((each for each in found[PRIVATE]["items"] if each["id"] == entry["id"]), None)
        if item is None:
            raise Invalid(f"No such line item: '{entry['id']}'", param="line_items[0][id]", code="resource_missing")
        item["quantity"] = entry.get("quantity", item["quantity"])
    _fill(found, params)
    return events.updated(tx, found)


@route("GET", "/v1/payment_links", takes=[*lists.PAGE, "active"])
def list_all(tx: Tx, params: Params) -> Object:
    return lists.page(tx, "payment_link", "/v1/payment_links", params, {"active": params.get("active")})


@route("GET", "/v1/payment_links/{payment_link}")
def retrieve(tx: Tx, params: Params, payment_link: str) -> Object:
    return tx.at("payment_link", payment_link)


@route("GET", "/v1/payment_links/{payment_link}/line_items", takes=lists.PAGE)
def line_items(tx: Tx, params: Params, payment_link: str) -> Object:
    found = tx.at("payment_link", payment_link)
    return lists.of(_items(tx, found), f"/v1/payment_links/{payment_link}/line_items", params)


@wire.virtual("payment_link", "line_items")
def line_items_inside(tx: Tx, link: Object) -> Object:
    return lists.of(_items(tx, link), f"/v1/payment_links/{link['id']}/line_items")


def _items(tx: Tx, link: Object) -> list[Object]:
    return checkout_order.priced(tx, link[PRIVATE]["items"], None)


def is_open(link: Object) -> bool:
    """May somebody still buy through it?"""
    limit = (link["restrictions"] or {}).get("completed_sessions")
    return link["active"] and (limit is None or limit["count"] < limit["limit"])


def begin(tx: Tx, link: Object, *, reference: str = "", email: str = "") -> Object:
    """A fresh session for somebody who opened the link.

    `reference` and `email` come from the address (`client_reference_id`, `prefilled_email`); an ill-formed
    reference is left out, as docs.stripe.com/payment-links/customize says.
    """
    after = link["after_completion"]
    data = {key: value for key, value in (link["subscription_data"] or {}).items() if value}
    data.pop("invoice_settings", None)
    wanted: Params = {
        "mode": link[PRIVATE]["mode"],
        "line_items": [
            {"price": each["price"], "quantity": each["quantity"], "adjustable_quantity": each["adjustable"]}
            for each in link[PRIVATE]["items"]
        ],
        "success_url": after["redirect"]["url"] if after["type"] == "redirect" else None,
        "allow_promotion_codes": link["allow_promotion_codes"] or None,
        "billing_address_collection": link["billing_address_collection"],
        "custom_text": {key: value for key, value in link["custom_text"].items() if value},
        "customer_creation": link["customer_creation"],
        "metadata": link["metadata"],
        "submit_type": link["submit_type"],
        **link[PRIVATE]["given"],
    }
    if data:
        wanted["subscription_data"] = data
    if link[PRIVATE]["mode"] == "subscription":
        wanted["payment_method_collection"] = link["payment_method_collection"]
    if _REFERENCE.fullmatch(reference):
        wanted["client_reference_id"] = reference
    session = checkout.open_session(tx, wanted)
    session["payment_link"] = link["id"]
    session[PRIVATE]["prefilled_email"] = email[:512]
    return tx.save(session)


def completed(tx: Tx, session: Object) -> None:
    """Count a finished order against the link's limit; at the limit the link closes."""
    link = tx.find(session["payment_link"], "payment_link")
    if link is None or not link["restrictions"]:
        return
    limit = link["restrictions"]["completed_sessions"]
    limit["count"] += 1
    if limit["count"] >= limit["limit"]:
        link["active"] = False
    events.updated(tx, link)
