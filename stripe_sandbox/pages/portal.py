"""The hosted portal: `/p/session/{token}` and what lies below it (docs.stripe.com/customer-management).

Every page enters through `_enter`: the token names one session, that names one customer, and nothing
that belongs to another customer can be reached from here.
"""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import clock, customers, events, portal, portal_actions, subscriptions
from stripe_sandbox.pages import card_form, render
from stripe_sandbox.pages.card_form import COUNTRIES, Typed
from stripe_sandbox.pages.checkout import question_url
from stripe_sandbox.payments import Outcome
from stripe_sandbox.portal_actions import Visit
from stripe_sandbox.sandbox import visit as hosted
from stripe_sandbox.store import PRIVATE, Object, Tx, real_now

_Work = Callable[[Tx, Visit], Response]


async def _in_portal(request: Request, feature: str | None, work: _Work) -> Response:
    """Do something for the customer of this session, if the configuration allows it."""

    def enter() -> Response:
        with hosted(request) as tx:
            visit = _enter(tx, request.path_params["token"])
            if visit is None:
                return render.notice(
                    410, "This link has expired", "Go back to your account and open the billing page again."
                )
            if feature and not visit.may(feature):
                return render.notice(403, "Not available", "This cannot be changed here.", visit.session["url"])
            return work(tx, visit)

    return await run_in_threadpool(enter)


def _enter(tx: Tx, token: str) -> Visit | None:
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


def _living(tx: Tx, visit: Visit, request: Request) -> Object | None:
    return visit.subscription(tx, request.path_params["subscription"])


def _unknown(visit: Visit) -> Response:
    return render.notice(404, "This page does not exist", "There is no such subscription here.", visit.session["url"])


async def home(request: Request) -> Response:
    """Plan, card, details and invoices; or the one thing the session was made for."""

    def work(tx: Tx, visit: Visit) -> Response:
        flow = visit.session["flow"]
        if flow and not visit.session[PRIVATE].get("flow_done"):
            return render.go(_flow_url(visit, flow))
        return _home(tx, visit, request.query_params.get("done"))

    return await _in_portal(request, None, work)


def _flow_url(visit: Visit, flow: Object) -> str:
    url = visit.session["url"]
    if flow["type"] == "payment_method_update":
        return f"{url}/card"
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
        invoices=portal_actions.invoices_of(tx, visit)[:24],
        done=_DONE.get(done or ""),
        can_switch={each["id"]: len(portal_actions.offers(tx, visit, each)) > 1 for each in living},
    )


_DONE = {
    "card": "Your new card is saved and pays from now on.",
    "cancel": "Your plan will end. You can use it until then.",
    "keep": "Your plan goes on. Nothing will be canceled.",
    "switch": "Your plan has changed.",
    "details": "Your details are saved.",
    "forget": "The card is removed.",
}


def _finish(tx: Tx, visit: Visit, done: str) -> Response:
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
        text = after["hosted_confirmation"]["custom_message"] or _DONE[done]
        return render.notice(200, "Done", text, visit.session["return_url"], "Return")
    return render.go(f"{visit.session['url']}?done={done}")


def back_of(visit: Visit) -> str:
    """Where “back” leads: inside a flow out of the portal, otherwise to its first page."""
    in_flow = visit.session["flow"] and not visit.session[PRIVATE].get("flow_done")
    return visit.session["return_url"] or visit.session["url"] if in_flow else visit.session["url"]


async def card(request: Request) -> Response:
    """Enter another card."""
    form = {key: str(value) for key, value in (await request.form()).items()}

    def work(tx: Tx, visit: Visit) -> Response:
        typed = Typed(form if request.method == "POST" else {"name": visit.customer["name"] or ""})
        if request.method == "POST":
            card_form.check(typed, email=False, address=False)
            method = None if typed.errors else card_form.method(tx, typed)
            if method:
                outcome = portal_actions.save_card(tx, visit, method)
                if outcome.paid:
                    return _finish(tx, visit, "card")
                if outcome.result == "action":
                    return render.go(question_url(tx.find(visit.session[PRIVATE]["attempt"]["intent"]) or {}))
                if outcome.error:
                    card_form.note(typed, outcome.error)
        return _card_page(visit, typed)

    return await _in_portal(request, "payment_method_update", work)


def _card_page(visit: Visit, typed: Typed) -> Response:
    return render.page(
        "portal_card.html",
        422 if typed.errors else 200,
        visit=visit,
        back=back_of(visit),
        typed=typed.kept,
        errors=typed.errors,
        countries=COUNTRIES,
    )


async def use_card(request: Request) -> Response:
    """Let a saved card pay, or remove one."""
    form = await request.form()

    def work(tx: Tx, visit: Visit) -> Response:
        method = tx.find(str(form.get("card")), "payment_method")
        if method is None or method["customer"] != visit.customer["id"]:
            return _unknown(visit)
        if form.get("action") == "forget":
            portal_actions.forget_card(tx, visit, method["id"])
            return _finish(tx, visit, "forget")
        portal_actions.make_default(tx, visit.customer["id"], method["id"])
        return _finish(tx, visit, "card")

    return await _in_portal(request, "payment_method_update", work)


async def cancel(request: Request) -> Response:
    """Ask once more, then cancel."""
    form = await request.form()

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = _living(tx, visit, request)
        if subscription is None:
            return _unknown(visit)
        if request.method == "POST" and not subscription["cancel_at"]:
            portal_actions.cancel(
                tx, visit, subscription, str(form.get("feedback", "")), str(form.get("comment", ""))[:500]
            )
            return _finish(tx, visit, "cancel")
        item = subscription["items"]["data"][0]
        return render.page(
            "portal_cancel.html",
            visit=visit,
            back=back_of(visit),
            subscription=subscription,
            product=tx.find(item["price"]["product"]),
            item=item,
            feature=visit.configuration["features"]["subscription_cancel"],
        )

    return await _in_portal(request, "subscription_cancel", work)


async def keep(request: Request) -> Response:
    """Take the cancellation back."""

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = _living(tx, visit, request)
        if subscription is None:
            return _unknown(visit)
        if subscription["cancel_at"]:
            portal_actions.keep(tx, subscription)
        return _finish(tx, visit, "keep")

    return await _in_portal(request, "subscription_cancel", work)


async def switch(request: Request) -> Response:
    """The plans to choose from."""

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = _living(tx, visit, request)
        if subscription is None:
            return _unknown(visit)
        found = portal_actions.offers(tx, visit, subscription)
        return render.page(
            "portal_switch.html",
            visit=visit,
            back=back_of(visit),
            subscription=subscription,
            offers=found,
            intervals=list(dict.fromkeys(each.price["recurring"]["interval"] for each in found)),
        )

    return await _in_portal(request, "subscription_update", work)


async def confirm(request: Request) -> Response:
    """The exact cost of a switch, and the button that does it."""
    form = await request.form()
    asked = form if request.method == "POST" else request.query_params

    def work(tx: Tx, visit: Visit) -> Response:
        subscription = _living(tx, visit, request)
        if subscription is None:
            return _unknown(visit)
        offer = next(
            (
                each
                for each in portal_actions.offers(tx, visit, subscription)
                if each.price["id"] == str(asked.get("price"))
            ),
            None,
        )
        quantity = _quantity(subscription, asked.get("quantity"))
        item = subscription["items"]["data"][0]
        if offer is None or (offer.current and quantity == item["quantity"]):
            return render.go(f"{visit.session['url']}/switch/{subscription['id']}")
        moment = _moment(tx, subscription, form.get("moment") if request.method == "POST" else None)
        wanted = portal_actions.preview(tx, visit, subscription, offer.price, quantity, moment)
        error = None
        if request.method == "POST":
            outcome = portal_actions.switch(tx, visit, wanted)
            if outcome.paid:
                return _finish(tx, visit, "switch")
            if outcome.result == "action":
                return render.go(question_url(tx.find(visit.session[PRIVATE]["attempt"]["intent"]) or {}))
            error = outcome.error.message if outcome.error else None
        return render.page(
            "portal_confirm.html",
            422 if error else 200,
            visit=visit,
            wanted=wanted,
            product=offer.product,
            current=item,
            method=subscriptions.source(tx, subscription),
            error=error,
        )

    return await _in_portal(request, "subscription_update", work)


def _quantity(subscription: Object, asked: object) -> int:
    text = str(asked or "")
    return int(text) if text.isdigit() and 0 < int(text) < 10_000 else subscription["items"]["data"][0]["quantity"]


def _moment(tx: Tx, subscription: Object, asked: object) -> int:
    """The moment the shown amount was worked out for, if that was a short while ago."""
    text = str(asked or "")
    start = subscription["items"]["data"][0]["current_period_start"]
    if text.isdigit() and max(start, tx.now - 600) <= int(text) <= tx.now:
        return int(text)
    return tx.now


async def details(request: Request) -> Response:
    """Name, email and address, as far as the configuration lets them be changed."""
    form = {key: str(value).strip() for key, value in (await request.form()).items()}

    def work(tx: Tx, visit: Visit) -> Response:
        allowed = visit.configuration["features"]["customer_update"]["allowed_updates"]
        customer, errors = visit.customer, {}
        if request.method == "POST":
            typed = Typed({**form})
            scratch = Typed(form)
            card_form.check(scratch, email="email" in allowed, address=False)
            errors = {k: v for k, v in scratch.errors.items() if k == "email"}
            for name in ("email", "name", "phone"):
                if name in allowed and name in form:
                    customer[name] = form[name] or None
            if "address" in allowed:
                customer["address"] = customers.address(typed.address)
            if not errors:
                events.updated(tx, customer)
                return _finish(tx, visit, "details")
        return render.page(
            "portal_details.html",
            422 if errors else 200,
            visit=visit,
            back=back_of(visit),
            allowed=allowed,
            customer=customer,
            errors=errors,
            countries=COUNTRIES,
        )

    return await _in_portal(request, "customer_update", work)


def after_question(tx: Tx, intent: Object, outcome: Outcome) -> Response | None:
    """Go on in the portal after the 3-D Secure page, if the question came from there."""
    found = tx.select("billing_portal.session", "json_extract(body, '$._.attempt.intent') = ?", (intent["id"],), 1)
    visit = _enter(tx, found[0][PRIVATE]["token"]) if found else None
    if visit is None:
        return None
    attempt = visit.session[PRIVATE]["attempt"]
    if attempt["kind"] == "card":
        if outcome.paid:
            portal_actions.make_default(tx, visit.customer["id"], attempt["method"])
            return _finish(tx, visit, "card")
        typed = Typed({"name": visit.customer["name"] or ""})
        if outcome.error:
            card_form.note(typed, outcome.error)
        return _card_page(visit, typed)
    if outcome.paid:
        return _finish(tx, visit, "switch")
    text = outcome.error.message if outcome.error else "Your plan stays as it was."
    return render.notice(402, "Your plan was not changed", text, visit.session["url"], "Back to billing")


def switch_of(tx: Tx, intent: Object) -> tuple[Visit, Object] | None:
    """The portal visit whose plan switch waits for this payment."""
    found = tx.select("billing_portal.session", "json_extract(body, '$._.attempt.intent') = ?", (intent["id"],), 1)
    visit = _enter(tx, found[0][PRIVATE]["token"]) if found else None
    if visit is None or visit.session[PRIVATE]["attempt"]["kind"] != "switch":
        return None
    return visit, intent
