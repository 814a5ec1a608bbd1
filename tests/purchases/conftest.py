"""A shop that delivers its book, and browsers in front of every door of purchases."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from saas_app import work
from saas_app.account import api as account_api
from saas_app.auth import api as auth_api
from saas_app.auth.models import User
from saas_app.auth.sessions import Visit, find_viewer, open_session
from saas_app.core.errors import AppError
from saas_app.core.viewer import Viewer
from saas_app.edge import islands, who
from saas_app.edge.broken import refused
from saas_app.purchases import api, deliverables
from saas_app.purchases.deliverables import Buyer
from tests.billing.conftest import sandbox, shop, stripe
from tests.billing.shop import Stripe
from tests.factories import as_system
from tests.purchases.market import FILE, Market

__all__ = ["sandbox", "shop", "stripe"]
assert work

PAGES = ("claim", "signup", "login", "verify", "settings-delete")
ROUTES = [*api.routes, *auth_api.routes, *account_api.routes]


def _book(buyer: Buyer) -> bytes:
    return f"%PDF for {buyer.name} <{buyer.email}>".encode()


@pytest.fixture(autouse=True)
def nobody_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The features of this site make files of their own; here there are those of each test and no others."""
    monkeypatch.setattr(deliverables, "_registered", {})


@pytest.fixture
def market(shop: Stripe) -> Market:
    """The shop, with somebody who makes the book."""
    deliverables.deliver("book_v1", FILE, "application/pdf", _book)
    return Market(shop.url)


OpenBrowser = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def open_browser(market: Market, tmp_path: Path) -> AsyncGenerator[OpenBrowser]:
    """`open_browser(viewer)` is logged in as somebody; without, it is a stranger's."""
    who.install(find_viewer)
    for name in PAGES:
        (tmp_path / f"{name}.html").write_text(f"<p>{name}|{{{{ errors.form }}}}|{{{{ member }}}}</p>")

    async def fill() -> islands.Slots:
        return islands.Slots()

    islands.install(islands.Islands(tmp_path, fill, lambda typed, kind: {}))
    opened: list[httpx.AsyncClient] = []

    def open_one(viewer: Viewer | None = None) -> httpx.AsyncClient:
        app = Starlette(routes=ROUTES, exception_handlers={AppError: refused})
        cookies = {"session": _log_in(viewer)} if viewer else {}
        browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:9", cookies=cookies)
        opened.append(browser)
        return browser

    yield open_one
    await asyncio.gather(*(browser.aclose() for browser in opened))


def _log_in(viewer: Viewer) -> str:
    return as_system(lambda session: open_session(session, session.get_one(User, viewer.id), Visit())).token
