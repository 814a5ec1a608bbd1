"""A real OpenID Connect provider, run beside the tests, and browsers that go there and back."""

import itertools
from collections.abc import Callable, Generator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from saas_app.auth import passwords
from saas_app.social import api as social_api
from saas_app.social import asking
from tests.auth.conftest import GOOD_PASSWORD, ROUTES, Browser, OpenBrowser, open_browser
from tests.factories import a_user
from tests.social.provider import provider, tell

__all__ = ["open_browser"]
ROUTES.extend(social_api.routes)
_subjects = itertools.count(1)


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a provider that runs as a program of its own."""
    address, server = provider(tmp_path_factory.mktemp("provider"))
    server.start()
    yield address
    server.stop()


class There:
    """The provider as its people see it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def person(self, **claims: Any) -> str:
        """Somebody with an account there; gives the subject."""
        subject = f"person-{next(_subjects)}"
        self.change(subject, **claims)
        return subject

    def change(self, subject: str, **claims: Any) -> None:
        """What the provider says of somebody from now on."""
        tell(self.issuer, subject, **claims)

    async def log_in(self, browser: Browser, subject: str, start: str = "/auth/oidc") -> httpx.Response:
        """From the button to the provider, logging in there, and back."""
        return await browser.get(await self.way_back(browser, subject, start))

    async def way_back(self, browser: Browser, subject: str, start: str = "/auth/oidc") -> str:
        """The address to which the provider sends the browser."""
        left = await browser.get(start)
        assert left.status_code == 303, left.text
        return self.log_in_at(left.headers["location"], subject)

    def log_in_at(self, address: str, subject: str) -> str:
        """Say who one is, at the address to which the app has sent the browser."""
        said = httpx.post(address, data={"sub": subject})
        assert said.is_redirect, said.text
        back = urlsplit(said.headers["location"])
        assert f"{back.scheme}://{back.netloc}" == "http://localhost:3000"
        return f"{back.path}?{back.query}"


@pytest.fixture
def there(issuer: str, configured: Callable[..., None]) -> Generator[There]:
    """The app knows the provider, and the provider knows Ada."""
    configured(OIDC_ISSUER=issuer, OIDC_CLIENT_ID="ladrillo", OIDC_CLIENT_SECRET="a secret", OIDC_NAME="Example")
    yield There(issuer)
    asking._kept.clear()


@pytest.fixture
def ada(database: str) -> Any:
    """She has an account here with a password, and has proved her address."""
    return a_user("Ada", password_hash=passwords.hash_now(GOOD_PASSWORD, "ada@example.com"))


@pytest.fixture
async def browser(open_browser: OpenBrowser) -> Browser:
    return open_browser()
