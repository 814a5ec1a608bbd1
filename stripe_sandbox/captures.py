"""Money held now and taken later: manual capture (docs.stripe.com/payments/place-a-hold-on-a-payment-method)."""

from stripe_sandbox import events, metadata
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.payments import unexpected
from stripe_sandbox.store import Object, Tx


@route("POST", "/v1/payment_intents/{intent}/capture", takes=["amount_to_capture", "final_capture=true", "metadata"])
def capture(tx: Tx, params: Params, intent: str) -> Object:
    """Take what was held, or a part of it; what is left is let go."""
    found = tx.at("payment_intent", intent)
    if found["status"] != "requires_capture":
        unexpected(found, "capture")
    held = found["amount_capturable"]
    amount = params.get("amount_to_capture", held)
    if not 0 < amount <= held:
        raise Invalid(
            f"The remaining amount to be captured is {held}, which is less than the requested amount of {amount}."
            if amount > held
            else "Invalid positive integer",
            param="amount_to_capture",
            code="amount_too_large" if amount > held else "parameter_invalid_integer",
        )
    charge = tx.get("charge", found["latest_charge"])
    charge |= {"captured": True, "amount_captured": amount, "amount_refunded": held - amount}
    events.updated(tx, charge, "charge.captured")
    found |= {"status": "succeeded", "amount_capturable": 0, "amount_received": amount}
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    tx.save(found)
    events.emit(tx, "payment_intent.succeeded", found)
    return found


def let_go(tx: Tx, intent: Object) -> None:
    """The hold of a payment that is canceled ends; its charge shows as refunded."""
    charge = tx.get("charge", intent["latest_charge"])
    charge |= {"amount_refunded": charge["amount"], "refunded": True}
    events.updated(tx, charge, "charge.refunded")
    intent["amount_capturable"] = 0
