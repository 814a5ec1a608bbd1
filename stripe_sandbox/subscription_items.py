"""The prices inside a subscription, one by one (docs.stripe.com/api/subscription_items)."""

from typing import Any

from stripe_sandbox import clock, lists, subscriptions
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Missing
from stripe_sandbox.store import Object, Tx


@route("GET", "/v1/subscription_items", takes=[*lists.PAGE, "subscription"])
def list_items(tx: Tx, params: Params) -> Object:
    found = tx.get("subscription", params["subscription"], param="subscription")
    return lists.of(found["items"]["data"], "/v1/subscription_items", params)


@route("GET", "/v1/subscription_items/{item}")
def retrieve_item(tx: Tx, params: Params, item: str) -> Object:
    return _item(_holder(tx, item), item)


@route(
    "POST",
    "/v1/subscription_items",
    takes=["subscription", "price", "quantity", "metadata", "proration_behavior", "proration_date"],
)
def create_item(tx: Tx, params: Params) -> Object:
    found = tx.get("subscription", params.get("subscription", ""), param="subscription")
    known = {item["id"] for item in found["items"]["data"]}
    _edit(tx, found, params, {k: params[k] for k in ("price", "quantity", "metadata") if k in params})
    after = tx.fresh(found)["items"]["data"]
    return next(item for item in after if item["id"] not in known)


@route(
    "POST",
    "/v1/subscription_items/{item}",
    takes=["price", "quantity", "metadata", "proration_behavior", "proration_date", "off_session"],
)
def update_item(tx: Tx, params: Params, item: str) -> Object:
    found = _holder(tx, item)
    entry = {k: params[k] for k in ("price", "quantity", "metadata") if k in params}
    _edit(tx, found, params, {"id": item, **entry})
    return _item(tx.fresh(found), item)


@route("DELETE", "/v1/subscription_items/{item}", takes=["proration_behavior", "proration_date"])
def delete_item(tx: Tx, params: Params, item: str) -> Object:
    _edit(tx, _holder(tx, item), params, {"id": item, "deleted": True})
    return {"id": item, "object": "subscription_item", "deleted": True}


def _edit(tx: Tx, found: Object, params: Params, entry: dict[str, Any]) -> None:
    behavior = params.get("proration_behavior", "create_prorations")
    subscriptions.change_plan(
        tx,
        found,
        [entry],
        behavior=behavior,
        moment=params.get("proration_date"),
        on_session=not params.get("off_session"),
    )


def _holder(tx: Tx, item: str) -> Object:
    for found in tx.select("subscription", "instr(body, ?) > 0", (f'"{item}"',)):
        if any(each["id"] == item for each in found["items"]["data"]):
            clock.enter(tx, [found["id"]])
            clock.refuse_while_advancing(tx)
            return found
    raise Missing("subscription_item", item, param="item", in_path=True)


def _item(found: Object, item: str) -> Object:
    return next(each for each in found["items"]["data"] if each["id"] == item)
