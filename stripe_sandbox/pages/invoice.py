"""The hosted invoice, with a way to pay it, and its PDF (docs.stripe.com/invoicing/hosted-invoice-page)."""

import hmac

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import invoices, payment_methods
from stripe_sandbox.pages import card_form, pdf, render
from stripe_sandbox.pages.card_form import COUNTRIES, Typed
from stripe_sandbox.pages.checkout import question_url
from stripe_sandbox.payments import Outcome
from stripe_sandbox.sandbox import visit
from stripe_sandbox.store import PRIVATE, Object, Tx


async def show(request: Request) -> Response:
    """The invoice and, while it is open, the form to pay it."""

    def draw() -> Response:
        with visit(request) as tx:
            invoice = _find(tx, request)
            return _page(tx, invoice, Typed({})) if invoice else _unknown()

    return await run_in_threadpool(draw)


async def send(request: Request) -> Response:
    """Pay it."""
    form = {key: str(value) for key, value in (await request.form()).items()}

    def work() -> Response:
        with visit(request) as tx:
            invoice = _find(tx, request)
            if invoice is None:
                return _unknown()
            if invoice["status"] not in ("open", "uncollectible"):
                return render.go(invoice["hosted_invoice_url"])
            return _pay(tx, invoice, Typed(form))

    return await run_in_threadpool(work)


async def as_pdf(request: Request) -> Response:
    """The invoice on paper."""

    def draw() -> Response:
        with visit(request) as tx:
            invoice = _find(tx, request)
        if invoice is None:
            return _unknown()
        name = f'inline; filename="invoice-{invoice["number"]}.pdf"'
        return Response(pdf.invoice(invoice), media_type="application/pdf", headers={"Content-Disposition": name})

    return await run_in_threadpool(draw)


def _find(tx: Tx, request: Request) -> Object | None:
    """The invoice, for whoever has the whole link."""
    invoice = tx.find(request.path_params["invoice"], "invoice")
    if invoice is None or invoice.get("deleted") or invoice["number"] is None:
        return None
    secret = request.query_params.get("s", "")
    return invoice if hmac.compare_digest(invoice[PRIVATE]["secret"].encode(), secret.encode()) else None


def _unknown() -> Response:
    return render.notice(404, "This invoice does not exist", "Check the link, or open it again from your invoices.")


def _pay(tx: Tx, invoice: Object, typed: Typed) -> Response:
    customer = invoice["customer"]
    saved = typed.text("card")
    method: Object | None = None
    if saved and saved != "new":
        method = tx.find(saved, "payment_method")
        if method is None or method["customer"] != customer:
            typed.errors["number"] = "This saved card is not available. Enter a card."
    else:
        card_form.check(typed, email=False, address=False)
        method = None if typed.errors else card_form.method(tx, typed)
    if method is None or typed.errors:
        return _page(tx, invoice, typed, 422)
    outcome = invoices.pay(tx, invoice, method, on_session=True, return_url=invoice["hosted_invoice_url"])
    if outcome.paid:
        if method["customer"] is None:
            payment_methods.attach_to(tx, tx.fresh(method), customer)
        return render.go(invoice["hosted_invoice_url"])
    if outcome.result == "processing":
        return render.go(invoice["hosted_invoice_url"])
    if outcome.result == "action":
        return render.go(question_url(invoices.intent_of(tx, invoice) or {}))
    if outcome.error:
        card_form.note(typed, outcome.error)
    return _page(tx, tx.fresh(invoice), typed, 422)


def after_question(tx: Tx, intent: Object, outcome: Outcome) -> Response | None:
    """Back to the invoice after the 3-D Secure page, if the payment was for one."""
    id_ = intent.get(PRIVATE, {}).get("invoice")
    if not id_:
        return None
    invoice = tx.get("invoice", id_)
    if outcome.paid:
        return render.go(invoice["hosted_invoice_url"])
    typed = Typed({})
    if outcome.error:
        card_form.note(typed, outcome.error)
    return _page(tx, invoice, typed, 422)


def _page(tx: Tx, invoice: Object, typed: Typed, status: int = 200) -> Response:
    saved = tx.of_customer("payment_method", invoice["customer"])
    return render.page(
        "invoice.html",
        status,
        invoice=invoice,
        secret=invoice[PRIVATE]["secret"],
        saved=saved,
        chosen=typed.fields.get("card") or (saved[0]["id"] if saved and not typed.errors else "new"),
        payable=invoice["status"] in ("open", "uncollectible"),
        typed=typed.kept,
        errors=typed.errors,
        countries=COUNTRIES,
    )
