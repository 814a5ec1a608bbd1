"""The browsers of the tests around logging in, with somebody logged in."""

from typing import Any

import pytest

from saas_app.auth import passwords
from tests.auth.conftest import GOOD_PASSWORD, Browser, OpenBrowser, open_browser
from tests.factories import a_user

__all__ = ["open_browser"]


@pytest.fixture
def ada(database: str) -> Any:
    return a_user("Ada", password_hash=passwords.hash_now(GOOD_PASSWORD, "ada@example.com"))


@pytest.fixture
async def browser(ada: Any, open_browser: OpenBrowser) -> Browser:
    """Ada's, and she has just logged in."""
    made = open_browser()
    assert (await made.log_in()).status_code == 303
    return made
