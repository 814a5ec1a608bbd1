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
from stripe_sandbox.clock import DAY, HOUR
from stripe_sandbox.errors import CardDeclined, Invalid
from stripe_sandbox.store import PRIVATE, Object, Tx


@route(
    "GET", "/v1/invoices", takes=[*lists.PAGE, "customer", "status", "subscription", "collection_method", "due_date"]
)
def list_all(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("customer", "status", "collection_method")}
    equals["parent.subscription_details.subscription"] = params.get("subscription")
    return lists.page(tx, "invoice", "/v1/invoices", params, equals, ranges={"due_date": "due_date"})


@route("GET", "/v1/invoices/{invoice}")
def retrieve(tx: Tx, params: Params, invoice: str) -> Object:
    return tx.at("invoice", invoice)


@route("GET", "/v1/invoices/{invoice}/lines", takes=lists.PAGE)
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
        "default_payment_method",
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
        "default_payment_method": _own_method(tx, params, customer["id"]),
        "description": params.get("description"),
        "footer": params.get("footer"),
        "metadata": metadata.merged({}, params.get("metadata")),
    }
    if made["collection_method"] == "send_invoice":
        made["due_date"] = tx.now + params.get("days_until_due", 30) * DAY
    return invoices.draft(tx, made, finalizes_at=tx.now + HOUR if made["auto_advance"] else None)


@route(
    "POST",
    "/v1/invoices/{invoice}",
    takes=["metadata", "description", "footer", "auto_advance", "default_payment_method"],
)
def update(tx: Tx, params: Params, invoice: str) -> Object:
    found = tx.at("invoice", invoice)
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    for name in ("description", "footer"):
        if name in params:
            found[name] = params[name] or None
    if "default_payment_method" in params:
        found["default_payment_method"] = _own_method(tx, params, found["customer"])
    if "auto_advance" in params:
        _advance(tx, found, on=params["auto_advance"])
    return events.updated(tx, found)


def _own_method(tx: Tx, params: Params, customer: str) -> str | None:
    id_ = params.get("default_payment_method")
    return subscriptions.usable_method(tx, id_, customer)["id"] if id_ else None


def _advance(tx: Tx, invoice: Object, *, on: bool) -> None:
    """Does it go on by itself? A draft is then finalized, and an open one collected, in an hour."""
    invoice["auto_advance"] = on
    draft, automatic = invoice["status"] == "draft", invoice["collection_method"] == "charge_automatically"
    kind = "invoice.finalize" if draft else "invoice.retry"
    if not on:
        tx.never(kind, invoice["id"])
        if draft:
            invoice["automatically_finalizes_at"] = None
    elif draft or (invoice["status"] == "open" and automatic):
        tx.later(kind, invoice["id"], tx.now + HOUR)
        if draft:
            invoice["automatically_finalizes_at"] = tx.now + HOUR


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
    found = invoices.finalize(tx, tx.at("invoice", invoice))
    on = params.get("auto_advance", found["auto_advance"])
    if found["status"] == "open":
        _advance(tx, found, on=on)
        tx.save(found)
    return tx.fresh(found)


@route("POST", "/v1/invoices/{invoice}/pay", takes=["payment_method", "off_session", "paid_out_of_band"])
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
    outcome = invoices.pay(tx, found, method, on_session=not params.get("off_session"))
    if outcome.error:
        raise outcome.error
    if not outcome.paid and outcome.result != "processing":
        intent = invoices.intent_of(tx, found)
        raise CardDeclined(
            "This payment requires additional user action before it can be completed successfully.",
            code="invoice_payment_intent_requires_action",
            payment_intent=wire.public(intent),
        )
    return tx.fresh(found)


def payer(tx: Tx, invoice: Object, id_: str | None = None) -> Object:
    """The card that pays an invoice: named, or the one that would pay it by itself."""
    if id_:
        return subscriptions.usable_method(tx, id_, invoice["customer"], "payment_method")
    method = subscriptions.payer(tx, invoice)
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


@route("GET", "/v1/invoice_payments", takes=[*lists.PAGE, "invoice", "status", "payment[type, payment_intent]"])
def list_payments(tx: Tx, params: Params) -> Object:
    payment = params.get("payment") or {}
    equals = {
        "invoice": params.get("invoice"),
        "status": params.get("status"),
        "payment.payment_intent": payment.get("payment_intent"),
        "payment.type": payment.get("type"),
    }
    return lists.page(tx, "invoice_payment", "/v1/invoice_payments", params, equals)


@route("GET", "/v1/invoice_payments/{invoice_payment}")
def retrieve_payment(tx: Tx, params: Params, invoice_payment: str) -> Object:
    return tx.at("invoice_payment", invoice_payment)
