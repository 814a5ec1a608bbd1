"""The receipt of a payment, with what was given back of it since (docs.stripe.com/receipts)."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox.pages import render
from stripe_sandbox.sandbox import visit


async def show(request: Request) -> Response:
    """For whoever has the link, which nobody guesses."""

    def draw() -> Response:
        with visit(request) as tx:
            charge = tx.find(request.path_params["charge"], "charge")
            if charge is None or not charge["receipt_url"]:
                return render.notice(404, "There is no such receipt", "Check the link.")
            refunds = tx.select("refund", "json_extract(body, '$.charge') = ?", (charge["id"],))
        return render.page("receipt.html", charge=charge, refunds=refunds)

    return await run_in_threadpool(draw)
