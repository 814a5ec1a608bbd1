"""Subscription schedules: what a subscription will turn into, and when
(docs.stripe.com/billing/subscriptions/subscription-schedules).

A phase that ends together with a billing period changes what the next period bills, without proration; one that
ends in the middle of a period is an ordinary change of plan at that moment.
"""

from typing import Any

from stripe_sandbox import catalog, discounts, events, jobs, metadata, orders, periods, proration, spec, subscriptions
from stripe_sandbox.clock import DAY
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.promotion_codes import Purchase, coupon_behind
from stripe_sandbox.store import Object, Tx

_KIND = "subscription_schedule"
_EXPIRES_SOON = 10 * DAY  # said to be seven; the CLI's own trigger waits for it nine days before
PHASE_TAKES = [
    "phases[end_date, duration, iterations, trial, trial_end, proration_behavior]",
    "phases[items][price, quantity, metadata]",
    "phases[discounts][coupon, promotion_code]",
    "phases[metadata, description, default_payment_method, currency]",
    "phases[collection_method]=charge_automatically",
]


def new(tx: Tx, customer: str, phases: list[Object], end_behavior: str) -> Object:
    """A schedule that has not begun."""
    return {
        **spec.load().nulls(_KIND),
        "id": new_id("sub_sched"),
        "object": _KIND,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "created": tx.now,
        "customer": customer,
        "default_settings": {
            **spec.load().nulls("subscription_schedules_resource_default_settings"),
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": "automatic",
            "collection_method": "charge_automatically",
            "invoice_settings": {"account_tax_ids": None, "days_until_due": None, "issuer": {"type": "self"}},
        },
        "end_behavior": end_behavior,
        "livemode": False,
        "metadata": {},
        "pause_schedules": [],
        "phases": phases,
        "status": "not_started",
        "test_clock": tx.test_clock,
    }


def build_phases(tx: Tx, given: list[dict[str, Any]], start: int) -> list[Object]:
    """Phases one after the other, each with its beginning and its end."""
    phases = []
    for index, each in enumerate(given):
        phase = _phase(tx, each, start, f"phases[{index}]")
        phases.append(phase)
        start = phase["end_date"]
    return phases


def _phase(tx: Tx, given: dict[str, Any], start: int, where: str) -> Object:
    if given.get("start_date", start) != start:
        raise Invalid("A phase begins where the one before it ends.", param=f"{where}[start_date]")
    items, price = [], None
    for place, entry in enumerate(given["items"]):
        path = f"{where}[items][{place}][price]"
        if not entry.get("price"):
            raise Invalid(f"Missing required param: {path}.", param=path, code="parameter_missing")
        price = tx.get("price", entry["price"], param=path)
        price = catalog.in_currency(price, given.get("currency", "").lower(), f"{where}[currency]")
        proration.new_item(tx, "", price, 1, (0, 0))  # refuses what cannot be subscribed to
        items.append(_item(entry, price))
    if price is None:
        raise Invalid("A phase needs at least one item.", param=f"{where}[items]", code="parameter_missing")
    end = _end(given, start, price, where)
    trial_end = end if given.get("trial") else given.get("trial_end")
    return {
        **spec.load().nulls("subscription_schedule_phase_configuration"),
        "add_invoice_items": [],
        "collection_method": given.get("collection_method"),
        "currency": price["currency"],
        "default_payment_method": given.get("default_payment_method"),
        "default_tax_rates": [],
        "description": given.get("description") or None,
        "discounts": [
            {"coupon": each.get("coupon"), "discount": None, "promotion_code": each.get("promotion_code")}
            for each in given.get("discounts") or []
        ],
        "end_date": end,
        "items": items,
        "metadata": metadata.merged({}, given.get("metadata")),
        "proration_behavior": given.get("proration_behavior", "create_prorations"),
        "start_date": start,
        "trial_end": trial_end,
    }


def _item(given: dict[str, Any], price: Object) -> Object:
    return {
        "billing_thresholds": None,
        "discounts": [],
        "metadata": metadata.merged({}, given.get("metadata")),
        "plan": price["id"],
        "price": price["id"],
        "quantity": given.get("quantity", 1),
        "tax_rates": [],
    }


def _end(given: dict[str, Any], start: int, price: Object, where: str) -> int:
    if given.get("end_date"):
        if given["end_date"] <= start:
            raise Invalid("A phase ends after it begins.", param=f"{where}[end_date]")
        return given["end_date"]
    if given.get("duration"):
        rhythm = {"interval_count": 1, **given["duration"]}
        return periods.step(start, rhythm, 1)
    return periods.step(start, price["recurring"], given.get("iterations", 1))


def begin(tx: Tx, schedule: Object) -> Object:
    """Make the subscription. Its first invoice stays a draft for an hour, as a schedule's does."""
    phase = schedule["phases"][0]
    method = phase["default_payment_method"]
    made, _ = orders.subscribe(
        tx,
        orders.Order(
            customer=schedule["customer"],
            prices=_prices(tx, phase),
            method=subscriptions.usable_method(tx, method, schedule["customer"]) if method else None,
            on_session=False,
            metadata=phase["metadata"],
            description=phase["description"],
            trial_end=phase["trial_end"],
            collection_method=phase["collection_method"] or "charge_automatically",
            coupons=_coupons(tx, phase, schedule["customer"]),
            draft=True,
        ),
    )
    return attach(tx, schedule, made)


def _prices(tx: Tx, phase: Object) -> list[tuple[Object, int]]:
    currency = phase["currency"]
    return [
        (catalog.in_currency(tx.get("price", each["price"]), currency), each["quantity"]) for each in phase["items"]
    ]


def _coupons(tx: Tx, phase: Object, customer: str) -> list[tuple[Object, str | None]]:
    purchase = Purchase(customer, _prices(tx, phase))
    return [coupon_behind(tx, each, "discounts", purchase) for each in phase["discounts"]]


def attach(tx: Tx, schedule: Object, subscription: Object) -> Object:
    """From now on this schedule leads this subscription."""
    subscription["schedule"] = schedule["id"]
    _set_end(schedule, subscription)
    events.updated(tx, subscription, "customer.subscription.updated")
    schedule |= {"status": "active", "subscription": subscription["id"]}
    show_phase(tx, schedule)
    plan(tx, schedule)
    return schedule


def _set_end(schedule: Object, subscription: Object) -> None:
    if schedule["end_behavior"] == "cancel":
        subscription |= {"cancel_at": schedule["phases"][-1]["end_date"], "cancel_at_period_end": False}


def show_phase(tx: Tx, schedule: Object) -> None:
    """`current_phase`, from the time."""
    phase = _now_in(tx, schedule)
    schedule["current_phase"] = phase and {"start_date": phase["start_date"], "end_date": phase["end_date"]}


def _now_in(tx: Tx, schedule: Object) -> Object | None:
    return next((each for each in schedule["phases"] if each["start_date"] <= tx.now < each["end_date"]), None)


def plan(tx: Tx, schedule: Object) -> None:
    """What the clock has to do about this schedule next."""
    tx.never("schedule.turn", schedule["id"])
    tx.never("schedule.expiring", schedule["id"])
    if schedule["status"] == "not_started":
        tx.later("schedule.turn", schedule["id"], schedule["phases"][0]["start_date"])
    elif schedule["status"] == "active" and schedule["current_phase"]:
        tx.later("schedule.turn", schedule["id"], schedule["current_phase"]["end_date"])
        soon = schedule["phases"][-1]["end_date"] - _EXPIRES_SOON
        if soon > tx.now:
            tx.later("schedule.expiring", schedule["id"], soon)


@jobs.job("schedule.expiring")
def expiring(tx: Tx, id_: str) -> None:
    """Some days before the last phase ends."""
    events.emit(tx, f"{_KIND}.expiring", tx.get(_KIND, id_))


@jobs.job("schedule.turn")
def turn(tx: Tx, id_: str) -> None:
    """A phase is over. At the end of a billing period the renewal asks for this, so that it bills the new phase."""
    schedule = tx.get(_KIND, id_)
    if schedule["status"] == "not_started":
        begin(tx, schedule)
        events.updated(tx, schedule)
        return
    subscription = tx.find(schedule["subscription"], "subscription")
    if subscription is None or subscription["status"] in subscriptions.ENDED:
        return
    renews_now = subscription["items"]["data"][0]["current_period_end"] <= tx.now
    if renews_now and subscription["status"] != "paused":
        return
    _go_on(tx, schedule, subscription, boundary=False)


def before_renewal(tx: Tx, subscription: Object) -> Object:
    """Called by the renewal: enter the phase that begins now, if one does. Answers the subscription as it is then."""
    schedule = tx.find(subscription["schedule"], _KIND) if subscription["schedule"] else None
    current = schedule and schedule["current_phase"]
    if schedule is None or current is None or tx.now < current["end_date"]:
        return subscription
    _go_on(tx, schedule, subscription, boundary=True)
    return tx.fresh(subscription)


def _go_on(tx: Tx, schedule: Object, subscription: Object, *, boundary: bool) -> None:
    phase = _now_in(tx, schedule)
    if phase is None:
        complete(tx, schedule, subscription)
        return
    show_phase(tx, schedule)
    events.updated(tx, schedule)
    plan(tx, schedule)
    if boundary:
        given = wanted_items(subscription, phase)
        items = proration.edit_items(tx, subscription, given)
        if not periods.same(subscription["items"]["data"][0]["price"]["recurring"], items[0]["price"]["recurring"]):
            subscription["billing_cycle_anchor"] = tx.now
        subscription["items"]["data"] = items
        subscription["items"]["total_count"] = len(items)
        _settings(tx, subscription, phase)
        tx.save(subscription)
        return
    apply(tx, subscription, phase)


def apply(tx: Tx, subscription: Object, phase: Object) -> None:
    """Bring a subscription to a phase now, with the proration that the phase asks for."""
    _settings(tx, subscription, phase)
    given = wanted_items(subscription, phase)
    behavior = phase["proration_behavior"]
    subscriptions.change_plan(tx, subscription, given, behavior=behavior, on_session=False)


def _settings(tx: Tx, subscription: Object, phase: Object) -> None:
    subscription["metadata"] = {**subscription["metadata"], **phase["metadata"]}
    if phase["description"]:
        subscription["description"] = phase["description"]
    if phase["default_payment_method"]:
        subscription["default_payment_method"] = phase["default_payment_method"]
    if phase["discounts"]:
        subscription["discounts"] = [
            discounts.redeem(tx, coupon, code, customer=subscription["customer"], subscription=subscription["id"])["id"]
            for coupon, code in _coupons(tx, phase, subscription["customer"])
        ]


def wanted_items(subscription: Object, phase: Object) -> list[dict[str, Any]]:
    """The `items[]` of an update that leads from a subscription's items to a phase's."""
    old = list(subscription["items"]["data"])
    changes: list[dict[str, Any]] = []
    wanted = list(phase["items"])
    for item in list(wanted):
        same = next((each for each in old if each["price"]["id"] == item["price"]), None)
        if same:
            changes.append({"id": same["id"], "quantity": item["quantity"]})
            old.remove(same)
            wanted.remove(item)
    for item in wanted:
        entry = {"price": item["price"], "quantity": item["quantity"]}
        changes.append({"id": old.pop(0)["id"], **entry} if old else entry)
    return changes + [{"id": each["id"], "deleted": True} for each in old]


def complete(tx: Tx, schedule: Object, subscription: Object) -> None:
    """The last phase is over: let the subscription go on by itself, or end it."""
    schedule |= {"status": "completed", "completed_at": tx.now, "current_phase": None, "subscription": None}
    schedule["released_subscription"] = subscription["id"] if schedule["end_behavior"] == "release" else None
    tx.save(schedule)
    plan(tx, schedule)
    subscription["schedule"] = None
    if schedule["end_behavior"] == "cancel":
        tx.save(subscription)
        subscriptions.end(tx, subscription, "cancellation_requested")
    else:
        events.updated(tx, subscription, "customer.subscription.updated")
    events.emit(tx, f"{_KIND}.completed", schedule)


def release(tx: Tx, schedule: Object, *, keep_end: bool = False) -> Object:
    """Stop leading: the subscription goes on as it is."""
    subscription = tx.find(schedule["subscription"], "subscription") if schedule["subscription"] else None
    schedule |= {"status": "released", "released_at": tx.now, "current_phase": None, "subscription": None}
    schedule["released_subscription"] = subscription["id"] if subscription else None
    tx.save(schedule)
    plan(tx, schedule)
    if subscription:
        subscription["schedule"] = None
        if schedule["end_behavior"] == "cancel" and not keep_end:
            subscription["cancel_at"] = None
        events.updated(tx, subscription, "customer.subscription.updated")
    events.emit(tx, f"{_KIND}.released", schedule)
    return schedule


@subscriptions.at_the_end
def forget(tx: Tx, subscription: Object) -> None:
    """The subscription ended for another reason: its schedule is over as well."""
    schedule = tx.find(subscription["schedule"], _KIND) if subscription["schedule"] else None
    if schedule is None or schedule["status"] != "active":
        return
    schedule |= {"status": "canceled", "canceled_at": tx.now, "current_phase": None}
    tx.save(schedule)
    plan(tx, schedule)
    late = subscription["cancellation_details"]["reason"] == "payment_failed"
    events.emit(tx, f"{_KIND}.{'aborted' if late else 'canceled'}", schedule)
