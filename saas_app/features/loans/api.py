"""The doors of the loan desk that are not Reflex: files, and the way from the calculator to the desk."""

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from saas_app.billing.gates import admitted
from saas_app.billing.plans import Feature
from saas_app.core import db, habits
from saas_app.core.config import settings
from saas_app.core.errors import LoginNeeded
from saas_app.edge.who import viewer_of
from saas_app.features.loans import quick, sheets
from saas_app.features.loans.forms import LONGEST


async def keep(request: Request) -> Response:
    """The numbers of the calculator go along to the desk; whoever is not in yet signs up on the way."""
    asked = {field: request.query_params.get(field, "")[:LONGEST] for field in quick.USUAL}
    desk = f"/scenarios?{urlencode(asked)}"
    viewer = await viewer_of(request, settings().base_url)
    where = desk if viewer else f"/signup?{urlencode({'next': desk})}"
    return RedirectResponse(where, 303, {"cache-control": "no-store"})


async def schedule_csv(request: Request) -> Response:
    """Every payment of a scenario."""
    return await _file(request, "schedule.csv", sheets.schedule_file, request.path_params["scenario"])


async def comparison_csv(request: Request) -> Response:
    """What scenarios come to, those named by `id` in the address or else all."""
    return await _file(request, "comparison.csv", sheets.comparison_file, tuple(request.query_params.getlist("id")))


async def _file(request: Request, name: str, write: Callable[..., str], what: object) -> Response:
    """A file for whoever's plan has files; a stranger is sent to log in, and NotEntitled is answered by the gate."""
    try:
        viewer = await admitted(request, Feature.EXPORT)
    except LoginNeeded:
        return RedirectResponse("/login?next=/scenarios", 303, {"cache-control": "no-store"})
    with habits.of_the_installation():  # a program may read it
        words = await db.read(viewer, write, what)
    headers = {"cache-control": "private, no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(words, media_type="text/csv; charset=utf-8", headers=headers)


routes = [
    Route("/calculator/keep", keep, methods=["GET"]),
    Route("/scenarios/comparison.csv", comparison_csv, methods=["GET"]),
    Route("/scenarios/{scenario}/schedule.csv", schedule_csv, methods=["GET"]),
]
