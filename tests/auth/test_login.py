"""Logging in and out, and what stands between a stranger and somebody else's account."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from typing import Any

import argon2
import pytest
from sqlmodel import Session, col, func, select, update

from saas_app.auth import limits, passwords
from saas_app.auth.models import VERIFIED, LoginSession, User
from saas_app.auth.sessions import find_viewer, terms_in_force
from saas_app.billing import entitlements
from saas_app.core import db, engines, ratelimit, tokens
from saas_app.core.audit import AuditEvent
from saas_app.core.config import settings
from tests.auth.conftest import GOOD_PASSWORD, Browser, OpenBrowser
from tests.billing.rows import subscription
from tests.conftest import Hands
from tests.factories import a_user, as_system

WRONG = "wrong horse battery staple"
MALLORYS = "quite another river bed"
assert entitlements  # says who has paid

# time stands still, so that no window of a limit ends in the middle of a test
pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def ada(database: str) -> Any:
    return a_user("Ada", password_hash=passwords.hash_now(GOOD_PASSWORD, "ada@example.com"))


async def with_an_account_of_the_same_address(open_browser: OpenBrowser) -> Browser:
    """The browser of Mallory, who opened an account with Ada's address and has logged in to it here before."""
    browser = open_browser("192.0.2.9")
    await browser.sign_up(name="Mallory", password=MALLORYS)
    assert (await browser.log_in(password=MALLORYS)).status_code == 303
    return browser


async def who(browser: Browser) -> str:
    """Whom the app takes this browser for."""
    viewer = await find_viewer(tokens.digest(browser.cookies.get("session", "")))
    return viewer.name if viewer else ""


async def test_the_right_password_logs_in_and_leads_on(ada: Any, browser: Browser) -> None:
    answer = await browser.log_in(next="/billing?plan=pro")
    assert (answer.status_code, answer.headers["location"]) == (303, "/billing?plan=pro")
    assert await who(browser) == "Ada"
    assert (await browser.log_in()).headers["location"] == "/dashboard"


async def test_capitals_in_the_address_make_no_other_person(ada: Any, browser: Browser) -> None:
    assert (await browser.log_in("ADA@Example.COM")).status_code == 303


async def test_an_unknown_address_and_a_wrong_password_are_answered_alike(ada: Any, open_browser: OpenBrowser) -> None:
    wrong = await open_browser().log_in(password=WRONG)
    unknown = await open_browser().log_in("nobody@example.com", WRONG)
    nonsense = await open_browser().log_in("nonsense", WRONG)
    long = await open_browser().log_in(password="x" * 1500)
    assert [answer.status_code for answer in (wrong, unknown, nonsense, long)] == [422] * 4
    assert wrong.content.replace(b"ada@", b"nobody@") == unknown.content
    assert dict(wrong.headers) | {"content-length": ""} == dict(unknown.headers) | {"content-length": ""}
    assert "The e-mail address or the password is wrong." in wrong.text
    assert WRONG not in wrong.text


async def test_an_unknown_address_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted at the door of the library, whatever else the machine does: one hash each, of the same work."""
    kept = passwords.hash_now(GOOD_PASSWORD, "ada@example.com")
    passwords.first_now(WRONG, [])  # what is made once, at the first unknown address, is no part of it
    work, make = list[dict[str, Any]](), argon2.low_level.hash_secret

    def counted(**asked: Any) -> bytes:
        work.append({name: value for name, value in asked.items() if name not in {"secret", "salt"}})
        return make(**asked)

    monkeypatch.setattr(argon2.low_level, "hash_secret", counted)
    monkeypatch.setattr(argon2.low_level, "verify_secret", None)  # the other way to hash is not taken
    for known in (0, 1, 3):
        assert passwords.first_now(WRONG, [kept] * known) is None
    assert len(work) == 3
    assert work[0] == work[1] == work[2]
    assert work[0]["memory_cost"] == passwords.MEMORY_KIB


async def test_accounts_of_one_address_are_told_apart_by_one_hash(
    sqlite: str, open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"{word} quiet lighthouse keepers" for word in ("six", "seven", "eight", "nine", "ten")]
    for place, password in enumerate(words):
        assert (await open_browser(f"192.0.2.{place}").sign_up(password=password)).status_code == 303
    hashes, made = as_system(lambda session: session.exec(select(User.password_hash)).all()), list[str]()
    assert len({kept.split("$")[4] for kept in hashes}) == 1
    assert len(set(hashes)) == 5
    again = passwords._again
    monkeypatch.setattr(passwords, "_again", lambda password, kept: made.append(kept) or again(password, kept))
    for place, password in enumerate(words):
        answer = await open_browser(f"198.51.100.{place}").log_in(password=password)
        assert answer.status_code == 303
    assert len(made) == 5


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/%2f%2fevil", "/%5cevil", "evil", "/a\nb", ""],
)
async def test_the_way_on_never_leaves_this_site(sqlite: str, browser: Browser, elsewhere: str) -> None:
    a_user("Ada", password_hash=passwords.hash_now(GOOD_PASSWORD, "ada@example.com"))
    assert (await browser.log_in(next=elsewhere)).headers["location"] == "/dashboard"


async def test_each_log_in_gets_a_new_token_and_ends_the_old_one(ada: Any, browser: Browser) -> None:
    await browser.log_in()
    first = browser.cookies["session"]
    await browser.log_in()
    assert browser.cookies["session"] != first
    assert await find_viewer(tokens.digest(first)) is None
    planted = tokens.new_token()
    browser.cookies.set("session", planted, domain="localhost.local")
    await browser.log_in()
    assert await find_viewer(tokens.digest(planted)) is None


async def test_logging_out_ends_the_session_everywhere_it_was_copied_to(ada: Any, open_browser: OpenBrowser) -> None:
    browser, thief = open_browser(), open_browser()
    await browser.log_in()
    thief.cookies.update(browser.cookies)
    answer = await browser.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "session" not in browser.cookies
    assert await who(thief) == ""
    assert (await browser.post("/logout")).status_code == 303


@pytest.mark.parametrize("way", ["get", "put", "delete"])
async def test_logging_out_needs_a_post(sqlite: str, browser: Browser, way: str) -> None:
    assert (await getattr(browser, way)("/logout")).status_code == 405


async def test_a_session_ends_when_idle_and_in_any_case_after_a_day(ada: Any, browser: Browser, hands: Hands) -> None:
    await browser.log_in()
    hands.move(hours=11)
    assert await who(browser) == "Ada"
    hands.move(hours=11)
    assert await who(browser) == "Ada"
    hands.move(hours=1, minutes=59)
    assert await who(browser) == "Ada"
    hands.move(minutes=2)
    assert await who(browser) == ""
    await browser.log_in()
    hands.move(hours=12, seconds=1)
    assert await who(browser) == ""


async def test_a_remembered_browser_stays_for_a_month_at_most(ada: Any, browser: Browser, hands: Hands) -> None:
    answer = await browser.log_in(remember="1")
    assert "Max-Age=2592000" in answer.headers["set-cookie"]
    for _ in range(2):
        hands.move(days=13)
        assert await who(browser) == "Ada"
    hands.move(days=5)
    assert await who(browser) == ""


async def test_being_there_is_noted_once_a_minute(ada: Any, browser: Browser, hands: Hands) -> None:
    await browser.log_in()

    def seen() -> Any:
        return as_system(lambda session: session.exec(select(LoginSession.seen_at)).one())

    begun = seen()
    hands.move(seconds=59)
    await who(browser)
    assert seen() == begun
    hands.move(seconds=1)
    await who(browser)
    assert seen() == hands.at


async def test_who_is_logged_in_is_known_also_while_nothing_can_be_written(
    sqlite: str, browser: Browser, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 50)
    await browser.sign_up()
    db.stop()  # new connections wait as long as was said above
    hands.move(minutes=5)
    with nothing_can_be_written():
        assert await who(browser) == "Ada"


async def test_logging_out_of_a_browser_works_also_while_nothing_can_be_written(
    sqlite: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 50)
    await browser.sign_up()
    db.stop()
    with nothing_can_be_written():
        assert (await browser.post("/logout")).status_code == 303
    assert "session" not in browser.cookies


@contextmanager
def nothing_can_be_written() -> Generator[None]:
    """Somebody else holds the one lock that SQLite has."""
    with closing(sqlite3.connect(settings().database_url.removeprefix("sqlite:///"), isolation_level=None)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        yield
        blocker.execute("ROLLBACK")


async def test_an_account_takes_five_tries_and_no_more_however_many_come_at_once(
    ada: Any, open_browser: OpenBrowser
) -> None:
    browsers = [open_browser(f"192.0.2.{place}") for place in range(12)]
    answers = await asyncio.gather(*(browser.log_in(password=WRONG) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 7
    assert (await open_browser("192.0.2.99").log_in()).status_code == 429
    assert (await open_browser("192.0.2.99").log_in("nobody@example.com")).status_code == 422


async def test_strangers_cannot_lock_out_a_browser_its_owner_has_used(ada: Any, open_browser: OpenBrowser) -> None:
    own = open_browser("192.0.2.50")
    await own.log_in()
    await own.post("/logout")
    for place in range(6):
        await open_browser(f"192.0.2.{place}").log_in(password=WRONG)
    assert (await open_browser("192.0.2.60").log_in()).status_code == 429
    assert (await own.log_in()).status_code == 303


async def test_a_browser_is_known_only_for_the_very_account_that_was_used_in_it(
    ada: Any, open_browser: OpenBrowser
) -> None:
    mallory = await with_an_account_of_the_same_address(open_browser)
    for place in range(5):
        await open_browser(f"192.0.2.{place}").log_in(password=WRONG)
    assert (await mallory.log_in()).status_code == 422, "Ada's password, right as it is, must not even be looked at"
    assert (await mallory.log_in(password=MALLORYS)).status_code == 303


async def test_tries_from_a_stranger_s_known_browser_leave_the_owner_s_own_alone(
    ada: Any, open_browser: OpenBrowser
) -> None:
    own = open_browser("192.0.2.50")
    await own.log_in()
    mallory = await with_an_account_of_the_same_address(open_browser)
    answers = [await mallory.log_in(password=WRONG) for _ in range(9)]
    moved = open_browser("192.0.2.10")
    moved.cookies.update(mallory.cookies)
    answers.extend([await moved.log_in(password=WRONG) for _ in range(3)])
    assert [answer.status_code for answer in answers] == [422] * 10 + [429] * 2
    assert (await own.log_in()).status_code == 303


async def test_a_known_browser_gets_ten_tries_and_a_success_gives_them_back(
    ada: Any, open_browser: OpenBrowser
) -> None:
    own = open_browser("192.0.2.50")
    await own.log_in()
    elsewhere = [open_browser(f"192.0.2.{place}") for place in range(11)]
    for each in elsewhere:
        each.cookies.update(own.cookies)
    answers = [await each.log_in(password=WRONG) for each in elsewhere[:9]]
    answers.append(await elsewhere[9].log_in())
    answers.extend([await each.log_in(password=WRONG) for each in elsewhere])
    assert [answer.status_code for answer in answers] == [422] * 9 + [303] + [422] * 10 + [429]


async def test_strangers_cannot_close_the_log_in_for_everybody_and_many_ring_the_bell(
    ada: Any, open_browser: OpenBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    as_system(lambda session: [ratelimit.count(session, limits.LOGINS, "") for _ in range(limits.LOGINS.limit - 1)])
    assert (await open_browser("192.0.2.60").log_in()).status_code == 303
    assert (await open_browser("192.0.2.61").log_in()).status_code == 303
    assert caplog.text.count("many log-ins") == 1


async def test_tries_at_an_account_that_takes_no_more_are_counted_to_the_place_they_come_from(
    ada: Any, open_browser: OpenBrowser
) -> None:
    answers = [await open_browser().log_in(password=WRONG) for _ in range(10)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429] * 5
    assert (await open_browser().log_in("nobody@example.com", WRONG)).status_code == 429


async def test_a_forged_mark_of_a_known_browser_is_worth_nothing(ada: Any, open_browser: OpenBrowser) -> None:
    for place in range(5):
        await open_browser(f"192.0.2.{place}").log_in(password=WRONG)
    forger = open_browser("192.0.2.70")
    forger.cookies.set("known", f"9999999999.{ada.id}.c2lnbmF0dXJl")
    assert (await forger.log_in()).status_code == 429


async def test_after_a_hundred_failures_in_a_row_only_a_mail_helps(
    ada: Any, open_browser: OpenBrowser, hands: Hands
) -> None:
    for _ in range(limits.FAILURES_IN_A_ROW.limit):
        as_system(lambda session: ratelimit.count(session, limits.FAILURES_IN_A_ROW, "ada@example.com"))
    answer = await open_browser().log_in()
    assert answer.status_code == 403
    assert "choose a new password" in answer.text


async def test_failures_of_made_up_addresses_are_kept_for_a_month_at_most(
    sqlite: str, browser: Browser, hands: Hands
) -> None:
    await browser.log_in("nobody@example.com", WRONG)
    ends = as_system(lambda session: session.exec(select(func.max(ratelimit.Try.ends_at))).one())
    assert ends <= hands.move(days=30)


async def test_one_place_gets_ten_tries_a_minute(sqlite: str, open_browser: OpenBrowser, hands: Hands) -> None:
    answers = [await open_browser().log_in(f"a{i}@example.com", WRONG) for i in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    hands.move(minutes=1)
    assert (await open_browser().log_in("b@example.com", WRONG)).status_code == 422


async def test_a_refused_page_counts_down_as_long_as_one_has_to_wait(
    sqlite: str, open_browser: OpenBrowser, hands: Hands
) -> None:
    answers = [await open_browser().log_in(password=WRONG) for _ in range(6)]
    seconds = answers[-1].headers["retry-after"]
    assert int(seconds) > 0
    assert f"login|{seconds}|" in answers[-1].text
    assert "login|0|" in answers[0].text


async def test_success_forgets_the_failures(ada: Any, open_browser: OpenBrowser) -> None:
    for place in range(4):
        await open_browser(f"192.0.2.{place}").log_in(password=WRONG)
    assert (await open_browser().log_in()).status_code == 303
    for place in range(4):
        assert (await open_browser(f"192.0.2.{place}").log_in(password=WRONG)).status_code == 422


async def test_an_unproved_account_with_the_same_address_forgives_no_failures(
    ada: Any, open_browser: OpenBrowser
) -> None:
    mallory = await with_an_account_of_the_same_address(open_browser)
    for place in range(3):
        assert (await open_browser(f"192.0.2.{place}").log_in(password=WRONG)).status_code == 422
    assert (await mallory.log_in(password=MALLORYS)).status_code == 303
    assert (await open_browser("192.0.2.60").log_in(password=WRONG)).status_code == 429


async def test_proving_an_address_forgets_the_failures(sqlite: str, open_browser: OpenBrowser) -> None:
    browser = open_browser()
    await browser.sign_up()
    for place in range(5):
        await open_browser(f"192.0.2.{place}").log_in(password=WRONG)
    await browser.prove()
    assert (await open_browser("192.0.2.99").log_in()).status_code == 303


async def test_where_a_request_comes_from_is_not_what_it_says(
    sqlite: str, open_browser: OpenBrowser, configured: Callable[..., None]
) -> None:
    liars = [open_browser(**{"x-forwarded-for": f"198.51.100.{number}"}) for number in range(11)]
    answers = [await liar.log_in(f"a{number}@example.com", WRONG) for number, liar in enumerate(liars)]
    assert answers[-1].status_code == 429
    configured(TRUSTED_PROXY_HOPS="1")
    behind = open_browser(**{"x-forwarded-for": "10.9.9.9, 203.0.113.7"})
    assert (await behind.log_in("z@example.com", WRONG)).status_code == 422


async def test_an_owner_is_tried_before_unproved_accounts_with_the_same_address(
    ada: Any, open_browser: OpenBrowser
) -> None:
    stranger = open_browser("192.0.2.9")
    await stranger.sign_up(name="Mallory", password=MALLORYS)
    owner = open_browser()
    await owner.log_in()
    assert await who(owner) == "Ada"
    again = open_browser("192.0.2.9")
    await again.log_in(password=MALLORYS)
    assert await who(again) == "Mallory"


async def strangers_sign_up(open_browser: OpenBrowser, place: int) -> None:
    """As often as one place may, with Ada's address."""
    for _ in range(limits.SIGNUPS_BY_IP.limit):
        assert (await open_browser(f"192.0.2.{place}").sign_up(name="Mallory", password=MALLORYS)).status_code == 303


async def test_sign_ups_by_strangers_do_not_keep_an_unproved_member_out(
    database: str, open_browser: OpenBrowser, hands: Hands
) -> None:
    await open_browser().sign_up()
    hands.move(minutes=1)
    await strangers_sign_up(open_browser, 9)
    elsewhere = open_browser("192.0.2.60")
    assert (await elsewhere.log_in()).status_code == 303
    assert await who(elsewhere) == "Ada"


async def test_a_member_whose_address_strangers_used_first_gets_in_where_they_signed_up(
    database: str, open_browser: OpenBrowser, hands: Hands
) -> None:
    await strangers_sign_up(open_browser, 9)
    hands.move(minutes=1)
    own = open_browser()
    await own.sign_up()
    await own.post("/logout")
    assert (await own.log_in()).status_code == 303
    assert await who(own) == "Ada"


async def test_who_has_paid_gets_in_from_anywhere_whenever_strangers_used_the_address(
    database: str, open_browser: OpenBrowser, hands: Hands
) -> None:
    await strangers_sign_up(open_browser, 8)
    hands.move(minutes=1)
    await open_browser().sign_up()
    pays("Ada")
    hands.move(minutes=1)
    await strangers_sign_up(open_browser, 9)
    elsewhere = open_browser("192.0.2.60")
    assert (await elsewhere.log_in()).status_code == 303
    assert await who(elsewhere) == "Ada"


def pays(name: str) -> None:
    def add(session: Session) -> None:
        session.add(subscription(session.exec(select(User.id).where(User.name == name)).one()))

    as_system(add)


async def test_a_reset_goes_to_the_account_that_has_paid_and_its_mail_is_not_used_up_by_sign_ups(
    database: str, open_browser: OpenBrowser, hands: Hands
) -> None:
    await strangers_sign_up(open_browser, 8)
    own = open_browser()
    await own.mails()
    hands.move(minutes=1)
    await own.sign_up()
    pays("Ada")
    await own.post("/forgot", data={"email": "ada@example.com"})
    await own.get(await own.link("ada@example.com"))
    assert (await own.post("/reset", data={"password": "seven quiet lighthouse keepers"})).status_code == 200
    proved = as_system(lambda session: session.exec(select(User.name).where(VERIFIED)).all())
    assert proved == ["Ada"]


async def test_a_weaker_hash_or_one_of_another_address_is_made_anew_and_a_stronger_one_is_left(
    ada: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept() -> str:
        return as_system(lambda session: session.exec(select(User.password_hash)).one())

    for rounds, changes in ((1, True), (2, True), (3, False)):
        weak = passwords._context().using(argon2__rounds=rounds).hash(GOOD_PASSWORD)  # with a salt of no address
        as_system(lambda session, weak=weak: session.exec(update(User).values(password_hash=weak)))
        assert (await browser.log_in()).status_code == 303
        assert (kept() != weak) is changes
    assert kept().startswith("$argon2id$v=19$m=19456,t=3,p=1$")


async def test_a_password_that_changed_while_it_was_checked_does_not_log_in(
    ada: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = passwords.first_that_fits

    async def slowly(*args: Any, **kwargs: Any) -> Any:
        found = await check(*args, **kwargs)
        as_system(lambda session: session.exec(update(User).where(col(User.id) == ada.id).values(password_hash="new")))
        return found

    monkeypatch.setattr(passwords, "first_that_fits", slowly)
    assert (await browser.log_in()).status_code == 422


async def test_a_storm_of_log_ins_is_turned_away_with_a_time_to_come_back(
    sqlite: str, open_browser: OpenBrowser
) -> None:
    browsers = [open_browser(f"192.0.{place}.1") for place in range(90)]
    answers = await asyncio.gather(
        *(browser.log_in(f"a{number}@example.com", WRONG) for number, browser in enumerate(browsers))
    )
    turned_away = [answer for answer in answers if answer.status_code == 503]
    assert turned_away
    assert all(answer.headers["retry-after"] for answer in turned_away)
    assert {answer.status_code for answer in answers} == {422, 503}


async def test_changed_terms_are_shown_at_the_log_in_until_they_are_accepted(sqlite: str, browser: Browser) -> None:
    kept = passwords.hash_now(GOOD_PASSWORD, "ada@example.com")
    ada = a_user("Ada", password_hash=kept, terms_version="2020-01-01")
    shown = "/terms/changed?next=%2Fscenarios"
    for _ in range(2):
        assert (await browser.log_in(next="/scenarios")).headers["location"] == shown
    other = await browser.post("/terms/changed", data={"version": "2020-01-01", "next": "/scenarios"})
    assert other.status_code == 409
    answer = await browser.post("/terms/changed", data={"version": terms_in_force(), "next": "/scenarios"})
    assert answer.headers["location"] == "/scenarios"
    found = as_system(lambda session: session.get_one(User, ada.id))
    assert (found.terms_version, found.terms_accepted_at is not None) == (terms_in_force(), True)
    assert as_system(lambda session: session.exec(select(AuditEvent.event)).all())[-1].startswith("accepted the terms")
    assert (await browser.log_in(next="/scenarios")).headers["location"] == "/scenarios"
    assert (await browser.post("/terms/changed", data={"next": "//evil.example"})).status_code == 409


@pytest.mark.parametrize("way", ["password", "code"])
async def test_the_browser_remembers_the_way_in_and_nothing_else(ada: Any, browser: Browser, way: str) -> None:
    if way == "password":
        answer = await browser.log_in()
    else:
        await browser.post("/login/code", data={"email": "ada@example.com"})
        answer = await browser.post("/login/enter", data={"code": await browser.code()})
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("way="))
    assert cookie.startswith(f"way={way}; ")
    assert "HttpOnly" in cookie
