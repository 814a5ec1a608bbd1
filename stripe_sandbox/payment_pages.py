"""What the hosted page asks of the API, as far as the Stripe CLI plays that page to trigger events.

Private at Stripe, so there is no documentation; the CLI's fixtures are the source.
"""

from stripe_sandbox import checkout_pay, payment_methods, payments
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import CardDeclined, Invalid
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import Object, Tx


@route("GET", "/v1/payment_pages/{session}")
def retrieve(tx: Tx, params: Params, session: str) -> Object:
    return tx.at("checkout.session", session)


@route("POST", "/v1/payment_pages/{session}/confirm", takes=["payment_method", "expected_amount"])
def confirm(tx: Tx, params: Params, session: str) -> Object:
    """Pay an open session with a payment method, if the caller saw the right sum."""
    found = tx.at("checkout.session", session)
    if found["status"] != "open":
        raise Invalid("This Checkout Session is no longer open.", code="checkout_session_not_open")
    method = payment_methods.usable(tx, params.get("payment_method", ""))
    if params.get("expected_amount", str(found["amount_total"])) != str(found["amount_total"]):
        raise Invalid("The amount has changed since the page was shown.", param="expected_amount")
    if method["type"] != "card" and found["mode"] != "payment":
        raise Invalid("The sandbox takes debits for one-time payments only.", param="payment_method")
    billing = method["billing_details"]
    address = {name: value for name, value in billing["address"].items() if value}
    payer = checkout_pay.Payer(billing["email"] or "buyer@example.com", billing["name"] or "", address)
    outcome: Outcome = checkout_pay.submit(tx, found, method, payer)
    if outcome.error:
        raise outcome.error
    if outcome.result == "action":
        raise CardDeclined("This card asks for 3-D Secure: open the hosted page.", code="authentication_required")
    return tx.fresh(found)


@payments.listen
def _answered(tx: Tx, intent: Object, outcome: Outcome) -> None:
    """A bank has answered at last: the order that was waiting is paid, or is not."""
    if intent["payment_method_types"] == ["card"] or outcome.result == "processing":
        return
    waiting = "json_extract(body, '$.payment_intent') = ? AND json_extract(body, '$.status') = 'complete'"
    for session in tx.select("checkout.session", waiting, (intent["id"],)):
        checkout_pay.late(tx, session, paid=outcome.paid)
