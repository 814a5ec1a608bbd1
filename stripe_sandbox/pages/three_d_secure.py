"""The bank's question: `GET` and `POST /3ds/{authentication}` (docs.stripe.com/testing#authentication)."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import authentication, checkout_pay, payments, portal_actions, setups
from stripe_sandbox.pages import checkout, invoice, portal, render
from stripe_sandbox.sandbox import visit
from stripe_sandbox.store import Object, Tx


async def show(request: Request) -> Response:
    """Two buttons: approve or refuse."""

    def draw() -> Response:
        with visit(request) as tx:
            asked, intent = _open(tx, request)
            if asked is None or intent is None:
                return _over(tx, request)
            method = tx.get("payment_method", intent["payment_method"])
            return render.page("three_d_secure.html", intent=intent, method=method)

    return await run_in_threadpool(draw)


async def send(request: Request) -> Response:
    """The answer; then back to where the payment came from."""
    passed = (await request.form()).get("answer") == "complete"

    def work() -> Response:
        with visit(request) as tx:
            asked, intent = _open(tx, request)
            if asked is None or intent is None:
                return _over(tx, request)
            authentication.close(tx, asked, "passed" if passed else "failed")
            return _go_on(tx, asked, intent, passed=passed)

    return await run_in_threadpool(work)


def _open(tx: Tx, request: Request) -> tuple[Object | None, Object | None]:
    asked = tx.find(request.path_params["authentication"], authentication.KIND)
    if asked is None or asked["state"] != "open":
        return None, None
    intent = tx.find(asked["intent"])
    return (asked, intent) if intent and intent["status"] == "requires_action" else (None, None)


def _over(tx: Tx, request: Request) -> Response:
    """Back to the page that the question came from, if that still waits for a card: a reload is no dead end."""
    asked = tx.find(request.path_params["authentication"], authentication.KIND) or {"intent": ""}
    for kind in ("checkout.session", "billing_portal.session"):
        for page in tx.select(kind, "json_extract(body, '$._.attempt.intent') = ?", (asked["intent"],), 1):
            if page["url"]:
                return render.go(page["url"])
    return render.notice(410, "This question was answered already", "You can close this page.")


def _go_on(tx: Tx, asked: Object, intent: Object, *, passed: bool) -> Response:
    for session in tx.select("checkout.session", "json_extract(body, '$._.attempt.intent') = ?", (intent["id"],), 1):
        if session["status"] == "open":
            return checkout.after_question(tx, session, passed=passed)
    method = tx.get("payment_method", intent["payment_method"])
    if not passed:
        outcome = checkout_pay.fail_question(tx, intent, method)
    elif waiting := portal.switch_of(tx, intent):
        outcome = portal_actions.switch_answered(tx, *waiting)
    elif intent["object"] == "setup_intent":
        outcome = setups.confirm(tx, intent, method, authenticated=True)
    else:
        outcome = payments.confirm(tx, intent, method, on_session=True, authenticated=True)
    ours = portal.after_question(tx, intent, outcome) or invoice.after_question(tx, intent, outcome)
    if ours:
        return ours
    if asked["return_url"]:
        kind = intent["object"]
        mark = "&" if "?" in asked["return_url"] else "?"
        secret = f"{kind}={intent['id']}&{kind}_client_secret={intent['client_secret']}"
        return render.go(
            f"{asked['return_url']}{mark}{secret}&redirect_status={'succeeded' if outcome.paid else 'failed'}"
        )
    return render.notice(200, "Thank you", "Your bank has your answer. You can close this page.")
