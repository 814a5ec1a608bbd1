"""The calls about invoices, their payments and items (docs.stripe.com/api/invoices)."""

from stripe_sandbox import (
    cycle,
    discounts,
    events,
    invoice_lines,
    invoices,
    lists,
    metadata,
    proration,
    spec,
    subscriptions,
    wire,
)
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import CardDeclined, Invalid
from stripe_sandbox.ids import new_id
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
        _outside(tx, found)
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


def _outside(tx: Tx, found: Object) -> None:
    """Paid by other means: no payment here."""
    intent = invoices.intent_of(tx, found)
    if intent:
        intent |= {"status": "canceled", "canceled_at": tx.now}
        tx.save(intent)
    for each in invoices.payments_of(tx, found):
        tx.bury(each)
    found["amount_paid_off_stripe"] = found["amount_due"]
    invoices.mark_paid(tx, found, None)


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


@route(
    "POST",
    "/v1/invoices/create_preview",
    takes=["customer", "subscription", "subscription_details", "discounts", "currency"],
)
def preview(tx: Tx, params: Params) -> Object:
    """What the next invoice, or a change of plan, would cost. Nothing is stored."""
    if not params.get("subscription"):
        raise Invalid("The sandbox previews existing subscriptions.", param="subscription", code="parameter_missing")
    found = tx.get("subscription", params["subscription"], param="subscription")
    customer = tx.get("customer", found["customer"])
    details = params.get("subscription_details") or {}
    behavior = details.get("proration_behavior", "create_prorations")
    anchor = details.get("billing_cycle_anchor")
    restart = anchor == "now" or (isinstance(anchor, dict) and anchor["type"] == "now")
    extra: list[Object] = []
    if details.get("items") or restart:
        items = proration.edit_items(tx, found, details.get("items") or [])
        moment = details.get("proration_date", tx.now)
        change = proration.change(tx, found, items, moment, behavior, restart=restart)
        if behavior == "always_invoice" or change.restarts:
            waiting = invoice_lines.waiting(tx, customer["id"], found["id"])
            made = invoices.build(
                tx,
                customer,
                [item[PRIVATE]["line"] for item in waiting] + change.lines,
                reason="subscription_update",
                currency=found["currency"],
                subscription=found,
                pairs=discounts.active(tx, found),
            )
            return as_preview(made)
        found["items"]["data"] = change.items
        extra = change.lines
    cycle.roll(found)
    made = cycle.next_invoice(tx, customer, found, "upcoming")
    made["lines"]["data"] = extra + made["lines"]["data"]
    made["lines"]["total_count"] = len(made["lines"]["data"])
    for each in extra:
        each["invoice"] = made["id"]
    invoices.add_up(made)
    return as_preview(made)


def as_preview(invoice: Object) -> Object:
    """Previews carry an id that leads nowhere."""
    old = invoice["id"]
    invoice["id"] = f"upcoming_{old}"
    for each in invoice["lines"]["data"]:
        each["invoice"] = invoice["id"]
    return invoice


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


@route(
    "POST",
    "/v1/invoiceitems",
    takes=[
        "customer",
        "amount",
        "currency",
        "description",
        "metadata",
        "pricing",
        "quantity",
        "invoice",
        "discountable",
    ],
)
def create_item(tx: Tx, params: Params) -> Object:
    customer = tx.get("customer", params.get("customer", ""), param="customer")
    price_id = (params.get("pricing") or {}).get("price")
    price = tx.get("price", price_id, param="pricing[price]") if price_id else None
    quantity = params.get("quantity", 1)
    if price is None and "amount" not in params:
        raise Invalid("Missing required param: amount.", param="amount", code="parameter_missing")
    amount = price["unit_amount"] * quantity if price else params["amount"]
    currency = price["currency"] if price else params.get("currency", "usd").lower()
    description = params.get("description") or (invoice_lines.product_name(tx, price) if price else None)
    id_ = new_id("ii")
    line = invoice_lines.line(
        tx,
        amount=amount,
        description=description or "",
        period=(tx.now, tx.now),
        price=price,
        quantity=quantity,
        currency=currency,
        invoice_item=id_,
    )
    item: Object = {
        **spec.load().nulls("invoiceitem"),
        "id": id_,
        "object": "invoiceitem",
        "amount": amount,
        "currency": currency,
        "customer": customer["id"],
        "date": tx.now,
        "description": description,
        "discountable": params.get("discountable", True),
        "discounts": [],
        "livemode": False,
        "metadata": metadata.merged({}, params.get("metadata")),
        "net_amount": amount,
        "period": {"end": tx.now, "start": tx.now},
        "pricing": line["pricing"],
        "proration": False,
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "tax_rates": [],
        PRIVATE: {"line": line},
    }
    if params.get("invoice"):
        _put_on(tx, item, line, tx.get("invoice", params["invoice"], param="invoice"))
    return events.created(tx, item)


def _put_on(tx: Tx, item: Object, line: Object, invoice: Object) -> None:
    if invoice["status"] != "draft":
        raise Invalid("You can only add items to a draft invoice.", param="invoice")
    item["invoice"] = line["invoice"] = invoice["id"]
    invoice["lines"]["data"].append(line)
    invoice["lines"]["total_count"] += 1
    invoices.add_up(invoice)
    events.updated(tx, invoice)


@route("GET", "/v1/invoiceitems")
def list_items(tx: Tx, params: Params) -> Object:
    extra = "json_extract(body, '$.invoice') IS NULL" if params.get("pending") else ""
    equals = {name: params.get(name) for name in ("customer", "invoice")}
    return lists.page(tx, "invoiceitem", "/v1/invoiceitems", params, equals, extra)


@route("GET", "/v1/invoiceitems/{invoiceitem}")
def retrieve_item(tx: Tx, params: Params, invoiceitem: str) -> Object:
    return tx.at("invoiceitem", invoiceitem)


@route("DELETE", "/v1/invoiceitems/{invoiceitem}")
def delete_item(tx: Tx, params: Params, invoiceitem: str) -> Object:
    item = tx.at("invoiceitem", invoiceitem)
    if item["invoice"]:
        raise Invalid("This invoice item is on an invoice already.")
    events.emit(tx, "invoiceitem.deleted", item)
    return tx.bury(item)
