"""How an installation stands, in lines a person can act on."""

import asyncio
from collections.abc import Callable, Iterator

from sqlmodel import Session

from saas_app import models, work
from saas_app.billing import catalogue
from saas_app.billing.gateway import catalogue as stripe_side
from saas_app.billing.stripe_account import stripe_object
from saas_app.core import db, engines, jobs
from saas_app.core.config import settings
from saas_app.core.errors import AppError, ConfigError, in_full, in_words
from saas_app.health import LATE_AFTER_SECONDS

assert models, work  # noqa: S101 (imported for the tables that they map, and for what is done with them)


def examine() -> Iterator[str]:
    """Settings, database, isolation, background work, Stripe: one line each, beginning with ok or WRONG."""
    now = settings()
    yield f"ok     settings for {now.app_env}, {now.base_url}"
    database = _try("database and row-level security", engines.check_isolation)
    yield database
    if database.startswith("ok"):
        with db.system_session("health", read_only=True) as session:
            yield from _rows(session)
    yield "ok     webhook secret" if now.webhook_secrets() else "WRONG  no STRIPE_WEBHOOK_SECRET: run stripe-setup"
    yield _try(f"Stripe ({now.stripe_mode}) answers", lambda: asyncio.run(stripe_side.fetch_account_id()))


def _rows(session: Session) -> Iterator[str]:
    yield from _background_work(jobs.health(session))
    _, since = catalogue.version(session)
    yield f"ok     catalogue of {since:%Y-%m-%d %H:%M} UTC" if since else "WRONG  no catalogue: run stripe-setup"
    portal = stripe_object(session, "portal_configuration")
    yield "ok     customer portal" if portal else "WRONG  no customer portal: run stripe-setup"


def _background_work(health: jobs.Health) -> Iterator[str]:
    words = f"background work: {health.pending} due, {health.dead} dead"
    if health.dead:
        yield f"WRONG  {words}: when its cause is mended, run retry"
    elif health.oldest > LATE_AFTER_SECONDS:
        yield f"WRONG  {words}, and nobody has done it for {in_words(int(health.oldest))}: is the app running?"
    else:
        yield f"ok     {words}"
    for name, error in health.failing.items():
        yield f"WRONG  “{name}”, which is done on a schedule, fails every time: {error}"


def _try(words: str, check: Callable[[], object]) -> str:
    try:
        check()
    except (AppError, ConfigError) as error:
        return f"WRONG  {words}: {in_full(error)}"
    return f"ok     {words}"
