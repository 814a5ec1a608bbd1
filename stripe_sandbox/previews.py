"""What an invoice would be, before anything is stored (docs.stripe.com/api/invoices/create_preview)."""

from stripe_sandbox import cycle, discounts, invoice_lines, invoices, proration
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.store import PRIVATE, Object, Tx


@route(
    "POST",
    "/v1/invoices/create_preview",
    takes=["customer", "subscription", "subscription_details", "discounts", "currency"],
)
def preview(tx: Tx, params: Params) -> Object:
    """What the next invoice, or a change of plan, would cost. Nothing is stored."""
    if not params.get("subscription"):
        raise Invalid("The sandbox previews existing subscriptions.", param="subscription", code="parameter_missing")
    found = tx.get("subscription", params["subscription"], param="subscription")
    customer = tx.get("customer", found["customer"])
    details = params.get("subscription_details") or {}
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
    cycle.roll(found)
    made = cycle.next_invoice(tx, customer, found, "upcoming")
    made["lines"]["data"] = extra + made["lines"]["data"]
    made["lines"]["total_count"] = len(made["lines"]["data"])
    for each in extra:
        each["invoice"] = made["id"]
    invoices.add_up(made)
    return as_preview(made)


def as_preview(invoice: Object) -> Object:
    """Previews carry an id that leads nowhere."""
    old = invoice["id"]
    invoice["id"] = f"upcoming_{old}"
    for each in invoice["lines"]["data"]:
        each["invoice"] = invoice["id"]
    return invoice
