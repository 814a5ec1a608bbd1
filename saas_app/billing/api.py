"""The doors of billing that are not Reflex: Stripe's webhook, and the forms that lead to Stripe's hosted pages."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from saas_app.billing import account, checkout, portal, webhooks
from saas_app.billing.gateway.errors import BadSignature
from saas_app.billing.limits import count_ask
from saas_app.core.config import settings
from saas_app.core.errors import AppError, DatabaseBusy
from saas_app.edge.who import viewer_of

log = logging.getLogger(__name__)

BACK_WAITS_SECONDS = 5
BODY_WITHIN_SECONDS = 10

WEBHOOK = "/api/stripe/webhook"


async def stripe_webhook(scope: Scope, receive: Receive, send: Send) -> None:
    """The door for Stripe's events. Plain ASGI, since thousands may come in a second (`edge.door` leads here first)."""
    request = Request(scope, receive)
    if request.method == "POST":
        answer = await _take(request)
    else:
        answer = PlainTextResponse("Events are posted here.", 405, {"allow": "POST"})
    await answer(scope, receive, send)


async def _take(request: Request) -> Response:
    """Verify, store, answer. What the event means is looked up afterwards, by a worker.

    200 only when the event is stored; 400 for a signature that is not Stripe's; 404 while no secret is configured,
    since anybody could forge an event signed with nothing; 503 when it could not be stored, so that Stripe retries;
    408 for whoever does not come to an end.
    """
    secrets = settings().webhook_secrets()
    if not secrets:
        return PlainTextResponse("No webhook secret is configured.", 404)
    try:
        async with asyncio.timeout(BODY_WITHIN_SECONDS):
            body = await request.body()
    except (TimeoutError, ClientDisconnect):
        return PlainTextResponse("The event did not arrive whole. Please send it again.", 408)
    try:
        await webhooks.receive(body, request.headers.get("stripe-signature", ""), secrets)
    except BadSignature as error:
        log.warning("a webhook with a bad signature was refused")
        return PlainTextResponse(str(error), 400)
    except DatabaseBusy:
        return PlainTextResponse("Not stored. Please send it again.", 503)
    return PlainTextResponse("stored")


async def start_checkout(request: Request) -> Response:
    """From a "Subscribe" button to the hosted checkout."""
    form = await request.form()
    plan, interval = str(form.get("plan", "")), _interval(str(form.get("billing", "")))
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return _see(f"/signup?{urlencode({'plan': plan, 'billing': interval})}")
    try:
        await count_ask(viewer)
        return _see(await checkout.start_checkout(viewer, plan, interval, currency_in(form)))
    except AppError as error:
        return _explain(error, plan=plan, billing=interval)


async def open_portal(request: Request) -> Response:
    """From "Manage billing" to the hosted portal."""
    form = await request.form()
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return _see("/login?next=/billing")
    try:
        await count_ask(viewer)
        return _see(await portal.open_portal(viewer, flow=str(form.get("flow", ""))))
    except AppError as error:
        return _explain(error)


async def back_from_portal(request: Request) -> Response:
    """Look at Stripe before the page is shown, so that what was just changed there is on it.

    When that fails the page is a little behind, no more: what was done at Stripe stands, and a webhook brings it.
    """
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return _see("/login?next=/billing")
    try:
        await count_ask(viewer)
        await account.sync_soon(viewer.id, BACK_WAITS_SECONDS)
    except AppError as error:
        log.warning("no look at Stripe on the way back from the portal: %s", type(error).__name__)
    return _see("/billing")


async def resume(request: Request) -> Response:
    """Let a paused plan go on."""
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return _see("/login?next=/billing")
    try:
        await count_ask(viewer)
        await account.resume(viewer)
    except AppError as error:
        return _explain(error)
    return _see("/billing")


async def refresh(request: Request) -> Response:
    """Ask Stripe again, by hand."""
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        return _see("/login?next=/billing")
    try:
        await count_ask(viewer)
        await account.sync_account(viewer.id)
    except AppError as error:
        return _explain(error)
    return _see("/billing")


class AsgiDoor:
    """Tells Starlette that this takes requests as ASGI has them, which it would not see on a function."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def currency_in(form: Mapping[str, Any]) -> str:
    """The currency that a form was shown in; '' for the usual one, and for anything that can be none."""
    said = str(form.get("currency", "")).lower()
    return said if len(said) == 3 and said.isalpha() else ""


def _interval(text: str) -> str:
    return "month" if text in ("month", "monthly") else "year"


def _see(url: str) -> Response:
    return RedirectResponse(url, 303, {"cache-control": "no-store"})


def _explain(error: AppError, **chosen: str) -> Response:
    """Back to the billing page, which says what went wrong; what was chosen is kept."""
    return _see(f"/billing?{urlencode({'problem': type(error).__name__, **chosen})}")


routes = [
    Route(WEBHOOK, AsgiDoor(stripe_webhook), methods=["POST"]),
    Route("/billing/checkout", start_checkout, methods=["POST"]),
    Route("/billing/portal", open_portal, methods=["POST"]),
    Route("/billing/back", back_from_portal),
    Route("/billing/resume", resume, methods=["POST"]),
    Route("/billing/refresh", refresh, methods=["POST"]),
]
