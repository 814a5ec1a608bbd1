"""The parts of a running sandbox, together, for whoever answers a request."""

from dataclasses import dataclass

from starlette.requests import Request

from stripe_sandbox.api import Api
from stripe_sandbox.delivery import Deliverer
from stripe_sandbox.jobs import Runner
from stripe_sandbox.store import Store


@dataclass(frozen=True)
class Sandbox:
    store: Store
    api: Api
    runner: Runner
    deliverer: Deliverer


def of(request: Request) -> Sandbox:
    """The sandbox that this request came to."""
    return request.app.state.sandbox


def base_url(request: Request) -> str:
    """The sandbox's address as the caller knows it."""
    return f"{request.url.scheme}://{request.url.netloc}"
