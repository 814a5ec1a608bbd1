"""Logging in with an account elsewhere: whose account it opens here, and all the ways in which it must not."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from saas_app.auth.models import LoginSession, User
from saas_app.auth.sessions import find_viewer
from saas_app.core import audit, db, happened, tokens
from saas_app.core.config import settings
from saas_app.core.errors import ConfigError
from saas_app.social.models import Identity
from tests.auth.conftest import GOOD_PASSWORD, Browser, OpenBrowser
from tests.conftest import Hands
from tests.factories import a_user, as_system
from tests.social.conftest import There


async def who(browser: Browser) -> str:
    viewer = await find_viewer(tokens.digest(browser.cookies.get("session", "")))
    return viewer.id if viewer else ""


def people() -> list[User]:
    return as_system(lambda session: list(session.exec(select(User)).all()))


async def test_somebody_new_gets_an_account_with_a_proved_address_and_no_password(
    database: str, there: There, browser: Browser
) -> None:
    answer = await there.log_in(browser, there.person(), "/auth/oidc?plan=pro_v1&billing=month")
    assert answer.headers["location"] == "/welcome?plan=pro_v1&billing=month"
    (ada,) = people()
    assert (ada.name, ada.email, ada.password_hash) == ("Ada Lovelace", "ada@example.com", "")
    assert ada.email_verified_at is not None
    assert ada.terms_version
    assert await who(browser) == ada.id
    assert (await browser.log_in(password="")).status_code == 422


async def test_the_same_person_comes_back_to_the_same_account_whatever_their_address_is_now(
    database: str, there: There, open_browser: OpenBrowser
) -> None:
    subject = there.person()
    await there.log_in(open_browser(), subject)
    there.change(subject, email="new@example.com")
    browser = open_browser("192.0.2.9")
    answer = await there.log_in(browser, subject, "/auth/oidc?next=/billing")
    assert answer.headers["location"] == "/billing"
    assert [await who(browser)] == [person.id for person in people()]


async def test_the_history_calls_a_provider_as_the_log_in_does(
    database: str, there: There, browser: Browser, open_browser: OpenBrowser
) -> None:
    subject = there.person()
    await there.log_in(browser, subject)
    await there.log_in(open_browser("192.0.2.9"), subject)
    viewer = await find_viewer(tokens.digest(browser.cookies["session"]))
    assert viewer is not None
    lately = await db.read(viewer, audit.recent)
    assert {happened.event(each.event) for each in lately} == {
        "Signed up by Example",
        "Example connected",
        "Logged in by Example",
    }


@pytest.mark.parametrize(("key", "name"), [("google", "Google"), ("github", "GitHub"), ("oidc", "Example")])
def test_a_provider_has_its_own_name_wherever_a_way_in_is_told(there: There, key: str, name: str) -> None:
    assert happened.way(f"{key} and a passkey") == f"{name} and a passkey"
    assert happened.event(f"logged in by {key}") == f"Logged in by {name}"
    assert happened.event(f"signed up by {key}") == f"Signed up by {name}"
    assert happened.event(f"{key} connected") == f"{name} connected"


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": "true"}, {"email": ""}])
async def test_an_address_that_the_provider_has_not_verified_opens_nothing(
    database: str, there: There, browser: Browser, claims: dict[str, Any]
) -> None:
    answer = await there.log_in(browser, there.person(**claims))
    assert answer.status_code == 403
    assert "does not say that your e-mail address is confirmed" in answer.text
    assert people() == []


async def test_an_account_that_is_there_already_asks_for_its_password_before_it_is_connected(
    ada: Any, there: There, browser: Browser, open_browser: OpenBrowser
) -> None:
    subject = there.person()
    answer = await there.log_in(browser, subject, "/auth/oidc?next=/billing")
    assert answer.headers["location"].startswith("/login/link?")
    assert await who(browser) == ""
    assert (await browser.post("/login/link", data={"password": "not her password"})).status_code == 422
    assert as_system(lambda session: session.exec(select(Identity)).all()) == []
    linked = await browser.post("/login/link", data={"password": GOOD_PASSWORD})
    assert linked.headers["location"] == "/billing"
    later = open_browser("192.0.2.9")
    assert (await there.log_in(later, subject)).headers["location"] == "/dashboard"
    assert await who(later) == ada.id


async def test_an_account_that_a_stranger_made_with_my_address_is_not_the_one_i_get(
    database: str, there: There, browser: Browser, open_browser: OpenBrowser
) -> None:
    stranger = open_browser("192.0.2.66")
    await stranger.sign_up(name="Mallory")
    await there.log_in(browser, there.person())
    mine, theirs = await who(browser), await who(stranger)
    assert mine
    assert theirs
    assert mine != theirs


async def test_what_comes_back_to_another_browser_is_worth_nothing(
    database: str, there: There, browser: Browser, open_browser: OpenBrowser
) -> None:
    path = await there.way_back(browser, there.person())
    victim = open_browser("192.0.2.9")
    assert (await victim.get(path)).status_code == 410
    await victim.get("/auth/oidc")
    assert (await victim.get(path)).status_code == 410, "a trip of its own has another state"
    assert people() == []
    assert (await browser.get(path)).status_code == 303


async def test_a_trip_ends_after_ten_minutes_and_is_made_once(
    database: str, there: There, browser: Browser, hands: Hands
) -> None:
    path = await there.way_back(browser, there.person())
    assert (await browser.get(path)).status_code == 303
    assert (await browser.get(path)).status_code == 410
    path = await there.way_back(browser, there.person())
    hands.move(minutes=10)
    assert (await browser.get(path)).status_code == 410


async def test_the_provider_is_asked_with_state_nonce_and_a_challenge(
    there: There, browser: Browser, sqlite: str
) -> None:
    first, second = [parse_qs(urlsplit((await browser.get("/auth/oidc")).headers["location"]).query) for _ in "ab"]
    for asked in (first, second):
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["redirect_uri"] == ["http://localhost:3000/auth/oidc/callback"]
        assert asked["scope"] == ["openid email profile"]
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
    assert "a secret" not in json.dumps(first)


async def test_a_token_made_for_another_trip_is_refused(database: str, there: There, browser: Browser) -> None:
    """Its nonce is not the one that this browser keeps."""
    address = (await browser.get("/auth/oidc")).headers["location"]
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    answer = await browser.get(there.log_in_at(address.replace(nonce, "somebody-else-s"), there.person()))
    assert answer.status_code == 502
    assert "did not tell us who you are" in answer.text
    assert people() == []


async def test_a_token_for_another_client_is_refused(
    database: str, there: There, browser: Browser, configured: Callable[..., None]
) -> None:
    path = await there.way_back(browser, there.person())
    configured(OIDC_CLIENT_ID="somebody-else")
    assert (await browser.get(path)).status_code == 502
    assert people() == []


@pytest.mark.parametrize("query", ["error=access_denied", "code=", "code=made-up"])
async def test_saying_no_there_and_made_up_codes_lead_back_to_the_log_in_with_words(
    database: str, there: There, browser: Browser, query: str
) -> None:
    state = parse_qs(urlsplit((await browser.get("/auth/oidc")).headers["location"]).query)["state"][0]
    answer = await browser.get(f"/auth/oidc/callback?state={state}&{query}")
    assert answer.status_code == 502
    assert "try again" in answer.text
    assert people() == []


async def test_a_provider_that_is_away_is_said_in_words(
    sqlite: str, browser: Browser, configured: Callable[..., None]
) -> None:
    configured(OIDC_ISSUER="http://localhost:9", OIDC_CLIENT_ID="x", OIDC_CLIENT_SECRET="y", OIDC_NAME="Example")
    answer = await browser.get("/auth/oidc")
    assert answer.status_code == 502
    assert "Example did not tell us who you are" in answer.text


async def test_a_provider_that_is_not_configured_does_not_exist(sqlite: str, there: There, browser: Browser) -> None:
    for path in ("/auth/google", "/auth/github", "/auth/evil", "/auth/google/callback?code=x&state=y"):
        assert (await browser.get(path)).status_code in (404, 410)


async def test_more_accounts_elsewhere_are_connected_and_disconnected_by_their_owner_alone(
    ada: Any, there: There, browser: Browser, open_browser: OpenBrowser
) -> None:
    assert (await browser.get("/settings/connect/oidc")).headers["location"].startswith("/login")
    await browser.log_in()
    subject = there.person(email="work@example.com")
    assert (await there.log_in(browser, subject, "/settings/connect/oidc")).headers["location"] == "/settings"
    (identity,) = as_system(lambda session: session.exec(select(Identity)).all())
    assert (identity.user_id, identity.email) == (ada.id, "work@example.com")
    bob = open_browser("192.0.2.9")
    a_user("Bob", password_hash=people()[0].password_hash)
    await bob.log_in("bob@example.com")
    taken = await there.log_in(bob, subject, "/settings/connect/oidc")
    assert taken.status_code == 409
    await bob.post("/settings/identities/end", data={"id": identity.id})
    assert as_system(lambda session: session.get(Identity, identity.id)) is not None
    await browser.post("/settings/identities/end", data={"id": identity.id})
    assert as_system(lambda session: session.get(Identity, identity.id)) is None


async def test_an_account_that_is_taken_back_is_opened_by_no_account_elsewhere_any_more(
    ada: Any, there: There, browser: Browser, open_browser: OpenBrowser
) -> None:
    thief, me = browser, open_browser("192.0.2.9")
    await thief.log_in()
    subject = there.person(email="thief@example.com")
    await there.log_in(thief, subject, "/settings/connect/oidc")
    await thief.post("/settings/email", data={"email": "thief@example.com"})
    await thief.get(await thief.link("thief@example.com", "change"))
    await thief.post("/change")
    await me.get(await me.link("ada@example.com", "undo"))
    assert (await me.post("/undo")).status_code == 200
    await there.log_in(thief, subject)
    opened = as_system(lambda session: session.exec(select(LoginSession.user_id)).all())
    assert ada.id not in opened


async def test_leading_elsewhere_afterwards_is_refused(database: str, there: There, browser: Browser) -> None:
    answer = await there.log_in(browser, there.person(), "/auth/oidc?next=https://evil.example")
    assert answer.headers["location"] == "/dashboard"


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"GOOGLE_CLIENT_ID": "x"}, "GOOGLE_CLIENT_SECRET"),
        ({"OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y"}, "OIDC_ISSUER"),
        ({"OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y", "OIDC_ISSUER": "http://login.example"}, "OIDC_ISSUER"),
    ],
)
def test_a_provider_that_is_configured_by_half_stops_the_start(
    configured: Callable[..., None], values: dict[str, str], word: str
) -> None:
    configured(**values)
    with pytest.raises(ConfigError, match=word):
        settings()
