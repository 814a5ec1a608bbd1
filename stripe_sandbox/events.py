"""What happened, in order: each change of an object becomes an event and a delivery to every endpoint
that asked for it (docs.stripe.com/api/events). Sending is `delivery.py`'s work, after the commit."""

from collections.abc import Callable
from typing import Any

from stripe_sandbox import API_VERSION, wire
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import Object, Tx, real_now

Watcher = Callable[[Tx, Object], None]
_WATCHERS: list[tuple[str, Watcher]] = []


def watch(prefix: str) -> Callable[[Watcher], Watcher]:
    """Be called, in the same transaction, after each event whose type begins like this."""

    def register(function: Watcher) -> Watcher:
        _WATCHERS.append((prefix, function))
        return function

    return register


def emit(tx: Tx, type_: str, obj: Object, previous: Object | None = None) -> Object:
    """Record one event about an object as it is now."""
    data: Object = {"object": wire.public(obj)}
    if previous is not None:
        data["previous_attributes"] = previous
    endpoints = [each for each in tx.select("webhook_endpoint", order="ASC") if _wants(each, type_)]
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": int(real_now()),
        "data": data,
        "livemode": False,
        "pending_webhooks": len(endpoints),
        "request": {"id": tx.request_id, "idempotency_key": tx.idempotency_key},
        "type": type_,
    }
    tx.add(event)
    for endpoint in endpoints:
        tx.db.execute(
            "INSERT INTO deliveries (event, endpoint, state, next_try) VALUES (?, ?, 'pending', ?)",
            (event["id"], endpoint["id"], real_now()),
        )
        tx.woke.append("delivery")
    tx.woke.append("event")
    for prefix, watcher in _WATCHERS:
        if type_.startswith(prefix):
            watcher(tx, obj)
    return event


def created(tx: Tx, obj: Object, type_: str | None = None) -> Object:
    """Store a new object and say so."""
    tx.add(obj)
    emit(tx, type_ or f"{obj['object']}.created", obj)
    return obj


def updated(tx: Tx, obj: Object, type_: str | None = None, hidden: Object | None = None) -> Object:
    """Store a changed object and say what changed; nothing changed, nothing said.

    `hidden` are the old values of what is shown only when expanded.
    """
    before = tx.fresh(obj)
    tx.save(obj)
    previous = difference(wire.public(before), wire.public(obj)) | (hidden or {})
    if previous:
        emit(tx, type_ or f"{obj['object']}.updated", obj, previous)
    return obj


def difference(old: Object, new: Object) -> Object:
    """Stripe's `previous_attributes`: the old values of what differs, hashes in part, lists whole."""
    previous: dict[str, Any] = {}
    for key in [*old, *(key for key in new if key not in old)]:
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            previous[key] = difference(before, after)
        else:
            previous[key] = before
    return previous


def pending(tx: Tx, event_id: str) -> int:
    """How many endpoints have not accepted this event yet."""
    row = tx.db.execute("SELECT count(*) FROM deliveries WHERE event = ? AND state = 'pending'", (event_id,)).fetchone()
    return row[0]


def send_again(tx: Tx, event_id: str, endpoint_id: str | None = None) -> int:
    """Queue an event once more for its endpoints. Answers how many."""
    event = tx.get("event", event_id)
    endpoints = [
        each
        for each in tx.select("webhook_endpoint", order="ASC")
        if _wants(each, event["type"]) and endpoint_id in (None, each["id"])
    ]
    for endpoint in endpoints:
        tx.db.execute(
            "INSERT INTO deliveries (event, endpoint, state, next_try) VALUES (?, ?, 'pending', ?)",
            (event_id, endpoint["id"], real_now()),
        )
        tx.woke.append("delivery")
    return len(endpoints)


def body_of(tx: Tx, event_id: str) -> str:
    """The exact text that is signed and sent."""
    return wire.text(wire.public(tx.get("event", event_id)))


def _wants(endpoint: Object, type_: str) -> bool:
    return endpoint["status"] == "enabled" and (
        "*" in endpoint["enabled_events"] or type_ in endpoint["enabled_events"]
    )
