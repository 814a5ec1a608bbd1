"""The control plane, for tests and for the dashboard. None of it is Stripe's."""

import json
from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from stripe_sandbox import chaos, clock, delivery, dunning, events
from stripe_sandbox.errors import StripeError
from stripe_sandbox.sandbox import Sandbox, forget, of
from stripe_sandbox.store import real_now

_MOST_AHEAD = 10 * 366 * clock.DAY


class _Nonsense(Exception):
    """A value that is none; its words are the answer."""


async def refuse(request: Request, error: Exception) -> JSONResponse:
    """What the control plane says to nonsense."""
    return JSONResponse({"error": str(error)}, 400)


def _number(given: dict[str, Any], name: str, otherwise: float, most: float = 1e12) -> float:
    value = given.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise _Nonsense(f"`{name}` is a number from 0 to {most:g}.")
    return value


REFUSED: type[Exception] = _Nonsense


async def health(request: Request) -> JSONResponse:
    """Ready, and what time it is here."""
    return JSONResponse({"status": "ok", **await run_in_threadpool(_times, of(request))})


def _times(sandbox: Sandbox) -> dict[str, int]:
    with sandbox.store.transaction() as tx:
        return {"now": tx.now, "offset": clock.offset(tx)}


async def advance(request: Request) -> JSONResponse:
    """Move the clock: `{"seconds": 3600}`, `{"to": unix seconds}` or `{"to": "next_renewal"}`."""
    given = await _given(request)
    sandbox = of(request)
    now = (await run_in_threadpool(_times, sandbox))["now"]
    if given.get("to") == "next_renewal":
        target = await run_in_threadpool(sandbox.runner.next_renewal)
        if target is None:
            return JSONResponse({"error": "No subscription renews."}, 400)
    else:
        target = int(_number(given, "to", 0)) if "to" in given else now + int(_number(given, "seconds", 0))
    if not now <= target <= now + _MOST_AHEAD:
        return JSONResponse({"error": "The clock only goes forward, at most ten years at once."}, 400)
    done = await run_in_threadpool(sandbox.runner.advance, target)
    return JSONResponse({"jobs": done, **await run_in_threadpool(_times, sandbox)})


async def keep(request: Request) -> JSONResponse:
    """Remember everything as it is, so that a test suite need not set up its shop for each test."""
    await run_in_threadpool(of(request).store.keep)
    return JSONResponse({"kept": True})


async def reset(request: Request) -> JSONResponse:
    """Forget everything; with `{"to": "kept"}` what came after `keep`."""
    to_kept = (await _given(request)).get("to") == "kept"
    try:
        await run_in_threadpool(lambda: forget(of(request), to_kept=to_kept))
    except LookupError as error:
        return JSONResponse({"error": str(error)}, 400)
    return JSONResponse({"reset": True})


async def deliveries(request: Request) -> JSONResponse:
    """Every delivery with each attempt, newest first; `?event=evt_…` for one event."""

    def read() -> list[dict[str, object]]:
        with of(request).store.transaction() as tx:
            return delivery.log_of(tx, request.query_params.get("event"))

    return JSONResponse({"data": await run_in_threadpool(read)})


async def settle(request: Request) -> JSONResponse:
    """Answers when no delivery waits or flies, or after `{"timeout": seconds}` (10)."""
    seconds = _number(await _given(request), "timeout", 10, 60)
    done = await of(request).deliverer.settled(seconds)
    return JSONResponse({"settled": done}, 200 if done else 504)


async def resend(request: Request) -> JSONResponse:
    """Queue an event again: `{"event": "evt_…"}`."""
    id_ = str((await _given(request)).get("event"))

    def queue() -> int:
        with of(request).store.transaction() as tx:
            return events.send_again(tx, id_)

    try:
        return JSONResponse({"queued": await run_in_threadpool(queue)})
    except StripeError as error:
        return JSONResponse(error.body(), 404)


async def down(request: Request) -> JSONResponse:
    """Answer 503 to all of /v1 for `{"seconds": n}`; 0 ends it."""
    seconds = _number(await _given(request), "seconds", 10, 86400)
    of(request).api.down_until = real_now() + seconds if seconds else 0.0
    return JSONResponse({"down_until": of(request).api.down_until})


async def unkind(request: Request) -> JSONResponse:
    """What `chaos.Chaos` has, as JSON; `{}` ends it. GET shows what reigns."""
    if request.method == "POST":
        try:
            of(request).weather.become(chaos.parse(await _given(request)))
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        of(request).deliverer.wake()
    return JSONResponse(asdict(of(request).weather.now))


async def settings(request: Request) -> JSONResponse:
    """What happens when renewals fail: `{"retry_days": [3, 5, 7], "then": "cancel"|"unpaid"|"past_due"}`."""
    given = await _given(request) if request.method == "POST" else {}

    def write() -> dict[str, Any]:
        with of(request).store.transaction() as tx:
            return dunning.change(tx, given)

    try:
        return JSONResponse(await run_in_threadpool(write))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 400)


async def _given(request: Request) -> dict[str, Any]:
    body = await request.body()
    if not body:
        return {}
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    return given if isinstance(given, dict) else {}


ROUTES = [
    Route("/health", health),
    Route("/advance", advance, methods=["POST"]),
    Route("/keep", keep, methods=["POST"]),
    Route("/reset", reset, methods=["POST"]),
    Route("/deliveries", deliveries),
    Route("/settle", settle, methods=["GET", "POST"]),
    Route("/resend", resend, methods=["POST"]),
    Route("/down", down, methods=["POST"]),
    Route("/chaos", unkind, methods=["GET", "POST"]),
    Route("/settings", settings, methods=["GET", "POST"]),
]
