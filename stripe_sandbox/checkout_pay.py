"""What happens when somebody presses the button on the hosted checkout page.

A card that pays makes everything in one transaction: customer, subscription, invoice, payment, session.
A card that does not leaves a failed PaymentIntent and an open session (docs.stripe.com/payments/checkout).
"""

from dataclasses import asdict, dataclass
from typing import Any

from stripe_sandbox import (
    checkout_order,
    customers,
    discounts,
    events,
    invoice_items,
    invoice_lines,
    invoices,
    metadata,
    orders,
    payment_links,
    payment_methods,
    payments,
    setups,
    tax_ids,
)
from stripe_sandbox.errors import CardDeclined
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx


@dataclass(frozen=True)
class Payer:
    """Who pays, as typed on the page."""

    email: str
    name: str
    address: dict[str, str]
    phone: str = ""
    tax_id_type: str = ""
    tax_id: str = ""
    agrees: bool = False  # to the terms of service, where they are shown
    keeps_card: bool = False


class _Refused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def submit(tx: Tx, session: Object, method: Object | None, payer: Payer) -> Outcome:
    """Pay with a card. `action`: the cardholder is asked first, and `answered` goes on from there."""
    if method is None:
        return _complete(tx, session, None, payer, None, authenticated=False)
    due = session["amount_total"] or 0
    if due and payments.foresee(tx, method) == "paid":
        return _complete(tx, session, method, payer, None, authenticated=False)
    if not due:
        return _set_up(tx, session, method, payer)
    intent = _intent(tx, session)
    outcome = payments.confirm(tx, intent, method, on_session=True, return_url=session["url"])
    return _wait(tx, session, method, payer, intent, outcome)


def _set_up(tx: Tx, session: Object, method: Object, payer: Payer) -> Outcome:
    """Nothing is due today: the card is only saved."""
    setup = setups.new_setup(tx, session["customer"], session[PRIVATE]["setup_intent_data"])
    outcome = setups.confirm(tx, setup, method, return_url=session["url"])
    if outcome.paid:
        return _complete(tx, session, method, payer, setup, authenticated=False)
    return _wait(tx, session, method, payer, setup, outcome)


def _wait(tx: Tx, session: Object, method: Object, payer: Payer, intent: Object, outcome: Outcome) -> Outcome:
    session[PRIVATE]["attempt"] = {
        "method": method["id"],
        "payer": asdict(payer),
        "intent": intent["id"],
    }
    tx.save(session)
    return outcome


def answered(tx: Tx, session: Object, *, passed: bool) -> Outcome:
    """The cardholder came back from the 3-D Secure page."""
    attempt = session[PRIVATE]["attempt"]
    method = tx.get("payment_method", attempt["method"])
    payer = Payer(**attempt["payer"])
    intent = tx.find(attempt["intent"]) or {}
    if not passed:
        return fail_question(tx, intent, method)
    if intent["object"] == "setup_intent":
        setups.confirm(tx, intent, method, authenticated=True)
        return _complete(tx, session, method, payer, intent, authenticated=True)
    return _complete(tx, session, method, payer, intent, authenticated=True)


def fail_question(tx: Tx, intent: Object, method: Object) -> Outcome:
    """The bank's question was not answered: the intent needs another card."""
    error = CardDeclined(
        "We could not authenticate your card with your bank. Try again, or use another card.",
        code="setup_intent_authentication_failure"
        if intent["object"] == "setup_intent"
        else "payment_intent_authentication_failure",
    )
    if intent["object"] == "setup_intent":
        setups.failed(tx, intent, error, method)
        return Outcome("declined", error)
    payments.failed(tx, intent, error, method, None)
    outcome = Outcome("declined", error)
    payments.tell(tx, intent, outcome)
    return outcome


def _intent(tx: Tx, session: Object) -> Object:
    """The session's PaymentIntent: one, however many cards are tried."""
    known = session[PRIVATE].get("intent")
    found = tx.find(known, "payment_intent") if known else None
    if found and found["status"] != "canceled" and found["amount"] == session["amount_total"]:
        return found
    data = dict(session[PRIVATE]["payment_intent_data"])
    if session["mode"] == "subscription":
        data["setup_future_usage"] = "off_session"
    intent = payments.new_intent(tx, session["amount_total"], session["currency"], session["customer"], given=data)
    session[PRIVATE]["intent"] = intent["id"]
    return intent


def _complete(
    tx: Tx, session: Object, method: Object | None, payer: Payer, intent: Object | None, *, authenticated: bool
) -> Outcome:
    try:
        with tx.attempt():
            return _make(tx, session, method, payer, intent, authenticated=authenticated)
    except _Refused as refused:
        # declined after all: undo what was made, then keep the failed payment as a fact
        if method is None:
            return refused.outcome
        stored = tx.fresh(session)
        found = _intent(tx, stored)
        outcome = payments.confirm(tx, found, method, on_session=True, authenticated=authenticated)
        return _wait(tx, stored, method, payer, found, outcome)


def _make(
    tx: Tx, session: Object, method: Object | None, payer: Payer, intent: Object | None, *, authenticated: bool
) -> Outcome:
    customer = _customer(tx, session, payer)
    outcome = Outcome("paid")
    if session["mode"] == "subscription":
        outcome = _subscribe(tx, session, customer, method, intent, authenticated=authenticated)
    elif session["mode"] == "payment" and method:
        outcome = _buy(tx, session, customer, method, intent, authenticated=authenticated)
        if payer.keeps_card and customer:
            kept = payment_methods.attach_to(tx, tx.fresh(method), customer["id"])
            events.updated(tx, kept | {"allow_redisplay": "always"})
    elif session["mode"] == "setup" and intent and customer and method:
        session["setup_intent"] = intent["id"]
        intent["customer"] = customer["id"]
        tx.save(intent)
        payment_methods.attach_to(tx, tx.fresh(method), customer["id"])
    if outcome.result not in ("paid", "processing"):
        raise _Refused(outcome)
    due = session["amount_total"] or 0
    session |= {
        "customer": customer["id"] if customer else None,
        "customer_details": {
            "address": payer.address or None,
            "business_name": None,
            "email": payer.email,
            "individual_name": None,
            "name": payer.name or None,
            "phone": payer.phone or None,
            "tax_exempt": "none",
            "tax_ids": [{"type": payer.tax_id_type, "value": payer.tax_id}] if payer.tax_id else [],
        },
        "consent": {"promotions": None, "terms_of_service": "accepted"} if payer.agrees else None,
        "payment_status": ("paid" if outcome.paid else "unpaid") if due else "no_payment_required",
        "status": "complete",
        "url": None,
    }
    if session["customer_details"]["address"]:
        session["customer_details"]["address"] = customers.address(payer.address)
    tx.never("checkout.expire", session["id"])
    tx.save(session)
    if session["payment_link"]:
        payment_links.completed(tx, session)
    events.emit(tx, "checkout.session.completed", session)
    return outcome


def late(tx: Tx, session: Object, *, paid: bool) -> None:
    """A payment that took its time has come through, or has failed (docs.stripe.com/checkout/fulfillment)."""
    if paid:
        session["payment_status"] = "paid"
        tx.save(session)
    name = "succeeded" if paid else "failed"
    events.emit(tx, f"checkout.session.async_payment_{name}", session)


def _customer(tx: Tx, session: Object, payer: Payer) -> Object | None:
    if session["customer"]:
        customer = tx.get("customer", session["customer"])
        wanted = session[PRIVATE]["customer_update"]
        if wanted.get("name") == "auto" and payer.name:
            customer["name"] = payer.name
        if wanted.get("address") == "auto" and payer.address:
            customer["address"] = customers.address(payer.address)
        customer["phone"] = payer.phone or customer["phone"]
        return _with_tax_id(tx, events.updated(tx, customer), payer)
    if session["customer_creation"] == "if_required" and session["mode"] != "setup":
        return None
    customer = customers.new(tx, {"email": payer.email, "name": payer.name, "address": payer.address})
    customer["phone"] = payer.phone or None
    return _with_tax_id(tx, events.created(tx, customer), payer)


def _with_tax_id(tx: Tx, customer: Object, payer: Payer) -> Object:
    known = {(each["type"], each["value"]) for each in tx.of_customer("tax_id", customer["id"])}
    if payer.tax_id and (payer.tax_id_type, payer.tax_id) not in known:
        tax_ids.add(tx, customer, payer.tax_id_type, payer.tax_id)
    return customer


def _subscribe(
    tx: Tx,
    session: Object,
    customer: Object | None,
    method: Object | None,
    intent: Object | None,
    *,
    authenticated: bool,
) -> Outcome:
    assert customer is not None  # noqa: S101 - subscription sessions always create one
    if method:
        method = payment_methods.attach_to(tx, tx.fresh(method), customer["id"])
    data: dict[str, Any] = session[PRIVATE]["subscription_data"]
    coupon = session[PRIVATE]["coupon"]
    pairs = [(discounts.coupon_of(tx, coupon), session[PRIVATE]["code"])] if coupon else []
    for item in checkout_order.items_of(tx, session):
        if item["price"]["type"] == "one_time":
            _one_time_line(tx, customer, item)
    end_behavior = (data.get("trial_settings") or {}).get("end_behavior") or {}
    made, outcome = orders.subscribe(
        tx,
        orders.Order(
            customer=customer["id"],
            prices=[
                (item["price"], item["quantity"])
                for item in checkout_order.items_of(tx, session)
                if item["price"]["type"] == "recurring"
            ],
            method=method,
            metadata=metadata.merged({}, data.get("metadata")),
            description=data.get("description"),
            trial_end=checkout_order.trial_end(tx, session),
            missing_payment_method=end_behavior.get("missing_payment_method", "create_invoice"),
            anchor=checkout_order.first_full(tx, session),
            free_until_anchor=data.get("proration_behavior") == "none",
            coupons=pairs,
            checkout_session=session["id"],
            intent=tx.fresh(intent) if intent and intent["object"] == "payment_intent" else None,
            authenticated=authenticated,
        ),
    )
    session |= {"subscription": made["id"], "invoice": made["latest_invoice"]}
    return outcome


def _one_time_line(tx: Tx, customer: Object, item: Object) -> None:
    """One-time prices beside a subscription go on its first invoice."""
    invoice_items.create_item(
        tx,
        {
            "customer": customer["id"],
            "currency": item["currency"],
            "pricing": {"price": item["price"]["id"]},
            "quantity": item["quantity"],
        },
    )


def _buy(
    tx: Tx, session: Object, customer: Object | None, method: Object, intent: Object | None, *, authenticated: bool
) -> Outcome:
    found = tx.fresh(intent) if intent else _intent(tx, session)
    found["customer"] = customer["id"] if customer else None
    session["payment_intent"] = found["id"]
    wants_invoice = session["invoice_creation"] and session["invoice_creation"]["enabled"]
    invoice = None
    if wants_invoice and customer:
        lines = [
            invoice_lines.line(
                tx,
                amount=item["amount_total"],
                description=item["description"],
                period=(tx.now, tx.now),
                price=item["price"],
                quantity=item["quantity"],
                currency=item["currency"],
            )
            for item in checkout_order.items_of(tx, session)
        ]
        invoice = invoices.build(tx, customer, lines, reason="manual", currency=session["currency"])
        told = session["invoice_creation"]["invoice_data"]
        invoice |= {"description": told["description"], "footer": told["footer"]}
        invoice["metadata"] = metadata.merged({}, told["metadata"])
        invoices.draft(tx, invoice)
        invoices.finalize(tx, invoice, intent=found)
        session["invoice"] = invoice["id"]
    return payments.confirm(tx, found, method, on_session=True, authenticated=authenticated)
