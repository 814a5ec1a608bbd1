"""The addresses of the hosted pages."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_sandbox.pages import (
    checkout,
    invoice,
    portal,
    portal_card,
    portal_details,
    portal_plan,
    receipt,
    render,
    three_d_secure,
)

_BOTH = ["GET", "POST"]


async def _style(request: Request) -> Response:
    return Response(render.STYLE, media_type="text/css", headers={"Cache-Control": "no-cache"})


_PORTAL = "/p/session/{token}"

ROUTES = [
    Route("/style.css", _style),
    Route("/c/pay/{session}", checkout.show, methods=["GET"]),
    Route("/c/pay/{session}", checkout.send, methods=["POST"]),
    Route("/b/{link}", checkout.from_link, methods=["GET"]),
    Route("/3ds/{authentication}", three_d_secure.show, methods=["GET"]),
    Route("/3ds/{authentication}", three_d_secure.send, methods=["POST"]),
    Route("/i/{invoice}", invoice.show, methods=["GET"]),
    Route("/i/{invoice}", invoice.send, methods=["POST"]),
    Route("/i/{invoice}/pdf", invoice.as_pdf, methods=["GET"]),
    Route("/receipts/{charge}", receipt.show, methods=["GET"]),
    Route(_PORTAL, portal.home, methods=["GET"]),
    Route(f"{_PORTAL}/card", portal_card.card, methods=_BOTH),
    Route(f"{_PORTAL}/use-card", portal_card.use_card, methods=["POST"]),
    Route(f"{_PORTAL}/cancel/{{subscription}}", portal_plan.cancel, methods=_BOTH),
    Route(f"{_PORTAL}/keep/{{subscription}}", portal_plan.keep, methods=["POST"]),
    Route(f"{_PORTAL}/switch/{{subscription}}", portal_plan.switch, methods=["GET"]),
    Route(f"{_PORTAL}/confirm/{{subscription}}", portal_plan.confirm, methods=_BOTH),
    Route(f"{_PORTAL}/stay/{{subscription}}", portal_plan.stay, methods=["POST"]),
    Route(f"{_PORTAL}/pause/{{subscription}}", portal_plan.pause, methods=_BOTH),
    Route(f"{_PORTAL}/resume/{{subscription}}", portal_plan.resume, methods=["POST"]),
    Route(f"{_PORTAL}/tax-id", portal_details.tax_id, methods=["POST"]),
    Route(f"{_PORTAL}/details", portal_details.details, methods=_BOTH),
]
