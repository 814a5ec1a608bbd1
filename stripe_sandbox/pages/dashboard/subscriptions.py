"""Who subscribes to what, and what one can do to a subscription."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox.pages.dashboard import frame
from stripe_sandbox.pages.dashboard.frame import Problem, Refused
from stripe_sandbox.store import Object, Tx


def named(tx: Tx, found: list[Object]) -> list[Object]:
    """Each subscription with the names of its customer and product, for a table."""
    rows = []
    for each in found:
        item = each["items"]["data"][0]
        customer = tx.find(each["customer"]) or {}
        product = tx.find(item["price"]["product"]) or {}
        rows.append(
            {
                "subscription": each,
                "item": item,
                "who": customer.get("email") or customer.get("name") or each["customer"],
                "what": product.get("name", item["price"]["product"]),
            }
        )
    return rows


def every(tx: Tx, request: Request, problem: Problem) -> Response:
    wanted = request.query_params.get("status", "")
    where, values = ("json_extract(body, '$.status') = ?", (wanted,)) if wanted else ("", ())
    found, pager = frame.rows(tx, request, "subscription", where, values)
    return frame.page(
        "subscriptions",
        tx,
        request,
        problem,
        tab="subscriptions",
        subscriptions=named(tx, found),
        pager=pager,
        wanted=wanted,
        states=STATES,
    )


STATES = ("trialing", "active", "past_due", "unpaid", "paused", "incomplete", "incomplete_expired", "canceled")


def one(tx: Tx, request: Request, problem: Problem) -> Response:
    found = tx.at("subscription", request.path_params["id"])
    row = named(tx, [found])[0]
    items = [
        {"item": item, "product": (tx.find(item["price"]["product"]) or {}).get("name", item["price"]["product"])}
        for item in found["items"]["data"]
    ]
    of_it = "json_extract(body, '$.parent.subscription_details.subscription') = ?"
    bills = tx.select("invoice", f"json_extract(body, '$.customer') = ? AND {of_it}", (found["customer"], found["id"]))
    return frame.page(
        "subscription",
        tx,
        request,
        problem,
        tab="subscriptions",
        clock_of=found.get("test_clock"),
        subscription=found,
        row=row,
        items=items,
        ended=found["status"] in ("canceled", "incomplete_expired"),
        invoices=bills,
    )


_CHANGES: dict[str, tuple[str, str, dict[str, str]]] = {
    "cancel": ("DELETE", "", {}),
    "cancel-later": ("POST", "", {"cancel_at_period_end": "true"}),
    "keep": ("POST", "", {"cancel_at_period_end": "false"}),
    "keep-from-date": ("POST", "", {"cancel_at": ""}),
    "end-trial": ("POST", "", {"trial_end": "now"}),
    "pause-collection": ("POST", "", {"pause_collection[behavior]": "void"}),
    "collect": ("POST", "", {"pause_collection": ""}),
    "pause": ("POST", "/pause", {"type": "subscription"}),
    "resume": ("POST", "/resume", {"billing_cycle_anchor": "now"}),
}


def _change(request: Request, typed: dict[str, str]) -> str:
    id_ = request.path_params["id"]
    if typed.get("do") not in _CHANGES:
        raise Refused("Choose what to do.")
    method, more, params = _CHANGES[typed["do"]]
    frame.call(request, method, f"/v1/subscriptions/{id_}{more}", params)
    return frame.saying(f"/subscriptions/{id_}", "done")


change = frame.act("change", one, _change)
