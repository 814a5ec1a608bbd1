"""The calls about subscription schedules (docs.stripe.com/api/subscription_schedules)."""

from stripe_sandbox import events, lists, metadata, schedules, subscriptions, subscriptions_api
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.store import Object, Tx

_KIND = "subscription_schedule"


@route(
    "POST",
    "/v1/subscription_schedules",
    takes=[
        *schedules.PHASE_TAKES,
        "customer",
        "from_subscription",
        "start_date",
        "end_behavior=release|cancel",
        "metadata",
        "billing_mode[type]=flexible",
    ],
)
def create(tx: Tx, params: Params) -> Object:
    end = params.get("end_behavior", "release")
    if params.get("from_subscription"):
        return _from_subscription(tx, params, end)
    for name in ("customer", "phases"):
        if not params.get(name):
            raise Invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    tx.get("customer", params["customer"], param="customer")
    asked = params.get("start_date", "now")
    start = tx.now if asked == "now" else asked
    if start < tx.now:
        raise Invalid("The sandbox begins schedules now or later, not in the past.", param="start_date")
    made = schedules.new(tx, params["customer"], schedules.build_phases(tx, params["phases"], start), end)
    made["metadata"] = metadata.merged({}, params.get("metadata"))
    events.created(tx, made)
    if start == tx.now:
        schedules.begin(tx, made)
        tx.save(made)
    else:
        schedules.plan(tx, made)
    return tx.fresh(made)


def _from_subscription(tx: Tx, params: Params, end: str) -> Object:
    """Take over a subscription as it is: its current period becomes the first phase."""
    for name in ("phases", "customer", "start_date"):
        if name in params:
            raise Invalid(f"You cannot set `{name}` if `from_subscription` is set.", param=name)
    found = tx.get("subscription", params["from_subscription"], param="from_subscription")
    return take_over(tx, found, end, metadata.merged({}, params.get("metadata")))


def take_over(tx: Tx, found: Object, end: str = "release", kept: dict[str, str] | None = None) -> Object:
    """Lead a subscription from now on; its current period is the first phase."""
    if found["status"] in subscriptions.ENDED:
        raise Invalid("You cannot migrate a subscription that is canceled.", param="from_subscription")
    if found["schedule"]:
        raise Invalid(
            "You cannot migrate a subscription that is already attached to a schedule.", param="from_subscription"
        )
    items = found["items"]["data"]
    phase = {
        "items": [{"price": item["price"]["id"], "quantity": item["quantity"]} for item in items],
        "end_date": items[0]["current_period_end"],
    }
    phases = schedules.build_phases(tx, [phase], items[0]["current_period_start"])
    phases[0]["trial_end"] = found["trial_end"] if found["status"] == "trialing" else None
    made = schedules.new(tx, found["customer"], phases, end)
    made["metadata"] = kept or {}
    tx.add(made)
    schedules.attach(tx, made, found)
    tx.save(made)
    events.emit(tx, f"{_KIND}.created", made)
    return made


@route("GET", "/v1/subscription_schedules", takes=[*lists.PAGE, "customer", "scheduled"])
def list_all(tx: Tx, params: Params) -> Object:
    extra = "json_extract(body, '$.status') = 'not_started'" if params.get("scheduled") else ""
    return lists.page(tx, _KIND, "/v1/subscription_schedules", params, {"customer": params.get("customer")}, extra)


@route("GET", "/v1/subscription_schedules/{schedule}")
def retrieve(tx: Tx, params: Params, schedule: str) -> Object:
    return tx.at(_KIND, schedule)


@route(
    "POST",
    "/v1/subscription_schedules/{schedule}",
    takes=[
        *schedules.PHASE_TAKES,
        "phases[start_date]",
        "end_behavior=release|cancel",
        "metadata",
        "proration_behavior",
    ],
)
def update(tx: Tx, params: Params, schedule: str) -> Object:
    found = _living(tx, schedule, "updated")
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    found["end_behavior"] = params.get("end_behavior", found["end_behavior"])
    if "phases" not in params:
        if "end_behavior" in params and found["subscription"]:
            schedules.attach(tx, found, tx.get("subscription", found["subscription"]))
        return events.updated(tx, found)
    given = params["phases"]
    first = given[0].get("start_date") if given else None
    start = tx.now if first == "now" else first or found["phases"][0]["start_date"]
    if found["status"] == "active" and start != found["phases"][0]["start_date"] and start != _current(found):
        raise Invalid(
            "You can not modify the start date of the current phase: pass the phases from the current one on.",
            param="phases[0][start_date]",
        )
    given = [{**given[0], "start_date": start}, *given[1:]]
    found["phases"] = schedules.build_phases(tx, given, start)
    if found["status"] == "not_started":
        schedules.plan(tx, found)
        return events.updated(tx, found)
    if found["phases"][-1]["end_date"] <= tx.now:
        raise Invalid("The last phase must end in the future.", param="phases")
    subscription = tx.get("subscription", found["subscription"])
    schedules.attach(tx, found, subscription)
    phase = next(each for each in found["phases"] if each["start_date"] <= tx.now < each["end_date"])
    if _differs(tx, subscription, phase):
        behavior = params.get("proration_behavior", phase["proration_behavior"])
        schedules.apply(tx, subscription, {**phase, "proration_behavior": behavior})
    return events.updated(tx, found)


def _current(found: Object) -> int | None:
    return found["current_phase"] and found["current_phase"]["start_date"]


def _differs(tx: Tx, subscription: Object, phase: Object) -> bool:
    """Does the phase that runs now want other items than the subscription has?"""
    has = sorted((item["price"]["id"], item["quantity"]) for item in subscription["items"]["data"])
    return has != sorted((item["price"], item["quantity"]) for item in phase["items"])


def _living(tx: Tx, id_: str, word: str) -> Object:
    found = tx.at(_KIND, id_)
    if found["status"] not in ("not_started", "active"):
        raise Invalid(
            f"This schedule cannot be {word}: its status is {found['status']}, not `not_started` or `active`."
        )
    return found


@route("POST", "/v1/subscription_schedules/{schedule}/release", takes=["preserve_cancel_date"])
def release(tx: Tx, params: Params, schedule: str) -> Object:
    found = _living(tx, schedule, "released")
    return schedules.release(tx, found, keep_end=params.get("preserve_cancel_date", False))


@route("POST", "/v1/subscription_schedules/{schedule}/cancel", takes=["invoice_now", "prorate"])
def cancel(tx: Tx, params: Params, schedule: str) -> Object:
    found = _living(tx, schedule, "canceled")
    id_ = found["subscription"]
    found |= {"status": "canceled", "canceled_at": tx.now, "current_phase": None}
    tx.save(found)
    schedules.plan(tx, found)
    if id_:
        subscription = tx.get("subscription", id_)
        prorate, invoice_now = params.get("prorate", True), params.get("invoice_now", True)
        subscriptions_api.end_now(tx, subscription, prorate=prorate, invoice_now=invoice_now)
    else:
        events.emit(tx, f"{_KIND}.aborted", found)
    events.emit(tx, f"{_KIND}.canceled", found)
    return found
