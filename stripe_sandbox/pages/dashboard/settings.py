"""How kind this sandbox is: chaos, dunning, being down, and forgetting everything."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import chaos, dunning
from stripe_sandbox import sandbox as here
from stripe_sandbox.pages.dashboard import frame
from stripe_sandbox.pages.dashboard.frame import Problem, Refused
from stripe_sandbox.store import Tx, real_now

_DOWN_FOR = 3600


def view(tx: Tx, request: Request, problem: Problem) -> Response:
    api = here.of(request).api
    return frame.page(
        "settings",
        tx,
        request,
        problem,
        tab="settings",
        dunning=dunning.settings(tx),
        ends=dunning.ENDS,
        down_for=max(0, round(api.down_until - real_now())),
        endpoints=tx.select("webhook_endpoint"),
        clocks=tx.select("test_helpers.test_clock"),
        switches=SWITCHES,
    )


SWITCHES = (
    ("duplicate", "Send twice", "share of deliveries, 0 to 1"),
    ("drop", "Lose the first try", "share of deliveries, 0 to 1"),
    ("delay", "Deliver late", "seconds"),
    ("fail", "Answer 500", "share of API calls, 0 to 1"),
    ("limit", "Answer 429", "share of API calls, 0 to 1"),
    ("slow", "Answer slowly", "seconds for each call"),
)


def _chaos(request: Request, typed: dict[str, str]) -> str:
    wanted: dict[str, object] = {"shuffle": typed.get("shuffle", ""), "seed": 0}
    errors: dict[str, str] = {}
    for name, _, _ in SWITCHES:
        wanted[name] = typed.get(name, "").strip().replace(",", ".") or "0"
        try:
            chaos.parse({name: wanted[name]})
        except ValueError as error:
            errors[name] = str(error).replace(f"`{name}` lies", "This lies") if "lies" in str(error) else "A number."
    if errors:
        raise Refused(**errors)
    here.of(request).weather.become(chaos.parse(wanted))
    here.of(request).deliverer.wake()
    return frame.saying("/settings", "chaos")


def _down(request: Request, typed: dict[str, str]) -> str:
    text = typed.get("seconds", "").strip()
    if not text.isdecimal() or int(text[:9]) > _DOWN_FOR:
        raise Refused(seconds=f"A number of seconds, at most {_DOWN_FOR}. 0 ends it.")
    here.of(request).api.down_until = real_now() + int(text) if int(text) else 0.0
    return frame.saying("/settings", "chaos")


def _dunning(request: Request, typed: dict[str, str]) -> str:
    parts = [part.strip() for part in typed.get("retry_days", "").split(",") if part.strip()]
    if typed.get("then") not in dunning.ENDS:
        raise Refused(then="Choose what happens after the last try.")
    days = [int(part) if part.isascii() and part.isdecimal() and len(part) < 5 else 0 for part in parts]
    try:
        with here.of(request).store.transaction() as tx:
            dunning.change(tx, {"retry_days": days, "then": typed["then"]})
    except ValueError as error:
        raise Refused(retry_days=str(error)) from error
    return frame.saying("/settings", "saved")


def _reset(request: Request, typed: dict[str, str]) -> str:
    if typed.get("sure") != "yes":
        raise Refused(sure="Tick this first: it cannot be undone.")
    if here.of(request).mover.under_way:
        raise Refused("The clock is moving. Wait until it has arrived.")
    here.forget(here.of(request))
    return frame.saying("/settings", "reset")


set_chaos = frame.act("chaos", view, _chaos)
set_down = frame.act("down", view, _down)
set_dunning = frame.act("dunning", view, _dunning)
reset = frame.act("reset", view, _reset)
