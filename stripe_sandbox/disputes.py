"""When a cardholder asks the bank for the money back (docs.stripe.com/disputes, api/disputes).

The cards 0259 and 2685 are disputed right after paying, 1976 is only asked about; the dashboard disputes any charge.
Evidence decides as in Stripe's test mode: `winning_evidence` and `losing_evidence` as its uncategorized text.
"""

from typing import Any

from stripe_sandbox import clock, events, lists, metadata, payment_methods, payments, spec
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import Object, Tx

_DAYS_TO_ANSWER = 7
_OPEN = ("needs_response", "warning_needs_response", "under_review", "warning_under_review")
_DECIDING = {"winning_evidence": "won", "losing_evidence": "lost"}


@payments.listen
def _paid(tx: Tx, intent: Object, outcome: Outcome) -> None:
    """Some test cards are disputed by their owners at once."""
    if not outcome.paid or not intent["payment_method"] or not intent["latest_charge"]:
        return
    method = tx.get("payment_method", intent["payment_method"])
    if method["type"] != "card":
        return
    card = payment_methods.card_of(method)
    if card.disputed:
        open_dispute(tx, tx.get("charge", intent["latest_charge"]), card.disputed, inquiry=card.inquiry)


def open_dispute(tx: Tx, charge: Object, reason: str = "fraudulent", *, inquiry: bool = False) -> Object:
    """The bank takes the money back until this is decided, or with an inquiry only asks."""
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise Invalid("Only a charge that went through, and is not disputed yet, can be disputed.", param="charge")
    details: Object = {"type": charge["payment_method_details"]["type"]}
    if details["type"] == "card":
        details["card"] = {
            "brand": charge["payment_method_details"]["card"]["brand"],
            "case_type": "inquiry" if inquiry else "chargeback",
            "network": charge["payment_method_details"]["card"]["network"],
            "network_reason_code": "10",
        }
    dispute: Object = {
        **spec.load().nulls("dispute"),
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": tx.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**spec.load().nulls("dispute_evidence"), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": tx.now + _DAYS_TO_ANSWER * clock.DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": "manual",
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": details,
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    charge["disputed"] = True
    tx.save(charge)
    events.created(tx, dispute, "charge.dispute.created")
    if not inquiry:
        events.emit(tx, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def decide(tx: Tx, dispute: Object, status: str) -> Object:
    """The end of it: `won`, `lost` or `warning_closed`."""
    if dispute["status"] not in _OPEN:
        raise Invalid(f"This dispute is already closed: it is {dispute['status']}.")
    dispute["status"] = status
    dispute["is_charge_refundable"] = status == "won"
    events.updated(tx, dispute, "charge.dispute.closed")
    if status == "won":
        events.emit(tx, "charge.dispute.funds_reinstated", dispute)
    return dispute


def of_charge(tx: Tx, charge: str) -> Object | None:
    """The newest dispute of a charge."""
    return next(iter(tx.select("dispute", "json_extract(body, '$.charge') = ?", (charge,), 1)), None)


@route("GET", "/v1/disputes", takes=[*lists.PAGE, "charge", "payment_intent"])
def list_all(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("charge", "payment_intent")}
    return lists.page(tx, "dispute", "/v1/disputes", params, equals)


@route("GET", "/v1/disputes/{dispute}")
def retrieve(tx: Tx, params: Params, dispute: str) -> Object:
    return tx.at("dispute", dispute)


@route("POST", "/v1/disputes/{dispute}", takes=["evidence", "metadata", "submit"])
def update(tx: Tx, params: Params, dispute: str) -> Object:
    """Add evidence; with `submit` (the default) it goes to the bank."""
    found = tx.at("dispute", dispute)
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    evidence: dict[str, Any] = params.get("evidence") or {}
    if not evidence:
        return events.updated(tx, found, "charge.dispute.updated")
    if found["status"] not in _OPEN:
        raise Invalid("This dispute is already closed.", param="evidence")
    found["evidence"] |= {name: value or None for name, value in evidence.items()}
    found["evidence_details"]["has_evidence"] = True
    if params.get("submit", True):
        found["evidence_details"]["submission_count"] += 1
        found["evidence_details"]["submission_method"] = "manual"
        found["status"] = "warning_under_review" if found["status"].startswith("warning") else "under_review"
    events.updated(tx, found, "charge.dispute.updated")
    verdict = _DECIDING.get(found["evidence"]["uncategorized_text"] or "")
    if verdict and found["status"] == "under_review":
        return decide(tx, found, verdict)
    return found


@route("POST", "/v1/disputes/{dispute}/close", takes=[])
def close(tx: Tx, params: Params, dispute: str) -> Object:
    """Give in."""
    found = tx.at("dispute", dispute)
    return decide(tx, found, "warning_closed" if found["status"].startswith("warning") else "lost")
