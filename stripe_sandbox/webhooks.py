"""Where events are sent, and the events themselves (docs.stripe.com/api/webhook_endpoints, …/events)."""

import urllib.parse

from stripe_sandbox import API_VERSION, events, lists, metadata, spec
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx


@route("POST", "/v1/webhook_endpoints", takes=["url", "enabled_events", "api_version", "description", "metadata"])
def create(tx: Tx, params: Params) -> Object:
    _check_url(params["url"])
    secret = new_id("whsec", 32)
    endpoint = {
        **spec.load().nulls("webhook_endpoint"),
        "id": new_id("we"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version") or API_VERSION,
        "created": tx.now,
        "description": params.get("description"),
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
        "status": "enabled",
        "url": params["url"],
        PRIVATE: {"secret": secret},
    }
    tx.add(endpoint)
    return {**endpoint, "secret": secret}  # shown this once


def _check_url(url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.", param="url", code="url_invalid"
        )


@route("GET", "/v1/webhook_endpoints", takes=lists.PAGE)
def list_all(tx: Tx, params: Params) -> Object:
    return lists.page(tx, "webhook_endpoint", "/v1/webhook_endpoints", params)


@route("GET", "/v1/webhook_endpoints/{webhook_endpoint}")
def retrieve(tx: Tx, params: Params, webhook_endpoint: str) -> Object:
    return tx.at("webhook_endpoint", webhook_endpoint)


@route(
    "POST",
    "/v1/webhook_endpoints/{webhook_endpoint}",
    takes=["url", "enabled_events", "description", "metadata", "disabled"],
)
def update(tx: Tx, params: Params, webhook_endpoint: str) -> Object:
    found = tx.at("webhook_endpoint", webhook_endpoint)
    if "url" in params:
        _check_url(params["url"])
    for name in ("url", "enabled_events", "description"):
        if name in params:
            found[name] = params[name] or None
    if "disabled" in params:
        found["status"] = "disabled" if params["disabled"] else "enabled"
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    return tx.save(found)


@route("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}")
def delete(tx: Tx, params: Params, webhook_endpoint: str) -> Object:
    stub = tx.bury(tx.at("webhook_endpoint", webhook_endpoint))
    tx.db.execute(
        "UPDATE deliveries SET state = 'dropped' WHERE endpoint = ? AND state = 'pending'", (webhook_endpoint,)
    )
    return stub


@route("GET", "/v1/events", takes=[*lists.PAGE, "type", "types", "delivery_success"])
def list_events(tx: Tx, params: Params) -> Object:
    wanted = params.get("types") or []
    if wanted and params.get("type"):
        raise Invalid("You may only specify one of these parameters: type, types.", param="types")
    if len(wanted) > 20:
        raise Invalid("You may pass up to 20 types.", param="types")
    where, values = [], []
    if wanted:
        where.append(lists.one_of("type", wanted))
        values += wanted
    if params.get("type"):
        where.append("json_extract(body, '$.type') GLOB ?")
        values.append(params["type"])
    if "delivery_success" in params:
        late = "id IN (SELECT event FROM deliveries WHERE state != 'delivered')"
        where.append(f"NOT {late}" if params["delivery_success"] else late)
    page = lists.page(tx, "event", "/v1/events", params, {}, " AND ".join(where), tuple(values))
    for event in page["data"]:
        event["pending_webhooks"] = events.pending(tx, event["id"])
    return page


@route("GET", "/v1/events/{id}")
def retrieve_event(tx: Tx, params: Params, id: str) -> Object:
    event = tx.at("event", id)
    return {**event, "pending_webhooks": events.pending(tx, id)}


@route("POST", "/v1/events/{id}/retry", takes=["for_stripecli", "webhook_endpoint", "account"])
def retry(tx: Tx, params: Params, id: str) -> Object:
    """Send once more: what the CLI's `events resend` calls."""
    event = tx.at("event", id)
    tx.woke.append(f"again:{id}")
    if not params.get("for_stripecli"):
        events.send_again(tx, id, params.get("webhook_endpoint"))
    return {**event, "pending_webhooks": events.pending(tx, id)}
