"""What the window lists, asked for when it is opened."""

from dataclasses import astuple

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from saas_app import site
from saas_app.core import db
from saas_app.core.config import settings
from saas_app.core.words import _
from saas_app.edge.pages import declared
from saas_app.edge.who import viewer_of
from saas_app.finder import places
from saas_app.finder.places import Place

FIND = "/find"
NO_STORE = {"cache-control": "private, no-store"}


async def find(request: Request) -> Response:
    """[label, kind, address] of each place, for the member who asks; a stranger is sent to log in."""
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return RedirectResponse(site.LOGIN, 303, NO_STORE)
    found = [*await db.read(viewer, places.mine), *pages()]
    return JSONResponse([astuple(place) for place in found], headers=NO_STORE)


def pages() -> list[Place]:
    """The menu, the settings and what strangers may find, as they were declared."""
    menu = [Place(item.label, _("Page"), item.href) for item in site.MEMBER_NAV]
    there = {place.href for place in menu}
    routes = [route for route in declared.islands.values() if route.path not in there]
    settings = [route for route in routes if route.path.startswith(f"{site.SETTINGS}/")]
    public = [route for route in routes if route.listed and route.path not in (site.LOGIN, site.SIGNUP, "/forgot")]
    return [
        *menu,
        *(Place(_bare(route.title), _("Settings"), route.path) for route in settings),
        *(Place(_bare(route.title), _("Page"), route.path) for route in public),
    ]


def _bare(title: str) -> str:
    return title.removesuffix(f" · {site.PRODUCT}")


routes = [Route(FIND, find, methods=["GET"])]
