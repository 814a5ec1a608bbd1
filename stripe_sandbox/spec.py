"""Stripe's published OpenAPI subset, read once: which parameters exist, and which fields an object has.

The subset is dahlia (2026-05-27). What endive changed since is patched in here, in one place.
"""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

SPEC_FILE = Path(__file__).parent / "contract" / "stripe_openapi_subset.json"
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_ANCHOR: Schema = {
    "type": "object",
    "properties": {"type": {"type": "string", "enum": ["now", "unchanged"]}},
    "required": ["type"],
}
_DURATION: Schema = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": ["indefinite", "interval_options"]},
        "interval_options": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "interval": {"type": "string", "enum": ["day", "month", "week", "year"]},
                    "interval_count": {"type": "integer"},
                },
                "required": ["interval"],
            },
        },
    },
    "required": ["type"],
}
_PAUSE: Schema = {"type": "object", "properties": {"duration": _DURATION, "enabled": {"type": "boolean"}}}
_OF_SUBSCRIPTION: Schema = {"type": "object", "properties": {"subscription": _TEXT}, "required": ["subscription"]}
_RESUMES = ("attempt", "success")
_NEW_FLOWS = ("customer_update", "subscription_pause")
_TYPE: Schema = {"type": "object", "properties": {"type": _TEXT}, "required": ["type"]}
_MOMENT: Schema = {"type": "integer"}
_RANGE: Schema = {"type": "object", "properties": dict.fromkeys(("gt", "gte", "lt", "lte"), _MOMENT)}
_PAGE: dict[str, Schema] = {
    "created": {"anyOf": [_RANGE, _MOMENT]},
    "ending_before": _TEXT,
    "expand": _TEXTS,
    "limit": {"type": "integer"},
    "starting_after": _TEXT,
}
_SEARCH: dict[str, Schema] = {"expand": _TEXTS, "limit": {"type": "integer"}, "page": _TEXT, "query": _TEXT}
# what the published subset leaves out, or is older than
_BESIDE: dict[tuple[str, str], dict[str, Schema]] = {
    ("POST", "/v1/subscriptions/{subscription}/pause"): {
        "bill_for": {
            "type": "object",
            "properties": {"outstanding_usage_through": _TYPE, "unused_time_from": _TYPE},
        },
        "expand": _TEXTS,
        "invoicing_behavior": {"type": "string", "enum": ["invoice", "pending_invoice_item"]},
        "type": {"type": "string", "enum": ["subscription"]},
    },
    ("POST", "/v1/customers/{customer}/tax_ids"): {"expand": _TEXTS, "type": _TEXT, "value": _TEXT},
    ("GET", "/v1/customers/{customer}/tax_ids"): _PAGE,
    ("GET", "/v1/customers/{customer}/tax_ids/{id}"): {"expand": _TEXTS},
    ("DELETE", "/v1/customers/{customer}/tax_ids/{id}"): {},
    ("GET", "/v1/customers/{customer}/payment_methods/{payment_method}"): {"expand": _TEXTS},
    ("GET", "/v1/charges/search"): _SEARCH,
    ("GET", "/v1/invoices/search"): _SEARCH,
    ("GET", "/v1/payment_intents/search"): _SEARCH,
    # private to the CLI
    ("GET", "/v1/payment_pages/{session}"): {"expand": _TEXTS},
    ("POST", "/v1/payment_pages/{session}/confirm"): {
        "expand": _TEXTS,
        "expected_amount": _TEXT,
        "payment_method": _TEXT,
    },
    ("POST", "/v1/events/{id}/retry"): {
        "account": _TEXT,
        "expand": _TEXTS,
        "for_stripecli": {"type": "boolean"},
        "webhook_endpoint": _TEXT,
    },
}
_DYNAMIC_METHODS = ("/v1/checkout/sessions", "/v1/payment_intents", "/v1/setup_intents")


@dataclass(frozen=True)
class Operation:
    """One method on one path: its parameters, all of them by name."""

    method: str
    path: str
    parameters: Schema


class Spec:
    """Look up an operation's parameters or an object's fields."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.schemas: dict[str, Schema] = document["components"]["schemas"]
        schemas_to_endive(self.schemas)
        self.operations: dict[tuple[str, str], Operation] = {}
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                parameters = parameters_of(operation)
                _to_endive(method, path, parameters)
                # the spec spells one id in two ways; ours is the one name per resource
                plain = path.replace("{subscription_exposed_id}", "{subscription}")
                self.operations[(method.upper(), plain)] = Operation(method.upper(), plain, parameters)
        for (method, path), fields in _BESIDE.items():
            self.operations[method, path] = Operation(method, path, {"type": "object", "properties": fields})

    def resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def nulls(self, name: str) -> dict[str, None]:
        """Every field of an object that may be null, as null: an object shows all its fields."""
        fields = self.schemas[name].get("properties", {})
        return {field: None for field, schema in fields.items() if schema.get("nullable")}

    def expandable(self, name: str, field: str) -> bool:
        """Is this field an id that can be replaced by its object?"""
        schema = self.schemas.get(name, {}).get("properties", {}).get(field, {})
        return self._names_an_object(schema)

    def _names_an_object(self, schema: Schema) -> bool:
        if schema.get("type") == "array":
            return self._names_an_object(schema["items"])
        return any("$ref" in each for each in schema.get("anyOf", ()))


def schemas_to_endive(schemas: dict[str, Schema]) -> None:
    """What objects say since: the portal has two more flows."""
    kind = schemas["portal_flows_flow"]["properties"]["type"]
    kind["enum"] = sorted({*kind["enum"], *_NEW_FLOWS})


def parameters_of(operation: Mapping[str, Any]) -> Schema:
    """Path query and form body as one set of named parameters."""
    query = [each for each in operation["parameters"] if each["in"] == "query"]
    properties = {each["name"]: each["schema"] for each in query}
    required = [each["name"] for each in query if each.get("required")]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        properties |= media["schema"].get("properties", {})
        required += media["schema"].get("required", [])
    return {"type": "object", "properties": properties, "required": required}


def _to_endive(method: str, path: str, parameters: Schema) -> None:
    """Dynamic payment methods, and the anchor as an object (SDK 16, API 2026-09-30 and later)."""
    fields = parameters["properties"]
    if method == "post" and path in _DYNAMIC_METHODS:
        fields["allowed_payment_method_types"] = _TEXTS
    if method == "post" and path == "/v1/webhook_endpoints":
        fields["api_version"] = {"type": "string"}  # the list of versions ends before the SDK's
    if method == "post" and re.fullmatch(r"/v1/subscriptions/\{\w+\}(/resume)?", path):
        old = fields.get("billing_cycle_anchor")
        fields["billing_cycle_anchor"] = {"anyOf": [_ANCHOR, old]} if old else _ANCHOR
        if path.endswith("/resume"):
            fields["payment_behavior"] = {"type": "string", "enum": [f"resume_on_payment_{what}" for what in _RESUMES]}
    if method == "post" and path.startswith("/v1/billing_portal/configurations"):
        fields["features"]["properties"]["subscription_pause"] = _PAUSE
    if method == "post" and path == "/v1/billing_portal/sessions":
        flow = fields["flow_data"]["properties"]
        flow["type"] = {**flow["type"], "enum": sorted({*flow["type"]["enum"], *_NEW_FLOWS})}
        flow["subscription_pause"] = _OF_SUBSCRIPTION
    if method == "post" and path == "/v1/invoices/create_preview":
        details = fields["subscription_details"]["properties"]
        details["billing_cycle_anchor"] = {"anyOf": [_ANCHOR, details["billing_cycle_anchor"]]}


@functools.cache
def load() -> Spec:
    """The one copy in this process."""
    return Spec(json.loads(SPEC_FILE.read_text()))
