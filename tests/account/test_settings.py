"""What people change of their own account, and what nobody else can."""

import json
from typing import Any

import pytest
from sqlmodel import select

from saas_app import site
from saas_app.auth import passwords
from saas_app.auth.models import LoginSession, User
from saas_app.auth.sessions import find_viewer
from saas_app.core import audit, db, tokens
from saas_app.core.viewer import FRESH_FOR
from tests.auth.conftest import GOOD_PASSWORD, Browser, OpenBrowser
from tests.conftest import Hands
from tests.factories import a_user, as_system

NEW_PASSWORD = "seven quiet lanterns outside"
pytestmark = pytest.mark.usefixtures("hands")


async def who(browser: Browser) -> str:
    viewer = await find_viewer(tokens.digest(browser.cookies.get("session", "")))
    return viewer.email if viewer else ""


def row_of(user_id: str) -> User:
    return as_system(lambda session: session.get_one(User, user_id))


async def bobs(open_browser: OpenBrowser) -> Browser:
    a_user("Bob", password_hash=passwords.hash_now(GOOD_PASSWORD, "someone@example.com"))
    bob = open_browser("192.0.2.9")
    await bob.log_in("bob@example.com")
    return bob


FORMS = ("/settings", "/settings/password", "/settings/email", "/settings/sessions/end", "/settings/sessions/others")


@pytest.mark.parametrize("path", [*FORMS, "/settings/delete", "/change"])
async def test_a_stranger_is_sent_to_log_in_and_changes_nothing(ada: Any, open_browser: OpenBrowser, path: str) -> None:
    stranger = open_browser("192.0.2.66")
    sent = {"name": "Eve", "password": NEW_PASSWORD, "email": "eve@example.com", "id": "ses_x"}
    answer = await stranger.post(path, data=sent)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")
    row = row_of(ada.id)
    assert (row.name, row.email, row.leaving_at) == ("Ada", "ada@example.com", None)


@pytest.mark.parametrize("path", ["/settings/password", "/settings/email", "/settings/delete"])
async def test_what_cannot_be_taken_back_asks_again_who_it_is_and_keeps_what_was_typed(
    ada: Any, browser: Browser, hands: Hands, path: str
) -> None:
    hands.move(seconds=FRESH_FOR.total_seconds())
    before = row_of(ada.id)
    answer = await browser.post(path, data={"password": NEW_PASSWORD, "email": "new@example.com"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/confirm?next=%2Fsettings%2F")
    assert ("new%2540example.com" in answer.headers["location"]) == (path == "/settings/email")
    assert NEW_PASSWORD.split()[0] not in answer.headers["location"]
    assert row_of(ada.id) == before
    assert (await browser.get("/settings/export")).headers["location"] == "/confirm?next=%2Fsettings%2Fexport"


async def test_a_name_is_changed_and_a_strange_one_is_refused_with_what_was_typed(ada: Any, browser: Browser) -> None:
    assert (await browser.post("/settings", data={"name": " Ada L "})).status_code == 200
    assert row_of(ada.id).name == "Ada L"
    for wrong in ("", "x" * 81, "a\x00b"):
        answer = await browser.post("/settings", data={"name": wrong})
        assert answer.status_code == 422
    assert row_of(ada.id).name == "Ada L"


async def test_a_new_password_logs_everybody_else_out_and_is_told_by_mail(
    ada: Any, browser: Browser, open_browser: OpenBrowser
) -> None:
    thief = open_browser("192.0.2.9")
    await thief.log_in()
    old = browser.cookies["session"]
    assert (await browser.post("/settings/password", data={"password": "short"})).status_code == 422
    assert (await browser.post("/settings/password", data={"password": NEW_PASSWORD})).status_code == 200
    assert await who(browser) == "ada@example.com"
    assert browser.cookies["session"] != old
    assert await who(thief) == ""
    assert await find_viewer(tokens.digest(old)) is None
    assert any("was changed" in mail.subject for mail in await browser.mails("ada@example.com"))
    assert (await thief.log_in()).status_code == 422
    assert (await open_browser().log_in(password=NEW_PASSWORD)).status_code == 303


async def test_a_new_address_counts_from_the_click_in_its_mail_on(ada: Any, browser: Browser) -> None:
    answer = await browser.post("/settings/email", data={"email": "new@example.com"})
    assert answer.status_code == 200
    assert row_of(ada.id).email == "ada@example.com", "the old one stays until then"
    opened = await browser.get(await browser.link("new@example.com", "change"))
    assert opened.headers["location"] == "/change"
    assert row_of(ada.id).email == "ada@example.com", "mail scanners open links too"
    assert (await browser.post("/change")).headers["location"] == "/settings?moved=yes"
    row = row_of(ada.id)
    assert (row.email, row.email_key) == ("new@example.com", "new@example.com")
    assert await who(browser) == "new@example.com"
    assert (await browser.post("/change")).status_code == 410


async def test_the_link_works_for_nobody_but_the_account_that_asked(
    ada: Any, browser: Browser, open_browser: OpenBrowser
) -> None:
    bob = await bobs(open_browser)
    await browser.post("/settings/email", data={"email": "new@example.com"})
    path = await browser.link("new@example.com", "change")
    await bob.get(path)
    assert (await bob.post("/change")).status_code == 410
    assert row_of(ada.id).email == "ada@example.com"
    await browser.get(path)
    assert (await browser.post("/change")).status_code == 303


async def test_somebody_else_s_address_is_answered_alike_and_its_owner_is_told(
    ada: Any, browser: Browser, open_browser: OpenBrowser
) -> None:
    bob = await bobs(open_browser)
    taken = await browser.post("/settings/email", data={"email": "bob@example.com"})
    free = await browser.post("/settings/email", data={"email": "free@example.com"})
    assert "We have mailed a link to free@example.com" in free.text
    assert (taken.status_code, taken.text.replace("bob@", "free@")) == (free.status_code, free.text)
    mails = await bob.mails("bob@example.com")
    assert any("already have an account" in mail.subject for mail in mails)
    assert not any("/change/" in mail.text for mail in mails)


async def test_the_former_address_can_take_the_account_back_for_a_week(
    ada: Any, browser: Browser, open_browser: OpenBrowser, hands: Hands
) -> None:
    thief = browser  # somebody else at Ada's browser
    await thief.post("/settings/email", data={"email": "thief@example.com"})
    await thief.get(await thief.link("thief@example.com", "change"))
    await thief.post("/change")
    await thief.post("/settings/password", data={"password": NEW_PASSWORD})
    hands.move(days=6)
    me = open_browser("192.0.2.9")
    await me.get(await me.link("ada@example.com", "undo"))
    assert (await me.post("/undo")).status_code == 200
    assert row_of(ada.id).email == "ada@example.com"
    assert await who(thief) == ""
    assert (await thief.log_in("thief@example.com", NEW_PASSWORD)).status_code == 422
    assert (await thief.log_in("ada@example.com", NEW_PASSWORD)).status_code == 422
    await me.get(await me.link("ada@example.com", "reset"))
    await me.post("/reset", data={"password": GOOD_PASSWORD})
    assert (await me.log_in()).status_code == 303


async def change_to(browser: Browser, email: str, hands: Hands) -> None:
    """Change the address of whoever is logged in, by the link in its mail, which takes a moment."""
    hands.move(seconds=5)
    await browser.post("/settings/email", data={"email": email})
    await browser.get(await browser.link(email, "change"))
    assert (await browser.post("/change")).status_code == 303
    assert await who(browser) == email


async def test_further_changes_of_address_do_not_close_the_way_back_and_are_taken_back_with_it(
    ada: Any, browser: Browser, open_browser: OpenBrowser, hands: Hands
) -> None:
    """The first address is the owner's; those between are as much the thief's as the last."""
    thief, me = browser, open_browser("192.0.2.9")
    await change_to(thief, "thief@example.com", hands)
    await change_to(thief, "elsewhere@example.com", hands)
    theirs = await thief.link("thief@example.com", "undo")
    await me.get(await me.link("ada@example.com", "undo"))
    assert (await me.post("/undo")).status_code == 200
    assert row_of(ada.id).email == "ada@example.com"
    await thief.get(theirs)
    answer = await thief.post("/undo")
    assert answer.status_code == 410
    assert site.SUPPORT_EMAIL in answer.text
    assert "ask for a new one" not in answer.text
    assert row_of(ada.id).email == "ada@example.com"


async def test_a_thief_who_takes_an_address_between_back_does_not_close_the_owner_s_way(
    ada: Any, browser: Browser, open_browser: OpenBrowser, hands: Hands
) -> None:
    thief, me = browser, open_browser("192.0.2.9")
    await change_to(thief, "thief@example.com", hands)
    await change_to(thief, "elsewhere@example.com", hands)
    await thief.get(await thief.link("thief@example.com", "undo"))
    assert (await thief.post("/undo")).status_code == 200
    await me.get(await me.link("ada@example.com", "undo"))
    assert (await me.post("/undo")).status_code == 200
    assert row_of(ada.id).email == "ada@example.com"


async def test_the_way_back_is_closed_after_a_week(ada: Any, browser: Browser, hands: Hands) -> None:
    await browser.post("/settings/email", data={"email": "new@example.com"})
    await browser.get(await browser.link("new@example.com", "change"))
    await browser.post("/change")
    path = await browser.link("ada@example.com", "undo")
    hands.move(days=7)
    await browser.get(path)
    assert (await browser.post("/undo")).status_code == 410
    assert row_of(ada.id).email == "new@example.com"


async def test_one_browser_is_logged_out_and_only_one_s_own(
    ada: Any, browser: Browser, open_browser: OpenBrowser
) -> None:
    other, bob = open_browser(), await bobs(open_browser)
    await other.log_in()
    ids = {row.digest: row.id for row in as_system(lambda session: session.exec(select(LoginSession)).all())}
    bobs_id = ids[tokens.digest(bob.cookies["session"])]
    assert (await browser.post("/settings/sessions/end", data={"id": bobs_id})).status_code == 303
    assert await who(bob) == "bob@example.com"
    others_id = ids[tokens.digest(other.cookies["session"])]
    await browser.post("/settings/sessions/end", data={"id": others_id})
    assert (await who(other), await who(browser)) == ("", "ada@example.com")


async def test_everywhere_else_means_everywhere_else_of_mine(
    ada: Any, browser: Browser, open_browser: OpenBrowser
) -> None:
    others, bob = [open_browser(), open_browser()], await bobs(open_browser)
    for other in others:
        await other.log_in()
    await browser.post("/settings/sessions/others")
    assert [await who(other) for other in others] == ["", ""]
    assert (await who(browser), await who(bob)) == ("ada@example.com", "bob@example.com")


async def test_one_s_data_is_one_file_with_nothing_of_others_and_no_secret(
    ada: Any, browser: Browser, open_browser: OpenBrowser
) -> None:
    await bobs(open_browser)
    answer = await browser.get("/settings/export")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["cache-control"] == "no-store"
    found = json.loads(answer.content)["tables"]
    assert [row["email"] for row in found["users"]] == ["ada@example.com"]
    assert {row["user_id"] for rows in found.values() for row in rows if "user_id" in row} == {ada.id}
    assert "bob" not in answer.text
    assert "argon2" not in answer.text
    assert tokens.digest(browser.cookies["session"]) not in answer.text


async def test_history_tells_what_happened_and_from_where_roughly(ada: Any, browser: Browser) -> None:
    await browser.post("/settings/password", data={"password": NEW_PASSWORD})
    lately = await db.read(ada, audit.recent)
    assert {line.event for line in lately} == {"logged in by password", "password changed"}
    assert {line.network for line in lately} == {"192.0.2.0/24"}
