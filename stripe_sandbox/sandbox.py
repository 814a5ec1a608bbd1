"""The parts of a running sandbox, together, for whoever answers a request."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request

from stripe_sandbox import clock
from stripe_sandbox.api import Api
from stripe_sandbox.chaos import Chaos, Weather
from stripe_sandbox.delivery import Deliverer
from stripe_sandbox.jobs import Runner
from stripe_sandbox.listeners import Hub
from stripe_sandbox.movement import Mover
from stripe_sandbox.store import Store, Tx


@dataclass(frozen=True)
class Sandbox:
    store: Store
    api: Api
    runner: Runner
    deliverer: Deliverer
    hub: Hub
    weather: Weather
    mover: Mover


def of(request: Request) -> Sandbox:
    """The sandbox that this request came to."""
    return request.app.state.sandbox


def forget(sandbox: Sandbox, *, to_kept: bool = False) -> None:
    """Everything, or what came after it was kept, and all that was switched on."""
    sandbox.api.down_until = 0.0
    sandbox.weather.become(Chaos())
    sandbox.runner.forget(to_kept=to_kept)


def base_url(request: Request) -> str:
    """The sandbox's address as the caller knows it."""
    return f"{request.url.scheme}://{request.url.netloc}"


@contextlib.contextmanager
def visit(request: Request) -> Iterator[Tx]:
    """A transaction for a hosted page, in the time of the customer whose page it is."""
    with of(request).store.transaction(base_url=base_url(request)) as tx:
        clock.enter(tx, request.path_params.values())
        yield tx
