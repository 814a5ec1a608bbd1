"""A browser in front of the forms: real routes, real rows, and pages that say only what was put into them."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from saas_app.account import api as account_api
from saas_app.auth import api, code_api
from saas_app.core import db, mailer
from saas_app.core.worker import Worker
from saas_app.edge import islands

SLOTS = (
    "wait_seconds",
    "errors.form",
    "errors.name",
    "errors.email",
    "errors.password",
    "errors.code",
    "notice",
    "form.email",
)
PAGE = "|".join(f"{{{{ {slot} }}}}" for slot in SLOTS)


ROUTES = [*api.routes, *code_api.routes, *account_api.routes]  # a feature's tests add its own
PAGES = (
    *("signup", "login", "forgot", "reset", "verify", "login-code", "login-enter", "confirm", "change", "undo"),
    *("terms-changed",),
    *("login-link", "login-second"),
    *("settings", "settings-email", "settings-password", "settings-delete"),
)
GOOD_PASSWORD = "long winding river stones"


class Browser(httpx.AsyncClient):
    """Keeps cookies, follows nothing by itself, and can read its owner's mail."""

    async def mails(self, to: str | None = None) -> list[mailer.Mailbox]:
        """All mails so far, newest first, once the worker has done its work."""
        await Worker().drain()
        return await db.read_system("mailbox", mailer.kept, to)

    async def link(self, to: str, kind: str = "verify|reset") -> str:
        """The path of the link of this kind in the newest mail to this address that has one."""
        for mail in await self.mails(to):
            if found := re.search(rf"http://[^/]+(/(?:{kind})/\S+)", mail.text):
                return found[1]
        raise AssertionError("no mail has such a link")

    async def code(self, to: str = "ada@example.com", *, subject: str = "is your code") -> str:
        """The six digits in the newest mail about this to this address."""
        for mail in await self.mails(to):
            if subject in mail.subject and (found := re.search(r"\b\d{6}\b", mail.text)):
                return found[0]
        raise AssertionError("no mail has a code")

    async def sign_up(self, email: str = "ada@example.com", **fields: str) -> httpx.Response:
        form = {"name": "Ada", "email": email, "password": GOOD_PASSWORD, **fields}
        return await self.post("/signup", data=form)

    async def log_in(
        self, email: str = "ada@example.com", password: str = GOOD_PASSWORD, **fields: str
    ) -> httpx.Response:
        return await self.post("/login", data={"email": email, "password": password, **fields})

    async def prove(self, email: str = "ada@example.com") -> httpx.Response:
        """Open the link in the mail and press the button."""
        await self.get(await self.link(email))
        return await self.post("/verify")


OpenBrowser = Callable[..., Browser]


@pytest.fixture
async def open_browser(tmp_path: Path) -> AsyncIterator[OpenBrowser]:
    """`open_browser()` is another person's browser; `ip` is where it stands."""
    for name in PAGES:
        (tmp_path / f"{name}.html").write_text(f"<p>{name}|{PAGE}</p>")

    async def fill() -> islands.Slots:
        return islands.Slots()

    islands.install(islands.Islands(tmp_path, fill, lambda typed, kind: {}))
    opened: list[Browser] = []

    def open_one(ip: str = "192.0.2.1", scheme: str = "http", **headers: str) -> Browser:
        transport = httpx.ASGITransport(Starlette(routes=ROUTES), client=(ip, 50000))
        browser = Browser(transport=transport, base_url=f"{scheme}://localhost:3000", headers=headers)
        opened.append(browser)
        return browser

    yield open_one
    await asyncio.gather(*(browser.aclose() for browser in opened))


@pytest.fixture
def browser(open_browser: OpenBrowser) -> Browser:
    """The browser of the one person in the test."""
    return open_browser()
