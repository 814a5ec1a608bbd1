"""The real sandbox as Stripe: one process for all tests of a worker, emptied before each."""

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack

import httpx
import pytest
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from saas_app import work
from saas_app.auth.models import User
from saas_app.auth.sessions import Visit, find_viewer, open_session
from saas_app.billing import api, setup, stripe_account, webhooks
from saas_app.billing.gateway import client as gateway
from saas_app.core import clock, jobs
from saas_app.core.viewer import Viewer
from saas_app.edge import who
from stripe_sandbox import testing
from tests.billing.kept import set_up_once
from tests.billing.shop import Stripe
from tests.factories import as_system

assert work  # declares what is done later and on a schedule


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with testing.running_sandbox(tmp_path_factory.mktemp("sandbox") / "stripe.db") as url:
        yield url


@pytest.fixture
async def stripe(database: str, sandbox: str, configured: Callable[..., None]) -> AsyncGenerator[Stripe]:
    """An empty Stripe account that the app's settings point at."""
    made = Stripe(sandbox)
    made.tell("reset")
    configured(STRIPE_API_BASE=sandbox, BASE_URL="http://localhost:9")  # nobody listens there: events stay at Stripe
    yield made
    await hang_up()


async def hang_up() -> None:
    """Connections, locks and what was looked at belong to one test."""
    webhooks._locks.clear()
    webhooks._looked_at.clear()
    stripe_account._checked.clear()
    gateway._line.silent = False
    await gateway.client()._requestor._client.close_async()
    gateway._client.cache_clear()


@pytest.fixture
async def shop(stripe: Stripe) -> Stripe:
    """As `stripe`, with our products, prices, portal and webhook endpoint, as the set-up command leaves them."""
    await set_up_once(stripe, _set_up)
    return stripe


async def _set_up() -> None:
    await setup.set_up(lambda line: None)
    as_system(_nothing_scheduled)


def _nothing_scheduled(session: Session) -> None:
    """What is done on a schedule is done when a test says so."""
    for name, (interval, _) in jobs.registry.tasks.items():
        session.add(jobs.Schedule(id=name, due_at=clock.now() + interval))


@pytest.fixture
def doors() -> Generator[TestClient]:
    """The routes of billing, as Stripe reaches them."""
    with TestClient(Starlette(routes=api.routes)) as client:
        yield client


LogIn = Callable[[Viewer], httpx.AsyncClient]


@pytest.fixture
async def log_in(stripe: Stripe) -> AsyncGenerator[LogIn]:
    """A browser of this person, who is logged in."""
    who.install(find_viewer)
    async with AsyncExitStack() as opened:

        def open_one(viewer: Viewer) -> httpx.AsyncClient:
            opened_session = as_system(lambda session: open_session(session, session.get_one(User, viewer.id), Visit()))
            browser = httpx.AsyncClient(
                transport=httpx.ASGITransport(Starlette(routes=api.routes)),
                base_url="http://localhost:9",
                cookies={"session": opened_session.token},
            )
            opened.push_async_callback(browser.aclose)
            return browser

        yield open_one
