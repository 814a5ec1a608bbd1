"""Cards in the portal: another one, which one pays, and away with one."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import portal_actions
from stripe_sandbox.pages import card_form, render
from stripe_sandbox.pages import portal_frame as frame
from stripe_sandbox.pages.card_form import COUNTRIES, Typed
from stripe_sandbox.pages.checkout import question_url
from stripe_sandbox.portal_actions import Visit
from stripe_sandbox.store import PRIVATE, Tx


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
                    return frame.finish(tx, visit, "card")
                if outcome.result == "action":
                    return render.go(question_url(tx.find(visit.session[PRIVATE]["attempt"]["intent"]) or {}))
                if outcome.error:
                    card_form.note(typed, outcome.error)
        return draw(visit, typed)

    return await frame.in_portal(request, "payment_method_update", work)


def draw(visit: Visit, typed: Typed) -> Response:
    return render.page(
        "portal_card.html",
        422 if typed.errors else 200,
        visit=visit,
        back=frame.back_of(visit),
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
            return frame.unknown(visit)
        if form.get("action") == "forget":
            portal_actions.forget_card(tx, visit, method["id"])
            return frame.finish(tx, visit, "forget")
        portal_actions.make_default(tx, visit.customer["id"], method["id"])
        return frame.finish(tx, visit, "card")

    return await frame.in_portal(request, "payment_method_update", work)
