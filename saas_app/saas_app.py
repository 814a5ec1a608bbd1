"""The app, put together. Imports everyone; nobody imports it."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import reflex as rx
from reflex.app import default_error_boundary
from starlette.applications import Starlette
from starlette.types import ASGIApp

from saas_app import features, health, models, work
from saas_app.account import api as account_api
from saas_app.account import pages as account_pages
from saas_app.auth import api as auth_api
from saas_app.auth import code_api
from saas_app.auth import pages as auth_pages
from saas_app.auth.sessions import find_viewer
from saas_app.billing import api as billing_api
from saas_app.billing import change_api, change_pages, locked
from saas_app.billing import pages as billing_pages
from saas_app.billing import service as billing_service
from saas_app.billing.entitlements import NotEntitled
from saas_app.billing.storefront import Storefront
from saas_app.core import db, garbage, logs, mailbox_api, words
from saas_app.core.config import settings
from saas_app.core.errors import AppError
from saas_app.core.worker import Worker
from saas_app.dashboard import pages as dashboard_pages
from saas_app.dashboard import welcome
from saas_app.edge import found, islands, who
from saas_app.edge.broken import refused
from saas_app.edge.door import Edge
from saas_app.edge.gate import Gate
from saas_app.edge.live import tabs
from saas_app.edge.pages import declared
from saas_app.edge.ready import Ready
from saas_app.edge.who import cookie_name
from saas_app.factors import api as factors_api
from saas_app.factors import pages as factors_pages
from saas_app.finder import api as finder_api
from saas_app.finder import components as finder
from saas_app.kit import pages as kit_pages
from saas_app.marketing import pages as marketing_pages
from saas_app.purchases import api as purchases_api
from saas_app.purchases import pages as purchases_pages
from saas_app.social import api as social_api
from saas_app.social import components as social
from saas_app.social import pages as social_pages
from saas_app.ui.connection import connection_banner
from saas_app.ui.head import head_links

# Imported for the pages, tables and jobs that they declare; site.FEATURES says which features are among them.
PARTS = (
    models,
    account_pages,
    auth_pages,
    billing_pages,
    change_pages,
    dashboard_pages,
    factors_pages,
    finder,
    kit_pages,
    locked,
    marketing_pages,
    purchases_pages,
    social_pages,
    welcome,
    work,
    *features.join("pages"),
)

BUILD = Path(os.environ.get("SITE_BUILD", ".web/build"))
STRIPE_HOSTS = ("https://checkout.stripe.com", "https://billing.stripe.com")

log = logging.getLogger(__name__)


def _form_targets() -> tuple[str, ...]:
    """Where a form of ours may lead: Stripe's hosted pages, or the sandbox's."""
    base = settings().stripe_api_base
    return (base,) if settings().stripe_mode == "sandbox" else STRIPE_HOSTS


def edge(inner: ASGIApp) -> ASGIApp:
    """Put the door before everything: our own routes first, and then Reflex, which open tabs reach at once."""
    api.mount("", inner)
    pages = islands.Islands(
        BUILD / "islands",
        shop.fill,
        shop.derive,
        _form_targets(),
        declared.islands,
        vary=shop.vary,
        frame=billing_service.frame,
    )
    islands.install(pages)
    who.install(find_viewer)
    return Edge(
        api,
        islands=pages,
        island_routes=declared.islands,
        members=declared.members,
        find_viewer=find_viewer,
        base_url=settings().origin,
        build=BUILD,
        form_targets=_form_targets(),
        keeps=("currency",),
        straight={billing_api.WEBHOOK: billing_api.stripe_webhook},
        larger={path: size for part in features.join("api") for path, size in getattr(part, "LARGER", {}).items()},
        sockets=inner,
    )


def served() -> ASGIApp:
    """What the server is given: the whole app, with the public pages that are ready before it."""
    return Ready(app(), shop.current, cookie_name(settings().origin))


@asynccontextmanager
async def running(app: rx.App) -> AsyncIterator[None]:
    """Everything that runs beside the requests: the database, the push to open tabs, the worker."""
    logs.start(production=settings().is_production)
    if settings().is_production and not settings().webhook_secrets():
        log.warning("STRIPE_WEBHOOK_SECRET is missing, so no event is taken. Run: python -m saas_app stripe-setup")
    db.start()
    tabs.start(app)
    worker = Worker() if settings().worker else None
    if worker:
        await worker.start()
    try:
        async with garbage.kept_low():
            yield
    finally:
        if worker:
            await worker.stop()
        db.stop()


def failed(exception: Exception) -> None:
    """An event handler broke. The log gets the trace; the browser gets nothing, and its page stays as it was."""
    log.error("an event handler failed", exc_info=exception)


shop = Storefront(social.fixed_slots())
api = Starlette(
    routes=[
        *auth_api.routes,
        *code_api.routes,
        *social_api.routes,
        *account_api.routes,
        *factors_api.routes,
        *billing_api.routes,
        *change_api.routes,
        *purchases_api.routes,
        *(route for part in features.join("api") for route in part.routes),
        *mailbox_api.routes(),
        *finder_api.routes,
        *found.routes,
        *health.routes,
    ],
    exception_handlers={NotEntitled: locked.refused, AppError: refused},
)
app = rx.App(
    api_transformer=edge,
    toaster=None,
    app_wraps={
        (55, "ErrorBoundary"): lambda stateful: default_error_boundary(),
        (5, "Overlay"): lambda stateful: rx.fragment(connection_banner()),
    },
    stylesheets=["/theme.css"],
    reset_style=False,  # Tailwind brings its own
    head_components=head_links(),
    html_lang=words.language(),
    backend_exception_handler=failed,
)
app.add_middleware(Gate(find_viewer))
app.register_lifespan_task(running)
