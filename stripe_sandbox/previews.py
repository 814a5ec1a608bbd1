"""What an invoice would be, before anything is stored (docs.stripe.com/api/invoices/create_preview)."""

from stripe_sandbox import cycle, discounts, invoice_lines, invoices, orders, periods, proration, schedules
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.store import PRIVATE, Object, Tx


@route(
    "POST",
    "/v1/invoices/create_preview",
    takes=[
        "customer",
        "subscription",
        "subscription_details[items][id, price, quantity, deleted, metadata]",
        "subscription_details[proration_behavior, proration_date, billing_cycle_anchor, trial_end]",
    ],
)
def preview(tx: Tx, params: Params) -> Object:
    """What the next invoice, or a change of plan, would cost. Nothing is stored."""
    if not params.get("subscription"):
        return as_preview(_of_new(tx, params))
    found = tx.get("subscription", params["subscription"], param="subscription")
    if params.get("customer", found["customer"]) != found["customer"]:
        raise Invalid("This subscription is not one of this customer.", param="customer")
    customer = tx.get("customer", found["customer"])
    details = params.get("subscription_details") or {}
    if "trial_end" in details:
        return as_preview(_without_trial(tx, customer, found, details))
    behavior = details.get("proration_behavior", "create_prorations")
    anchor = details.get("billing_cycle_anchor")
    restart = anchor == "now" or (isinstance(anchor, dict) and anchor["type"] == "now")
    extra: list[Object] = []
    if details.get("items") or restart:
        items = proration.edit_items(tx, found, details.get("items") or [])
        moment = details.get("proration_date", tx.now)
        change = proration.change(tx, found, items, moment, behavior, restart=restart)
        if behavior == "always_invoice" or change.restarts:
            waiting = invoice_lines.waiting(tx, customer["id"], found["id"])
            made = invoices.build(
                tx,
                customer,
                [item[PRIVATE]["line"] for item in waiting] + change.lines,
                reason="subscription_update",
                currency=found["currency"],
                subscription=found,
                pairs=discounts.active(tx, found),
            )
            return as_preview(made)
        found["items"]["data"] = change.items
        extra = change.lines
    _enter_phase(tx, found)
    cycle.roll(found)
    made = cycle.next_invoice(tx, customer, found, "upcoming")
    made["lines"]["data"] = extra + made["lines"]["data"]
    made["lines"]["total_count"] = len(made["lines"]["data"])
    for each in extra:
        each["invoice"] = made["id"]
    invoices.add_up(made)
    return as_preview(made)


def _without_trial(tx: Tx, customer: Object, found: Object, details: Params) -> Object:
    """The first paid invoice, if the trial ended now."""
    if details["trial_end"] != "now" or found["status"] != "trialing":
        raise Invalid(
            "The sandbox previews the end of a running trial, and only `now`.", param="subscription_details[trial_end]"
        )
    items = proration.edit_items(tx, found, details.get("items") or [])
    for item in items:
        end = periods.step(tx.now, item["price"]["recurring"], 1)
        item |= {"current_period_start": tx.now, "current_period_end": end}
    found["items"]["data"] = items
    return cycle.next_invoice(tx, customer, found, "subscription_update")


def _enter_phase(tx: Tx, found: Object) -> None:
    """A schedule that changes the subscription at the end of this period changes its next invoice."""
    schedule = tx.find(found["schedule"], "subscription_schedule") if found["schedule"] else None
    end = found["items"]["data"][0]["current_period_end"]
    phases = schedule["phases"] if schedule and schedule["status"] == "active" else []
    phase = next((each for each in phases if each["start_date"] == end), None)
    if phase is None:
        return
    before = found["items"]["data"][0]["price"]["recurring"]
    found["items"]["data"] = proration.edit_items(tx, found, schedules.wanted_items(found, phase))
    if not periods.same(before, found["items"]["data"][0]["price"]["recurring"]):
        found["billing_cycle_anchor"] = end


def _of_new(tx: Tx, params: Params) -> Object:
    """The first invoice of a subscription that this customer does not have yet."""
    if not params.get("customer"):
        raise Invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    details = params.get("subscription_details") or {}
    where = "subscription_details[items]"
    if not details.get("items"):
        raise Invalid(f"Missing required param: {where}.", param=where, code="parameter_missing")
    prices = []
    for index, entry in enumerate(details["items"]):
        path = f"{where}[{index}][price]"
        if not entry.get("price"):
            raise Invalid(f"Missing required param: {path}.", param=path, code="parameter_missing")
        prices.append((tx.get("price", entry["price"], param=path), entry.get("quantity", 1)))
    trial_end, anchor = details.get("trial_end"), details.get("billing_cycle_anchor")
    order = orders.Order(
        customer=params["customer"],
        prices=prices,
        trial_end=trial_end if isinstance(trial_end, int) else None,
        anchor=anchor if isinstance(anchor, int) else None,
    )
    return orders.preview(tx, order)


def as_preview(invoice: Object) -> Object:
    """Previews carry an id that leads nowhere."""
    old = invoice["id"]
    invoice["id"] = f"upcoming_{old}"
    for each in invoice["lines"]["data"]:
        each["invoice"] = invoice["id"]
    return invoice
