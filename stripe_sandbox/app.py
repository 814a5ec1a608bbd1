"""Joins everything: the API, the hosted pages, the control plane, and the two tasks behind them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from stripe_sandbox import control, listeners, test_clocks
from stripe_sandbox.api import Api
from stripe_sandbox.api import Request as ApiRequest
from stripe_sandbox.chaos import Weather
from stripe_sandbox.delivery import Deliverer
from stripe_sandbox.guard import Guard
from stripe_sandbox.jobs import Runner
from stripe_sandbox.listeners import Hub
from stripe_sandbox.movement import Mover
from stripe_sandbox.operations import OPERATIONS
from stripe_sandbox.pages import render, routes
from stripe_sandbox.pages.dashboard import routes as dashboard
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Store

log = logging.getLogger("stripe_sandbox")

_TICK_SECONDS = 1.0


def build(
    db: Path | str, *, loopback_only: bool = True, on_ready: Callable[[], None] = lambda: None, address: str = ""
) -> Starlette:
    """The whole sandbox as one ASGI app over one SQLite file. `address`: where its pages are reached."""
    log.debug("%d modules of operations", len(OPERATIONS))
    store = Store(db)
    store.address = address
    weather = Weather()
    runner = Runner(store)
    sandbox = Sandbox(
        store,
        Api(store, weather),
        runner,
        Deliverer(store, weather),
        Hub(store),
        weather,
        Mover(runner),
    )
    alarm = Alarm()

    def wake(woke: list[str]) -> None:
        if "delivery" in woke:
            sandbox.deliverer.wake()
        if "clock" in woke:
            alarm.ring()
        sandbox.hub.wake(woke)

    store.on_commit = wake

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(sandbox.deliverer.run()), asyncio.create_task(_tick(sandbox, alarm))]
        on_ready()
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        store.close()

    app = Starlette(
        routes=[
            Route("/v1/{path:path}", _api, methods=["GET", "POST", "DELETE"]),
            Mount("/_sandbox", routes=control.ROUTES),
            *listeners.ROUTES,
            *routes.ROUTES,
            *dashboard.ROUTES,
        ],
        exception_handlers={404: _lost, control.REFUSED: control.refuse, Exception: _defect},
        middleware=[Middleware(Guard, loopback_only=loopback_only)],
        lifespan=lifespan,
    )
    app.state.sandbox = sandbox
    return app


class Alarm:
    """Ends a pause early; may be rung from any thread."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self) -> None:
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._rung.set)

    async def pause(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()


async def _tick(sandbox: Sandbox, alarm: Alarm) -> None:
    """Time passes: whatever became due is done, and test clocks that were asked to advance do."""
    while True:
        try:
            await run_in_threadpool(sandbox.runner.run_due)
            await run_in_threadpool(test_clocks.run, sandbox.store, sandbox.runner)
        except Exception:  # the clock must not stop because of one bad moment
            log.exception("Planned work could not be looked at")
        await alarm.pause(_TICK_SECONDS)


async def _lost(request: Request, error: Exception) -> Response:
    return render.notice(404, "This page does not exist", "Check the address.", "/", "To the sandbox")


async def _defect(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return render.notice(500, "The sandbox has a defect", "Nothing was changed. Its log says where.")


async def _api(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    raw = (await request.body()).decode("utf-8", "replace")
    asked = ApiRequest(
        method=request.method,
        path=request.scope["path"],
        query=request.url.query,
        body=raw,
        headers={key.lower(): value for key, value in request.headers.items()},
        base_url=f"{request.url.scheme}://{request.url.netloc}",
    )
    reply = await run_in_threadpool(sandbox.api.answer, asked)
    return Response(reply.body, reply.status, reply.headers)
