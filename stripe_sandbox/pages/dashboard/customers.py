"""Who there is, and everything about one of them."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import payments
from stripe_sandbox import sandbox as here
from stripe_sandbox.pages.dashboard import frame, subscriptions
from stripe_sandbox.pages.dashboard.frame import Problem
from stripe_sandbox.store import Object, Tx

_MATCHES = " OR ".join(
    f"instr(lower(coalesce(json_extract(body, '$.{name}'), '')), ?) > 0" for name in ("email", "name", "id")
)


def every(tx: Tx, request: Request, problem: Problem) -> Response:
    sought = request.query_params.get("q", "").strip()
    where, values = (f"({_MATCHES})", (sought.lower(),) * 3) if sought else ("", ())
    found, pager = frame.rows(tx, request, "customer", where, values)
    counts = {each["id"]: len(tx.of_customer("subscription", each["id"])) for each in found}
    return frame.page(
        "customers",
        tx,
        request,
        problem,
        tab="customers",
        customers=found,
        counts=counts,
        pager=pager,
        sought=sought,
    )


def one(tx: Tx, request: Request, problem: Problem) -> Response:
    found = tx.at("customer", request.path_params["id"])
    cards = tx.of_customer("payment_method", found["id"])
    return frame.page(
        "customer",
        tx,
        request,
        problem,
        tab="customers",
        clock_of=found.get("test_clock"),
        customer=found,
        cards=cards,
        default_card=found["invoice_settings"]["default_payment_method"],
        subscriptions=subscriptions.named(tx, tx.of_customer("subscription", found["id"])),
        invoices=tx.of_customer("invoice", found["id"])[: frame.PAGE],
        payments=with_charges(tx, tx.of_customer("payment_intent", found["id"])[: frame.PAGE]),
        declines=payments.declines_next(tx, found["id"]),
    )


def with_charges(tx: Tx, intents: list[Object]) -> list[Object]:
    """Each payment with its charge and whose it is, for a table."""
    rows = []
    for intent in intents:
        charge = tx.find(intent["latest_charge"], "charge") if intent["latest_charge"] else None
        customer = tx.find(intent["customer"]) or {}
        rows.append(
            {
                "intent": intent,
                "charge": charge,
                "who": customer.get("email") or customer.get("name") or intent["customer"] or "Nobody known",
            }
        )
    return rows


def _portal(request: Request, typed: dict[str, str]) -> str:
    id_ = request.path_params["id"]
    back = f"{here.base_url(request)}/customers/{id_}"
    session = frame.call(request, "POST", "/v1/billing_portal/sessions", {"customer": id_, "return_url": back})
    return session["url"]


def _decline(request: Request, typed: dict[str, str]) -> str:
    id_ = request.path_params["id"]
    on = typed.get("on") == "yes"
    with here.of(request).store.transaction() as tx:
        tx.at("customer", id_)
        payments.decline_next(tx, id_, on=on)
    return frame.saying(f"/customers/{id_}", "decline" if on else "normal")


portal = frame.act("portal", one, _portal)
decline = frame.act("decline", one, _decline)
