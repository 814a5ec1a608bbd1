"""Things to bill with the next invoice (docs.stripe.com/api/invoiceitems)."""

from stripe_sandbox import events, invoice_lines, invoices, lists, metadata, spec
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
        "test_clock": tx.test_clock,
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
