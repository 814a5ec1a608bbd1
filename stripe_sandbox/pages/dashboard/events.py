"""What happened, what was sent, and any object as the API sends it."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import delivery, events, wire
from stripe_sandbox import sandbox as here
from stripe_sandbox.pages.dashboard import frame
from stripe_sandbox.pages.dashboard.frame import Problem
from stripe_sandbox.store import Object, Tx

_WORST_FIRST = ("failed", "pending", "delivered", "dropped")


def delivered(tx: Tx, found: list[Object]) -> list[Object]:
    """Each event with how its deliveries stand, for a table."""
    rows = []
    for each in found:
        query = "SELECT state FROM deliveries WHERE event = ?"
        states = {row[0] for row in tx.db.execute(query, (each["id"],)).fetchall()}
        rows.append({"event": each, "state": next((state for state in _WORST_FIRST if state in states), None)})
    return rows


def every(tx: Tx, request: Request, problem: Problem) -> Response:
    kind = request.query_params.get("type", "").strip()
    about = request.query_params.get("about", "").strip()
    parts = [("instr(json_extract(body, '$.type'), ?) = 1", kind), ("instr(body, ?) > 0", about)]
    where = " AND ".join(clause for clause, value in parts if value)
    values = tuple(value for _, value in parts if value)
    found, pager = frame.rows(tx, request, "event", where, values)
    return frame.page(
        "events",
        tx,
        request,
        problem,
        tab="events",
        events=delivered(tx, found),
        pager=pager,
        kind=kind,
        about=about,
    )


def thing(tx: Tx, request: Request, problem: Problem) -> Response:
    """Any object, as it is sent; an event with each delivery attempt."""
    id_ = request.path_params["id"]
    found = tx.find(id_) or tx.at("object", id_)
    about = tx.find(found["data"]["object"].get("id")) if found["object"] == "event" else None
    return frame.page(
        "object",
        tx,
        request,
        problem,
        tab="events" if found["object"] == "event" else "",
        found=found,
        about=about,
        body=wire.text(wire.public(found)),
        deliveries=delivery.log_of(tx, found["id"]) if found["object"] == "event" else None,
    )


def _resend(request: Request, typed: dict[str, str]) -> str:
    id_ = request.path_params["id"]
    with here.of(request).store.transaction() as tx:
        tx.at("event", id_)
        events.send_again(tx, id_)
    return frame.saying(f"/objects/{id_}", "resent")


resend = frame.act("resend", thing, _resend)
