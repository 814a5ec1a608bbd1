"""Six digits by mail: to log in with, to prove an address with, and to show that it is still the same person."""

from typing import Any

import pytest
from sqlmodel import col, select

from saas_app.auth import passwords
from saas_app.auth.models import EmailToken, LoginSession, User
from saas_app.auth.sessions import find_viewer
from saas_app.core import tokens
from saas_app.core.viewer import FRESH_FOR
from tests.auth.conftest import GOOD_PASSWORD, Browser, OpenBrowser
from tests.conftest import Hands
from tests.factories import a_user, as_system

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def ada(database: str) -> Any:
    return a_user("Ada", password_hash=passwords.hash_now(GOOD_PASSWORD, "ada@example.com"))


async def ask(browser: Browser, email: str = "ada@example.com", **fields: str) -> Any:
    return await browser.post("/login/code", data={"email": email, **fields})


async def enter(browser: Browser, code: str, **fields: str) -> Any:
    return await browser.post("/login/enter", data={"code": code, **fields})


async def who(browser: Browser) -> str:
    viewer = await find_viewer(tokens.digest(browser.cookies.get("session", "")))
    return viewer.name if viewer else ""


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_a_mailed_code_logs_in_once_and_leads_on(ada: Any, browser: Browser) -> None:
    await ask(browser)
    code = await browser.code()
    answer = await enter(browser, f" {code[:3]} {code[3:]}", next="/billing")
    assert (answer.status_code, answer.headers["location"]) == (303, "/billing")
    assert await who(browser) == "Ada"
    assert (await enter(browser, code)).status_code in (410, 422)


async def test_a_code_is_worth_nothing_in_another_browser(ada: Any, open_browser: OpenBrowser) -> None:
    browser, thief = open_browser(), open_browser("192.0.2.9")
    await ask(browser)
    await ask(thief, "somebody-else@example.com")
    code = await browser.code()
    assert (await enter(thief, code)).status_code == 422
    assert (await enter(open_browser("192.0.2.8"), code)).status_code == 410
    assert (await enter(browser, code)).status_code == 303


async def test_five_wrong_codes_use_a_code_up(ada: Any, browser: Browser) -> None:
    await ask(browser)
    code = await browser.code()
    for _ in range(5):
        answer = await enter(browser, other(code))
        assert answer.status_code == 422
        assert "wrong or has run out" in answer.text
    assert (await enter(browser, code)).status_code == 422
    assert await who(browser) == ""


async def test_a_code_is_good_for_ten_minutes_and_void_after_a_newer_one(
    ada: Any, browser: Browser, hands: Hands
) -> None:
    await ask(browser)
    first = await browser.code()
    old_cookie = browser.cookies["link-login"]
    hands.move(seconds=1)
    await ask(browser)
    second, new_cookie = await browser.code(), browser.cookies["link-login"]
    browser.cookies.clear()
    browser.cookies.set("link-login", old_cookie)
    assert (await enter(browser, first)).status_code == 422
    browser.cookies.clear()
    browser.cookies.set("link-login", new_cookie)
    hands.move(minutes=10)
    assert (await enter(browser, second)).status_code == 422


async def test_asking_for_a_code_tells_nothing_of_who_has_an_account(ada: Any, open_browser: OpenBrowser) -> None:
    known = await ask(open_browser(), "ada@example.com")
    unknown = await ask(open_browser("192.0.2.2"), "nobody@example.com")
    assert known.content.replace(b"ada@", b"nobody@") == unknown.content
    assert {*known.headers} == {*unknown.headers}
    assert known.status_code == unknown.status_code == 200


async def test_at_most_three_codes_reach_a_mailbox_in_half_an_hour(ada: Any, open_browser: OpenBrowser) -> None:
    for number in range(5):
        await ask(open_browser(f"192.0.2.{number}"))
    assert len(await open_browser().mails("ada@example.com")) == 3


async def test_a_stranger_s_account_with_my_address_is_mine_after_a_code_and_no_longer_theirs(
    database: str, open_browser: OpenBrowser
) -> None:
    stranger, me = open_browser("192.0.2.9"), open_browser()
    await stranger.sign_up(name="Mallory")
    await ask(me)
    assert (await enter(me, await me.code())).status_code == 303
    assert await who(stranger) == ""
    assert (await stranger.log_in()).status_code == 422


async def test_a_code_in_the_browser_that_signed_up_leaves_the_password_good(database: str, browser: Browser) -> None:
    await browser.sign_up()
    await browser.post("/logout")
    await ask(browser)
    assert (await enter(browser, await browser.code())).status_code == 303
    assert (await browser.log_in()).status_code == 303


async def test_neither_codes_nor_what_finds_them_are_kept_in_clear(ada: Any, browser: Browser) -> None:
    await ask(browser)
    code = await browser.code()
    row = as_system(lambda session: session.exec(select(EmailToken)).one())
    assert code not in (row.code_digest, row.digest)
    assert browser.cookies["link-login"] not in (row.code_digest, row.digest)


async def test_an_address_is_proved_by_the_code_in_the_mail_too(database: str, open_browser: OpenBrowser) -> None:
    browser, stranger = open_browser(), open_browser("192.0.2.9")
    await browser.sign_up()
    code = await browser.code(subject="Confirm")
    await stranger.sign_up(name="Mallory")
    refused = await stranger.post("/verify", data={"code": code})
    assert refused.status_code == 422, "a code belongs to the account it was mailed for"
    assert (await browser.post("/verify", data={"code": other(code)})).status_code == 422
    assert (await browser.post("/verify", data={"code": code})).headers["location"] == "/dashboard"
    proved = as_system(
        lambda session: session.exec(select(User.name).where(col(User.email_verified_at).is_not(None))).all()
    )
    assert proved == ["Ada"]


async def test_a_log_in_on_a_browser_that_is_new_to_the_account_is_told_of_once(
    ada: Any, open_browser: OpenBrowser
) -> None:
    browser = open_browser()
    browser.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
    await browser.log_in()
    mails = await browser.mails("ada@example.com")
    assert [mail.subject for mail in mails] == ["New log-in to your Ladrillo account"]
    assert "Firefox on Linux" in mails[0].text
    assert "192.0.2.0/24" in mails[0].text
    await browser.post("/logout")
    await browser.log_in()
    assert len(await browser.mails("ada@example.com")) == 1


async def test_confirming_by_password_makes_the_log_in_fresh_under_a_new_token(
    ada: Any, browser: Browser, hands: Hands
) -> None:
    await browser.log_in(remember="1")
    old = browser.cookies["session"]
    hands.move(seconds=FRESH_FOR.total_seconds())
    viewer = await find_viewer(tokens.digest(old))
    assert viewer is not None
    assert not viewer.is_fresh
    wrong = await browser.post("/confirm", data={"password": "wrong " + GOOD_PASSWORD})
    assert wrong.status_code == 422
    answer = await browser.post("/confirm", data={"password": GOOD_PASSWORD, "next": "/settings/email?email=a%40b.c"})
    assert answer.headers["location"] == "/settings/email?email=a%40b.c"
    assert "Max-Age=2592000" in answer.headers["set-cookie"], "who is remembered stays so"
    assert await find_viewer(tokens.digest(old)) is None
    viewer = await find_viewer(tokens.digest(browser.cookies["session"]))
    assert viewer is not None
    assert viewer.is_fresh


async def test_confirming_by_code_needs_the_log_in_that_asked(ada: Any, open_browser: OpenBrowser) -> None:
    browser, bob = open_browser(), open_browser("192.0.2.9")
    await browser.log_in()
    a_user("Bob", password_hash=passwords.hash_now(GOOD_PASSWORD, "someone@example.com"))
    await bob.log_in("bob@example.com")
    assert (await browser.post("/confirm/code")).status_code == 200
    code = await browser.code()
    assert (await bob.post("/confirm", data={"code": code})).status_code == 422
    assert (await browser.post("/confirm", data={"code": code})).headers["location"] == "/settings"
    assert len(as_system(lambda session: session.exec(select(LoginSession)).all())) == 2


async def test_guessing_the_password_of_somebody_who_is_logged_in_ends_after_ten_tries(
    ada: Any, browser: Browser
) -> None:
    await browser.log_in()
    answers = [await browser.post("/confirm", data={"password": f"guess {number}"}) for number in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert (await browser.post("/confirm", data={"password": GOOD_PASSWORD})).status_code == 429


async def test_a_stranger_confirms_nothing(database: str, browser: Browser) -> None:
    answer = await browser.post("/confirm", data={"password": GOOD_PASSWORD, "next": "/settings"})
    assert answer.headers["location"] == "/login?next=%2Fconfirm%3Fnext%3D%252Fsettings"
