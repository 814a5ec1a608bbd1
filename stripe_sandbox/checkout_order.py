"""What a Checkout Session is about: its line items, and what they cost today and later."""

from typing import Any

from stripe_sandbox import catalog, discounts, invoice_lines, metadata, money, periods
from stripe_sandbox.api import Params
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.promotion_codes import Purchase
from stripe_sandbox.store import PRIVATE, Object, Tx

_DAY = 24 * 3600


def mode_of(tx: Tx, given: list[Object]) -> str:
    """What a payment link's prices ask for: a subscription as soon as one of them recurs."""
    for each in given:
        recurring = (each.get("price_data") or {}).get("recurring")
        price = tx.find(each.get("price"), "price") or {}
        if recurring or price.get("type") == "recurring":
            return "subscription"
    return "payment"


def kept_items(items: list[Object]) -> list[Object]:
    """Line items as they are kept: the price by its id, and the currency in which it is paid."""
    return [{**item, "price": item["price"]["id"], "currency": item["price"]["currency"]} for item in items]


def _price_of(tx: Tx, kept: Object) -> Object:
    return catalog.in_currency(tx.get("price", kept["price"]), kept.get("currency"))


def order_items(tx: Tx, params: Params, mode: str) -> list[Object]:
    """The line items of an order, checked against its mode."""
    given = params.get("line_items") or []
    if mode == "setup":
        return []
    if not given:
        raise Invalid("Missing required param: line_items.", param="line_items", code="parameter_missing")
    items = []
    for index, entry in enumerate(given):
        where = f"line_items[{index}]"
        if entry.get("price"):
            price = tx.get("price", entry["price"], param=f"{where}[price]")
        elif entry.get("price_data"):
            price = catalog.create_price(tx, dict(entry["price_data"]))
        else:
            raise Invalid(f"Missing required param: {where}[price].", param=f"{where}[price]", code="parameter_missing")
        if not price["active"]:
            raise Invalid(
                "The price specified is inactive. This field only accepts active prices.",
                param=f"{where}[price]",
                code="price_inactive",
            )
        if mode == "payment" and price["type"] == "recurring":
            raise Invalid(
                "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode "
                "or use only one-time prices.",
                param="mode",
            )
        quantity = entry.get("quantity", 1)
        items.append(
            {
                "id": new_id("li"),
                "price": price,
                "quantity": quantity,
                "metadata": metadata.merged({}, entry.get("metadata")),
                "adjustable": _adjustable(entry, quantity, f"{where}[adjustable_quantity]"),
            }
        )
    if mode == "subscription" and not any(item["price"]["type"] == "recurring" for item in items):
        raise Invalid("You must provide at least one recurring price in `subscription` mode.", param="mode")
    if len({item["price"]["currency"] for item in items}) > 1:
        raise Invalid("All line items must have the same currency.", param="line_items")
    return items


def _adjustable(entry: Object, quantity: int, where: str) -> Object | None:
    """Between which quantities the customer may choose, if at all."""
    given = entry.get("adjustable_quantity") or {}
    if not given.get("enabled"):
        return None
    least, most = given.get("minimum", 0), given.get("maximum", 99)
    if not 0 <= least <= quantity <= most <= 999_999:
        raise Invalid("The quantity must lie between the minimum and the maximum.", param=where)
    return {"enabled": True, "minimum": least, "maximum": most}


def items_of(tx: Tx, session: Object) -> list[Object]:
    """The line items with their prices and sums."""
    coupon = tx.find(session[PRIVATE]["coupon"], "coupon") if session[PRIVATE]["coupon"] else None
    return priced(tx, session[PRIVATE]["items"], coupon, session[PRIVATE]["subscription_data"])


def priced(tx: Tx, kept: list[Object], coupon: Object | None, data: Object | None = None) -> list[Object]:
    """Kept line items with their prices and sums, as the API shows them. `data`: what a subscription is told."""
    made = []
    left = (coupon or {}).get("amount_off") or 0
    for item in kept:
        price = _price_of(tx, item)
        amount = _first_part(tx, price, price["unit_amount"] * item["quantity"], data or {})
        off = 0
        if coupon and discounts.covers(coupon, price["product"]):
            off = discounts.amount_off(coupon, amount) if coupon["percent_off"] else min(left, amount)
            left -= 0 if coupon["percent_off"] else off
        made.append(
            {
                "id": item["id"],
                "object": "item",
                "adjustable_quantity": item.get("adjustable"),
                "amount_discount": off,
                "amount_subtotal": amount,
                "amount_tax": 0,
                "amount_total": amount - off,
                "currency": price["currency"],
                "description": invoice_lines.product_name(tx, price),
                "metadata": item.get("metadata", {}),
                "price": price,
                "quantity": item["quantity"],
            }
        )
    return made


def _first_part(tx: Tx, price: Object, amount: int, data: Object) -> int:
    """With an anchor the first period is a part of one, or free."""
    anchor = data.get("billing_cycle_anchor")
    if not anchor or not price["recurring"] or anchor <= tx.now:
        return amount
    if data.get("proration_behavior") == "none":
        return 0
    start, end = periods.around(anchor, price["recurring"], tx.now)
    return money.share(amount, end - tx.now, end - start)


def purchase(tx: Tx, session: Object) -> Purchase:
    """What a promotion code is held against."""
    prices = [(_price_of(tx, item), item["quantity"]) for item in session[PRIVATE]["items"]]
    return Purchase(session["customer"], prices)


def later(tx: Tx, session: Object) -> int:
    """What each later period costs: a coupon for once is used up by then."""
    coupon = tx.find(session[PRIVATE]["coupon"], "coupon") if session[PRIVATE]["coupon"] else None
    lasting = coupon if coupon and coupon["duration"] != "once" else None
    items = priced(tx, session[PRIVATE]["items"], lasting)
    return sum(item["amount_total"] for item in items if item["price"]["recurring"])


def first_full(tx: Tx, session: Object) -> int | None:
    """When the first whole period begins, if that is later than today and not after a trial."""
    anchor = session[PRIVATE]["subscription_data"].get("billing_cycle_anchor")
    return anchor if anchor and anchor > tx.now and trial_end(tx, session) is None else None


def choose(tx: Tx, session: Object, item_id: str, quantity: int) -> bool:
    """The customer asks for another quantity. False when that is not offered. The caller saves."""
    item = next((each for each in session[PRIVATE]["items"] if each["id"] == item_id), None)
    range_ = item and item.get("adjustable")
    if item is None or range_ is None or not range_["minimum"] <= quantity <= range_["maximum"]:
        return False
    item["quantity"] = quantity
    add_up(tx, session)
    return True


def apply(tx: Tx, session: Object, coupon: Object, code: str | None) -> None:
    """Put a discount on a session that is still open. The caller saves."""
    session[PRIVATE] |= {"coupon": coupon["id"], "code": code}
    session["discounts"] = [{"coupon": None if code else coupon["id"], "promotion_code": code}]
    add_up(tx, session)


def add_up(tx: Tx, session: Object) -> None:
    """The sums due on completion: nothing while a trial runs."""
    if session["mode"] == "setup":
        return
    items = items_of(tx, session)
    if trial_end(tx, session) is not None:
        items = [item for item in items if item["price"]["type"] == "one_time"]
    session["amount_subtotal"] = sum(item["amount_subtotal"] for item in items)
    session["amount_total"] = sum(item["amount_total"] for item in items)
    session["total_details"] = {
        "amount_discount": sum(item["amount_discount"] for item in items),
        "amount_shipping": 0,
        "amount_tax": 0,
    }


def trial_end(tx: Tx, session: Object) -> int | None:
    """When the trial of this order would end, if it has one."""
    data: dict[str, Any] = session[PRIVATE]["subscription_data"]
    if data.get("trial_period_days"):
        return tx.now + data["trial_period_days"] * _DAY
    return data.get("trial_end")
