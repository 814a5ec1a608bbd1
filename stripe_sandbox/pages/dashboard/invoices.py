"""What was billed, and what one can do to an invoice."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox.pages.dashboard import frame
from stripe_sandbox.pages.dashboard.frame import Problem, Refused
from stripe_sandbox.store import Tx

STATES = ("draft", "open", "paid", "void", "uncollectible")


def every(tx: Tx, request: Request, problem: Problem) -> Response:
    wanted = request.query_params.get("status", "")
    where, values = ("json_extract(body, '$.status') = ?", (wanted,)) if wanted else ("", ())
    found, pager = frame.rows(tx, request, "invoice", where, values)
    return frame.page(
        "invoices",
        tx,
        request,
        problem,
        tab="invoices",
        invoices=found,
        pager=pager,
        wanted=wanted,
        states=STATES,
    )


def one(tx: Tx, request: Request, problem: Problem) -> Response:
    found = tx.at("invoice", request.path_params["id"])
    paid_by = tx.select("invoice_payment", "json_extract(body, '$.invoice') = ?", (found["id"],))
    customer = tx.find(found["customer"]) or {}
    return frame.page(
        "invoice",
        tx,
        request,
        problem,
        tab="invoices",
        clock_of=customer.get("test_clock"),
        invoice=found,
        customer=customer,
        paid_by=paid_by,
    )


_ACTIONS = {"finalize", "pay", "void", "mark_uncollectible"}


def _change(request: Request, typed: dict[str, str]) -> str:
    id_ = request.path_params["id"]
    if typed.get("do") not in _ACTIONS:
        raise Refused("Choose what to do.")
    frame.call(request, "POST", f"/v1/invoices/{id_}/{typed['do']}")
    return frame.saying(f"/invoices/{id_}", "done")


change = frame.act("change", one, _change)
