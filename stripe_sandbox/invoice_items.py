"""Things to bill with the next invoice (docs.stripe.com/api/invoiceitems)."""

from stripe_sandbox import catalog, events, invoice_lines, invoices, lists, metadata, spec
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx


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
        "subscription",
        "discountable",
    ],
)
def create_item(tx: Tx, params: Params) -> Object:
    customer = tx.get("customer", params.get("customer", ""), param="customer")
    price_id = (params.get("pricing") or {}).get("price")
    price = tx.get("price", price_id, param="pricing[price]") if price_id else None
    price = price and catalog.in_currency(price, params.get("currency", "").lower())
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
    line["discountable"] = params.get("discountable", True)
    item: Object = {
        **spec.load().nulls("invoiceitem"),
        "id": id_,
        "object": "invoiceitem",
        "amount": amount,
        "currency": currency,
        "customer": customer["id"],
        "date": tx.now,
        "description": description,
        "discountable": line["discountable"],
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
        "test_clock": tx.test_clock,
        PRIVATE: {"line": line},
    }
    if params.get("subscription"):
        item["parent"] = _parent(tx, customer, params["subscription"])
    if params.get("invoice"):
        _put_on(tx, item, line, tx.get("invoice", params["invoice"], param="invoice"))
    return events.created(tx, item)


def _parent(tx: Tx, customer: Object, subscription: str) -> Object:
    """Waits for the next invoice of this subscription, and of no other."""
    found = tx.get("subscription", subscription, param="subscription")
    if found["customer"] != customer["id"] or found["status"] in ("canceled", "incomplete_expired"):
        raise Invalid("The subscription is not one of this customer, or is over.", param="subscription")
    details = {"subscription": subscription}
    return {"subscription_details": details, "type": "subscription_details"}


@route(
    "POST",
    "/v1/invoiceitems/{invoiceitem}",
    takes=["amount", "description", "metadata", "discountable", "quantity"],
)
def update_item(tx: Tx, params: Params, invoiceitem: str) -> Object:
    """Change what waits, or stands on a draft."""
    item = tx.at("invoiceitem", invoiceitem)
    invoice = tx.find(item["invoice"], "invoice") if item["invoice"] else None
    if invoice and invoice["status"] != "draft":
        raise Invalid("This invoice item stands on an invoice that is no draft any more.", param="invoiceitem")
    if item["proration"] and ({"amount", "quantity"} & set(params)):
        raise Invalid("The amount of a proration cannot be changed.", param="amount")
    line = item[PRIVATE]["line"]
    item["metadata"] = metadata.merged(item["metadata"], params.get("metadata"))
    item["discountable"] = line["discountable"] = params.get("discountable", item["discountable"])
    if "description" in params:
        item["description"] = line["description"] = params["description"] or None
    if params.get("quantity") and item["pricing"]:
        each = item["amount"] // item["quantity"]
        quantity = params["quantity"]
        for entry in (item, line):
            entry |= {"quantity": quantity, "quantity_decimal": str(quantity)}
        params = {**params, "amount": each * quantity}
    if params.get("amount") is not None:
        item["amount"] = item["net_amount"] = line["amount"] = line["subtotal"] = params["amount"]
    tx.save(item)  # Stripe has no event for it
    if invoice:
        lines = invoice["lines"]["data"]
        invoice["lines"]["data"] = [line if each["id"] == line["id"] else each for each in lines]
        invoices.add_up(invoice)
        events.updated(tx, invoice)
    return item


def _put_on(tx: Tx, item: Object, line: Object, invoice: Object) -> None:
    if invoice["status"] != "draft":
        raise Invalid("You can only add items to a draft invoice.", param="invoice")
    item["invoice"] = line["invoice"] = invoice["id"]
    invoice["lines"]["data"].append(line)
    invoice["lines"]["total_count"] += 1
    invoices.add_up(invoice)
    events.updated(tx, invoice)


@route("GET", "/v1/invoiceitems", takes=[*lists.PAGE, "customer", "invoice", "pending"])
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
