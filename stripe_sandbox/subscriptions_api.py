"""The calls about subscriptions and their items (docs.stripe.com/api/subscriptions, …/subscription_items)."""

from typing import Any

from stripe_sandbox import (
    catalog,
    cycle,
    discounts,
    events,
    lists,
    metadata,
    orders,
    pauses,
    pending_updates,
    proration,
    subscriptions,
    trials,
)
from stripe_sandbox.api import Params, route
from stripe_sandbox.clock import DAY
from stripe_sandbox.errors import CardDeclined, Invalid, Missing
from stripe_sandbox.orders import Order
from stripe_sandbox.payments import Outcome
from stripe_sandbox.promotion_codes import Purchase, coupon_behind
from stripe_sandbox.store import Object, Tx
from stripe_sandbox.subscriptions import ENDED

_UPDATED = "customer.subscription.updated"
_COMMON = [
    "automatic_tax[enabled]=false",
    "billing_cycle_anchor",
    "cancel_at",
    "cancel_at_period_end",
    "collection_method",
    "days_until_due",
    "default_payment_method",
    "description",
    "discounts[coupon, promotion_code]",
    "items[price, quantity, metadata]",
    "metadata",
    "off_session",
    "payment_behavior",
    "payment_settings[save_default_payment_method]",
    "proration_behavior",
    "trial_end",
    "trial_settings",
]


@route(
    "POST",
    "/v1/subscriptions",
    takes=[
        *_COMMON,
        "customer",
        "currency",
        "trial_period_days",
        "billing_mode[type]=flexible",
        "billing_mode[flexible][proration_discounts]=included",
    ],
)
def create(tx: Tx, params: Params) -> Object:
    customer = params.get("customer")
    if not customer:
        raise Invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    tx.get("customer", customer, param="customer")
    given = params.get("items") or []
    if not given:
        raise Invalid("Missing required param: items.", param="items", code="parameter_missing")
    prices = []
    for index, entry in enumerate(given):
        where = f"items[{index}][price]"
        if not entry.get("price"):
            raise Invalid(f"Missing required param: {where}.", param=where, code="parameter_missing")
        price = catalog.in_currency(tx.get("price", entry["price"], param=where), params.get("currency", "").lower())
        prices.append((price, entry.get("quantity", 1)))
    _check_terms(params, params.get("collection_method", "charge_automatically"), None)
    own = params.get("default_payment_method")
    behavior = params.get("payment_behavior", "allow_incomplete")
    settings = params.get("payment_settings") or {}
    order = Order(
        customer=customer,
        prices=prices,
        method=subscriptions.usable_method(tx, own, customer) if own else None,
        on_session=not params.get("off_session"),
        behavior=behavior,
        metadata=metadata.merged({}, params.get("metadata")),
        description=params.get("description"),
        trial_end=_trial_end(tx, params),
        missing_payment_method=_missing(params) or "create_invoice",
        anchor=params.get("billing_cycle_anchor"),
        cancel_at_period_end=params.get("cancel_at_period_end", False),
        cancel_at=params.get("cancel_at"),
        collection_method=params.get("collection_method", "charge_automatically"),
        days_until_due=params.get("days_until_due"),
        coupons=_coupons(tx, params, customer, prices),
        save_method=settings.get("save_default_payment_method") == "on_subscription",
        item_notes=[metadata.merged({}, entry.get("metadata")) for entry in given],
        free_until_anchor=params.get("proration_behavior") == "none",
    )
    made, outcome = orders.subscribe(tx, order)
    _refuse_incomplete(tx, made, outcome, behavior)
    return made


def _coupons(
    tx: Tx, params: Params, customer: str, prices: list[tuple[Object, int]]
) -> list[tuple[Object, str | None]]:
    purchase = Purchase(customer, prices)
    given = params.get("discounts") or []
    return [coupon_behind(tx, each, f"discounts[{index}]", purchase) for index, each in enumerate(given)]


def _check_terms(params: Params, collection_method: str, days: int | None) -> None:
    """Whoever is sent invoices has days to pay them in; whoever is charged has not."""
    days = params.get("days_until_due", days)
    if collection_method == "send_invoice" and not days:
        raise Invalid(
            "You must pass `days_until_due` when `collection_method` is `send_invoice`.",
            param="days_until_due",
            code="parameter_missing",
        )
    if collection_method == "charge_automatically" and params.get("days_until_due"):
        raise Invalid(
            "You can only set `days_until_due` if `collection_method` is `send_invoice`.", param="days_until_due"
        )


def _refuse_incomplete(tx: Tx, made: Object, outcome: Outcome, behavior: str) -> None:
    """`error_if_incomplete`: no payment, nothing done."""
    if behavior != "error_if_incomplete" or outcome.paid:
        return
    error = outcome.error or CardDeclined(
        "This payment requires additional user action before it can be completed successfully.",
        code="subscription_payment_intent_requires_action",
    )
    error.keep = False
    raise error


def _trial_end(tx: Tx, params: Params) -> int | None:
    days, end = params.get("trial_period_days"), params.get("trial_end")
    if days and end:
        raise Invalid("You cannot pass both trial_end and trial_period_days.", param="trial_end")
    if days:
        return tx.now + days * DAY
    if end in (None, "now", ""):
        return None
    if end <= tx.now:
        raise Invalid("The trial end must be in the future.", param="trial_end")
    return end


def _missing(params: Params) -> str | None:
    return ((params.get("trial_settings") or {}).get("end_behavior") or {}).get("missing_payment_method")


@route(
    "GET",
    "/v1/subscriptions",
    takes=[
        *lists.PAGE,
        "customer",
        "status",
        "price",
        "collection_method",
        "test_clock",
        "current_period_start",
        "current_period_end",
    ],
)
def list_all(tx: Tx, params: Params) -> Object:
    status = params.get("status")
    equals: dict[str, Any] = {name: params.get(name) for name in ("customer", "collection_method", "test_clock")}
    extra, values = "", ()
    if status is None:
        extra = "json_extract(body, '$.status') NOT IN ('canceled', 'incomplete_expired')"
    elif status == "ended":
        extra = "json_extract(body, '$.status') IN ('canceled', 'incomplete_expired')"
    elif status != "all":
        equals["status"] = status
    if not params.get("customer") and not params.get("test_clock"):
        extra += f"{' AND ' if extra else ''}json_extract(body, '$.test_clock') IS NULL"
    if params.get("price"):
        extra += f"{' AND ' if extra else ''}instr(body, ?) > 0"
        values = (f'"{params["price"]}"',)
    ranges = {name: f"items.data[0].{name}" for name in ("current_period_start", "current_period_end")}
    return lists.page(tx, "subscription", "/v1/subscriptions", params, equals, extra, values, ranges)


@route("GET", "/v1/subscriptions/{subscription}")
def retrieve(tx: Tx, params: Params, subscription: str) -> Object:
    return tx.at("subscription", subscription)


@route(
    "POST",
    "/v1/subscriptions/{subscription}",
    takes=[
        *_COMMON,
        "cancellation_details",
        "discounts[discount]",
        "items[id, deleted]",
        "pause_collection",
        "proration_date",
    ],
)
def update(tx: Tx, params: Params, subscription: str) -> Object:
    found = tx.at("subscription", subscription)
    if found["status"] in ENDED:
        if set(params) - {"metadata", "cancellation_details"}:
            raise Invalid("A canceled subscription can only update its cancellation_details and metadata.")
        found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
        return events.updated(tx, found, _UPDATED)
    behavior = params.get("payment_behavior", "allow_incomplete")
    if behavior == "pending_if_incomplete":
        _refuse_beside_pending(params)
        _pending(tx, params, found)
        return tx.fresh(found)
    _plain(tx, params, found)
    outcome = _billing(tx, params, found, charge=behavior != "default_incomplete")
    _refuse_incomplete(tx, found, outcome, behavior)
    return tx.fresh(found)


def _refuse_beside_pending(params: Params) -> None:
    beside = sorted(set(params) - pending_updates.ALLOWED)
    if beside:
        raise Invalid(
            f"When `payment_behavior` is `pending_if_incomplete`, `{beside[0]}` cannot be changed in the same call.",
            param=beside[0],
        )


def _pending(tx: Tx, params: Params, found: Object) -> None:
    anchor = params.get("billing_cycle_anchor")
    anchor = anchor.get("type") if isinstance(anchor, dict) else anchor
    pending_updates.ask(
        tx,
        found,
        params.get("items") or [],
        behavior=params.get("proration_behavior", "create_prorations"),
        moment=params.get("proration_date"),
        restart=anchor == "now",
        on_session=not params.get("off_session"),
    )


def _plain(tx: Tx, params: Params, found: Object) -> None:
    """What changes nothing about money."""
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    _check_terms(params, params.get("collection_method", found["collection_method"]), found["days_until_due"])
    for name in ("description", "collection_method", "days_until_due"):
        if name in params:
            found[name] = params[name] or None
    if found["collection_method"] == "charge_automatically":
        found["days_until_due"] = None
    if params.get("default_payment_method"):
        method = subscriptions.usable_method(tx, params["default_payment_method"], found["customer"])
        found["default_payment_method"] = method["id"]
    elif "default_payment_method" in params:
        found["default_payment_method"] = None
    saves = (params.get("payment_settings") or {}).get("save_default_payment_method")
    if saves:
        found["payment_settings"]["save_default_payment_method"] = saves
    if _missing(params):
        found["trial_settings"]["end_behavior"]["missing_payment_method"] = _missing(params)
    if "pause_collection" in params:
        pauses.collection(tx, found, params["pause_collection"] or None)
    if "discounts" in params:
        found["discounts"] = _discounts(tx, params, found)
    _cancellation(tx, params, found)


def _discounts(tx: Tx, params: Params, found: Object) -> list[str]:
    """The discounts from now on: those it has and may keep, and new ones."""
    kept = []
    for index, each in enumerate(params["discounts"] or []):
        if each.get("discount"):
            if each["discount"] not in found["discounts"]:
                where = f"discounts[{index}][discount]"
                raise Invalid(f"No such discount: '{each['discount']}'", param=where, code="resource_missing")
            kept.append(each["discount"])
            continue
        purchase = Purchase(found["customer"], [(item["price"], item["quantity"]) for item in found["items"]["data"]])
        coupon, code = coupon_behind(tx, each, f"discounts[{index}]", purchase)
        kept.append(discounts.redeem(tx, coupon, code, customer=found["customer"], subscription=found["id"])["id"])
    return kept


def _cancellation(tx: Tx, params: Params, found: Object) -> None:
    if params.get("cancel_at_period_end") and params.get("cancel_at"):
        raise Invalid("You may only specify one of these parameters: cancel_at, cancel_at_period_end.")
    if params.get("cancel_at_period_end"):
        subscriptions.schedule_cancel(tx, found, at_period_end=True)
    elif params.get("cancel_at"):
        if not isinstance(params["cancel_at"], int) or params["cancel_at"] <= tx.now:
            raise Invalid("cancel_at must be a moment in the future.", param="cancel_at")
        subscriptions.schedule_cancel(tx, found, at_period_end=False, at=params["cancel_at"])
    elif params.get("cancel_at_period_end") is False or ("cancel_at" in params and not params["cancel_at"]):
        subscriptions.keep(found)
    details = params.get("cancellation_details") or {}
    found["cancellation_details"] |= {name: value or None for name, value in details.items()}


def _billing(tx: Tx, params: Params, found: Object, *, charge: bool) -> Outcome:
    behavior = params.get("proration_behavior", "create_prorations")
    anchor = params.get("billing_cycle_anchor")
    anchor = anchor.get("type") if isinstance(anchor, dict) else anchor
    trial_end = params.get("trial_end")
    items = params.get("items") or []
    on_session = not params.get("off_session")
    if trial_end == "now" and found["status"] == "trialing":
        if items:
            found["items"]["data"] = proration.edit_items(tx, found, items)
        return cycle.end_trial(tx, found, on_session=on_session)
    if isinstance(trial_end, int):
        found = trials.move(tx, found, trial_end, prorate=behavior != "none", on_session=on_session)
    if items or anchor == "now":
        return subscriptions.change_plan(
            tx,
            found,
            items,
            behavior=behavior,
            moment=params.get("proration_date"),
            restart=anchor == "now",
            on_session=on_session,
            charge=charge,
        )
    events.updated(tx, found, _UPDATED)
    subscriptions.plan_jobs(tx, found)
    return Outcome("paid")


@route(
    "DELETE",
    "/v1/subscriptions/{subscription}",
    takes=["cancellation_details", "invoice_now", "prorate"],
)
def cancel(tx: Tx, params: Params, subscription: str) -> Object:
    found = tx.at("subscription", subscription)
    if found["status"] in ENDED:
        raise Missing("subscription", subscription, in_path=True)
    details = params.get("cancellation_details") or {}
    found["cancellation_details"] |= {name: value or None for name, value in details.items()}
    end_now(tx, found, prorate=params.get("prorate", False), invoice_now=params.get("invoice_now", False))
    return tx.fresh(found)


def end_now(tx: Tx, found: Object, *, prorate: bool, invoice_now: bool) -> None:
    """Cancel at once; on request the unused time comes back as credit."""
    if prorate and found["status"] in ("active", "past_due"):
        pauses.credit_rest(tx, found, invoice_now=invoice_now)
    subscriptions.end(tx, found, "cancellation_requested")


@route("POST", "/v1/subscriptions/{subscription}/pause", takes=["bill_for", "invoicing_behavior", "type"])
def pause(tx: Tx, params: Params, subscription: str) -> Object:
    found = tx.at("subscription", subscription)
    if found["status"] not in ("active", "trialing", "past_due"):
        raise Invalid(f"A subscription that is {found['status']} cannot be paused.")
    wanted = (params.get("bill_for") or {}).get("unused_time_from") or {}
    credit = wanted.get("type", "now") != "none"
    pauses.pause(tx, found, credit=credit, invoice_now=params.get("invoicing_behavior") == "invoice")
    return tx.fresh(found)


@route(
    "POST",
    "/v1/subscriptions/{subscription}/resume",
    takes=["billing_cycle_anchor", "proration_behavior", "payment_behavior"],
)
def resume(tx: Tx, params: Params, subscription: str) -> Object:
    found = tx.at("subscription", subscription)
    if found["status"] != "paused":
        raise Invalid("This subscription cannot be resumed because it is not paused.")
    anchor = params.get("billing_cycle_anchor", "now")
    anchor = anchor["type"] if isinstance(anchor, dict) else anchor
    pauses.resume(
        tx,
        found,
        restart=anchor == "now",
        prorate=params.get("proration_behavior") != "none",
        when_paid=params.get("payment_behavior") == "resume_on_payment_success",
    )
    return tx.fresh(found)
