"""The way into every portal page, and out of it (docs.stripe.com/customer-management).

The token names one session, that names one customer, and nothing that belongs to another customer can be
reached from there.
"""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import clock, portal
from stripe_sandbox.pages import render
from stripe_sandbox.portal_actions import Visit
from stripe_sandbox.sandbox import visit as hosted
from stripe_sandbox.store import PRIVATE, Object, Tx, real_now

Work = Callable[[Tx, Visit], Response]


async def in_portal(request: Request, feature: str | None, work: Work) -> Response:
    """Do something for the customer of this session, if the configuration allows it."""

    def come_in() -> Response:
        with hosted(request) as tx:
            visit = enter(tx, request.path_params["token"])
            if visit is None:
                return render.notice(
                    410, "This link has expired", "Go back to your account and open the billing page again."
                )
            if feature and not visit.may(feature):
                return render.notice(403, "Not available", "This cannot be changed here.", visit.session["url"])
            return work(tx, visit)

    return await run_in_threadpool(come_in)


def enter(tx: Tx, token: str) -> Visit | None:
    found = tx.select("billing_portal.session", "json_extract(body, '$._.token') = ?", (token,), 1)
    if not found or real_now() - found[0][PRIVATE]["used"] > portal.LIVES_SECONDS:
        return None
    session = found[0]
    customer = tx.find(session["customer"], "customer")
    configuration = tx.find(session["configuration"])
    if customer is None or customer.get("deleted") or configuration is None:
        return None
    session[PRIVATE]["used"] = int(real_now())
    tx.save(session)
    clock.enter(tx, [customer["id"]])
    return Visit(session, configuration, customer)


def living(tx: Tx, visit: Visit, request: Request) -> Object | None:
    return visit.subscription(tx, request.path_params["subscription"])


def unknown(visit: Visit) -> Response:
    return render.notice(404, "This page does not exist", "There is no such subscription here.", visit.session["url"])


DONE = {
    "card": "Your new card is saved and pays from now on.",
    "cancel": "Your plan will end. You can use it until then.",
    "keep": "Your plan goes on. Nothing will be canceled.",
    "switch": "Your plan has changed.",
    "details": "Your details are saved.",
    "forget": "The card is removed.",
    "later": "Your plan will change at the end of the period.",
    "stay": "Your plan stays as it is.",
    "pause": "Your plan is paused. You pay nothing until it goes on.",
    "resume": "Your plan goes on.",
    "tax": "Your tax number is saved.",
    "notax": "Your tax number is removed.",
}


def finish(tx: Tx, visit: Visit, done: str) -> Response:
    """After an action: home, or where the flow wants to end."""
    flow = visit.session["flow"]
    if flow is None or visit.session[PRIVATE].get("flow_done"):
        return render.go(f"{visit.session['url']}?done={done}")
    session = tx.fresh(visit.session)
    session[PRIVATE]["flow_done"] = True
    tx.save(session)
    after = flow["after_completion"]
    if after["type"] == "redirect":
        return render.go(after["redirect"]["return_url"])
    if after["type"] == "hosted_confirmation":
        text = after["hosted_confirmation"]["custom_message"] or DONE[done]
        return render.notice(200, "Done", text, visit.session["return_url"], "Return")
    return render.go(f"{visit.session['url']}?done={done}")


def back_of(visit: Visit) -> str:
    """Where “back” leads: inside a flow out of the portal, otherwise to its first page."""
    in_flow = visit.session["flow"] and not visit.session[PRIVATE].get("flow_done")
    return visit.session["return_url"] or visit.session["url"] if in_flow else visit.session["url"]
