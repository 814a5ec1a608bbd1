"""What a load balancer asks: are we up, and is the work being done?"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from saas_app.core import db, jobs
from saas_app.core.errors import Unavailable

LATE_AFTER_SECONDS = 600


async def healthz(request: Request) -> Response:
    """200 while the database answers and no work is ten minutes late. Says nothing about anybody.

    A task that keeps failing is told and no more: it is mostly Stripe's side, and another server would not help.
    """
    try:
        health = await db.read_system("health", jobs.health)
    except Unavailable:
        return JSONResponse({"ok": False, "database": False}, 503)
    late = health.oldest > LATE_AFTER_SECONDS
    said = {"ok": not late, "database": True, "late": late, "failing": bool(health.failing)}
    return JSONResponse(said, 503 if late else 200)


routes = [Route("/healthz", healthz)]
