"""Taking back a part of a finalized invoice (docs.stripe.com/api/credit_notes).

Before it is paid a credit note lowers what is due; afterwards it says where the money goes: back to the
card, to the customer's balance, or paid outside.
"""

from typing import Any

from stripe_sandbox import charges, customers, events, invoices, lists, metadata, money, spec
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx

_LINE_TAKES = "lines[type, invoice_line_item, description, quantity, amount, unit_amount]"
_WAYS = ("refund_amount", "credit_amount", "out_of_band_amount")


@route(
    "POST",
    "/v1/credit_notes",
    takes=["invoice", "amount", _LINE_TAKES, "memo", "metadata", "reason", *_WAYS],
)
def create(tx: Tx, params: Params) -> Object:
    invoice = tx.get("invoice", params["invoice"], param="invoice")
    if invoice["status"] not in ("open", "paid", "uncollectible"):
        raise Invalid("Credit notes can only be created for open or paid invoices.", param="invoice")
    made = _blank(tx, invoice, params)
    made["lines"]["data"] = _lines(invoice, params)
    total = sum(each["amount"] - each["discount_amount"] for each in made["lines"]["data"])
    if total <= 0:
        raise Invalid("The amount of a credit note must be positive.", param="amount")
    made |= {"amount": total, "subtotal": total, "total": total}
    made |= {"subtotal_excluding_tax": total, "total_excluding_tax": total}
    if invoice["status"] == "paid":
        _after_payment(tx, invoice, made, params)
    else:
        _before_payment(tx, invoice, made, params)
    return events.created(tx, made)


def _blank(tx: Tx, invoice: Object, params: Params) -> Object:
    count = invoice[PRIVATE].get("credit_notes", 0) + 1
    invoice[PRIVATE]["credit_notes"] = count
    id_ = new_id("cn")
    return {
        **spec.load().nulls("credit_note"),
        "id": id_,
        "object": "credit_note",
        "amount_shipping": 0,
        "created": tx.now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": tx.now,
        "invoice": invoice["id"],
        "lines": {"object": "list", "data": [], "has_more": False, "url": f"/v1/credit_notes/{id_}/lines"},
        "livemode": False,
        "memo": params.get("memo"),
        "metadata": metadata.merged({}, params.get("metadata")),
        "number": f"{invoice['number']}-CN-{count:02d}",
        "pdf": f"{tx.base_url or tx.fact('base_url')}/i/{invoice['id']}/pdf?s={invoice[PRIVATE]['secret']}",
        "post_payment_amount": 0,
        "pre_payment_amount": 0,
        "pretax_credit_amounts": [],
        "reason": params.get("reason"),
        "refunds": [],
        "status": "issued",
        "total_taxes": [],
        "type": "pre_payment",
    }


def _lines(invoice: Object, params: Params) -> list[Object]:
    given = params.get("lines")
    if given and "amount" in params:
        raise Invalid("You may only specify one of these parameters: amount, lines.", param="amount")
    if given:
        return [_line(invoice, each, f"lines[{index}]") for index, each in enumerate(given)]
    ways = sum(params.get(name, 0) for name in _WAYS)
    amount = params.get("amount") or ways
    if not amount:
        raise Invalid("You must pass one of amount, lines or shipping_cost.", param="amount", code="parameter_missing")
    return [_entry("Credit", 1, amount, amount, None)]


def _line(invoice: Object, given: dict[str, Any], where: str) -> Object:
    quantity = given.get("quantity", 1)
    if given["type"] == "custom_line_item":
        if "unit_amount" not in given:
            path = f"{where}[unit_amount]"
            raise Invalid(f"Missing required param: {path}.", param=path, code="parameter_missing")
        return _entry(
            given.get("description", ""), quantity, given["unit_amount"], given["unit_amount"] * quantity, None
        )
    of = next((each for each in invoice["lines"]["data"] if each["id"] == given.get("invoice_line_item")), None)
    if of is None:
        path = f"{where}[invoice_line_item]"
        raise Invalid(f"No such invoice line item: '{given.get('invoice_line_item')}'", param=path)
    unit = of["amount"] // max(1, of["quantity"] or 1)
    amount = given.get("amount", of["amount"] if "quantity" not in given else unit * quantity)
    made = _entry(of["description"], given.get("quantity"), unit, amount, of["id"])
    off = sum(each["amount"] for each in of["discount_amounts"])
    made["discount_amount"] = money.share(off, amount, of["amount"]) if of["amount"] else 0
    return made


def _entry(description: str, quantity: int | None, unit: int, amount: int, line: str | None) -> Object:
    entry = {
        **spec.load().nulls("credit_note_line_item"),
        "id": new_id("cnli"),
        "object": "credit_note_line_item",
        "amount": amount,
        "description": description,
        "discount_amount": 0,
        "discount_amounts": [],
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": quantity,
        "tax_rates": [],
        "taxes": [],
        "type": "invoice_line_item" if line else "custom_line_item",
        "unit_amount": unit,
        "unit_amount_decimal": str(unit),
    }
    return {**entry, "invoice_line_item": line} if line else entry


def _before_payment(tx: Tx, invoice: Object, made: Object, params: Params) -> None:
    total = made["total"]
    if any(params.get(name) for name in _WAYS):
        raise Invalid("An unpaid invoice is only lowered: nothing can be refunded or credited.", param="refund_amount")
    if total > invoice["amount_remaining"]:
        raise Invalid(
            f"The credit note amount ({total}) is greater than what is left on the invoice "
            f"({invoice['amount_remaining']}).",
            param="amount",
        )
    made["pre_payment_amount"] = total
    invoice["pre_payment_credit_notes_amount"] += total
    invoice["amount_due"] -= total
    invoice["amount_remaining"] -= total
    intent = invoices.intent_of(tx, invoice)
    if intent and invoice["amount_remaining"]:
        intent["amount"] = invoice["amount_remaining"]
        tx.save(intent)
    for each in invoices.payments_of(tx, invoice):
        tx.save({**each, "amount_requested": invoice["amount_remaining"]})
    if invoice["amount_remaining"]:
        events.updated(tx, invoice)
    else:
        tx.save(invoice)
        invoices.settle_outside(tx, invoice)


def _after_payment(tx: Tx, invoice: Object, made: Object, params: Params) -> None:
    total = made["total"]
    refund, credit, outside = (params.get(name, 0) for name in _WAYS)
    if refund + credit + outside != total:
        raise Invalid(
            "The sum of refund_amount, credit_amount and out_of_band_amount must equal the credit note's amount "
            f"({total}).",
            param="refund_amount",
        )
    left = invoice["total"] - invoice["post_payment_credit_notes_amount"] - invoice["pre_payment_credit_notes_amount"]
    if total > left:
        raise Invalid(f"The credit note amount ({total}) is greater than what is left ({left}).", param="amount")
    made |= {"type": "post_payment", "post_payment_amount": total, "out_of_band_amount": outside or None}
    if refund:
        intent = invoices.intent_of(tx, invoice)
        if intent is None:
            raise Invalid("This invoice was not paid by a payment that could be refunded.", param="refund_amount")
        given = charges.create_refund(tx, {"payment_intent": intent["id"], "amount": refund})
        made["refunds"] = [
            {
                "amount_refunded": refund,
                "payment_record_refund": None,
                "refund": given["id"],
                "type": "refund",
            }
        ]
    if credit:
        customer = tx.get("customer", invoice["customer"])
        customers.change_balance(tx, customer, -credit, "credit_note", invoice["id"], invoice["currency"])
        made["customer_balance_transaction"] = tx.of_customer("customer_balance_transaction", customer["id"])[0]["id"]
    invoice["post_payment_credit_notes_amount"] += total
    events.updated(tx, invoice)


@route("GET", "/v1/credit_notes", takes=[*lists.PAGE, "customer", "invoice"])
def list_all(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("customer", "invoice")}
    return lists.page(tx, "credit_note", "/v1/credit_notes", params, equals)


@route("GET", "/v1/credit_notes/{id}")
def retrieve(tx: Tx, params: Params, id: str) -> Object:
    return tx.at("credit_note", id)


@route("POST", "/v1/credit_notes/{id}", takes=["memo", "metadata"])
def update(tx: Tx, params: Params, id: str) -> Object:
    found = tx.at("credit_note", id)
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    found["memo"] = params.get("memo", found["memo"]) or None
    return events.updated(tx, found)
