"""Where Stripe sends its events to (https://docs.stripe.com/api/webhook_endpoints)."""

from dataclasses import dataclass
from typing import Any, cast

import stripe

from saas_app.billing.gateway.client import ask, client, each_of

VERSION: str = stripe.api_version


@dataclass(frozen=True)
class Endpoint:
    """One webhook endpoint; `version` is that of the objects in its events, '' for the account's own."""

    id: str
    url: str
    version: str
    events: frozenset[str]
    enabled: bool


async def find_endpoints(url: str) -> list[Endpoint]:
    """Every endpoint that sends to this address, disabled ones too; those that are enabled come first."""
    found = [
        Endpoint(each.id, each.url, each.api_version or "", frozenset(each.enabled_events), each.status == "enabled")
        async for each in each_of(client().v1.webhook_endpoints.list_async({"limit": 100}))
        if each.url == url
    ]
    return sorted(found, key=lambda each: not each.enabled)


async def create_endpoint(url: str, events: list[str]) -> str:
    """Ask Stripe to send events to `url`, in the SDK's version; the secret it signs them with is told only here."""
    params = {"url": url, "enabled_events": events, "api_version": VERSION}
    endpoint = await ask(client().v1.webhook_endpoints.create_async(cast(Any, params)))
    return endpoint.secret or ""


async def update_endpoint(endpoint_id: str, events: list[str]) -> None:
    """Send these events, and send them again if it was disabled. The version of an endpoint cannot be changed."""
    params = cast(Any, {"enabled_events": events, "disabled": False})
    await ask(client().v1.webhook_endpoints.update_async(endpoint_id, params))


async def delete_endpoint(endpoint_id: str) -> None:
    """Send nothing there any more."""
    await ask(client().v1.webhook_endpoints.delete_async(endpoint_id))
