"""Money that came in, goes back, or is disputed."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import disputes, money
from stripe_sandbox import sandbox as here
from stripe_sandbox.pages.dashboard import frame
from stripe_sandbox.pages.dashboard.customers import with_charges
from stripe_sandbox.pages.dashboard.frame import Problem, Refused
from stripe_sandbox.store import Object, Tx

REASONS = ("requested_by_customer", "duplicate", "fraudulent")
DISPUTED_AS = (
    "fraudulent",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "duplicate",
    "credit_not_processed",
    "unrecognized",
    "general",
)


def every(tx: Tx, request: Request, problem: Problem) -> Response:
    found, pager = frame.rows(tx, request, "payment_intent")
    return frame.page("payments", tx, request, problem, tab="payments", payments=with_charges(tx, found), pager=pager)


def one(tx: Tx, request: Request, problem: Problem) -> Response:
    intent = tx.at("payment_intent", request.path_params["id"])
    row = with_charges(tx, [intent])[0]
    charge: Object | None = row["charge"]
    customer = tx.find(intent["customer"]) or {}
    return frame.page(
        "payment",
        tx,
        request,
        problem,
        tab="payments",
        clock_of=customer.get("test_clock"),
        intent=intent,
        row=row,
        charge=charge,
        left=_left(charge),
        refunds=tx.select("refund", "json_extract(body, '$.payment_intent') = ?", (intent["id"],)),
        dispute=disputes.of_charge(tx, charge["id"]) if charge else None,
        reasons=REASONS,
        disputed_as=DISPUTED_AS,
    )


def _left(charge: Object | None) -> str:
    """What may still be refunded, as one would type it; empty when nothing."""
    if charge is None or charge["status"] != "succeeded" or not charge["captured"]:
        return ""
    left = charge["amount_captured"] - charge["amount_refunded"]
    return money.typed(left, charge["currency"]) if left else ""


def _refund(request: Request, typed: dict[str, str]) -> str:
    id_ = request.path_params["id"]
    with here.of(request).store.transaction() as tx:
        currency = tx.at("payment_intent", id_)["currency"]
    try:
        amount = money.parse(typed.get("amount", ""), currency)
    except ValueError as error:
        raise Refused(amount=str(error)) from error
    wanted = {"payment_intent": id_, "amount": str(amount)}
    if typed.get("reason") in REASONS:
        wanted["reason"] = typed["reason"]
    frame.call(request, "POST", "/v1/refunds", wanted)
    return frame.saying(f"/payments/{id_}", "refund")


def _dispute(request: Request, typed: dict[str, str]) -> str:
    """Cardholders open disputes and banks decide them: no API does."""
    id_ = request.path_params["id"]
    with here.visit(request) as tx:
        charge = tx.get("charge", tx.at("payment_intent", id_)["latest_charge"] or "")
        found = disputes.of_charge(tx, charge["id"])
        do = typed.get("do")
        if do in ("dispute", "inquiry"):
            reason = typed["reason"] if typed.get("reason") in DISPUTED_AS else "general"
            disputes.open_dispute(tx, charge, reason, inquiry=do == "inquiry")
        elif do in ("won", "lost") and found:
            closed = found["status"].startswith("warning")
            disputes.decide(tx, found, "warning_closed" if closed else do)
        else:
            raise Refused("Choose what to do.")
    return frame.saying(f"/payments/{id_}", do)


refund = frame.act("refund", one, _refund)
dispute = frame.act("dispute", one, _dispute)
