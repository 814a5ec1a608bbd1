"""The first page of the portal: `/p/session/{token}`, and what it does when a bank has answered."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import portal_actions, subscriptions
from stripe_sandbox.pages import card_form, portal_card, render
from stripe_sandbox.pages import portal_frame as frame
from stripe_sandbox.pages.card_form import Typed
from stripe_sandbox.payments import Outcome
from stripe_sandbox.portal_actions import Visit
from stripe_sandbox.store import PRIVATE, Object, Tx


async def home(request: Request) -> Response:
    """Plan, card, details and invoices; or the one thing the session was made for."""

    def work(tx: Tx, visit: Visit) -> Response:
        flow = visit.session["flow"]
        if flow and not visit.session[PRIVATE].get("flow_done"):
            return render.go(_flow_url(visit, flow))
        return _home(tx, visit, request.query_params.get("done"))

    return await frame.in_portal(request, None, work)


def _flow_url(visit: Visit, flow: Object) -> str:
    url = visit.session["url"]
    if flow["type"] == "payment_method_update":
        return f"{url}/card"
    if flow["type"] == "customer_update":
        return f"{url}/details"
    details = flow["subscription_pause"] if flow["type"] == "subscription_pause" else None
    if details:
        return f"{url}/pause/{details['subscription']}"
    details = flow[flow["type"]]
    if flow["type"] == "subscription_cancel":
        return f"{url}/cancel/{details['subscription']}"
    if flow["type"] == "subscription_update":
        return f"{url}/switch/{details['subscription']}"
    item = details["items"][0]
    return f"{url}/confirm/{details['subscription']}?price={item['price']}&quantity={item.get('quantity') or 1}"


def _home(tx: Tx, visit: Visit, done: str | None = None) -> Response:
    living = [
        each
        for each in tx.of_customer("subscription", visit.customer["id"])
        if each["status"] not in subscriptions.ENDED
    ]
    sources = {each["id"]: subscriptions.source(tx, each) for each in living}
    return render.page(
        "portal_home.html",
        visit=visit,
        subscriptions=living,
        products={
            item["price"]["product"]: tx.find(item["price"]["product"])
            for each in living
            for item in each["items"]["data"]
        },
        sources=sources,
        methods=tx.of_customer("payment_method", visit.customer["id"]),
        pays={
            m["id"]: portal_actions.pays(tx, visit, m["id"])
            for m in tx.of_customer("payment_method", visit.customer["id"])
        },
        planned={each["id"]: _planned(tx, each) for each in living},
        tax_ids=tx.of_customer("tax_id", visit.customer["id"]),
        invoices=portal_actions.invoices_of(tx, visit)[:24],
        done=frame.DONE.get(done or ""),
        can_switch={each["id"]: len(portal_actions.offers(tx, visit, each)) > 1 for each in living},
    )


def _planned(tx: Tx, subscription: Object) -> Object | None:
    """What a schedule leads to, with its names."""
    phase = portal_actions.planned(tx, subscription)
    if phase is None:
        return None
    price = tx.get("price", phase["items"][0]["price"])
    product = tx.find(price["product"]) or {"name": price["product"]}
    return {"name": product["name"], "price": price, "begins": phase["start_date"]}


def after_question(tx: Tx, intent: Object, outcome: Outcome) -> Response | None:
    """Go on in the portal after the 3-D Secure page, if the question came from there."""
    found = tx.select("billing_portal.session", "json_extract(body, '$._.attempt.intent') = ?", (intent["id"],), 1)
    visit = frame.enter(tx, found[0][PRIVATE]["token"]) if found else None
    if visit is None:
        return None
    attempt = visit.session[PRIVATE]["attempt"]
    if attempt["kind"] == "card":
        if outcome.paid:
            portal_actions.make_default(tx, visit.customer["id"], attempt["method"])
            return frame.finish(tx, visit, "card")
        typed = Typed({"name": visit.customer["name"] or ""})
        if outcome.error:
            card_form.note(typed, outcome.error)
        return portal_card.draw(visit, typed)
    if outcome.paid:
        return frame.finish(tx, visit, "switch")
    text = outcome.error.message if outcome.error else "Your plan stays as it was."
    return render.notice(402, "Your plan was not changed", text, visit.session["url"], "Back to billing")


def switch_of(tx: Tx, intent: Object) -> tuple[Visit, Object] | None:
    """The portal visit whose plan switch waits for this payment."""
    found = tx.select("billing_portal.session", "json_extract(body, '$._.attempt.intent') = ?", (intent["id"],), 1)
    visit = frame.enter(tx, found[0][PRIVATE]["token"]) if found else None
    if visit is None or visit.session[PRIVATE]["attempt"]["kind"] != "switch":
        return None
    return visit, intent
