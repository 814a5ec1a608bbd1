"""The hosted checkout page: `GET` and `POST /c/pay/{session}` (docs.stripe.com/payments/checkout)."""

import re
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import checkout_order, checkout_pay, discounts, payment_links, promotion_codes, tax_ids
from stripe_sandbox.checkout_pay import Payer
from stripe_sandbox.pages import card_form, render
from stripe_sandbox.pages.card_form import COUNTRIES, Typed
from stripe_sandbox.payments import Outcome
from stripe_sandbox.sandbox import visit
from stripe_sandbox.store import PRIVATE, Object, Tx


async def show(request: Request) -> Response:
    """The order and the form."""

    def draw() -> Response:
        with visit(request) as tx:
            session = tx.find(request.path_params["session"], "checkout.session")
            return _closed(tx, session) or _page(tx, session or {}, Typed({}))

    return await run_in_threadpool(draw)


async def send(request: Request) -> Response:
    """Pay, or use a promotion code."""
    form = {key: str(value) for key, value in (await request.form()).items()}

    def work() -> Response:
        with visit(request) as tx:
            session = tx.find(request.path_params["session"], "checkout.session")
            closed = _closed(tx, session)
            if closed or session is None:
                return closed or _closed(tx, None) or render.go("/")
            typed = Typed(form)
            if form.get("action") == "quantity":
                _quantity(tx, session, typed)
                return _page(tx, session, typed, 422 if typed.errors else 200)
            if form.get("action") in ("apply_code", "remove_code"):
                _promotion(tx, session, typed)
                return _page(tx, session, typed)
            return _pay(tx, session, typed)

    return await run_in_threadpool(work)


def _closed(tx: Tx, session: Object | None) -> Response | None:
    """The page of a session that nothing can be done with any more."""
    if session is None:
        return render.notice(404, "This page does not exist", "Check the link, or start again from the shop.")
    if session["status"] == "complete":
        if session["success_url"] is None:
            return _thanks(tx, session)
        back = success_url(session)
        return render.notice(
            200, "You’re all done", "This order is complete. You can close this page.", back, "Continue"
        )
    if session["status"] == "expired":
        text = "This checkout page was open for too long. Nothing was charged. Go back and start again."
        return render.notice(410, "This page has expired", text, session["cancel_url"])
    return None


def success_url(session: Object) -> str:
    """Where a finished order leads, with the session's id filled in."""
    after = session["success_url"] or f"/c/pay/{session['id']}"
    return after.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _thanks(tx: Tx, session: Object) -> Response:
    """A payment link that leads nowhere thanks by itself."""
    link = tx.find(session["payment_link"], "payment_link") or {}
    said = ((link.get("after_completion") or {}).get("hosted_confirmation") or {}).get("custom_message")
    return render.notice(200, "Thank you", said or "Your payment went through. You can close this page.")


async def from_link(request: Request) -> Response:
    """`GET /b/{link}`: a payment link begins a session for whoever opens it."""
    query = request.query_params

    def work() -> Response:
        with visit(request) as tx:
            link = tx.find(request.path_params["link"], "payment_link")
            if link is None:
                return render.notice(404, "This link does not exist", "Check it, or ask whoever sent it to you.")
            if not payment_links.is_open(link):
                said = link["inactive_message"] or "It was switched off. Ask whoever sent it to you."
                return render.notice(410, "This link is no longer active", said)
            session = payment_links.begin(
                tx,
                link,
                reference=query.get("client_reference_id", ""),
                email=query.get("prefilled_email", ""),
            )
            return render.go(f"/c/pay/{session['id']}")

    return await run_in_threadpool(work)


def _quantity(tx: Tx, session: Object, typed: Typed) -> None:
    """Another quantity of a line item, where the shop lets the customer choose."""
    item = typed.text("item")
    number = typed.text("quantity")
    if not (
        number.isascii()
        and number.isdigit()
        and len(number) < 7
        and checkout_order.choose(tx, session, item, int(number))
    ):
        typed.errors["quantity"] = "Enter a quantity within the range."
        return
    tx.save(session)


def _promotion(tx: Tx, session: Object, typed: Typed) -> None:
    if typed.text("action") == "remove_code":
        session[PRIVATE] |= {"coupon": None, "code": None}
        session["discounts"] = []
        checkout_order.add_up(tx, session)
        tx.save(session)
        return
    code = promotion_codes.code_named(tx, typed.text("code"), checkout_order.purchase(tx, session))
    if not typed.text("code"):
        typed.errors["code"] = "Enter a code."
    elif code is None or not session["allow_promotion_codes"]:
        typed.errors["code"] = "This code is not valid."
    else:
        checkout_order.apply(tx, session, discounts.coupon_of(tx, code["promotion"]["coupon"]), code["id"])
        tx.save(session)


def _pay(tx: Tx, session: Object, typed: Typed) -> Response:
    customer = tx.find(session["customer"], "customer") if session["customer"] else None
    fixed_email = (customer or {}).get("email") or session["customer_email"]
    email = fixed_email or typed.text("email")
    saved = typed.text("card")
    if not _needs_card(session):
        method = None
        if not fixed_email:
            _check_email(typed)
    elif saved and saved != "new":
        method = tx.find(saved, "payment_method")
        if method is None or customer is None or method["customer"] != customer["id"]:
            typed.errors["number"] = "This saved card is not available. Enter a card."
    else:
        card_form.check(
            typed,
            email=not fixed_email,
            address=session["billing_address_collection"] == "required",
        )
        method = None if typed.errors else card_form.method(tx, typed)
    _check_collected(session, typed)
    if typed.errors:
        return _page(tx, session, typed, 422)
    payer = Payer(
        email,
        typed.text("name") or (customer or {}).get("name") or "",
        typed.address,
        **_collected(session, typed),
    )
    outcome = checkout_pay.submit(tx, session, method, payer)
    return _after(tx, session, outcome, typed)


def _check_collected(session: Object, typed: Typed) -> None:
    """What the shop asks for beside the card: a phone number, a tax number, a yes to its terms."""
    digits = re.sub(r"\D", "", typed.text("phone"))
    if session["phone_number_collection"]["enabled"] and not 6 <= len(digits) <= 15:
        typed.errors["phone"] = "Enter a phone number, such as +1 555 0100."
    collection, kind = tax_id_collection(session), typed.text("tax_id_type")
    wanted = collection["enabled"] and (typed.text("tax_id") or collection["required"] != "never")
    if wanted and not tax_ids.well_formed(kind, typed.text("tax_id")):
        example = tax_ids.KINDS.get(kind, tax_ids.KINDS["eu_vat"])[1]
        typed.errors["tax_id"] = f"Enter the number like this: {example}."
    if asks_for_terms(session) and not typed.text("terms"):
        typed.errors["terms"] = "Agree to the terms of service to go on."


def tax_id_collection(session: Object) -> Object:
    """Sessions from before this was asked for do not have it."""
    return session.get("tax_id_collection") or {"enabled": False, "required": "never"}


def asks_for_terms(session: Object) -> bool:
    return (session["consent_collection"] or {}).get("terms_of_service") == "required"


def offers_to_keep(session: Object) -> bool:
    """May the customer have the card saved? Where it is saved anyway, that is no question."""
    wished = (session["saved_payment_method_options"] or {}).get("payment_method_save") == "enabled"
    has_customer = session["customer"] or session["customer_creation"] == "always"
    kept_anyway = session[PRIVATE]["payment_intent_data"].get("setup_future_usage")
    return bool(wished and has_customer and session["mode"] == "payment" and not kept_anyway)


def _collected(session: Object, typed: Typed) -> dict[str, Any]:
    found: dict[str, Any] = {
        "agrees": asks_for_terms(session),
        "keeps_card": offers_to_keep(session) and bool(typed.text("keep")),
    }
    if session["phone_number_collection"]["enabled"]:
        found["phone"] = typed.text("phone")
    if tax_id_collection(session)["enabled"] and typed.text("tax_id"):
        found |= {"tax_id_type": typed.text("tax_id_type"), "tax_id": typed.text("tax_id").upper()}
    return found


def _check_email(typed: Typed) -> None:
    scratch = Typed(typed.fields)
    card_form.check(scratch, email=True, address=False)
    if "email" in scratch.errors:
        typed.errors["email"] = scratch.errors["email"]


def _after(tx: Tx, session: Object, outcome: Outcome, typed: Typed) -> Response:
    fresh = tx.fresh(session)
    if outcome.paid:
        return render.go(success_url(fresh))
    if outcome.result == "action":
        intent = tx.find(fresh[PRIVATE]["attempt"]["intent"]) or {}
        return render.go(question_url(intent))
    if outcome.error:
        card_form.note(typed, outcome.error)
    return _page(tx, fresh, typed, 422)


def question_url(intent: Object) -> str:
    """The 3-D Secure page of an intent that asks."""
    action = intent["next_action"]
    inner = action.get("redirect_to_url") or action.get("use_stripe_sdk")
    return inner.get("url") or inner["stripe_js"]


def after_question(tx: Tx, session: Object, *, passed: bool) -> Response:
    """Go on after the 3-D Secure page."""
    outcome = checkout_pay.answered(tx, session, passed=passed)
    attempt = tx.fresh(session)[PRIVATE].get("attempt") or {}
    payer = attempt.get("payer", {})
    kept = {name: value for name, value in payer.items() if isinstance(value, str)} | payer.get("address", {})
    kept |= {"terms": "yes" if payer.get("agrees") else "", "keep": "yes" if payer.get("keeps_card") else ""}
    return _after(tx, session, outcome, Typed(kept))


def _needs_card(session: Object) -> bool:
    return (
        session["mode"] == "setup"
        or bool(session["amount_total"])
        or (session["payment_method_collection"] == "always")
    )


def _page(tx: Tx, session: Object, typed: Typed, status: int = 200) -> Response:
    customer = tx.find(session["customer"], "customer") if session["customer"] else None
    shown = session[PRIVATE].get("redisplay")
    saved = tx.of_customer("payment_method", customer["id"]) if customer else []
    saved = [each for each in saved if not shown or each["allow_redisplay"] in shown]
    items = checkout_order.items_of(tx, session)
    recurring = next((item["price"]["recurring"] for item in items if item["price"]["recurring"]), None)
    code_id = session[PRIVATE]["code"]
    code = tx.find(code_id, "promotion_code") if code_id else None
    coupon = tx.find(session[PRIVATE]["coupon"], "coupon") if session[PRIVATE]["coupon"] else None
    products = {item["price"]["product"]: tx.find(item["price"]["product"]) for item in items}
    return render.page(
        "checkout.html",
        status,
        session=session,
        customer=customer,
        email=(customer or {}).get("email") or session["customer_email"],
        items=items,
        products=products,
        recurring=recurring,
        later_total=checkout_order.later(tx, session),
        first_full=checkout_order.first_full(tx, session),
        trial_end=checkout_order.trial_end(tx, session),
        saved=saved,
        chosen=typed.fields.get("card") or (saved[0]["id"] if saved and "number" not in typed.errors else "new"),
        needs_card=_needs_card(session),
        needs_address=session["billing_address_collection"] == "required",
        code=code,
        coupon=coupon,
        asks_for_terms=asks_for_terms(session),
        offers_to_keep=offers_to_keep(session),
        tax_id_collection=tax_id_collection(session),
        kinds=tax_ids.KINDS,
        typed={**typed.kept, "email": typed.text("email") or session[PRIVATE].get("prefilled_email", "")},
        typed_code=typed.text("code"),
        errors=typed.errors,
        countries=COUNTRIES,
    )
