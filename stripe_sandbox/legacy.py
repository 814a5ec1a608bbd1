"""What callers of older API versions may still send: the Stripe CLI sends no `Stripe-Version` header at all.

Newer callers get Stripe's refusal for the same names (docs.stripe.com/upgrades).
"""

import copy
from typing import Any

from stripe_sandbox.spec import Schema

_DYNAMIC_METHODS_SINCE = "2026-09-30"
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}
# parameters that stand in the published description, but are refused since endive
_LEFT_OUT = {
    "/v1/checkout/sessions": frozenset({"payment_method_types"}),
    "/v1/payment_intents": frozenset({"payment_method_types"}),
    "/v1/setup_intents": frozenset({"payment_method_types"}),
}
_COUPON: dict[str, Schema] = {"coupon": _TEXT}
_GONE_BEFORE = {
    "/v1/customers": _COUPON,
    "/v1/customers/{customer}": _COUPON,
    "/v1/promotion_codes": {"coupon": _TEXT},
}


def is_old(version: str | None) -> bool:
    """Does this caller speak a version from before dynamic payment methods?"""
    return version is None or version[:10] < _DYNAMIC_METHODS_SINCE


def schema_for(path: str, schema: Schema, *, old: bool) -> Schema:
    """An operation's parameters as this caller may use them (POST only)."""
    if not old:
        refused = _LEFT_OUT.get(path, frozenset())
        return {**schema, "properties": {key: each for key, each in schema["properties"].items() if key not in refused}}
    wider = {**schema, "properties": {**schema["properties"], **_GONE_BEFORE.get(path, {})}}
    if path == "/v1/promotion_codes":
        wider["required"] = []
    if path.startswith("/v1/subscription_schedules"):
        wider = copy.deepcopy(wider)
        phases = wider["properties"].get("phases")
        if phases:
            phases["items"]["properties"]["iterations"] = _NUMBER
    return wider


def names(path: str) -> frozenset[str]:
    """Parameters that an old caller may send here, beyond what the function says it takes."""
    return _LEFT_OUT.get(path, frozenset()) | frozenset(_GONE_BEFORE.get(path, {}))


def modern(path: str, params: dict[str, Any]) -> dict[str, Any]:
    """The same wish in today's words, where there are such words."""
    if path == "/v1/promotion_codes" and "coupon" in params:
        coupon = params.pop("coupon")
        params.setdefault("promotion", {"type": "coupon", "coupon": coupon})
    return params
