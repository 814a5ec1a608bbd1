"""Changing a plan in the middle of a period: what is given back and what is charged, to the second, in whole
minor units (docs.stripe.com/billing/subscriptions/prorations)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stripe_sandbox import catalog, discounts, invoice_lines, metadata, money, periods, spec, wire
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import Object, Tx


@dataclass(frozen=True)
class Change:
    """A plan change, worked out but not done."""

    items: list[Object]  # the items afterwards
    lines: list[Object]  # what to bill for it
    restarts: bool  # a new rhythm begins a new period now, and is billed now
    anchor: int


def new_item(tx: Tx, subscription_id: str, price: Object, quantity: int, period: tuple[int, int]) -> Object:
    """A subscription item."""
    if price["recurring"] is None:
        raise Invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
            param="items[0][price]",
        )
    if not price["active"]:
        raise Invalid("The price specified is inactive. This field only accepts active prices.", param="price")
    return {
        **spec.load().nulls("subscription_item"),
        "id": new_id("si", 14),
        "object": "subscription_item",
        "created": tx.now,
        "current_period_end": period[1],
        "current_period_start": period[0],
        "discounts": [],
        "metadata": {},
        "plan": plan_of(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def plan_of(price: Object) -> Object:
    """The legacy plan that the API still shows beside a price."""
    price = wire.public(price)
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def edit_items(tx: Tx, subscription: Object, given: list[dict[str, Any]]) -> list[Object]:
    """The items after `items[]` of an update: changed, added, taken away."""
    items = [dict(item) for item in subscription["items"]["data"]]
    for index, entry in enumerate(given):
        where = f"items[{index}]"
        old = next((item for item in items if item["id"] == entry.get("id")), None)
        if entry.get("id") and old is None:
            raise Invalid(f"No such subscription item: '{entry['id']}'", param=f"{where}[id]", code="resource_missing")
        if old and entry.get("deleted"):
            items.remove(old)
            continue
        price = tx.get("price", entry["price"], param=f"{where}[price]") if entry.get("price") else None
        price = price and catalog.in_currency(price, subscription["currency"], f"{where}[price]")
        if old is None:
            if price is None:
                raise Invalid(
                    f"Missing required param: {where}[price].", param=f"{where}[price]", code="parameter_missing"
                )
            first = subscription["items"]["data"][0]
            period = (first["current_period_start"], first["current_period_end"])
            made = new_item(tx, subscription["id"], price, entry.get("quantity", 1), period)
            items.append(made | {"metadata": metadata.merged({}, entry.get("metadata"))})
            continue
        if price:
            new_item(tx, subscription["id"], price, 1, (0, 0))  # refuses what cannot be subscribed to
            old |= {"price": price, "plan": plan_of(price)}
        old["quantity"] = entry.get("quantity", old["quantity"])
        old["metadata"] = metadata.merged(old["metadata"], entry.get("metadata"))
    if not items:
        raise Invalid("A subscription needs at least one item.", param="items")
    check_alike(items, subscription["currency"])
    return items


def check_alike(items: list[Object], currency: str | None) -> None:
    """All items bill together: one currency, one rhythm."""
    first = items[0]["price"]
    for item in items:
        if item["price"]["currency"] != (currency or first["currency"]):
            raise Invalid("All prices of a subscription must have the same currency.", param="items")
        if not periods.same(item["price"]["recurring"], first["recurring"]):
            raise Invalid("All prices of a subscription must have the same interval in the sandbox.", param="items")
        if item["quantity"] < 0:
            raise Invalid("Invalid non-negative integer", param="items[0][quantity]")


def change(
    tx: Tx, subscription: Object, items: list[Object], moment: int, behavior: str, *, restart: bool = False
) -> Change:
    """Work out what moving to these items at a moment costs. Nothing is stored."""
    before = subscription["items"]["data"]
    old_rhythm, new_rhythm = before[0]["price"]["recurring"], items[0]["price"]["recurring"]
    trial = subscription["status"] == "trialing"
    restarts = restart or (not trial and not periods.same(old_rhythm, new_rhythm))
    start, end = before[0]["current_period_start"], before[0]["current_period_end"]
    if not start <= moment <= end:
        raise Invalid("The proration date must lie in the current period.", param="proration_date")
    lines: list[Object] = []
    free = trial or behavior == "none"
    if not free:
        lines += [
            _part(tx, subscription, item, moment, (start, end), credit=True)
            for item in before
            if restarts or _changed(item, items)
        ]
    if restarts:
        period = (moment, periods.step(moment, new_rhythm, 1))
        items = [{**item, "current_period_start": period[0], "current_period_end": period[1]} for item in items]
        lines += [invoice_lines.of_period(tx, subscription, item, period, trial=False) for item in items]
        return Change(items, lines, True, moment)
    if not free:
        lines += [
            _part(tx, subscription, item, moment, (start, end), credit=False)
            for item in items
            if _changed(item, before)
        ]
    return Change(items, lines, False, subscription["billing_cycle_anchor"])


def credits(tx: Tx, subscription: Object, moment: int) -> list[Object]:
    """Lines that give back the time from a moment to the end of the period that is paid for."""
    parts = []
    for item in subscription["items"]["data"]:
        period = (item["current_period_start"], item["current_period_end"])
        parts.append(_part(tx, subscription, item, moment, period, credit=True))
    return [each for each in parts if each["amount"] < 0]


def _changed(item: Object, others: list[Object]) -> bool:
    other = next((each for each in others if each["id"] == item["id"]), None)
    return other is None or (other["price"]["id"], other["quantity"]) != (item["price"]["id"], item["quantity"])


def _part(tx: Tx, subscription: Object, item: Object, moment: int, period: tuple[int, int], *, credit: bool) -> Object:
    start, end = period
    whole = invoice_lines.amount_of(item)
    paid_by = discounts.active(tx, subscription, start if credit else None)  # nobody gets back more than was paid
    for _, coupon in paid_by:
        whole -= discounts.amount_off(coupon, whole) if discounts.covers(coupon, item["price"]["product"]) else 0
    part = money.share(whole, end - moment, end - start)
    name = invoice_lines.product_name(tx, item["price"])
    day = datetime.fromtimestamp(moment, UTC).strftime("%d %b %Y").lstrip("0")
    times = f"{item['quantity']} × " if item["quantity"] != 1 else ""
    return invoice_lines.line(
        tx,
        amount=-part if credit else part,
        description=f"{'Unused' if credit else 'Remaining'} time on {times}{name} after {day}",
        period=(moment, end),
        price=item["price"],
        quantity=item["quantity"],
        currency=item["price"]["currency"],
        subscription=subscription["id"],
        item=item["id"],
        proration=True,
    )
