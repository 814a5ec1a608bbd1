"""How a subscription begins: by the API, by Checkout, or by a schedule (docs.stripe.com/api/subscriptions/create)."""

from dataclasses import dataclass, field

from stripe_sandbox import (
    discounts,
    events,
    invoice_lines,
    invoices,
    money,
    periods,
    proration,
    spec,
    subscriptions,
)
from stripe_sandbox.clock import HOUR
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx
from stripe_sandbox.subscriptions import ENDED


@dataclass(frozen=True)
class Order:
    """What somebody wants to subscribe to, from the API or from a hosted page."""

    customer: str
    prices: list[tuple[Object, int]]
    method: Object | None = None  # charged, and kept as the subscription's own card
    on_session: bool = True
    behavior: str = "allow_incomplete"
    metadata: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    trial_end: int | None = None
    missing_payment_method: str = "create_invoice"
    anchor: int | None = None
    cancel_at_period_end: bool = False
    cancel_at: int | None = None
    collection_method: str = "charge_automatically"
    days_until_due: int | None = None
    coupons: list[tuple[Object, str | None]] = field(default_factory=list)
    save_method: bool = False
    keep_method: bool = True
    checkout_session: str | None = None
    intent: Object | None = None  # a payment that the cardholder has been asked about already
    authenticated: bool = False
    item_notes: list[dict[str, str]] = field(default_factory=list)  # metadata of each item, if any
    free_until_anchor: bool = False
    draft: bool = False  # begins active, and its first invoice waits an hour: what a schedule does


def subscribe(tx: Tx, order: Order) -> tuple[Object, Outcome]:
    """Begin a subscription and bill its first period. The outcome says how the payment went."""
    customer = tx.get("customer", order.customer, param="customer")
    subscription = _new(tx, order)
    _check_currency(tx, order, subscription["currency"])
    if order.anchor and order.free_until_anchor and order.trial_end is None:
        return _free_at_first(tx, order, subscription), Outcome("paid")
    default = customer["invoice_settings"]["default_payment_method"]
    method = order.method or (tx.find(default, "payment_method") if default else None)
    trial = order.trial_end is not None
    pairs = _redeem(tx, order, subscription)
    waiting = invoice_lines.waiting(tx, customer["id"], subscription["id"])
    invoice = _first_invoice(tx, order, customer, subscription, waiting, pairs)
    due = max(0, invoice["total"] + customer["balance"])
    automatic = order.collection_method == "charge_automatically"
    if due and automatic and method is None and order.behavior != "default_incomplete" and not order.draft:
        raise Invalid(
            "This customer has no attached payment source or default payment method. "
            "Please consider adding a default payment method.",
            code="resource_missing",
        )
    subscription["latest_invoice"] = invoice["id"]
    if order.draft and not trial:
        subscription["status"] = "active"
    events.created(tx, subscription, "customer.subscription.created")
    invoice_lines.take(tx, waiting, invoice["id"])
    if order.draft or (due and not automatic):  # who is sent invoices has the first one for an hour to change as well
        invoices.draft(tx, invoice, finalizes_at=tx.now + HOUR)
        discounts.spend(tx, tx.fresh(subscription))
        subscriptions.plan_jobs(tx, tx.fresh(subscription))
        return tx.fresh(subscription), Outcome("paid")
    invoices.draft(tx, invoice)
    invoices.finalize(tx, invoice, intent=order.intent)
    discounts.spend(tx, tx.fresh(subscription))
    outcome = Outcome("paid")
    subscriptions.plan_jobs(tx, tx.fresh(subscription))
    if due and automatic:
        if method and order.behavior != "default_incomplete":
            outcome = invoices.pay(tx, invoice, method, on_session=order.on_session, authenticated=order.authenticated)
        else:
            outcome = Outcome("action")
    if trial:
        subscriptions.announce_trial_end(tx, tx.fresh(subscription))
    return tx.fresh(subscription), outcome


def preview(tx: Tx, order: Order) -> Object:
    """The first invoice, if this were ordered now. Nothing is stored."""
    customer = tx.get("customer", order.customer, param="customer")
    subscription = _new(tx, order)
    waiting = invoice_lines.waiting(tx, customer["id"], subscription["id"])
    return _first_invoice(tx, order, customer, subscription, waiting, [])


def _redeem(tx: Tx, order: Order, subscription: Object) -> list[tuple[Object, Object]]:
    pairs = []
    for coupon, code in order.coupons:
        discount = discounts.redeem(
            tx,
            coupon,
            code,
            customer=order.customer,
            subscription=subscription["id"],
            checkout_session=order.checkout_session,
        )
        subscription["discounts"].append(discount["id"])
        pairs.append((discount, coupon))
    return pairs


def _first_invoice(
    tx: Tx,
    order: Order,
    customer: Object,
    subscription: Object,
    waiting: list[Object],
    pairs: list[tuple[Object, Object]],
) -> Object:
    """What the first period costs, with what waited for an invoice. Not stored."""
    period, trial = subscriptions.period_of(subscription), order.trial_end is not None
    lines = [
        invoice_lines.of_period(tx, subscription, item, period, trial=trial) for item in subscription["items"]["data"]
    ]
    _shorten_first(subscription, lines, period, order)
    return invoices.build(
        tx,
        customer,
        [item[PRIVATE]["line"] for item in waiting] + lines,
        reason="subscription_create",
        currency=subscription["currency"],
        subscription=subscription,
        period=(tx.now, tx.now),
        pairs=pairs,
    )


def _free_at_first(tx: Tx, order: Order, subscription: Object) -> Object:
    """Nothing is billed, not even nothing, before the anchor (docs.stripe.com/billing/subscriptions/billing-cycle)."""
    _redeem(tx, order, subscription)
    subscription["status"] = "active"
    events.created(tx, subscription, "customer.subscription.created")
    subscriptions.plan_jobs(tx, subscription)
    return tx.fresh(subscription)


def _check_currency(tx: Tx, order: Order, currency: str) -> None:
    """One customer pays in one currency at a time, and a coupon takes off its own."""
    others = [each for each in tx.of_customer("subscription", order.customer) if each["status"] not in ENDED]
    items = [each for each in tx.of_customer("invoiceitem", order.customer) if each["invoice"] is None]
    other = next((each["currency"] for each in others + items if each["currency"] != currency), None)
    if other:
        raise Invalid(
            "You cannot combine currencies on a single customer. This customer has an active subscription, "
            f"subscription schedule, discount, quote, or invoice item with currency {other}.",
            param="items",
        )
    if any(coupon["amount_off"] and coupon["currency"] != currency for coupon, _ in order.coupons):
        raise Invalid(f"The coupon's currency is not {currency}, the currency of the subscription.", param="discounts")


def _new(tx: Tx, order: Order) -> Object:
    id_ = new_id("sub")
    recurring = order.prices[0][0]["recurring"] or {"interval": "month", "interval_count": 1}
    trial = order.trial_end is not None
    anchor = order.trial_end or order.anchor or tx.now
    if trial:
        period = (tx.now, anchor)
    elif order.anchor:
        period = (tx.now, periods.around(anchor, recurring, tx.now)[1])
    else:
        period = (tx.now, periods.step(anchor, recurring, 1))
    items = [proration.new_item(tx, id_, price, quantity, period) for price, quantity in order.prices]
    for item, notes in zip(items, order.item_notes, strict=False):
        item["metadata"] = notes
    currency = items[0]["price"]["currency"]
    proration.check_alike(items, currency)
    subscription: Object = {
        **spec.load().nulls("subscription"),
        "id": id_,
        "object": "subscription",
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": anchor,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "cancel_at": order.cancel_at or (period[1] if order.cancel_at_period_end else None),
        "cancel_at_period_end": order.cancel_at_period_end,
        "canceled_at": tx.now if order.cancel_at or order.cancel_at_period_end else None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": order.collection_method,
        "created": tx.now,
        "currency": currency,
        "customer": order.customer,
        "days_until_due": order.days_until_due,
        "default_payment_method": order.method["id"] if order.method and order.keep_method else None,
        "default_tax_rates": [],
        "description": order.description,
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": {
            "object": "list",
            "data": items,
            "has_more": False,
            "total_count": len(items),
            "url": f"/v1/subscription_items?subscription={id_}",
        },
        "livemode": False,
        "metadata": order.metadata,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "on_subscription" if order.save_method else "off",
        },
        "start_date": tx.now,
        "status": "trialing" if trial else "incomplete",
        "test_clock": tx.test_clock,
        "trial_end": order.trial_end,
        "trial_settings": {"end_behavior": {"missing_payment_method": order.missing_payment_method}},
        "trial_start": tx.now if trial else None,
        PRIVATE: {},
    }
    if order.collection_method == "send_invoice" and not trial:
        subscription["status"] = "active"
    return subscription


def _shorten_first(subscription: Object, lines: list[Object], period: tuple[int, int], order: Order) -> None:
    """A later anchor makes the first period a part of one."""
    if not order.anchor or order.trial_end:
        return
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    whole = periods.around(order.anchor, recurring, period[0])
    for each in lines:
        each["amount"] = each["subtotal"] = money.share(each["amount"], period[1] - period[0], whole[1] - whole[0])
