"""The doors of purchases that are not Reflex: buying, fetching files, and claiming what was paid by a link."""

import asyncio
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from saas_app.auth import cookies
from saas_app.auth.doors import Form, form_of, member_of, opened_link, swap, to, visit_of
from saas_app.billing.api import currency_in
from saas_app.billing.limits import count_ask
from saas_app.core import db, habits, ratelimit, tokens
from saas_app.core.config import settings
from saas_app.core.errors import AppError, NotFound
from saas_app.core.viewer import Viewer
from saas_app.edge.who import viewer_of
from saas_app.purchases import checkout, flows, service
from saas_app.purchases.limits import DOWNLOADS_BY_USER

PRIVATE = {"cache-control": "private, no-store"}


async def buy(request: Request) -> Response:
    """From a "Buy" button to the hosted checkout."""
    form = await request.form(max_files=0, max_fields=10)
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return _see("/signup?next=/billing")
    try:
        await count_ask(viewer)
        return _see(await checkout.start_purchase(viewer, str(form.get("product", ""))[:80], currency_in(form)))
    except AppError as error:
        return _see(f"/billing?{urlencode({'problem': type(error).__name__})}")


async def open_file(request: Request) -> Response:
    """From the page to a link that runs out. Whoever is not logged in learns only that they are not."""
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return _see("/login?next=/billing")
    purchase_id, file = request.path_params["purchase"], request.path_params["file"]
    return _see(await db.read(viewer, service.download_link, purchase_id, file, viewer.id))


async def download(request: Request) -> Response:
    """One file, made for whoever owns it *now*, and written down. A link that has run out leads back to the page."""
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return _see("/login?next=/billing")
    signed = tokens.unsign(service.SIGNED, request.path_params["signed"])
    if signed is None:
        return _see("/billing")
    user_id, purchase_id, file = signed.split("/")
    if user_id != viewer.id:
        raise NotFound
    return await _deliver(request, viewer, purchase_id, file)


async def _deliver(request: Request, viewer: Viewer, purchase_id: str, file: str) -> Response:
    found, buyer = await db.read(viewer, service.redeem, purchase_id, file)
    await db.run_system("throttle", ratelimit.hit, DOWNLOADS_BY_USER, viewer.id)
    with habits.of_the_installation():  # a file is the same on whichever device it is fetched
        made = await asyncio.to_thread(found.make, buyer)
    visit = visit_of(request)
    where = {"ip": visit.ip, "device": visit.device}
    await db.run_system("download", service.record, viewer.id, purchase_id, found, **where)
    disposition = {"content-disposition": f'attachment; filename="{found.file}"'}
    return Response(made, media_type=found.media_type, headers={**PRIVATE, **disposition})


async def open_claim_link(request: Request) -> Response:
    """A link from a mail. Opening uses nothing up, since mail scanners open links too."""
    return swap(request, "claim")


@form_of("claim")
async def claim(request: Request, form: Form) -> Response:
    """Put what was paid by a link into the account of whoever is logged in here."""
    viewer = await member_of(request)
    await flows.claim(viewer, opened_link(request, "claim"), visit_of(request))
    response = to("/billing")
    cookies.drop_link(response, "claim")
    return response


def _see(url: str) -> Response:
    return RedirectResponse(url, 303, {"cache-control": "no-store"})


routes = [
    Route("/purchases/checkout", buy, methods=["POST"]),
    Route("/purchases/{purchase}/{file}", open_file, methods=["GET"]),
    Route("/downloads/{signed}", download, methods=["GET"]),
    Route("/claim", claim, methods=["POST"]),
    Route("/claim/{token}", open_claim_link, methods=["GET"]),
]
