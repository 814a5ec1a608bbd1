"""The sandbox's own pages, for the person who tries the product: what is in it, what was sent, and the clock."""

import json
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_sandbox import clock, delivery, events, wire
from stripe_sandbox.pages import render
from stripe_sandbox.sandbox import of
from stripe_sandbox.store import Object, Tx

_STEPS = {"hour": clock.HOUR, "day": clock.DAY}
_SHOWN = 50


async def _draw(request: Request, work: Callable[[Tx], Response]) -> Response:
    def draw() -> Response:
        with of(request).store.transaction() as tx:
            return work(tx)

    return await run_in_threadpool(draw)


def _common(tx: Tx, tab: str) -> Object:
    renewal = tx.db.execute("SELECT min(due) FROM jobs WHERE kind = 'subscription.renew'").fetchone()[0]
    broken = tx.db.execute("SELECT kind, object, failed FROM jobs WHERE failed IS NOT NULL").fetchall()
    return {"tab": tab, "now": tx.now, "offset": clock.offset(tx), "renewal": renewal, "broken": broken}


async def overview(request: Request) -> Response:
    """What this is, the cards, the newest subscriptions and events."""

    def work(tx: Tx) -> Response:
        return render.page(
            "dashboard.html",
            subscriptions=_named(tx, tx.select("subscription", limit=8)),
            events=_delivered(tx, tx.select("event", limit=8)),
            endpoints=tx.select("webhook_endpoint"),
            base_url=f"{request.url.scheme}://{request.url.netloc}",
            **_common(tx, "overview"),
        )

    return await _draw(request, work)


async def customers(request: Request) -> Response:
    """Who there is."""

    def work(tx: Tx) -> Response:
        found = tx.select("customer", limit=_SHOWN)
        counts = {each["id"]: len(tx.of_customer("subscription", each["id"])) for each in found}
        return render.page("dashboard_customers.html", customers=found, counts=counts, **_common(tx, "customers"))

    return await _draw(request, work)


async def subscriptions(request: Request) -> Response:
    """Who subscribes to what."""

    def work(tx: Tx) -> Response:
        found = _named(tx, tx.select("subscription", limit=_SHOWN))
        return render.page("dashboard_subscriptions.html", subscriptions=found, **_common(tx, "subscriptions"))

    return await _draw(request, work)


async def invoices(request: Request) -> Response:
    """What was billed."""

    def work(tx: Tx) -> Response:
        return render.page(
            "dashboard_invoices.html", invoices=tx.select("invoice", limit=_SHOWN), **_common(tx, "invoices")
        )

    return await _draw(request, work)


async def event_list(request: Request) -> Response:
    """What happened, and whether it was delivered."""

    def work(tx: Tx) -> Response:
        found = _delivered(tx, tx.select("event", limit=200))
        return render.page("dashboard_events.html", events=found, **_common(tx, "events"))

    return await _draw(request, work)


async def thing(request: Request) -> Response:
    """Any object, as it is sent; an event with each delivery attempt."""

    def work(tx: Tx) -> Response:
        found = tx.find(request.path_params["id"])
        if found is None:
            return render.notice(404, "This does not exist", "There is no object with this id.", "/")
        body = json.dumps(wire.public(found), indent=2, ensure_ascii=False)
        sent = delivery.log_of(tx, found["id"]) if found["object"] == "event" else None
        return render.page(
            "dashboard_object.html",
            found=found,
            body=body,
            deliveries=sent,
            **_common(tx, _TABS.get(found["object"], "")),
        )

    return await _draw(request, work)


_TABS = {"customer": "customers", "subscription": "subscriptions", "invoice": "invoices", "event": "events"}


async def move(request: Request) -> Response:
    """The clock's buttons: an hour, a day, or to the next renewal."""
    step = str((await request.form()).get("step"))
    runner = of(request).runner

    def work() -> None:
        with of(request).store.transaction() as tx:
            now = tx.now
        target = runner.next_renewal() if step == "renewal" else now + _STEPS.get(step, 0)
        if target and target > now:
            runner.advance(target)

    await run_in_threadpool(work)
    return render.go("/")


async def resend(request: Request) -> Response:
    """Send an event once more."""
    id_ = request.path_params["id"]

    def work(tx: Tx) -> Response:
        if tx.find(id_, "event"):
            events.send_again(tx, id_)
        return render.go(f"/objects/{id_}")

    return await _draw(request, work)


def _named(tx: Tx, found: list[Object]) -> list[Object]:
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


def _delivered(tx: Tx, found: list[Object]) -> list[Object]:
    rows = []
    for each in found:
        states = [
            row[0] for row in tx.db.execute("SELECT state FROM deliveries WHERE event = ?", (each["id"],)).fetchall()
        ]
        worst = next((state for state in ("failed", "pending", "delivered", "dropped") if state in states), None)
        rows.append({"event": each, "state": worst})
    return rows


ROUTES = [
    Route("/", overview),
    Route("/customers", customers),
    Route("/subscriptions", subscriptions),
    Route("/invoices", invoices),
    Route("/events", event_list),
    Route("/objects/{id}", thing),
    Route("/objects/{id}/resend", resend, methods=["POST"]),
    Route("/clock", move, methods=["POST"]),
]
