"""Getting back in by a mail: one use, one purpose, and nothing a stranger could learn or keep."""

import asyncio
from typing import Any

import pytest
from sqlmodel import func, select

from saas_app.auth import passwords
from saas_app.auth.models import VERIFIED, EmailToken, LoginSession, User
from saas_app.core import clock
from saas_app.core.audit import AuditEvent
from saas_app.core.jobs import Outbox
from tests.auth.conftest import GOOD_PASSWORD, Browser, OpenBrowser
from tests.conftest import Hands
from tests.factories import a_user, as_system

NEW = "seven quiet lighthouse keepers"


@pytest.fixture
def ada(database: str) -> Any:
    return a_user("Ada", password_hash=passwords.hash_now(GOOD_PASSWORD, "ada@example.com"))


async def ask(browser: Browser, email: str = "ada@example.com") -> Any:
    return await browser.post("/forgot", data={"email": email})


async def reset(browser: Browser, path: str, password: str = NEW) -> Any:
    await browser.get(path)
    return await browser.post("/reset", data={"password": password})


async def test_a_link_from_the_mail_gives_a_new_password_once(ada: Any, open_browser: OpenBrowser) -> None:
    browser, thief = open_browser(), open_browser()
    await thief.log_in()
    await ask(browser)
    path = await browser.link("ada@example.com")
    answer = await reset(browser, path)
    assert answer.status_code == 200
    assert "log in" in answer.text
    assert "session" not in browser.cookies, "the mail alone must not log in"
    assert as_system(lambda session: session.exec(select(func.count()).select_from(LoginSession)).one()) == 0
    assert (await browser.log_in(password=GOOD_PASSWORD)).status_code == 422
    assert (await browser.log_in(password=NEW)).status_code == 303
    assert (await reset(browser, path, "another good one for me")).status_code == 410
    assert any("was changed" in mail.subject for mail in await browser.mails())


async def test_known_and_unknown_addresses_are_answered_alike_by_the_same_work(
    ada: Any, open_browser: OpenBrowser
) -> None:
    known, unknown = await ask(open_browser()), await ask(open_browser(), "nobody@example.com")
    assert (known.status_code, known.content, known.headers) == (unknown.status_code, unknown.content, unknown.headers)
    rows = as_system(lambda session: session.exec(select(Outbox)).all())
    assert [row.kind for row in rows] == ["reset asked"] * 2, "the same work for both, down to the last row"
    assert as_system(lambda session: session.exec(select(EmailToken)).all()) == []
    assert [mail.to for mail in await open_browser().mails()] == ["ada@example.com"]


async def test_of_two_uses_at_once_one_wins(ada: Any, open_browser: OpenBrowser) -> None:
    browsers = [open_browser(f"192.0.2.{place}") for place in range(4)]
    await ask(browsers[0])
    path = await browsers[0].link("ada@example.com")
    for browser in browsers:
        await browser.get(path)
    answers = await asyncio.gather(
        *(browser.post("/reset", data={"password": f"{NEW} {n}"}) for n, browser in enumerate(browsers))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]


async def test_opening_a_link_uses_nothing_up_and_takes_the_token_out_of_the_address(
    ada: Any, browser: Browser
) -> None:
    await ask(browser)
    path = await browser.link("ada@example.com")
    for way in (browser.head, browser.get, browser.get):
        answer = await way(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/reset")
        assert answer.headers["referrer-policy"] == "no-referrer"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "Max-Age=900" in cookie
    assert as_system(lambda session: session.exec(select(EmailToken.used_at)).one()) is None
    assert (await browser.post("/reset", data={"password": NEW})).status_code == 200


async def test_a_link_lasts_half_an_hour_and_a_newer_one_ends_it(ada: Any, browser: Browser, hands: Hands) -> None:
    await ask(browser)
    first = await browser.link("ada@example.com")
    hands.move(minutes=1)
    await ask(browser)
    second = await browser.link("ada@example.com")
    assert first != second
    assert (await reset(browser, first)).status_code == 410
    hands.move(minutes=31)
    assert (await reset(browser, second)).status_code == 410


async def test_a_link_for_one_purpose_is_none_for_another(sqlite: str, browser: Browser) -> None:
    await browser.sign_up()
    token = (await browser.link("ada@example.com")).rpartition("/")[2]
    assert (await reset(browser, f"/reset/{token}")).status_code == 410


async def test_a_weak_password_does_not_use_the_link_up(ada: Any, browser: Browser) -> None:
    await ask(browser)
    path = await browser.link("ada@example.com")
    weak = await reset(browser, path, "short")
    assert (weak.status_code, "at least 12" in weak.text) == (422, True)
    assert (await reset(browser, path)).status_code == 200


async def test_a_reset_proves_the_address_and_clears_the_failures(sqlite: str, open_browser: OpenBrowser) -> None:
    browser = open_browser()
    await browser.sign_up()
    for place in range(6):
        await open_browser(f"192.0.2.{place}").log_in(password="wrong horse battery staple")
    await ask(browser)
    await reset(browser, await browser.link("ada@example.com"))
    assert as_system(lambda session: session.exec(select(User)).one()).email_verified_at
    assert (await open_browser("192.0.2.99").log_in(password=NEW)).status_code == 303


async def test_a_reset_goes_to_the_owner_of_the_address(ada: Any, open_browser: OpenBrowser) -> None:
    await open_browser("192.0.2.9").sign_up(name="Mallory", password="quite another river bed")
    browser = open_browser()
    await ask(browser)
    await reset(browser, await browser.link("ada@example.com"))
    changed = (
        as_system(lambda session: session.exec(select(User.name).where(User.password_changed_at > ada_was)).all())
        if (ada_was := clock.now().replace(year=2000))
        else []
    )
    assert sorted(changed) == ["Ada", "Mallory"]
    assert (await browser.log_in(password=NEW)).status_code == 303


async def test_a_link_is_void_when_another_account_has_proved_the_address(
    sqlite: str, open_browser: OpenBrowser
) -> None:
    first, second = open_browser("192.0.2.1"), open_browser("192.0.2.2")
    await first.sign_up(name="First")
    first_link = await first.link("ada@example.com")
    await second.sign_up(name="Second")
    await second.prove()
    await first.get(first_link)
    assert (await first.post("/verify")).status_code == 410
    proved = as_system(lambda session: session.exec(select(User.name).where(User.email_verified_at != None)).all())  # noqa: E711
    assert proved == ["Second"]


async def test_no_token_of_a_link_is_kept_in_clear(ada: Any, browser: Browser) -> None:
    await ask(browser)
    token = (await browser.link("ada@example.com")).rpartition("/")[2]
    rows = as_system(lambda session: [*session.exec(select(EmailToken)).all(), *session.exec(select(Outbox)).all()])
    assert rows
    assert token not in repr([row.model_dump() for row in rows])


async def test_links_that_are_none_are_gone(sqlite: str, browser: Browser) -> None:
    for path in ("/verify", "/reset"):
        assert (await browser.post(path, data={"password": NEW})).status_code == 410
        strange = await browser.get(f"{path}/short")
        assert (strange.status_code, "set-cookie" in strange.headers) == (303, False)


async def test_whoever_is_logged_in_and_opened_no_link_is_told_what_to_do(database: str, browser: Browser) -> None:
    await browser.sign_up()
    answer = await browser.post("/verify")
    assert answer.status_code == 422
    assert "Please type the code from our newest mail here, or open the link in it." in answer.text


@pytest.mark.parametrize("way", ["link", "code"])
async def test_confirming_an_address_is_in_the_history_of_the_account(sqlite: str, browser: Browser, way: str) -> None:
    await browser.sign_up()
    if way == "link":
        await browser.prove()
    else:
        await browser.post("/verify", data={"code": await browser.code(subject="Confirm")})
    happened = as_system(lambda session: session.exec(select(AuditEvent.event).order_by(AuditEvent.at)).all())
    assert happened == ["signed up", "address confirmed"]


async def test_only_somebody_logged_in_has_the_link_sent_again(sqlite: str, open_browser: OpenBrowser) -> None:
    stranger, browser = open_browser(), open_browser("192.0.2.2")
    assert (await stranger.post("/verify/resend")).headers["location"] == "/login?next=/verify"
    await browser.sign_up()
    first = await browser.link("ada@example.com")
    assert (await browser.post("/verify/resend")).status_code == 200
    assert await browser.link("ada@example.com") != first


async def test_when_no_more_links_are_sent_that_is_said_and_the_last_one_works(
    sqlite: str, browser: Browser, hands: Hands
) -> None:
    await browser.sign_up()
    answers: list[Any] = []
    for _ in range(3):
        hands.move(minutes=1)
        answers.append(await browser.post("/verify/resend"))
        await browser.mails()
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert len(await browser.mails("ada@example.com")) == 3
    assert (await browser.prove()).status_code == 303


async def test_nothing_is_sent_again_when_the_address_is_proved(sqlite: str, browser: Browser) -> None:
    await browser.sign_up()
    await browser.prove()
    answer = await browser.post("/verify/resend")
    assert (answer.status_code, "confirmed already" in answer.text) == (409, True)
    assert len(await browser.mails("ada@example.com")) == 1


async def test_a_link_mailed_for_a_stranger_s_account_gives_them_nothing(
    sqlite: str, open_browser: OpenBrowser
) -> None:
    """Mallory signs up with Ada's address; Ada, curious or about to sign up herself, confirms what she was mailed."""
    stranger, ada = open_browser("192.0.2.9"), open_browser()
    await stranger.sign_up(name="Mallory", password="quite another river bed")
    curious = await ada.prove()
    assert "Please log in" in curious.text
    assert owners() == []
    await ada.sign_up()
    assert (await ada.post("/verify")).status_code == 303
    assert owners() == ["Ada"]


async def test_on_another_device_one_logs_in_and_then_confirms_with_the_same_link(
    sqlite: str, open_browser: OpenBrowser
) -> None:
    await open_browser().sign_up()
    phone = open_browser("192.0.2.2")
    asked = await phone.prove()
    assert (asked.status_code, "login|" in asked.text, "ada@example.com" in asked.text) == (200, True, True)
    assert (await phone.log_in(next="/verify")).headers["location"] == "/verify"
    assert (await phone.post("/verify")).headers["location"] == "/dashboard"
    assert owners() == ["Ada"]


async def test_a_link_proves_nothing_for_an_account_with_another_address(
    sqlite: str, open_browser: OpenBrowser
) -> None:
    await open_browser().sign_up()
    path = await open_browser().link("ada@example.com")
    eve = open_browser("192.0.2.2")
    await eve.sign_up("eve@example.com", name="Eve")
    await eve.get(path)
    assert "Please log in" in (await eve.post("/verify")).text
    assert owners() == []


def owners() -> list[str]:
    return list(as_system(lambda session: session.exec(select(User.name).where(VERIFIED)).all()))
