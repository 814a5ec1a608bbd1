"""What is kept of a password, what is accepted as one, and that it is kept nowhere else."""

import asyncio
import logging
import re
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies
from sqlmodel import select

from saas_app.auth import passwords
from saas_app.auth.models import User
from saas_app.auth.strength import legible, weakness
from saas_app.core import db
from saas_app.core.config import settings as app_settings
from tests.auth.conftest import GOOD_PASSWORD, Browser
from tests.factories import as_system


def test_only_argon2id_at_todays_cost_is_made() -> None:
    assert re.fullmatch(
        r"\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]+\$[\w+/]+", passwords.hash_now("x" * 12, "ada@example.com")
    )
    assert passwords._context().schemes() == ("argon2",)


@given(strategies.text(min_size=1, max_size=256).filter(lambda text: "\x00" not in text))
@settings(max_examples=15, deadline=None)
def test_any_characters_make_a_password_and_none_are_cut_off(password: str) -> None:
    kept = passwords.hash_now(password, "ada@example.com")
    assert passwords.fits(password, kept)
    assert not passwords.fits(password + "x", kept)


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    assert passwords.fits("e\u0301tude \ufb01ne", passwords.hash_now("\u00e9tude fine", "ada@example.com"))


@pytest.mark.parametrize("kept", ["!", "", "plain", "$2b$12$" + "a" * 53, "$argon2i$v=19$m=8,t=1,p=1$YWFhYWFhYWE$YQ"])
def test_nothing_but_an_argon2id_hash_is_ever_a_password(kept: str) -> None:
    assert not passwords.fits("plain", kept)
    assert not passwords.fits("", kept)


@pytest.mark.parametrize(
    "good",
    [
        GOOD_PASSWORD,
        "4@8({[<369&1!|7$5+%20",
        "пароль на сегодня и завтра",
        "correct horse battery",
        "x9#kQ2!mZ7@p",
        "🦊🍂🌊🎻🧭🕯️🪁🧵🐚🌲🗝️🎏",
    ],
)
def test_unusual_passwords_are_good(good: str) -> None:
    assert weakness(good, "Ada", "ada@example.com") is None


def test_every_leaked_password_that_is_long_enough_is_refused() -> None:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    leaked = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 12]
    assert len(leaked) > 200
    assert [word for word in leaked if weakness(word) is None] == []
    assert weakness(leaked[0].upper())


@given(strategies.text("4@8({[<369&1!|7$5+%20aZ é", max_size=72))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_read_in_a_few_ways_only(password: str) -> None:
    """Scoring takes as long as there are readings: of some passwords zxcvbn would try more than seven hundred."""
    from zxcvbn.matching import L33T_TABLE, enumerate_l33t_subs, relevant_l33t_subtable

    assert len(enumerate_l33t_subs(relevant_l33t_subtable(legible(password), L33T_TABLE))) <= 16


@pytest.mark.parametrize("weak", ["p4$$w0rd1234", "1234567890" * 6])
def test_signs_in_place_of_letters_make_no_password_better(weak: str) -> None:
    assert weakness(weak)


async def test_passwords_are_scored_in_the_threads_for_them_and_nowhere_else(sqlite: str, browser: Browser) -> None:
    """With these taken, a password that is too weak is not even scored."""
    done = threading.Event()
    taken = [asyncio.create_task(passwords.beside(done.wait)) for _ in range(passwords.THREADS + passwords.WAITING)]
    await asyncio.sleep(0)
    busy = await browser.sign_up(password="aaaaaaaaaaaaaaaa")
    done.set()
    await asyncio.gather(*taken)
    assert (busy.status_code, "retry-after" in busy.headers) == (503, True)
    assert (await browser.sign_up(password="aaaaaaaaaaaaaaaa")).status_code == 422


def test_the_minimum_is_a_setting(configured: object) -> None:
    configured(PASSWORD_MIN_LENGTH="20")  # type: ignore[operator]
    assert "at least 20" in (weakness("x9#kQ2!mZ7@p") or "")


async def test_the_password_is_nowhere_in_clear(
    sqlite: str, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await browser.sign_up()
    await browser.log_in()
    await browser.log_in(password="a wrong one for the log")
    token = browser.cookies["session"]
    kept = as_system(lambda session: session.exec(select(User.password_hash)).one())
    everything = everything_on_disk()
    db.stop()  # empties the log file into the database file
    everything += everything_on_disk()
    for secret in (GOOD_PASSWORD, "a wrong one for the log", token):
        assert secret.encode() not in everything
        assert secret not in caplog.text
    assert kept.encode() in everything
    assert kept not in caplog.text
    assert "ada@example.com" not in caplog.text


def everything_on_disk() -> bytes:
    """The database with its log file, as a thief of the disk would find them."""
    file = Path(app_settings().database_url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
