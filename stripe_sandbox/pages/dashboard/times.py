"""The clock's buttons, and the pulse by which a screen learns that it should look again."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stripe_sandbox import clock, sandbox
from stripe_sandbox.pages import render
from stripe_sandbox.pages.dashboard import frame, overview
from stripe_sandbox.pages.dashboard.frame import Refused
from stripe_sandbox.store import Tx

_STEPS = {"hour": clock.HOUR, "day": clock.DAY}
_AT_ONCE_SECONDS = 0.3
_MOST_AHEAD = 10 * 366 * clock.DAY


def _move(request: Request, typed: dict[str, str]) -> str:
    """Set the common clock, or a test clock, on its way."""
    own = typed.get("clock", "")
    with sandbox.of(request).store.transaction() as tx:
        now = tx.get("test_helpers.test_clock", own)["frozen_time"] if own else tx.now
        target = _target(tx, typed, now, own or clock.GLOBAL)
    if target is None or target <= now:
        return frame.back(typed, "/", "nowhere")
    if target > now + _MOST_AHEAD:
        raise Refused("The clock goes at most ten years at once.")
    if own:
        frame.call(request, "POST", f"/v1/test_helpers/test_clocks/{own}/advance", {"frozen_time": str(target)})
        return frame.back(typed, "/", "advancing")
    mover = sandbox.of(request).mover
    if not mover.begin(now, target):
        return frame.back(typed, "/", "moving")
    mover.arrives_within(_AT_ONCE_SECONDS)
    return frame.back(typed, "/", "arrived")  # not said while it is still under way


def _target(tx: Tx, typed: dict[str, str], now: int, clock_name: str) -> int | None:
    step = typed.get("step", "")
    if step == "renewal":
        return tx.db.execute(
            "SELECT min(due) FROM jobs WHERE kind = 'subscription.renew' AND clock = ?", (clock_name,)
        ).fetchone()[0]
    if step == "trial":
        return frame.next_trial_end(tx, clock_name)
    if step.isdecimal() and len(step) < 12:
        return int(step)
    return now + _STEPS.get(step, 0)


move = frame.act("clock", overview.view, _move)


async def pulse(request: Request) -> Response:
    """Has anything changed? For the script of the screens."""

    def look() -> Response:
        with sandbox.of(request).store.transaction() as tx:
            moving = sandbox.of(request).mover.under_way
            return JSONResponse({"mark": frame.mark(request, tx), "moving": moving is not None})

    return await run_in_threadpool(look)


async def script(request: Request) -> Response:
    """Keeps the parts of a screen that change up to date."""
    return Response(render.LIVE, media_type="text/javascript", headers={"Cache-Control": "no-cache"})
