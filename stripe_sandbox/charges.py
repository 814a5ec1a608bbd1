"""What reached the card network: charges and their refunds (docs.stripe.com/api/charges, …/refunds)."""

from stripe_sandbox import cards, events, jobs, lists, metadata, spec, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.clock import HOUR
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.payment_methods import card_of
from stripe_sandbox.store import Object, Tx


def record(
    tx: Tx, intent: Object, method: Object, reason: str | None, *, authenticated: bool, held: bool = False
) -> Object:
    """The charge of one try: succeeded, or failed for a reason. `held`: authorized, and captured later."""
    why = cards.REASONS[reason] if reason else None
    card = method["card"]
    charge = _blank(tx, intent, method) | {
        "amount_captured": 0 if why or held else intent["amount"],
        "captured": why is None and not held,
        "failure_code": why.code if why else None,
        "failure_message": why.message if why else None,
        "outcome": _outcome(why),
        "paid": why is None,
        "payment_method_details": {
            "card": {
                **spec.load().nulls("payment_method_details_card"),
                **{name: card[name] for name in ("brand", "checks", "country", "exp_month", "exp_year")},
                **{name: card[name] for name in ("fingerprint", "funding", "last4", "regulated_status")},
                "amount_authorized": None if why else intent["amount"],
                "network": card_of(method).brand,
                "three_d_secure": _three_d_secure() if authenticated else None,
            },
            "type": "card",
        },
        "status": "failed" if why else "succeeded",
    }
    if not why:
        charge["receipt_url"] = receipt_url(tx, charge)
    tx.add(charge)
    events.emit(tx, f"charge.{charge['status']}", charge)
    return charge


def receipt_url(tx: Tx, charge: Object) -> str:
    """Where whoever has paid sees that they have."""
    return f"{tx.base_url or tx.fact('base_url')}/receipts/{charge['id']}"


def record_debit(tx: Tx, intent: Object, method: Object) -> Object:
    """The charge of a bank account that has not answered yet."""
    shown = {name: value for name, value in method["sepa_debit"].items() if name != "generated_from"}
    details = {"sepa_debit": {**shown, "mandate": None}, "type": "sepa_debit"}
    charge = _blank(tx, intent, method) | {
        "amount_captured": 0,
        "captured": False,
        "outcome": _outcome(None),
        "paid": False,
        "payment_method_details": details,
        "status": "pending",
    }
    tx.add(charge)
    events.emit(tx, "charge.pending", charge)
    return charge


def _blank(tx: Tx, intent: Object, method: Object) -> Object:
    """What all charges have."""
    charge: Object = {
        **spec.load().nulls("charge"),
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "SANDBOX",
        "created": tx.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "shipping": intent["shipping"],
    }
    charge.pop("refunds", None)
    return charge


def _outcome(why: cards.Reason | None) -> Object:
    return {
        "advice_code": "try_again_later" if why else None,
        "network_advice_code": None,
        "network_decline_code": "01" if why else None,
        "network_status": "declined_by_network" if why else "approved_by_network",
        "reason": why.decline_code if why else None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank declined the payment." if why else "Payment complete.",
        "type": "issuer_declined" if why else "authorized",
    }


def _three_d_secure() -> Object:
    return {
        **spec.load().nulls("three_d_secure_details_charge"),
        "authentication_flow": "challenge",
        "result": "authenticated",
        "version": "2.2.0",
    }


@route("GET", "/v1/charges", takes=[*lists.PAGE, "customer", "payment_intent"])
def list_charges(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("customer", "payment_intent")}
    return lists.page(tx, "charge", "/v1/charges", params, equals)


@route("GET", "/v1/charges/{charge}")
def retrieve_charge(tx: Tx, params: Params, charge: str) -> Object:
    return tx.at("charge", charge)


@route("POST", "/v1/charges/{charge}", takes=["metadata", "description", "receipt_email"])
def update_charge(tx: Tx, params: Params, charge: str) -> Object:
    found = tx.at("charge", charge)
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    for name in ("description", "receipt_email"):
        if name in params:
            found[name] = params[name] or None
    return events.updated(tx, found)


@route("POST", "/v1/refunds", takes=["charge", "payment_intent", "amount", "reason", "metadata"])
def create_refund(tx: Tx, params: Params) -> Object:
    charge = _charge_to_refund(tx, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"] and not _may_be_refunded(tx, charge):
        raise Invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    amount = params.get("amount", left)
    if left <= 0:
        raise Invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise Invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    refund: Object = {
        **spec.load().nulls("refund"),
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": tx.now,
        "currency": charge["currency"],
        "destination_details": {
            "card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card",
        },
        "metadata": metadata.merged({}, params.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "status": "succeeded",
    }
    events.created(tx, refund)
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    tx.save(charge)
    events.emit(tx, "charge.refunded", charge, {k: v for k, v in before.items() if charge[k] != v})
    card = refund["destination_details"]["card"]
    card |= {"reference": "74820000000000000000001", "reference_status": "available"}
    events.updated(tx, refund)
    events.emit(tx, "charge.refund.updated", refund, {})
    method = tx.find(charge["payment_method"], "payment_method")
    if method and method["type"] == "card" and card_of(method).refund_fails:
        tx.later("refund.fail", refund["id"], tx.now + HOUR)
    return refund


@jobs.job("refund.fail")
def refund_fails(tx: Tx, id_: str) -> None:
    """The bank has sent the money back: it is the shop's again (docs.stripe.com/refunds#failed-refunds)."""
    refund = tx.get("refund", id_)
    charge = tx.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    tx.save(charge)
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    events.updated(tx, refund)
    events.emit(tx, "charge.refund.updated", refund, {"status": "succeeded"})
    events.emit(tx, "refund.failed", refund)


def _may_be_refunded(tx: Tx, charge: Object) -> bool:
    disputes = tx.select("dispute", "json_extract(body, '$.charge') = ?", (charge["id"],))
    return all(each["is_charge_refundable"] for each in disputes)


def _charge_to_refund(tx: Tx, params: Params) -> Object:
    if params.get("charge"):
        return tx.get("charge", params["charge"], param="charge")
    if not params.get("payment_intent"):
        raise Invalid(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    intent = tx.get("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise Invalid(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return tx.get("charge", intent["latest_charge"])


@route("GET", "/v1/refunds", takes=[*lists.PAGE, "charge", "payment_intent"])
def list_refunds(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("charge", "payment_intent")}
    return lists.page(tx, "refund", "/v1/refunds", params, equals)


@wire.virtual("charge", "refunds")
def refunds_of(tx: Tx, charge: Object) -> Object:
    """Only there when expanded."""
    found = tx.select("refund", "json_extract(body, '$.charge') = ?", (charge["id"],))
    return lists.of(found, f"/v1/charges/{charge['id']}/refunds")


@route("GET", "/v1/refunds/{refund}")
def retrieve_refund(tx: Tx, params: Params, refund: str) -> Object:
    return tx.at("refund", refund)


@route("POST", "/v1/refunds/{refund}", takes=["metadata"])
def update_refund(tx: Tx, params: Params, refund: str) -> Object:
    found = tx.at("refund", refund)
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    return events.updated(tx, found)
