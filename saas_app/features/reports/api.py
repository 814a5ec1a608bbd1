"""The doors of reports that are not Reflex: the file, the page behind a link, and the letterhead in the settings."""

import asyncio
import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from saas_app.auth.doors import TOKEN, Form, form_of, member_of
from saas_app.billing.gates import check
from saas_app.billing.plans import Feature
from saas_app.core import db
from saas_app.core.config import settings
from saas_app.core.errors import NotFound
from saas_app.core.words import _
from saas_app.edge.islands import respond
from saas_app.edge.who import viewer_of
from saas_app.features.reports import flows, letterhead, service
from saas_app.features.reports.forms import read_letterhead
from saas_app.features.reports.logo import read_logo
from saas_app.ui.paper import MEDIA_TYPE

LETTERHEAD = "/settings/letterhead"
LARGER = {LETTERHEAD: 512 * 1024}  # room to say by its field that a picture is too large
# What looks at links before a person does: previews of messengers, search engines, scanners of mail.
PROGRAM = re.compile(r"bot\b|crawl|spider|preview|scan|facebookexternalhit|whatsapp|slack|curl|wget|python", re.I)
NOT_FOR_MACHINES = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


async def fetch(request: Request) -> Response:
    """A report, for whoever it belongs to when it is fetched."""
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return RedirectResponse("/login?next=/scenarios", 303, {"cache-control": "no-store"})
    found = await db.read(viewer, service.file_of, request.path_params["report"])
    headers = {"cache-control": "private, no-store", "content-disposition": f'attachment; filename="{found.name}"'}
    return Response(found.content, media_type=MEDIA_TYPE, headers=headers)


async def open_shared(request: Request) -> Response:
    """A scenario for whoever has its link; every link that shows nothing looks the same."""
    token: str = request.path_params["token"]
    try:
        if not TOKEN.fullmatch(token):
            raise NotFound
        viewer = await viewer_of(request, settings().base_url)
        shared = await flows.open_link(token, by=viewer.id if viewer else "", counts=_is_a_person(request))
        answer = await respond(request, "s", shared=shared)
    except NotFound:
        answer = await respond(request, "s", status=404)
    answer.headers.update(NOT_FOR_MACHINES)
    return answer


def _is_a_person(request: Request) -> bool:
    """As far as one can tell: a program that says so, or that only knocks, has not seen anything."""
    ahead = "prefetch" in request.headers.get("sec-purpose", "")
    return request.method == "GET" and not ahead and not PROGRAM.search(request.headers.get("user-agent", ""))


@form_of("settings", "letterhead_name", "letterhead_address", file="logo")
async def keep_letterhead(request: Request, form: Form) -> Response:
    """Put one's own name, address and logo on reports."""
    viewer = await member_of(request)
    await db.read(viewer, check, Feature.LETTERHEAD)
    name, address = read_letterhead(form)
    logo = b"" if form.get("no_logo") else None
    if request.state.file:
        logo = await asyncio.to_thread(read_logo, request.state.file)
    await db.run(viewer, letterhead.keep_letterhead, name, address, logo)
    return await respond(request, "settings", viewer=viewer, notice=_("Your letterhead is saved."))


routes = [
    Route("/reports/{report}.pdf", fetch, methods=["GET"]),
    Route("/s/{token}", open_shared, methods=["GET"]),
    Route(LETTERHEAD, keep_letterhead, methods=["POST"]),
]
