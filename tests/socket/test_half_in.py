"""Somebody whose first factor was right and who owes the second is a stranger on the socket, and in every form."""

import re
from typing import Any

import httpx
import pytest
from passlib.totp import TOTP
from sqlalchemy import create_engine, text

from tests.e2e.stack import Stack
from tests.socket.handlers import ours
from tests.socket.people import ROOT, Account, connected


@pytest.fixture
def half(stack: Stack, ada: Account) -> str:
    """The cookie of Ada's half log-in, once she has an authenticator app."""
    database = create_engine(f"sqlite:///{stack.data / 'app.db'}")
    with database.begin() as connection:  # as if she had opened the link in her mail
        proved = "UPDATE users SET email_verified_at = created_at WHERE email = :email"
        connection.execute(text(proved), {"email": ada.email})
    database.dispose()
    headers = {"origin": stack.url, "x-forwarded-for": ada.address}
    with httpx.Client(base_url=stack.url, headers=headers, cookies={"session": ada.cookie}) as browser:
        page = browser.get("/settings/authenticator").text
        key = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)
        assert key
        code = TOTP(key[1].replace(" ", "")).generate().token
        assert browser.post("/settings/authenticator", data={"code": code}).status_code == 200
    with httpx.Client(base_url=stack.url, headers=headers) as browser:
        answer = browser.post("/login", data={"email": ada.email, "password": ada.password})
        assert answer.headers["location"].startswith("/login/second?")
        assert "session" not in browser.cookies
        return browser.cookies["step-second"]


def _leads_to_log_in(update: dict[str, Any]) -> bool:
    return [event["payload"].get("path") for event in update.get("events") or []] == ["/login"]


def test_a_half_log_in_calls_no_handler_and_opens_no_page(stack: Stack, half: str) -> None:
    with connected(stack.url, cookie=half) as stranger:
        stranger.ask(f"{ROOT}.hydrate")
        for name in ours():
            assert _leads_to_log_in(stranger.ask(name)), name
    for cookies in ({"session": half}, {"step-second": half}):
        answer = httpx.get(f"{stack.url}/dashboard", cookies=cookies)
        assert answer.headers["location"] == "/login?next=/dashboard"
        posted = httpx.post(f"{stack.url}/settings", data={"name": "Mallory"}, cookies=cookies)
        assert posted.headers["location"].startswith("/login?next=")
    assert stack.rows("SELECT count(*) FROM users WHERE name = 'Mallory'") == [(0,)]
