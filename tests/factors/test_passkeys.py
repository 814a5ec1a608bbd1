"""Passkeys: to log in, as a second factor, to confirm, and every way in which one must not be believed."""

import asyncio
import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from sqlmodel import select

from saas_app.account import leaving, own_data
from saas_app.account import service as account
from saas_app.auth import links, passwords
from saas_app.auth import service as accounts
from saas_app.auth.models import User
from saas_app.auth.sessions import Visit
from saas_app.core import clock, db
from saas_app.core.viewer import Viewer
from saas_app.factors import passkeys, signing
from saas_app.factors.models import Authenticator, Challenge, Passkey, RecoveryCode
from tests.conftest import Hands
from tests.factories import a_user, as_system
from tests.factors.conftest import Browser, OpenBrowser, SoftKey

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
async def key(ada: Viewer, browser: Browser) -> SoftKey:
    """Ada's passkey, added in the browser of the test."""
    made = SoftKey()
    await browser.log_in()
    answer = await browser.add_passkey(made)
    assert "The second factor is on" in answer.text
    return made


async def enter(browser: Browser, key: SoftKey, **bent: object) -> int:
    """Log in with nothing but the passkey; the status of the answer."""
    signed = key.sign(await browser.ask("/login/passkey"), **bent)
    return (await browser.post("/login/passkey", data={"credential": signed, "next": "/billing"})).status_code


async def test_a_passkey_logs_in_by_itself_and_counts_as_both_factors(key: SoftKey, open_browser: OpenBrowser) -> None:
    as_system(lambda session: accounts.make_admin(session, "ada@example.com"))
    other = open_browser()
    options = await other.ask("/login/passkey")
    assert (options["rpId"], options["userVerification"], options["allowCredentials"]) == ("localhost", "required", [])
    answer = await other.post("/login/passkey", data={"credential": key.sign(options), "next": "/billing"})
    assert answer.headers["location"] == "/billing"
    found = await other.who()
    assert found is not None
    assert (found.name, found.is_admin) == ("Ada", True)
    assert any("New log-in" in mail.subject for mail in await other.mails())


async def test_with_a_passkey_the_password_alone_opens_nothing(
    key: SoftKey, browser: Browser, open_browser: OpenBrowser
) -> None:
    assert len(browser.codes) == 10
    other = open_browser()
    assert (await other.log_in()).headers["location"].startswith("/login/second?app=&key=1&")
    assert await other.who() is None
    options = await other.ask("/login/second")
    assert [each["transports"] for each in options["allowCredentials"]] == [["internal"]]
    key.verified = False  # a plain security key is enough as a second factor
    assert (await other.second(credential=key.sign(options))).status_code == 303
    assert await other.who() is not None


async def test_a_passkey_that_its_owner_has_not_unlocked_is_one_factor_only(
    key: SoftKey, open_browser: OpenBrowser
) -> None:
    key.verified = False
    assert await enter(open_browser(), key) == 422


async def test_somebody_elses_passkey_is_no_second_factor(key: SoftKey, open_browser: OpenBrowser) -> None:
    a_user("Mallory", password_hash=passwords.hash_now("quite another river bed", "someone@example.com"))
    theirs, mallory, other = SoftKey(), open_browser("192.0.2.66"), open_browser("192.0.2.66")
    await mallory.log_in("mallory@example.com", "quite another river bed")
    await mallory.add_passkey(theirs)
    await other.log_in()
    assert (await other.second(credential=theirs.sign(await other.ask("/login/second")))).status_code == 422
    theirs_options = await other.ask("/login/passkey")
    assert (await other.second(credential=key.sign(theirs_options))).status_code == 422, "it was asked for elsewhere"
    assert await other.who() is None


async def test_a_challenge_is_answered_once(key: SoftKey, open_browser: OpenBrowser) -> None:
    other = open_browser()
    signed = key.sign(await other.ask("/login/passkey"))
    token = other.cookies["step-passkey"]
    assert (await other.post("/login/passkey", data={"credential": signed})).status_code == 303
    replay = open_browser("192.0.2.66")
    replay.cookies.set("step-passkey", token)
    assert (await replay.post("/login/passkey", data={"credential": signed})).status_code == 422
    assert await replay.who() is None


async def test_of_two_answers_to_one_challenge_at_once_one_gets_in(ada: Viewer, open_browser: OpenBrowser) -> None:
    key, browser, other, copy = SoftKey(counts=False), open_browser(), open_browser(), open_browser("192.0.2.66")
    await browser.log_in()
    await browser.add_passkey(key)
    signed = key.sign(await other.ask("/login/passkey"))
    copy.cookies.set("step-passkey", other.cookies["step-passkey"])
    answers = await asyncio.gather(
        *(each.post("/login/passkey", data={"credential": signed}) for each in (other, copy))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]


async def test_a_failed_answer_uses_the_challenge_up(key: SoftKey, open_browser: OpenBrowser) -> None:
    other = open_browser()
    options = await other.ask("/login/passkey")
    assert (await other.post("/login/passkey", data={"credential": "{}"})).status_code == 422
    assert (await other.post("/login/passkey", data={"credential": key.sign(options)})).status_code == 422


async def test_a_challenge_lasts_ten_minutes(key: SoftKey, open_browser: OpenBrowser, hands: Hands) -> None:
    other = open_browser()
    signed = key.sign(await other.ask("/login/passkey"))
    hands.move(minutes=10)
    answer = await other.post("/login/passkey", data={"credential": signed})
    assert (answer.status_code, "took too long" in answer.text) == (422, True)


async def test_a_count_that_goes_back_is_refused(key: SoftKey, open_browser: OpenBrowser) -> None:
    assert await enter(open_browser(), key) == 303
    key.count -= 1  # what a copy would say that was made before
    assert await enter(open_browser(), key) == 422
    key.count += 5
    assert await enter(open_browser(), key) == 303


async def test_a_passkey_that_does_not_count_may_be_used_again(ada: Viewer, open_browser: OpenBrowser) -> None:
    key, browser = SoftKey(counts=False), open_browser()
    await browser.log_in()
    await browser.add_passkey(key)
    assert [await enter(open_browser(), key) for _ in range(2)] == [303, 303]


@pytest.mark.parametrize("bent", [{"host": "evil.example"}, {"handle": b"somebody else"}])
async def test_what_was_signed_for_another_site_or_person_is_refused(
    key: SoftKey, open_browser: OpenBrowser, bent: dict[str, object]
) -> None:
    assert await enter(open_browser(), key, **bent) == 422


async def test_what_was_signed_on_another_origin_is_refused(key: SoftKey, open_browser: OpenBrowser) -> None:
    key.origin = "http://localhost:3000.evil.example"
    assert await enter(open_browser(), key) == 422


async def test_an_unknown_passkey_and_a_changed_signature_are_refused(key: SoftKey, open_browser: OpenBrowser) -> None:
    assert await enter(open_browser(), SoftKey()) == 422
    other = open_browser()
    said = json.loads(key.sign(await other.ask("/login/passkey")))
    forged = SoftKey()
    forged.id = key.id
    said["response"]["signature"] = json.loads(forged.sign(await open_browser().ask("/login/passkey")))["response"][
        "signature"
    ]
    assert (await other.post("/login/passkey", data={"credential": json.dumps(said)})).status_code == 422


async def test_a_removed_passkey_opens_nothing(key: SoftKey, browser: Browser, open_browser: OpenBrowser) -> None:
    row = as_system(lambda session: session.exec(select(Passkey)).one().id)
    page = await browser.get("/settings/passkeys")
    assert f"key:{row}:Laptop:not used yet" in page.text
    assert (await browser.post("/settings/passkeys/remove", data={"id": "pky_nobody"})).status_code == 409
    assert as_system(lambda session: session.exec(select(Passkey)).all())
    assert (await browser.post("/settings/passkeys/remove", data={"id": row})).status_code == 303
    assert await enter(open_browser(), key) == 422
    other = open_browser()
    await other.log_in()
    assert await other.who() is not None, "the last factor is gone, so the password is enough"
    assert as_system(lambda session: session.exec(select(RecoveryCode)).all()) == []
    subjects = [mail.subject for mail in await browser.mails()]
    assert [any(what in each for each in subjects) for what in ("Passkey added", "Passkey removed")] == [True, True]


async def test_a_passkey_says_that_it_is_still_the_same_person(key: SoftKey, browser: Browser, hands: Hands) -> None:
    hands.move(minutes=11)
    before = browser.cookies["session"]
    signed = key.sign(await browser.ask("/confirm/passkey"))
    answer = await browser.post("/confirm/passkey", data={"credential": signed, "next": "/settings/passkeys"})
    assert answer.headers["location"] == "/settings/passkeys"
    found = await browser.who()
    assert found is not None
    assert (found.is_fresh, browser.cookies["session"] != before) == (True, True)


async def test_a_passkey_is_added_only_by_whoever_was_asked(
    key: SoftKey, browser: Browser, open_browser: OpenBrowser
) -> None:
    a_user("Mallory", password_hash=passwords.hash_now("quite another river bed", "someone@example.com"))
    mallory = open_browser("192.0.2.66")
    await mallory.log_in("mallory@example.com", "quite another river bed")
    options, theirs = await mallory.ask("/settings/passkeys"), SoftKey()
    browser.cookies.set("step-passkey", mallory.cookies["step-passkey"])
    assert (await browser.post("/settings/passkeys", data={"credential": theirs.make(options)})).status_code == 422
    assert len(as_system(lambda session: session.exec(select(Passkey)).all())) == 1
    again = await mallory.post(
        "/settings/passkeys", data={"credential": key.make(await mallory.ask("/settings/passkeys"))}
    )
    assert again.status_code == 409, "one passkey belongs to one account"


async def test_the_device_is_told_of_its_passkeys_and_knows_the_person_by_nothing_readable(
    key: SoftKey, browser: Browser, ada: Viewer
) -> None:
    options = await browser.ask("/settings/passkeys")
    assert len(options["excludeCredentials"]) == 1
    assert (len(key.handle), ada.id.encode() in key.handle) == (32, False)
    assert options["attestation"] == "none"


async def test_a_name_too_long_is_said_and_none_is_the_device(key: SoftKey, browser: Browser) -> None:
    answer = await browser.add_passkey(SoftKey(), "x" * 61)
    assert (answer.status_code, "at most 60" in answer.text) == (422, True)
    await browser.add_passkey(SoftKey(), "")
    assert "A browser" in (await browser.get("/settings/passkeys")).text


async def test_with_an_app_too_either_is_enough_and_the_codes_stay(
    key: SoftKey, browser: Browser, open_browser: OpenBrowser
) -> None:
    codes = browser.codes
    await browser.scan()
    answer = await browser.post("/settings/authenticator", data={"code": browser.code()})
    assert "Your authenticator app is set up." in answer.text
    other = open_browser()
    assert "app=1&key=1" in (await other.log_in()).headers["location"]
    assert (await other.second(browser.code(seconds=30))).status_code == 303
    third = open_browser("192.0.2.3")
    await third.log_in()
    assert (await third.second(recovery=codes[0])).status_code == 303


async def test_taking_an_account_back_takes_the_factors_of_whoever_had_it(
    key: SoftKey, ada: Viewer, open_browser: OpenBrowser
) -> None:
    def take_back() -> None:
        def work(session) -> None:  # type: ignore[no-untyped-def]
            user = session.get_one(User, ada.id)
            token = links.issue(session, user, "undo", new_email="ada@example.com").token
            account.take_back(session, token, Visit())

        as_system(work)

    half = open_browser()
    await half.log_in()
    take_back()
    assert await enter(open_browser(), key) == 422
    for table in (Authenticator, Passkey, RecoveryCode):
        assert as_system(lambda session, table=table: session.exec(select(table)).all()) == []
    assert as_system(lambda session: session.exec(select(Challenge).where(Challenge.user_id == ada.id)).all()) == []


async def test_factors_leave_with_the_account_and_passkeys_are_in_ones_data(
    key: SoftKey, browser: Browser, ada: Viewer
) -> None:
    await browser.set_up_app()
    told = json.loads(await db.read(ada, own_data.collect))["tables"]["passkeys"]
    assert [each["name"] for each in told] == ["Laptop"]
    as_system(lambda session: leaving.erase(session, ada.id))
    for table in (Authenticator, Passkey, RecoveryCode):
        assert as_system(lambda session, table=table: session.exec(select(table)).all()) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle", "transports")
SENT = st.fixed_dictionaries(
    {"id": JSON, "rawId": JSON, "type": st.just("public-key") | JSON},
    optional={"response": st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)) | JSON},
)


@trying(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=SENT.map(json.dumps) | st.text(max_size=60))
def test_whatever_a_browser_sends_is_refused_in_words(sent: str) -> None:
    row = Passkey(
        user_id="usr_1", credential_id="AAAA", public_key="AAAA", sign_count=0, name="", created_at=clock.now()
    )
    with pytest.raises(passkeys.NoPasskey):
        signing.check_new(sent, "AAAA")
    with pytest.raises(passkeys.NoPasskey):
        signing.check_known(row, sent, "AAAA", verified=True)


async def test_a_passkey_log_in_is_kept_as_long_as_it_was_asked_to(key: SoftKey, open_browser: OpenBrowser) -> None:
    for remember in ("", "1"):
        other = open_browser()
        signed = key.sign(await other.ask("/login/passkey"))
        answer = await other.post("/login/passkey", data={"credential": signed, "remember": remember})
        cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("session="))
        assert ("Max-Age" in cookie) is bool(remember)
        assert other.cookies["way"] == "passkey"
