"""The lines of an invoice: what they are for, how much, and from which price (basil and later)."""

from stripe_sandbox import discounts, events, money, spec
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx


def amount_of(item: Object) -> int:
    """One period of a subscription item."""
    return item["price"]["unit_amount"] * item["quantity"]


def line(
    tx: Tx,
    *,
    amount: int,
    description: str,
    period: tuple[int, int],
    price: Object | None,
    quantity: int,
    currency: str,
    subscription: str | None = None,
    item: str | None = None,
    proration: bool = False,
    invoice_item: str | None = None,
) -> Object:
    """One line. With an `item` it bills a subscription, otherwise an invoice item."""
    details: Object = {"invoice_item": invoice_item, "proration": proration, "proration_details": None}
    details["subscription"] = subscription
    if proration:
        details["proration_details"] = {"credited_items": None}
    parent: Object | None = None
    if item:
        parent = {
            "invoice_item_details": None,
            "subscription_item_details": {**details, "subscription_item": item},
            "type": "subscription_item_details",
        }
    elif invoice_item:
        parent = {
            "invoice_item_details": details,
            "subscription_item_details": None,
            "type": "invoice_item_details",
        }
    return {
        **spec.load().nulls("line_item"),
        "id": new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": description,
        "discount_amounts": [],
        "discountable": not proration,
        "discounts": [],
        "livemode": False,
        "metadata": {},
        "parent": parent,
        "period": {"end": period[1], "start": period[0]},
        "pretax_credit_amounts": [],
        "pricing": pricing(price),
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "subscription": subscription,
        "subtotal": amount,
        "taxes": [],
    }


def pricing(price: Object | None) -> Object | None:
    if price is None:
        return None
    return {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": str(price["unit_amount"]),
    }


def of_period(tx: Tx, subscription: Object, item: Object, period: tuple[int, int], *, trial: bool) -> Object:
    """A whole period of an item; during a trial it costs nothing."""
    price = item["price"]
    name = product_name(tx, price)
    each = f"{money.shown(price['unit_amount'], price['currency'])} / {price['recurring']['interval']}"
    description = f"Trial period for {name}" if trial else f"{item['quantity']} × {name} (at {each})"
    return line(
        tx,
        amount=0 if trial else amount_of(item),
        description=description,
        period=period,
        price=price,
        quantity=item["quantity"],
        currency=price["currency"],
        subscription=subscription["id"],
        item=item["id"],
    )


def product_name(tx: Tx, price: Object) -> str:
    product = tx.find(price["product"], "product") or {}
    return product.get("name", "Product")


def discounted(lines: list[Object], pairs: list[tuple[Object, Object]]) -> None:
    """Take discounts off lines, one after the other; an amount-off runs from line to line."""
    for discount, coupon in pairs:
        left = coupon["amount_off"] or 0
        for each in lines:
            if not each["discountable"] or not discounts.covers(coupon, _product(each)):
                continue
            already = sum(d["amount"] for d in each["discount_amounts"])
            base = max(0, each["subtotal"] - already)
            off = discounts.amount_off(coupon, base) if coupon["percent_off"] else min(left, base)
            left -= 0 if coupon["percent_off"] else off
            if off or coupon["percent_off"]:
                each["discount_amounts"].append({"amount": off, "discount": discount["id"]})
                each["discounts"].append(discount["id"])


def _product(line: Object) -> str | None:
    return line["pricing"]["price_details"]["product"] if line["pricing"] else None


def pending(tx: Tx, subscription: Object, lines: list[Object]) -> None:
    """Keep lines for the next invoice, as invoice items."""
    for each in lines:
        price = each["pricing"]["price_details"] if each["pricing"] else None
        id_ = new_id("ii")
        item: Object = {
            **spec.load().nulls("invoiceitem"),
            "id": id_,
            "object": "invoiceitem",
            "amount": each["amount"],
            "currency": each["currency"],
            "customer": subscription["customer"],
            "date": tx.now,
            "description": each["description"],
            "discountable": False,
            "discounts": [],
            "livemode": False,
            "metadata": {},
            "net_amount": each["amount"],
            "parent": {
                "subscription_details": {
                    "subscription": subscription["id"],
                    "subscription_item": each["parent"]["subscription_item_details"]["subscription_item"],
                },
                "type": "subscription_details",
            },
            "period": each["period"],
            "pricing": each["pricing"],
            "proration": True,
            "quantity": each["quantity"],
            "quantity_decimal": each["quantity_decimal"],
            "tax_rates": [],
            "test_clock": tx.test_clock,
            PRIVATE: {"line": each, "price": price},
        }
        each["parent"]["subscription_item_details"]["invoice_item"] = id_
        events.created(tx, item)


def waiting(tx: Tx, customer: str, subscription: str | None) -> list[Object]:
    """Invoice items of a customer (and subscription) that no invoice took yet, oldest first."""
    found = []
    for item in reversed(tx.of_customer("invoiceitem", customer)):
        parent = item["parent"]["subscription_details"]["subscription"] if item["parent"] else None
        if item["invoice"] is None and parent in (None, subscription):
            found.append(item)
    return found


def take(tx: Tx, items: list[Object], invoice: str) -> list[Object]:
    """Put waiting items on an invoice; answers their lines."""
    for item in items:
        item["invoice"] = invoice
        tx.save(item)
    return [item[PRIVATE]["line"] for item in items]


def give_back(tx: Tx, line: Object) -> None:
    """The invoice comes to nothing: an invoice item on it waits for the next one again."""
    details = (line["parent"] or {}).get("invoice_item_details") or (line["parent"] or {}).get(
        "subscription_item_details"
    )
    item = tx.find((details or {}).get("invoice_item"), "invoiceitem")
    if item and not item.get("deleted"):
        tx.save({**item, "invoice": None})
