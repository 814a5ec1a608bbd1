"""Checkouts that were completed, with what they sold and what has become of the payment since."""

from __future__ import annotations  # what stands in signatures alone is not loaded: Stripe's classes are many

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

import stripe

from saas_app.billing.gateway.client import ask, client, each_of, id_of, when
from saas_app.billing.gateway.invoices import amount_returned
from saas_app.billing.gateway.plain import each_plain
from saas_app.billing.gateway.shapes import StripeLine, StripeOrder

if TYPE_CHECKING:
    from stripe.params.checkout import SessionListParams

# Four levels at most (https://docs.stripe.com/expand#multiple-levels).
_PARTS = ["line_items", "payment_intent.latest_charge", "invoice"]
# A bank that only asks takes no money: https://docs.stripe.com/disputes/how-disputes-work#inquiries
_RANK = ("lost", "under_review", "needs_response")


async def orders_of(stripe_customer_id: str) -> list[StripeOrder]:
    """What a customer has bought once. Subscriptions are listed as such; their checkouts say nothing more."""
    params: SessionListParams = {
        "customer": stripe_customer_id,
        "status": "complete",
        "limit": 100,
        "expand": [f"data.{part}" for part in _PARTS],
    }
    asked = client().v1.checkout.sessions.list_async(params)
    return [await _order(found) async for found in each_of(asked) if found.mode == "payment"]


async def orders_of_everybody() -> dict[str, list[StripeOrder]]:
    """The same for all customers of the account, by customer; whoever has none bought as a guest and is left out."""
    found: dict[str, list[StripeOrder]] = defaultdict(list)
    params = {"status": "complete", "expand": [f"data.{part}" for part in _PARTS]}
    async for each in each_plain("/v1/checkout/sessions", params):
        if each.mode == "payment" and each.customer:
            found[id_of(each.customer)].append(await _order(each))
    return found


async def fetch_order(session_id: str) -> StripeOrder | None:
    """One order as it stands now; None while its checkout is not completed. Raises StripeMissing."""
    found = await ask(client().v1.checkout.sessions.retrieve_async(session_id, {"expand": _PARTS}))
    return await _order(found) if found.status == "complete" else None


async def session_of_payment(payment_intent_id: str) -> str:
    """The checkout in which a payment was made; '' for one that was made otherwise, such as a renewal."""
    found = await ask(client().v1.checkout.sessions.list_async({"payment_intent": payment_intent_id, "limit": 1}))
    return found.data[0].id if found.data else ""


async def customer_of_payment(payment_intent_id: str) -> str:
    """Whose payment it is; '' for a guest's. Raises StripeMissing."""
    found = await ask(client().v1.payment_intents.retrieve_async(payment_intent_id))
    return id_of(found.customer)


async def _order(found: stripe.checkout.Session) -> StripeOrder:
    intent: Any = found.payment_intent
    charge: Any = intent.latest_charge if intent else None
    invoice: Any = found.invoice
    details = found.customer_details
    returned = await amount_returned(charge) if charge else 0
    noted: dict[str, Any] = found.metadata.to_dict() if found.metadata else {}
    return StripeOrder(
        session_id=found.id,
        mode=found.mode,
        payment_id=intent.id if intent else found.id,
        customer_id=id_of(found.customer),
        account_id=str(noted.get("account_id", "")),
        email=(details.email if details else "") or found.customer_email or "",
        lines=tuple(_line(item) for item in (found.line_items.data if found.line_items else [])),
        currency=found.currency or "",
        created=when(charge.created if charge else found.created),
        paid=found.payment_status in ("paid", "no_payment_required"),
        processing=bool(intent and intent.status == "processing"),
        amount_refunded=returned,
        refunded=bool(charge and returned and returned >= charge.amount_captured),
        dispute_status=await _dispute_status(intent.id) if charge and charge.disputed else "",
        subscription_id=id_of(found.subscription),
        receipt_url=(charge.receipt_url if charge else "") or (invoice.hosted_invoice_url if invoice else "") or "",
    )


def _line(item: stripe.LineItem) -> StripeLine:
    price = cast(Any, item.price)
    return StripeLine(
        product_id=id_of(price.product) if price else "",
        lookup_key=(price.lookup_key or "") if price else "",
        amount=item.amount_total,
    )


async def _dispute_status(payment_intent_id: str) -> str:
    """The state of the dispute that weighs most, since a payment may be disputed more than once."""
    asked = client().v1.disputes.list_async({"payment_intent": payment_intent_id, "limit": 100})
    states = [found.status async for found in each_of(asked)]
    return min(states, key=lambda state: _RANK.index(state) if state in _RANK else len(_RANK), default="")
