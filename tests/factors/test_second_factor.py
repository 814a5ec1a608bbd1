"""The authenticator app and the recovery codes, and what a first factor alone still opens: nothing."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from saas_app.account import service as account
from saas_app.auth import passwords
from saas_app.auth import service as accounts
from saas_app.auth.models import LoginSession, User
from saas_app.auth.second import First
from saas_app.auth.sessions import Visit, find_viewer, open_session
from saas_app.core import audit, clock, db, engines, tokens, upkeep
from saas_app.core.config import DEVELOPMENT_SECRET, settings
from saas_app.core.errors import NotFound, RowLevelSecurity
from saas_app.core.viewer import Viewer
from saas_app.factors import challenges, flows, recovery, service, steps, totp
from saas_app.factors.models import Authenticator, Challenge, RecoveryCode
from tests.auth.test_at_once import meanwhile
from tests.conftest import Hands
from tests.factories import a_user, as_system
from tests.factors.conftest import PASSWORD, Browser, OpenBrowser, SoftKey, codes_in

pytestmark = pytest.mark.usefixtures("hands")


def history(user: Viewer) -> list[str]:
    return [each.event for each in as_system(lambda session: session.exec(select(audit.AuditEvent)).all())]


async def test_an_app_is_set_up_by_a_code_and_then_asked_for_at_each_log_in(
    ada: Viewer, browser: Browser, open_browser: OpenBrowser
) -> None:
    await browser.log_in()
    answer = await browser.set_up_app()
    assert "The second factor is on" in answer.text
    assert (len(set(browser.codes)), answer.headers["cache-control"]) == (10, "no-store")
    other = open_browser()
    half = await other.log_in(next="/billing?plan=pro")
    assert half.headers["location"] == "/login/second?app=1&key=&next=%2Fbilling%3Fplan%3Dpro"
    assert (await other.second(browser.code(seconds=30), next="/billing?plan=pro")).headers["location"] == (
        "/billing?plan=pro"
    )
    found = await other.who()
    assert found is not None
    assert found.id == ada.id
    assert "logged in by password and an authenticator code" in history(ada)
    subjects = [mail.subject for mail in await browser.mails()]
    assert any("Authenticator app set up" in subject for subject in subjects)


async def test_a_first_factor_alone_opens_nothing(protected: Browser, open_browser: OpenBrowser) -> None:
    half = open_browser("192.0.2.7")
    await half.log_in()
    token = half.cookies["step-second"]
    assert "session" not in half.cookies
    assert (await half.get("/settings")).headers["location"] == "/login?next=/settings"
    for form in ("/settings", "/settings/delete", "/settings/authenticator/off", "/settings/passkeys"):
        assert (await half.post(form, data={"name": "Mallory"})).headers["location"].startswith("/login?next=")
    assert (await half.post("/settings/passkeys/options")).headers["location"] == "/login?next=%2Fsettings%2Fpasskeys"
    assert await find_viewer(tokens.digest(token)) is None
    half.cookies.set("session", token)
    assert await half.who() is None
    assert len(as_system(lambda session: session.exec(select(LoginSession)).all())) == 1


async def test_the_second_step_belongs_to_the_browser_of_the_first(
    protected: Browser, open_browser: OpenBrowser
) -> None:
    stranger = open_browser("192.0.2.8")
    answer = await stranger.second(protected.code(seconds=30))
    assert (answer.status_code, "Please log in again" in answer.text) == (410, True)
    stranger.cookies.set("step-second", tokens.new_token())
    assert (await stranger.second(protected.code(seconds=30))).status_code == 410


async def test_a_code_by_mail_is_a_first_factor_too(protected: Browser, open_browser: OpenBrowser) -> None:
    other = open_browser("192.0.2.9")
    await other.post("/login/code", data={"email": "ada@example.com"})
    mail = next(mail for mail in await other.mails() if "is your code" in mail.subject)
    answer = await other.post("/login/enter", data={"code": mail.subject[:6], "next": "/billing"})
    assert answer.headers["location"] == "/login/second?app=1&key=&next=%2Fbilling"
    assert await other.who() is None
    await other.second(protected.code(seconds=30))
    assert await other.who() is not None


async def test_a_code_is_good_once_and_older_ones_are_no_more(
    protected: Browser, open_browser: OpenBrowser, hands: Hands
) -> None:
    other, used = open_browser(), protected.code()
    await other.log_in()
    assert (await other.second(used)).status_code == 422, "it has set the app up"
    hands.move(seconds=60)
    now = protected.code()
    assert (await other.second(now)).status_code == 303
    third = open_browser("192.0.2.4")
    await third.log_in()
    assert (await third.second(now)).status_code == 422
    assert (await third.second(protected.code(seconds=-30))).status_code == 422, (
        "it is older than the one that was used"
    )
    assert (await third.second(protected.code(seconds=30))).status_code == 303


async def test_of_two_uses_of_one_code_at_once_one_gets_in(
    protected: Browser, open_browser: OpenBrowser, hands: Hands
) -> None:
    first, second = open_browser(), open_browser("192.0.2.5")
    await first.log_in()
    await second.log_in()
    hands.move(minutes=1)
    code = protected.code()
    answers = await asyncio.gather(first.second(code), second.second(code))
    assert sorted(answer.status_code for answer in answers) == [303, 422]


async def test_a_code_may_be_a_step_early_or_late_and_no_more(ada: Viewer, hands: Hands) -> None:
    secret = totp.new_secret()
    app = totp._app().from_json(secret)
    for number, is_right in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        code = app.generate(time=clock.now() + timedelta(seconds=30 * number)).token
        assert (totp.check(secret, f" {code[:3]} {code[3:]}", None) is not None) is is_right
    for nonsense in ("", "12345", "1234567", "abcdef", "٣" * 6):
        assert totp.check(secret, nonsense, None) is None


async def test_each_recovery_code_opens_once_however_it_is_typed(protected: Browser, open_browser: OpenBrowser) -> None:
    code = protected.codes[3]
    other = open_browser()
    await other.log_in()
    assert (await other.second(recovery=f" {code.replace('-', ' ').upper()} ")).status_code == 303
    assert (await other.who()) is not None
    again = open_browser("192.0.2.6")
    await again.log_in()
    answer = await again.second(recovery=code)
    assert (answer.status_code, "none of your recovery codes" in answer.text) == (422, True)
    mail = next(mail for mail in await other.mails() if "recovery code was used" in mail.subject)
    assert "9 are left" in mail.text


async def test_of_two_uses_of_one_recovery_code_at_once_one_gets_in(
    protected: Browser, open_browser: OpenBrowser
) -> None:
    first, second = open_browser(), open_browser("192.0.2.5")
    await first.log_in()
    await second.log_in()
    answers = await asyncio.gather(*(each.second(recovery=protected.codes[0]) for each in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [303, 422]


async def test_somebody_elses_recovery_code_opens_nothing(protected: Browser, open_browser: OpenBrowser) -> None:
    mallory = a_user("Mallory")
    codes = as_system(lambda session: recovery.make(session, mallory.id))
    other = open_browser()
    await other.log_in()
    assert (await other.second(recovery=codes[0])).status_code == 422


async def test_five_wrong_tries_end_the_half_log_in_and_are_told(
    ada: Viewer, protected: Browser, open_browser: OpenBrowser
) -> None:
    other = open_browser("192.0.2.4")
    await other.log_in()
    for recovery_code in ("", "aaaa-bbbb-cccc-dddd", "", "wrong", ""):
        assert (await other.second("000000", recovery=recovery_code)).status_code == 422
    assert (await other.second(protected.code(seconds=30))).status_code == 410
    assert await other.who() is None
    assert any("tried to log in" in mail.subject for mail in await other.mails())
    assert "log-in refused after wrong codes" in history(ada)


async def test_many_tries_at_once_are_counted_exactly(protected: Browser, open_browser: OpenBrowser) -> None:
    other = open_browser("192.0.2.4")
    await other.log_in()
    answers = await asyncio.gather(*(other.second(recovery=f"wrong {number}") for number in range(8)))
    assert sorted(answer.status_code for answer in answers) == [410] * 3 + [422] * 5


async def test_a_guesser_who_knows_the_password_uses_the_tries_up_and_a_recovery_code_still_opens(
    protected: Browser, open_browser: OpenBrowser, hands: Hands
) -> None:
    for number in range(3):
        guesser = open_browser(f"198.51.100.{number}")
        await guesser.log_in()
        for _ in range(4):
            last = await guesser.second("000000")
    assert (last.status_code, "retry-after" in last.headers) == (429, True)
    hands.move(minutes=5)  # so that the password may be typed again
    own = open_browser("192.0.2.77")
    await own.log_in()
    assert (await own.second(protected.code())).status_code == 429
    assert (await own.second(recovery=protected.codes[0])).status_code == 303


async def test_a_half_log_in_lasts_ten_minutes_and_leaves_nothing(
    protected: Browser, open_browser: OpenBrowser, hands: Hands
) -> None:
    other = open_browser()
    await other.log_in()
    hands.move(minutes=10)
    assert (await other.second(protected.code())).status_code == 410
    hands.move(seconds=1)
    as_system(upkeep.drop_what_is_over)
    assert as_system(lambda session: session.exec(select(Challenge)).all()) == []


async def test_a_new_password_ends_a_half_log_in(ada: Viewer, protected: Browser, open_browser: OpenBrowser) -> None:
    other = open_browser()
    await other.log_in()
    protected_clock = clock.now() + timedelta(seconds=1)

    def change(session: Session) -> None:
        session.get_one(User, ada.id).password_changed_at = protected_clock

    as_system(change)
    assert (await other.second(recovery=protected.codes[0])).status_code == 410


async def test_being_remembered_survives_the_second_step(protected: Browser, open_browser: OpenBrowser) -> None:
    other = open_browser()
    await other.log_in(remember="1")
    answer = await other.second(recovery=protected.codes[0])
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("session="))
    assert "Max-Age" in cookie
    assert "HttpOnly" in cookie


async def test_setting_up_and_turning_off_need_a_fresh_log_in(protected: Browser, hands: Hands) -> None:
    hands.move(minutes=11)
    confirm = "/confirm?next=/settings/authenticator"
    assert (await protected.get("/settings/authenticator")).headers["location"] == confirm
    for path in ("/settings/authenticator", "/settings/authenticator/off", "/settings/recovery", "/settings/passkeys"):
        assert (await protected.post(path)).headers["location"].startswith("/confirm?next=")
    assert (await protected.post("/settings/passkeys/options")).headers["location"].startswith("/confirm?next=")


async def test_an_app_needs_a_right_code_to_be_set_up(ada: Viewer, browser: Browser) -> None:
    await browser.log_in()
    assert (await browser.post("/settings/authenticator", data={"code": "123456"})).status_code == 422
    await browser.scan()
    answer = await browser.post("/settings/authenticator", data={"code": "000000"})
    assert (answer.status_code, "This code is wrong" in answer.text) == (422, True)
    key = browser.app.pretty_key(sep=" ")
    assert key in answer.text, "the same key is shown again"
    assert (await browser.post("/settings/authenticator", data={"code": browser.code()})).status_code == 200
    assert (await browser.post("/settings/authenticator", data={"code": browser.code()})).status_code == 409


async def test_a_key_that_was_shown_in_another_log_in_is_not_used(
    ada: Viewer, browser: Browser, open_browser: OpenBrowser
) -> None:
    await browser.log_in()
    await browser.scan()
    other = open_browser()
    await other.log_in()
    await other.scan()
    assert browser.app.key != other.app.key


async def test_an_unproved_account_gets_no_second_factor(database: str, browser: Browser) -> None:
    """A stranger may have opened it with somebody's address, and would keep a way in."""
    viewer = a_user("Eve", email_verified_at=None)
    entry = as_system(lambda session: open_session(session, session.get_one(User, viewer.id), Visit()))
    browser.cookies.set("session", entry.token)
    assert "key:" not in (await browser.get("/settings/authenticator")).text
    answer = await browser.post("/settings/authenticator", data={"code": "123456"})
    assert (answer.status_code, "confirm your e-mail address" in answer.text) == (403, True)
    assert (await browser.post("/settings/passkeys/options")).status_code == 403


async def test_the_first_factor_logs_all_other_browsers_out(ada: Viewer, open_browser: OpenBrowser) -> None:
    here, there = open_browser(), open_browser()
    await here.log_in()
    await there.log_in()
    before = here.cookies["session"]
    await here.set_up_app()
    assert await there.who() is None
    assert await here.who() is not None
    assert here.cookies["session"] != before


async def test_turning_the_app_off_opens_by_the_password_again(
    ada: Viewer, protected: Browser, open_browser: OpenBrowser
) -> None:
    answer = await protected.post("/settings/authenticator/off")
    assert "turned off" in answer.text
    assert as_system(lambda session: service.standing(session, ada.id)).codes_left == 0
    other = open_browser()
    await other.log_in()
    assert await other.who() is not None
    assert any("turned off" in mail.subject for mail in await other.mails())


async def test_new_recovery_codes_make_the_old_ones_void(protected: Browser, open_browser: OpenBrowser) -> None:
    new = codes_in(await protected.post("/settings/recovery"))
    assert len(new) == 10
    assert "left:10:" in (await protected.get("/settings/recovery")).text
    assert codes_in(await protected.get("/settings/recovery")) == (), "they are shown once"
    other = open_browser()
    await other.log_in()
    assert (await other.second(recovery=protected.codes[0])).status_code == 422
    assert (await other.second(recovery=new[0])).status_code == 303


async def test_an_administrator_without_a_second_factor_is_an_ordinary_member(
    ada: Viewer, browser: Browser, open_browser: OpenBrowser
) -> None:
    as_system(lambda session: accounts.make_admin(session, "ADA@example.com"))
    await browser.log_in()
    found = await browser.who()
    assert found is not None
    assert not found.is_admin
    assert "True" in (await browser.get("/settings")).text, "the settings say what is missing"
    await browser.set_up_app()
    found = await browser.who()
    assert found is not None
    assert found.is_admin
    other = open_browser()
    await other.log_in()
    await other.second(browser.code(seconds=30))
    found = await other.who()
    assert found is not None
    assert found.is_admin
    await browser.post("/settings/authenticator/off")
    for each in (browser, other):
        found = await each.who()
        assert found is not None
        assert not found.is_admin, "rights go with the last factor"


def test_nobody_becomes_an_administrator_by_an_address_that_is_not_proved(session: Session) -> None:
    session.add(User(name="Eve", email="eve@example.com", email_key="eve@example.com", password_hash="!"))
    session.flush()
    with pytest.raises(NotFound):
        accounts.make_admin(session, "eve@example.com")


async def test_confirming_keeps_what_the_session_has_passed(ada: Viewer, protected: Browser) -> None:
    as_system(lambda session: accounts.make_admin(session, "ada@example.com"))
    await protected.post("/confirm", data={"password": PASSWORD})
    found = await protected.who()
    assert found is not None
    assert found.is_admin


async def test_the_database_holds_neither_secrets_nor_codes_in_clear(sqlite: str, open_browser: OpenBrowser) -> None:
    a_user("Ada", password_hash=passwords.hash_now(PASSWORD, "ada@example.com"))
    browser = open_browser()
    await browser.log_in()
    await browser.scan()
    key, pending = browser.app.base32_key, _file()
    await browser.set_up_app()
    other = open_browser()
    await other.log_in()
    half = other.cookies["step-second"]
    rows = as_system(lambda session: [row.secret for row in session.exec(select(Authenticator))])
    assert rows
    for content in (pending, _file(), *(row.encode() for row in rows)):
        for secret in (key.encode(), browser.app.key, half.encode(), *(code.encode() for code in browser.codes)):
            assert secret not in content
    for code in browser.codes:
        assert code.replace("-", "").encode() not in _file()
    assert len(as_system(lambda session: session.exec(select(RecoveryCode)).all())) == 10


def _file() -> bytes:
    """What lies on the disk, with the log of what is still to be written into the file."""
    engines.dispose()
    path = Path(settings().database_url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


async def test_a_new_secret_key_still_reads_apps_that_were_set_up_with_the_old_one(
    protected: Browser, ada: Viewer, open_browser: OpenBrowser, configured: Callable[..., None], hands: Hands
) -> None:
    before = as_system(lambda session: session.get_one(Authenticator, ada.id).secret)
    configured(SECRET_KEY="n" * 40, SECRET_KEY_OLD=DEVELOPMENT_SECRET)
    hands.move(minutes=1)
    other = open_browser()
    await other.log_in()
    assert (await other.second(protected.code())).status_code == 303
    assert as_system(lambda session: session.get_one(Authenticator, ada.id).secret) != before
    configured(SECRET_KEY="n" * 40, SECRET_KEY_OLD="")
    hands.move(minutes=1)
    third = open_browser()
    await third.log_in()
    assert (await third.second(protected.code())).status_code == 303, "it was encrypted anew"


async def test_without_the_key_an_app_opens_nothing_and_a_recovery_code_does(
    protected: Browser, open_browser: OpenBrowser, configured: Callable[..., None], hands: Hands
) -> None:
    configured(SECRET_KEY="n" * 40)
    hands.move(minutes=1)
    other = open_browser()
    await other.log_in()
    assert (await other.second(protected.code())).status_code == 422
    assert (await other.second(recovery=protected.codes[0])).status_code == 303


async def test_a_users_own_session_sees_nothing_of_it(protected: Browser, ada: Viewer) -> None:
    for table in (Authenticator, RecoveryCode, Challenge):
        with pytest.raises(RowLevelSecurity):
            await db.read(ada, lambda session, table=table: session.exec(select(table)).all())


async def test_the_form_of_the_second_step_takes_only_its_own_token(protected: Browser, ada: Viewer) -> None:
    token = as_system(lambda session: challenges.keep(session, "passkey second", {}, user_id=ada.id))
    protected.cookies.set("step-second", token)
    assert (await protected.second(protected.code(seconds=30))).status_code == 410


def test_recovery_codes_are_readable() -> None:
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", recovery._new_code())


async def test_the_apps_code_says_that_it_is_still_the_same_person_once(protected: Browser, hands: Hands) -> None:
    hands.move(minutes=11)
    before, code = protected.cookies["session"], protected.code()
    wrong = await protected.post("/confirm/app", data={"app": "000000", "next": "/settings/password"})
    assert (wrong.status_code, "This code is wrong" in wrong.text) == (422, True)
    answer = await protected.post("/confirm/app", data={"app": code, "next": "/settings/password"})
    assert answer.headers["location"] == "/settings/password"
    found = await protected.who()
    assert found is not None
    assert (found.is_fresh, protected.cookies["session"] != before) == (True, True)
    assert (await protected.post("/confirm/app", data={"app": code})).status_code == 422


async def test_without_an_app_no_code_confirms(ada: Viewer, browser: Browser) -> None:
    await browser.log_in()
    assert (await browser.post("/confirm/app", data={"app": "123456"})).status_code == 422


async def test_only_ways_that_somebody_has_are_offered(ada: Viewer, browser: Browser) -> None:
    assert await flows.ways_to_confirm(ada) == {"has_app": False, "has_passkeys": False}
    await browser.log_in()
    await browser.set_up_app()
    assert await flows.ways_to_confirm(ada) == {"has_app": True, "has_passkeys": False}
    await browser.add_passkey(SoftKey())
    assert await flows.ways_to_confirm(ada) == {"has_app": True, "has_passkeys": True}


async def test_a_half_log_in_with_the_former_password_does_not_outlive_its_change(
    postgresql: str, hands: Hands
) -> None:
    """The change is written but not committed when the second factor is shown."""
    ada = a_user("Ada")
    as_system(lambda session: session.add(Authenticator(user_id=ada.id, secret="none", last_counter=0)))
    (code, *_) = as_system(lambda session: recovery.make(session, ada.id))
    half = as_system(lambda session: service.hold(session, First(ada.id, "password", remember=False)))
    mine = as_system(lambda session: open_session(session, session.get_one(User, ada.id), Visit()).token)

    def change(session: Session) -> None:
        account.change_password(session, ada.id, "new", tokens.digest(mine), Visit())

    hands.move(seconds=5)
    with meanwhile(change), pytest.raises(steps.StepGone):
        await db.run_system("log-in", steps.finish_by_recovery, half.token, code, Visit(device="a stranger"), "")
    devices = as_system(lambda session: session.exec(select(LoginSession.device)).all())
    assert "a stranger" not in devices
