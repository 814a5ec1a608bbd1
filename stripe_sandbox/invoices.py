"""Invoices: drafted, finalized, paid or not (docs.stripe.com/billing/invoices, api/invoices)."""

from collections.abc import Callable
from typing import Any

from stripe_sandbox import customers, dunning, events, invoice_lines, payments, spec, tax_ids
from stripe_sandbox.clock import DAY
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id, random_text
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx

Listener = Callable[[Tx, Object, Outcome], None]
_LISTENERS: list[Listener] = []
AUTOMATIC_TAX: dict[str, Any] = {
    "disabled_reason": None,
    "enabled": False,
    "liability": None,
    "provider": None,
    "status": None,
}


def listen(function: Listener) -> Listener:
    """Be told when an invoice was paid, failed, or waits for the cardholder: its subscription cares."""
    _LISTENERS.append(function)
    return function


def build(
    tx: Tx,
    customer: Object,
    lines: list[Object],
    *,
    reason: str,
    currency: str,
    subscription: Object | None = None,
    period: tuple[int, int] | None = None,
    pairs: list[tuple[Object, Object]] | None = None,
) -> Object:
    """A draft that is not stored: also what a preview shows."""
    invoice_lines.discounted(lines, pairs or [])
    id_ = new_id("in")
    for each in lines:
        each["invoice"] = id_
    parent: Object | None = None
    if subscription:
        parent = {
            "quote_details": None,
            "subscription_details": {
                "metadata": subscription["metadata"],
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        }
    invoice: Object = {
        **spec.load().nulls("invoice"),
        "id": id_,
        "object": "invoice",
        "account_country": "US",
        "account_name": "Sandbox business",
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": subscription is not None,
        "automatic_tax": AUTOMATIC_TAX,
        "billing_reason": reason,
        "collection_method": subscription["collection_method"] if subscription else "charge_automatically",
        "created": tx.now,
        "currency": currency,
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": tax_ids.on_invoice(tx, customer["id"]),
        "default_payment_method": None,
        "default_tax_rates": [],
        "discounts": [discount["id"] for discount, _ in pairs or []],
        "due_date": _due(tx, subscription),
        "issuer": {"type": "self"},
        "lines": {
            "object": "list",
            "data": lines,
            "has_more": False,
            "total_count": len(lines),
            "url": f"/v1/invoices/{id_}/lines",
        },
        "livemode": False,
        "metadata": {},
        "parent": parent,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": period[1] if period else tx.now,
        "period_start": period[0] if period else tx.now,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": customer["balance"],
        "status": "draft",
        "status_transitions": spec.load().nulls("invoices_resource_status_transitions"),
        "test_clock": tx.test_clock,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        PRIVATE: {"secret": random_text(40)},
    }
    add_up(invoice)
    return invoice


def _due(tx: Tx, subscription: Object | None) -> int | None:
    """By when an invoice that is sent has to be paid."""
    if subscription is None or subscription["collection_method"] != "send_invoice":
        return None
    return tx.now + (subscription["days_until_due"] or 30) * DAY


def add_up(invoice: Object) -> None:
    """The sums, from the lines and the customer's balance."""
    lines = invoice["lines"]["data"]
    off: dict[str, int] = {}
    for each in lines:
        for part in each["discount_amounts"]:
            off[part["discount"]] = off.get(part["discount"], 0) + part["amount"]
    subtotal = sum(each["subtotal"] for each in lines)
    total = subtotal - sum(off.values())
    due = max(0, total + invoice["starting_balance"])
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": total,
        "total_excluding_tax": total,
        "total_discount_amounts": [{"amount": amount, "discount": id_} for id_, amount in off.items()],
        "amount_due": due,
        "amount_remaining": due,
    }


def draft(tx: Tx, invoice: Object, *, finalizes_at: int | None = None) -> Object:
    """Store a built invoice."""
    invoice["automatically_finalizes_at"] = finalizes_at
    customer = tx.get("customer", invoice["customer"])
    if customer["currency"] is None:
        customer["currency"] = invoice["currency"]
        events.updated(tx, customer)
    if finalizes_at:
        tx.later("invoice.finalize", invoice["id"], finalizes_at)
    return events.created(tx, invoice)


def finalize(tx: Tx, invoice: Object, *, intent: Object | None = None) -> Object:
    """Give it a number, use the balance, make the payment it waits for. `intent`: one that exists already."""
    if invoice["status"] != "draft":
        raise Invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    customer = tx.get("customer", invoice["customer"])
    number = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = number + 1
    tx.save(customer)
    tx.never("invoice.finalize", invoice["id"])
    start = customer["balance"]
    invoice["starting_balance"] = start
    add_up(invoice)
    end = min(0, invoice["total"] + start)
    url = f"{tx.base_url or tx.fact('base_url')}/i/{invoice['id']}"
    secret = invoice[PRIVATE]["secret"]
    invoice |= {
        "automatically_finalizes_at": None,
        "effective_at": tx.now,
        "ending_balance": end,
        "hosted_invoice_url": f"{url}?s={secret}",
        "invoice_pdf": f"{url}/pdf?s={secret}",
        "number": f"{customer['invoice_prefix']}-{number:04d}",
        "status": "open",
    }
    invoice["status_transitions"]["finalized_at"] = tx.now
    if invoice["due_date"] and invoice["parent"]:  # the days begin when it is sent
        invoice["due_date"] += tx.now - invoice["created"]
    tx.save(invoice)
    if end != start:
        customers.change_balance(tx, customer, end - start, "applied_to_invoice", invoice["id"], invoice["currency"])
    events.emit(tx, "invoice.finalized", invoice)
    if invoice["amount_due"] > 0:
        _await_payment(tx, invoice, intent)
        if invoice["due_date"]:
            tx.later("invoice.due", invoice["id"], invoice["due_date"])
    else:
        mark_paid(tx, invoice, None)
    return invoice


def _await_payment(tx: Tx, invoice: Object, intent: Object | None) -> None:
    if intent is None:
        description = "Subscription creation" if invoice["billing_reason"] == "subscription_create" else None
        intent = payments.new_intent(
            tx,
            invoice["amount_due"],
            invoice["currency"],
            invoice["customer"],
            given={"description": description, "setup_future_usage": "off_session"},
            invoice=invoice["id"],
        )
    else:
        intent[PRIVATE]["invoice"] = invoice["id"]
        intent["customer"] = invoice["customer"]
        tx.save(intent)
    tx.add(
        {
            **spec.load().nulls("invoice_payment"),
            "id": new_id("inpay"),
            "object": "invoice_payment",
            "amount_requested": invoice["amount_due"],
            "created": tx.now,
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        }
    )


def payments_of(tx: Tx, invoice: Object) -> list[Object]:
    return tx.select("invoice_payment", "json_extract(body, '$.invoice') = ?", (invoice["id"],))


def intent_of(tx: Tx, invoice: Object) -> Object | None:
    """The PaymentIntent that an open invoice waits for."""
    for each in payments_of(tx, invoice):
        return tx.get("payment_intent", each["payment"]["payment_intent"])
    return None


def is_asked(tx: Tx, invoice: Object) -> bool:
    """Whether a bank has been asked for it and has not answered yet."""
    intent = intent_of(tx, invoice)
    return intent is not None and intent["status"] == "processing"


def pay(
    tx: Tx,
    invoice: Object,
    method: Object,
    *,
    on_session: bool,
    return_url: str | None = None,
    authenticated: bool = False,
) -> Outcome:
    """Try to pay an open invoice. While a bank has not answered, nothing else is tried."""
    intent = intent_of(tx, invoice)
    if intent is None:
        return Outcome("paid")
    if intent["status"] == "processing":
        return Outcome("processing")
    return payments.confirm(
        tx, intent, method, on_session=on_session, return_url=return_url, authenticated=authenticated
    )


@payments.listen
def _payment_settled(tx: Tx, intent: Object, outcome: Outcome) -> None:
    id_ = intent[PRIVATE].get("invoice")
    if not id_:
        return
    invoice = tx.get("invoice", id_)
    if outcome.paid:
        mark_paid(tx, invoice, intent, is_counted=outcome.was_asked)
        return
    invoice["attempted"] = True
    if not outcome.was_asked:
        invoice["attempt_count"] += 1
    if outcome.result == "processing":
        events.updated(tx, invoice)
        return
    off_session_question = outcome.error is not None and outcome.error.code == "authentication_required"
    dunning.plan(tx, invoice)
    events.updated(tx, invoice)
    if outcome.result == "action" or off_session_question:
        events.emit(tx, "invoice.payment_action_required", invoice)
    events.emit(tx, "invoice.payment_failed", invoice)
    _tell(tx, invoice, outcome)


def mark_paid(tx: Tx, invoice: Object, intent: Object | None, *, is_counted: bool = False) -> None:
    """The invoice is settled: by a payment, by credit, or because nothing was due."""
    for each in payments_of(tx, invoice):
        each |= {"status": "paid", "amount_paid": each["amount_requested"]}
        each["status_transitions"]["paid_at"] = tx.now
        tx.save(each)
        events.emit(tx, "invoice_payment.paid", each)
    _stop_waiting(tx, invoice)
    invoice |= {
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "attempt_count": invoice["attempt_count"] + (1 if intent and not is_counted else 0),
        "auto_advance": False,
        "next_payment_attempt": None,
        "status": "paid",
    }
    invoice["status_transitions"]["paid_at"] = tx.now
    events.updated(tx, invoice)
    events.emit(tx, "invoice.paid", invoice)
    events.emit(tx, "invoice.payment_succeeded", invoice)
    _tell(tx, invoice, Outcome("paid"))


def _stop_waiting(tx: Tx, invoice: Object) -> None:
    for kind in ("retry", "due", "overdue"):
        tx.never(f"invoice.{kind}", invoice["id"])


def settle_outside(tx: Tx, invoice: Object) -> None:
    """Nothing is left to take: its payment is called off, and the invoice counts as paid."""
    intent = intent_of(tx, invoice)
    if intent and intent["status"] not in ("succeeded", "canceled"):
        intent |= {"status": "canceled", "canceled_at": tx.now}
        tx.save(intent)
        tx.never("payment.settle", intent["id"])
    for each in payments_of(tx, invoice):
        tx.bury(each)
    mark_paid(tx, invoice, None)


def _tell(tx: Tx, invoice: Object, outcome: Outcome) -> None:
    for listener in _LISTENERS:
        listener(tx, invoice, outcome)


def close(tx: Tx, invoice: Object, status: str) -> Object:
    """Void it, or give it up as uncollectible."""
    allowed = ("open", "uncollectible") if status == "void" else ("open",)
    if invoice["status"] not in allowed:
        raise Invalid(f"You can only do this with an open invoice; this one is {invoice['status']}.")
    _stop_waiting(tx, invoice)
    intent = intent_of(tx, invoice)
    invoice |= {"status": status, "auto_advance": False, "next_payment_attempt": None}
    moment = "voided_at" if status == "void" else "marked_uncollectible_at"
    invoice["status_transitions"][moment] = tx.now
    events.updated(tx, invoice)
    if status == "void":
        invoice["amount_remaining"] = 0
        tx.save(invoice)
        _give_balance_back(tx, invoice)
        if intent and intent["status"] not in ("succeeded", "canceled"):
            payments.cancel(tx, {"cancellation_reason": "void_invoice"}, intent["id"])
    events.emit(tx, "invoice.voided" if status == "void" else "invoice.marked_uncollectible", invoice)
    return invoice


def _give_balance_back(tx: Tx, invoice: Object) -> None:
    """What finalizing took of the customer's balance returns when the invoice is voided
    (docs.stripe.com/billing/customer/balance)."""
    taken = invoice["starting_balance"] - (invoice["ending_balance"] or 0)
    customer = tx.find(invoice["customer"], "customer")
    if taken and invoice["ending_balance"] is not None and customer and not customer.get("deleted"):
        customers.change_balance(tx, customer, taken, "unapplied_from_invoice", invoice["id"], invoice["currency"])


def subscription_of(invoice: Object) -> str | None:
    parent = invoice["parent"]
    return parent["subscription_details"]["subscription"] if parent else None
