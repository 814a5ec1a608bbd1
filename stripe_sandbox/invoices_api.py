"""The calls about invoices, their payments and items (docs.stripe.com/api/invoices)."""

from stripe_sandbox import (
    events,
    invoice_lines,
    invoices,
    lists,
    metadata,
    subscriptions,
    wire,
)
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import CardDeclined, Invalid
from stripe_sandbox.store import PRIVATE, Object, Tx


@route("GET", "/v1/invoices")
def list_all(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("customer", "status", "collection_method")}
    equals["parent.subscription_details.subscription"] = params.get("subscription")
    return lists.page(tx, "invoice", "/v1/invoices", params, equals)


@route("GET", "/v1/invoices/{invoice}")
def retrieve(tx: Tx, params: Params, invoice: str) -> Object:
    return tx.at("invoice", invoice)


@route("GET", "/v1/invoices/{invoice}/lines")
def lines(tx: Tx, params: Params, invoice: str) -> Object:
    found = tx.at("invoice", invoice)
    return lists.of(found["lines"]["data"], f"/v1/invoices/{invoice}/lines", params)


@route(
    "POST",
    "/v1/invoices",
    takes=[
        "customer",
        "subscription",
        "description",
        "metadata",
        "auto_advance",
        "collection_method",
        "days_until_due",
        "pending_invoice_items_behavior",
        "currency",
        "footer",
    ],
)
def create(tx: Tx, params: Params) -> Object:
    customer = tx.get("customer", params.get("customer", ""), param="customer")
    subscription = params.get("subscription")
    found = tx.get("subscription", subscription, param="subscription") if subscription else None
    waiting = invoice_lines.waiting(tx, customer["id"], subscription)
    if params.get("pending_invoice_items_behavior", "exclude") != "include" and not found:
        waiting = []
    taken = [item[PRIVATE]["line"] for item in waiting]
    currency = params.get("currency") or customer["currency"] or "usd"
    made = invoices.build(tx, customer, taken, reason="manual", currency=currency, subscription=found)
    invoice_lines.take(tx, waiting, made["id"])
    made |= {
        "auto_advance": params.get("auto_advance", False),
        "collection_method": params.get("collection_method", "charge_automatically"),
        "description": params.get("description"),
        "footer": params.get("footer"),
        "metadata": metadata.merged({}, params.get("metadata")),
    }
    if made["collection_method"] == "send_invoice":
        made["due_date"] = tx.now + params.get("days_until_due", 30) * 86400
    return invoices.draft(tx, made, finalizes_at=tx.now + 3600 if made["auto_advance"] else None)


@route(
    "POST",
    "/v1/invoices/{invoice}",
    takes=["metadata", "description", "footer", "auto_advance", "default_payment_method"],
)
def update(tx: Tx, params: Params, invoice: str) -> Object:
    found = tx.at("invoice", invoice)
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    for name in ("description", "footer", "default_payment_method"):
        if name in params:
            found[name] = params[name] or None
    if "auto_advance" in params:
        found["auto_advance"] = params["auto_advance"]
    return events.updated(tx, found)


@route("DELETE", "/v1/invoices/{invoice}")
def delete(tx: Tx, params: Params, invoice: str) -> Object:
    found = tx.at("invoice", invoice)
    if found["status"] != "draft":
        raise Invalid("You can only delete draft invoices.")
    for item in tx.of_customer("invoiceitem", found["customer"]):
        if item["invoice"] == invoice:
            tx.bury(item)
    tx.never("invoice.finalize", invoice)
    events.emit(tx, "invoice.deleted", found)
    return tx.bury(found)


@route("POST", "/v1/invoices/{invoice}/finalize", takes=["auto_advance"])
def finalize(tx: Tx, params: Params, invoice: str) -> Object:
    return tx.fresh(invoices.finalize(tx, tx.at("invoice", invoice)))


@route("POST", "/v1/invoices/{invoice}/pay", takes=["payment_method", "off_session", "paid_out_of_band", "forgive"])
def pay(tx: Tx, params: Params, invoice: str) -> Object:
    found = tx.at("invoice", invoice)
    if found["status"] == "draft":
        invoices.finalize(tx, found)
    if found["status"] == "paid" and tx.at("invoice", invoice)["status"] == "paid":
        if found["attempt_count"] or found["amount_due"]:
            raise Invalid("Invoice is already paid")
        return tx.fresh(found)
    if found["status"] not in ("open", "uncollectible"):
        raise Invalid(f"This invoice can no longer be paid: it is {found['status']}.")
    if params.get("paid_out_of_band"):
        found["amount_paid_off_stripe"] = found["amount_due"]
        invoices.settle_outside(tx, found)
        return tx.fresh(found)
    method = payer(tx, found, params.get("payment_method"))
    outcome = invoices.pay(tx, found, method, on_session=True)
    if outcome.error:
        raise outcome.error
    if not outcome.paid:
        intent = invoices.intent_of(tx, found)
        raise CardDeclined(
            "This payment requires additional user action before it can be completed successfully.",
            code="invoice_payment_intent_requires_action",
            payment_intent=wire.public(intent),
        )
    return tx.fresh(found)


def payer(tx: Tx, invoice: Object, id_: str | None = None) -> Object:
    """The card that pays an invoice: named, the subscription's, or the customer's."""
    if id_:
        return subscriptions.usable_method(tx, id_, invoice["customer"], "payment_method")
    id_ = invoices.subscription_of(invoice)
    found = tx.find(id_, "subscription") if id_ else None
    method = subscriptions.source(tx, found) if found else None
    default = tx.get("customer", invoice["customer"])["invoice_settings"]["default_payment_method"]
    method = method or (tx.find(default, "payment_method") if default else None)
    if method is None:
        raise Invalid(
            "There is no default_payment_method set on this Customer or Invoice. "
            "Please set one, or pass payment_method.",
            code="resource_missing",
        )
    return method


@route("POST", "/v1/invoices/{invoice}/void")
def void(tx: Tx, params: Params, invoice: str) -> Object:
    return invoices.close(tx, tx.at("invoice", invoice), "void")


@route("POST", "/v1/invoices/{invoice}/mark_uncollectible")
def give_up(tx: Tx, params: Params, invoice: str) -> Object:
    return invoices.close(tx, tx.at("invoice", invoice), "uncollectible")


@route("POST", "/v1/invoices/{invoice}/send")
def send(tx: Tx, params: Params, invoice: str) -> Object:
    found = tx.at("invoice", invoice)
    if found["status"] == "draft":
        invoices.finalize(tx, found)
    events.emit(tx, "invoice.sent", tx.fresh(found))
    return tx.fresh(found)


@wire.virtual("invoice", "payments")
def payments_list(tx: Tx, invoice: Object) -> Object:
    return wire.listing(invoices.payments_of(tx, invoice), f"/v1/invoice_payments?invoice={invoice['id']}")


@wire.virtual("invoice", "confirmation_secret")
def confirmation_secret(tx: Tx, invoice: Object) -> Object | None:
    intent = invoices.intent_of(tx, invoice)
    return {"client_secret": intent["client_secret"], "type": "payment_intent"} if intent else None


@route("GET", "/v1/invoice_payments")
def list_payments(tx: Tx, params: Params) -> Object:
    payment = params.get("payment") or {}
    equals = {
        "invoice": params.get("invoice"),
        "status": params.get("status"),
        "payment.payment_intent": payment.get("payment_intent"),
    }
    return lists.page(tx, "invoice_payment", "/v1/invoice_payments", params, equals)


@route("GET", "/v1/invoice_payments/{invoice_payment}")
def retrieve_payment(tx: Tx, params: Params, invoice_payment: str) -> Object:
    return tx.at("invoice_payment", invoice_payment)
