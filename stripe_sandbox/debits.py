"""Payments that take their time: a bank is asked, and answers later
(docs.stripe.com/payments/payment-methods#payment-notification).

The answer comes on the wall's clock, since a person waits for it.
"""

from stripe_sandbox import cards, charges, events, ibans, jobs, payments
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx, real_now


def begin(tx: Tx, intent: Object, method: Object) -> Outcome:
    """Ask the bank. The intent is `processing` until it answers."""
    charge = charges.record_debit(tx, intent, method)
    intent |= {"status": "processing", "latest_charge": charge["id"], "last_payment_error": None}
    tx.save(intent)
    account = ibans.ACCOUNTS[method[PRIVATE]["iban"]]
    tx.later("payment.settle", intent["id"], int(real_now()) + account.seconds, "real")
    events.emit(tx, "payment_intent.processing", intent)
    outcome = Outcome("processing")
    payments.tell(tx, intent, outcome)
    return outcome


@jobs.job("payment.settle")
def settle(tx: Tx, id_: str) -> None:
    """The bank has answered."""
    intent = tx.get("payment_intent", id_)
    charge = tx.get("charge", intent["latest_charge"])
    method = tx.get("payment_method", intent["payment_method"])
    if ibans.ACCOUNTS[method[PRIVATE]["iban"]].pays:
        charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
        charge["receipt_url"] = charges.receipt_url(tx, charge)
        events.updated(tx, charge, "charge.succeeded")
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        tx.save(intent)
        events.emit(tx, "payment_intent.succeeded", intent)
        outcome = Outcome("paid", was_asked=True)
    else:
        error = cards.declined("debit_refused")
        charge |= {"status": "failed", "failure_code": error.code, "failure_message": error.message}
        events.updated(tx, charge, "charge.failed")
        payments.failed(tx, intent, error, method, charge["id"])
        outcome = Outcome("declined", error, was_asked=True)
    payments.tell(tx, intent, outcome)
