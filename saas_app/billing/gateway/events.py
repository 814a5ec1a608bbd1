"""Webhooks in, and the list of events to catch up from."""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import datetime
from typing import Any, cast

import stripe

from saas_app.billing.gateway.client import ask, client, when
from saas_app.billing.gateway.errors import BadSignature
from saas_app.billing.gateway.plain import each_plain
from saas_app.billing.gateway.shapes import StripeEvent

# How far a signed timestamp may lie in the past or the future (the SDK looks at the past only).
TOLERANCE_SECONDS = 300


def read_event(payload: bytes, signature: str, secrets: tuple[str, ...]) -> StripeEvent:
    """Verify a webhook's raw body against any of our secrets, and read who it is about.

    Builds no SDK objects: a webhook must be answered in a millisecond
    (https://docs.stripe.com/webhooks#verify-manually).
    """
    if not any(_signed_with(payload, signature, secret) for secret in secrets):
        raise BadSignature
    try:
        event: dict[str, Any] = json.loads(payload)
        thing: dict[str, Any] = event["data"]["object"]
        return StripeEvent(
            id=str(event["id"]),
            type=str(event["type"]),
            created=when(event["created"]),
            api_version=str(event.get("api_version") or ""),
            livemode=bool(event["livemode"]),
            object_id=str(thing.get("id") or ""),
            customer_id=_customer_of(event["data"]),
            payload=payload,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSignature from error


def _signed_with(payload: bytes, header: str, secret: str) -> bool:
    try:
        verify = cast(Callable[..., bool], cast(Any, stripe.WebhookSignature).verify_header)
        verify(payload.decode(), header, secret, TOLERANCE_SECONDS)
        stamp = next(part[2:] for part in header.split(",") if part.startswith("t="))
        return float(stamp) <= time.time() + TOLERANCE_SECONDS
    except (stripe.SignatureVerificationError, ValueError, StopIteration):
        return False


def _customer_of(data: dict[str, Any]) -> str:
    """Whom it is about; a card that was removed says only whose it was before."""
    thing: dict[str, Any] = data["object"]
    if thing.get("object") == "customer":
        return str(thing["id"])
    before: dict[str, Any] = data.get("previous_attributes") or {}
    customer = thing.get("customer") or before.get("customer")
    return str(cast(dict[str, Any], customer)["id"] if isinstance(customer, dict) else customer or "")


async def list_events(types: list[str], since: datetime, until: datetime) -> AsyncIterator[StripeEvent]:
    """Every event of these types created in that time, newest first (Stripe keeps thirty days)."""
    created = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
    async for event in each_plain("/v1/events", {"types": types, "created": created}):
        yield _read(event)


def _read(event: Any) -> StripeEvent:
    raw: dict[str, Any] = event.to_dict()
    thing: dict[str, Any] = raw["data"]["object"]
    return StripeEvent(
        id=event.id,
        type=event.type,
        created=when(event.created),
        api_version=event.api_version or "",
        livemode=event.livemode,
        object_id=str(thing.get("id") or ""),
        customer_id=_customer_of(raw["data"]),
        payload=json.dumps(raw, default=str).encode(),
    )


async def fetch_event(event_id: str) -> StripeEvent:
    """One event again (Stripe keeps thirty days). Raises StripeMissing."""
    return _read(await ask(client().v1.events.retrieve_async(event_id)))


async def list_event_ids(types: list[str], since: datetime, until: datetime) -> AsyncGenerator[tuple[str, str]]:
    """Id and type of every event of these types created in that time."""
    created = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
    async for event in each_plain("/v1/events", {"types": types, "created": created}):
        yield event.id, event.type
