"""Events that name no customer of ours: payment links of people we do not know yet, disputes, refunds of guests."""

import json
from typing import Any

from saas_app.billing import webhooks
from saas_app.billing.models import WebhookEvent
from saas_app.purchases.orders import look_at_order, look_at_payment

_ORDERS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
)
_PAYMENTS = ("charge.refunded", "charge.dispute.", "refund.")


async def look(event: WebhookEvent) -> bool:
    """Look at the order that an event is about. What the event says is a hint of where to look, and no more."""
    if event.type in _ORDERS:
        return await look_at_order(event.object_id)
    if event.type.startswith(_PAYMENTS):
        return await look_at_payment(_payment_of(event.payload))
    return False


def _payment_of(payload: bytes) -> str:
    thing: dict[str, Any] = json.loads(payload)["data"]["object"]
    intent = thing.get("payment_intent")
    return str(intent["id"] if isinstance(intent, dict) else intent or "")


webhooks.elsewhere.append(((*_ORDERS, *_PAYMENTS), look))
