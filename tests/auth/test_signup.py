"""Signing up: an account, a cookie, a mail, and nothing that tells who has an account already."""

import re
from collections.abc import Callable

import pytest
from jinja2 import Environment
from sqlmodel import select

from saas_app.auth.components import new_password_field
from saas_app.auth.models import LoginSession, User
from saas_app.billing.storefront import Storefront
from tests.auth.conftest import Browser, OpenBrowser
from tests.conftest import Hands
from tests.factories import as_system

pytestmark = pytest.mark.usefixtures("database")


async def test_signing_up_logs_in_and_leads_to_the_welcome(browser: Browser) -> None:
    answer = await browser.sign_up(plan="pro_v1", billing="month")
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome?plan=pro_v1&billing=month")
    assert "session" in browser.cookies
    user = as_system(lambda session: session.exec(select(User)).one())
    assert (user.name, user.email, user.email_verified_at) == ("Ada", "ada@example.com", None)
    assert user.terms_accepted_at


async def test_the_mail_proves_the_address_after_a_click(browser: Browser) -> None:
    await browser.sign_up()
    opened = await browser.get(await browser.link("ada@example.com"))
    assert (opened.status_code, opened.headers["location"]) == (303, "/verify")
    assert as_system(lambda session: session.exec(select(User)).one()).email_verified_at is None
    proved = await browser.post("/verify")
    assert (proved.status_code, proved.headers["location"]) == (303, "/dashboard")
    assert as_system(lambda session: session.exec(select(User)).one()).email_verified_at


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": " "}, "what to call you"),
        ({"name": "x" * 81}, "at most 80"),
        ({"name": "a\nBcc: b@c.de"}, "ordinary"),
        ({"email": "nonsense"}, "not an e-mail"),
        ({"email": "аda@example.com"}, "not an e-mail"),  # a Cyrillic а
        ({"email": "a" * 65 + "@example.com"}, "not an e-mail"),
        ({"password": "short"}, "at least 12"),
        ({"password": "x" * 257}, "at most 256"),
        ({"password": "aaaaaaaaaaaaaaaa"}, "easy to guess"),
        ({"password": "ada@example.com1"}, "mostly"),
        ({"password": "ladrillo2026!"}, "mostly"),
        ({"password": "sonyericsson"}, "attackers try first"),
        ({"password": "a good\x00 password!"}, "cannot be typed"),
    ],
)
async def test_what_cannot_be_used_is_said_beside_what_was_typed(
    browser: Browser, fields: dict[str, str], says: str
) -> None:
    answer = await browser.sign_up(**fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert "long winding river stones" not in answer.text
    assert "password" not in fields or fields["password"] not in answer.text
    assert as_system(lambda session: session.exec(select(User)).all()) == []


async def test_the_page_asks_for_as_many_characters_as_the_setting_says(configured: Callable[..., None]) -> None:
    configured(PASSWORD_MIN_LENGTH="16")
    slots = await Storefront().fill()
    drawn = Environment(autoescape=True).from_string(str(new_password_field())).render(slots.values, errors={})
    assert "At least 16 characters" in drawn
    assert 'minLength:"16"' in drawn


async def test_a_taken_address_is_answered_like_a_new_one(open_browser: OpenBrowser) -> None:
    owner, stranger, newcomer = open_browser(), open_browser(), open_browser()
    await owner.sign_up()
    await owner.prove()
    taken = await stranger.sign_up(name="Mallory", password="quite another river bed")
    fresh = await newcomer.sign_up("eve@example.com", name="Mallory", password="quite another river bed")
    assert shape_of(taken) == shape_of(fresh)
    mail = (await owner.mails("ada@example.com"))[0]
    assert "already have an account" in mail.subject
    assert "/verify/" not in mail.text
    assert "Mallory" not in mail.text


def shape_of(answer: object) -> tuple[object, ...]:
    """Everything a stranger can see, but the random values of the cookies themselves."""
    headers = [
        (name, re.sub(r"^(\w+)=([^;]+)", lambda cookie: f"{cookie[1]}={len(cookie[2])}", text))
        for name, text in answer.headers.multi_items()  # type: ignore[attr-defined]
    ]
    return answer.status_code, headers, answer.content  # type: ignore[attr-defined]


async def test_an_account_made_in_advance_is_worth_nothing(open_browser: OpenBrowser) -> None:
    """A stranger signs up with Ada's address first; when Ada proves it, the stranger's account stays without."""
    stranger, ada = open_browser(), open_browser()
    await stranger.sign_up(name="Mallory", password="quite another river bed")
    await ada.sign_up()
    await ada.prove()
    users = {user.name: user for user in as_system(lambda session: session.exec(select(User)).all())}
    assert users["Ada"].email_verified_at
    assert users["Mallory"].email_verified_at is None
    await stranger.post("/verify/resend")
    assert "already have an account" in (await stranger.mails("ada@example.com"))[0].subject
    assert (await ada.log_in()).status_code == 303


async def test_the_cookie_is_kept_from_scripts_and_from_the_database(browser: Browser, data_dir: object) -> None:
    answer = await browser.sign_up()
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    rows = as_system(lambda session: session.exec(select(LoginSession)).all())
    assert browser.cookies["session"] not in repr(rows)


async def test_on_https_the_cookie_is_bound_to_the_host(open_browser: OpenBrowser, configured: object) -> None:
    configured(BASE_URL="https://app.example")  # type: ignore[operator]
    answer = await open_browser(scheme="https").sign_up()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


async def test_a_program_that_fills_in_every_field_gets_no_account(browser: Browser) -> None:
    answer = await browser.sign_up(website="https://spam.example")
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome")
    assert as_system(lambda session: session.exec(select(User)).all()) == []


async def test_links_in_mails_come_from_the_configuration_whatever_the_host_says(open_browser: OpenBrowser) -> None:
    browser = open_browser(host="evil.example")
    await browser.sign_up()
    mail = (await browser.mails())[0]
    assert "evil" not in mail.text + mail.html
    assert "http://localhost:3000/verify/" in mail.text


async def test_what_a_stranger_calls_themselves_reaches_nobody_s_mailbox(browser: Browser) -> None:
    await browser.sign_up(name="You won! Visit evil.example")
    await browser.post("/forgot", data={"email": "ada@example.com"})
    mails = await browser.mails("ada@example.com")
    assert len(mails) == 2
    assert "evil.example" not in "".join(mail.subject + mail.text + mail.html for mail in mails)


async def test_one_place_gets_five_accounts_an_hour(open_browser: OpenBrowser, hands: Hands) -> None:
    answers = [await open_browser().sign_up(f"a{i}@example.com") for i in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await open_browser("192.0.2.77").sign_up("z@example.com")).status_code == 303


async def test_whoever_tries_the_product_on_their_own_machine_may_play_many_people(
    open_browser: OpenBrowser, configured: Callable[..., None], hands: Hands
) -> None:
    answers = [await open_browser("127.0.0.1").sign_up(f"a{i}@example.com") for i in range(7)]
    assert {answer.status_code for answer in answers} == {303}
    configured(BASE_URL="https://app.example.com")  # a proxy of a server is at 127.0.0.1 too
    answers = [await open_browser("127.0.0.1", "https").sign_up(f"b{i}@example.com") for i in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]


async def test_signing_up_leads_on_to_where_one_was_going_on_this_site(browser: Browser) -> None:
    assert (await browser.sign_up(next="/claim")).headers["location"] == "/claim"
    assert (await browser.sign_up("bob@example.com", next="//evil.example")).headers["location"] == "/welcome"


async def test_forms_with_mistakes_are_counted_too_and_leave_room_for_the_right_one(
    open_browser: OpenBrowser, hands: Hands
) -> None:
    for _ in range(29):
        assert (await open_browser().sign_up(password="short")).status_code == 422
    assert (await open_browser().sign_up()).status_code == 303
    assert (await open_browser().sign_up(password="short")).status_code == 429


async def test_one_mailbox_gets_three_mails_an_hour(open_browser: OpenBrowser) -> None:
    for place in range(5):
        await open_browser(f"192.0.2.{place}").sign_up()
    assert len(await open_browser().mails("ada@example.com")) == 3
