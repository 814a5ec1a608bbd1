"""Features of products, and which of them a customer has through their subscriptions
(docs.stripe.com/billing/entitlements)."""

from stripe_sandbox import events, lists, metadata, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx

_FEATURE = "entitlements.feature"
_ACTIVE = "entitlements.active_entitlement"
_SUMMARY = "entitlements.active_entitlement_summary"
_ENTITLES = ("active", "trialing", "past_due")
_SHOWN = 10  # a summary lists this many; the rest is asked for


@route("POST", "/v1/entitlements/features", takes=["lookup_key", "name", "metadata"])
def create(tx: Tx, params: Params) -> Object:
    key = params["lookup_key"]
    if len(key) > 80:
        raise Invalid("A lookup key has at most 80 characters.", param="lookup_key")
    if tx.select(_FEATURE, "json_extract(body, '$.lookup_key') = ?", (key,), 1):
        raise Invalid(
            f"A feature with the lookup key {key} exists already.", param="lookup_key", code="resource_already_exists"
        )
    made = {
        "id": new_id("feat"),
        "object": _FEATURE,
        "active": True,
        "livemode": False,
        "lookup_key": key,
        "metadata": metadata.merged({}, params.get("metadata")),
        "name": params["name"],
    }
    return tx.add(made)


@route("GET", "/v1/entitlements/features", takes=[*lists.PAGE, "archived", "lookup_key"])
def list_all(tx: Tx, params: Params) -> Object:
    equals = {"lookup_key": params.get("lookup_key"), "active": not params.get("archived", False)}
    return lists.page(tx, _FEATURE, "/v1/entitlements/features", params, equals)


@route("GET", "/v1/entitlements/features/{id}")
def retrieve(tx: Tx, params: Params, id: str) -> Object:
    return tx.at(_FEATURE, id)


@route("POST", "/v1/entitlements/features/{id}", takes=["active", "metadata", "name"])
def update(tx: Tx, params: Params, id: str) -> Object:
    found = tx.at(_FEATURE, id)
    found["active"] = params.get("active", found["active"])
    found["name"] = params.get("name") or found["name"]
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    return tx.save(found)


# --- the features of a product


@route("POST", "/v1/products/{product}/features", takes=["entitlement_feature"])
def attach(tx: Tx, params: Params, product: str) -> Object:
    tx.at("product", product)
    feature = tx.get(_FEATURE, params["entitlement_feature"], param="entitlement_feature")
    if any(each["entitlement_feature"]["id"] == feature["id"] for each in _features_of(tx, product)):
        raise Invalid("This feature is attached to the product already.", param="entitlement_feature")
    made = {
        "id": new_id("prodft"),
        "object": "product_feature",
        "entitlement_feature": feature,
        "livemode": False,
        PRIVATE: {"product": product},
    }
    return tx.add(made)


@route("GET", "/v1/products/{product}/features", takes=lists.PAGE)
def list_of_product(tx: Tx, params: Params, product: str) -> Object:
    tx.at("product", product)
    return lists.of(_features_of(tx, product), f"/v1/products/{product}/features", params)


@route("GET", "/v1/products/{product}/features/{id}")
def retrieve_of_product(tx: Tx, params: Params, product: str, id: str) -> Object:
    tx.at("product", product)
    return tx.at("product_feature", id)


@route("DELETE", "/v1/products/{product}/features/{id}")
def detach(tx: Tx, params: Params, product: str, id: str) -> Object:
    tx.at("product", product)
    return tx.bury(tx.at("product_feature", id))


def _features_of(tx: Tx, product: str) -> list[Object]:
    return tx.select("product_feature", "json_extract(body, '$._.product') = ?", (product,))


# --- what a customer has


@route("GET", "/v1/entitlements/active_entitlements", takes=[*lists.PAGE, "customer"])
def list_active(tx: Tx, params: Params) -> Object:
    tx.get("customer", params["customer"], param="customer")
    url = "/v1/entitlements/active_entitlements"
    return lists.page(tx, _ACTIVE, url, params, {"_.customer": params["customer"]})


@route("GET", "/v1/entitlements/active_entitlements/{id}")
def retrieve_active(tx: Tx, params: Params, id: str) -> Object:
    return tx.at(_ACTIVE, id)


@events.watch("customer.subscription.")
def refresh(tx: Tx, subscription: Object) -> None:
    """A subscription changed: give and take features, and say so when the customer has others than before."""
    customer = subscription["customer"]
    before = _active_of(tx, customer)
    has = {each["feature"]: each for each in before}
    wanted = _wanted(tx, customer)
    if set(has) == set(wanted):
        return
    for id_, each in has.items():
        if id_ not in wanted:
            tx.bury(each)
    for id_, feature in wanted.items():
        if id_ not in has:
            tx.add(
                {
                    "id": new_id("ent"),
                    "object": _ACTIVE,
                    "feature": id_,
                    "livemode": False,
                    "lookup_key": feature["lookup_key"],
                    PRIVATE: {"customer": customer},
                }
            )
    summary = _summary(customer, _active_of(tx, customer))
    previous = {"entitlements": _summary(customer, before)["entitlements"]}
    events.emit(tx, f"{_SUMMARY}.updated", summary, previous)


def _active_of(tx: Tx, customer: str) -> list[Object]:
    return tx.select(_ACTIVE, "json_extract(body, '$._.customer') = ?", (customer,))


def _wanted(tx: Tx, customer: str) -> dict[str, Object]:
    """The features behind everything that the customer's living subscriptions contain."""
    found: dict[str, Object] = {}
    for subscription in tx.of_customer("subscription", customer):
        if subscription["status"] not in _ENTITLES:
            continue
        for item in subscription["items"]["data"]:
            for each in _features_of(tx, item["price"]["product"]):
                feature = tx.find(each["entitlement_feature"]["id"]) or {}
                if feature.get("active"):
                    found[feature["id"]] = feature
    return found


def _summary(customer: str, active: list[Object]) -> Object:
    url = f"/v1/customer/{customer}/entitlements"
    shown = [wire.public(each) for each in active[:_SHOWN]]
    return {
        "object": _SUMMARY,
        "customer": customer,
        "entitlements": wire.listing(shown, url, has_more=len(active) > _SHOWN),
        "livemode": False,
    }
