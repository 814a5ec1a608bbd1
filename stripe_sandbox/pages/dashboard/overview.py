"""Where one arrives: what this is, where webhooks go, what happened last, and which cards to try."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import sandbox
from stripe_sandbox.pages.dashboard import events, frame, subscriptions
from stripe_sandbox.pages.dashboard.frame import Problem
from stripe_sandbox.store import Tx


def view(tx: Tx, request: Request, problem: Problem) -> Response:
    return frame.page(
        "overview",
        tx,
        request,
        problem,
        tab="overview",
        subscriptions=subscriptions.named(tx, tx.select("subscription", limit=6)),
        events=events.delivered(tx, tx.select("event", limit=10)),
        endpoints=tx.select("webhook_endpoint"),
        base_url=sandbox.base_url(request),
    )
