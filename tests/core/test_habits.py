"""Dates, numbers and money as whoever reads them writes them; the words are the installation's."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from babel import localedata
from sqlmodel import Session

from saas_app.billing.money import money
from saas_app.core import db, habits, words, written
from saas_app.features.loans.forms import read_form, typed_again
from saas_app.features.loans.schedule import Loan, Lump, RateChange
from tests.factories import a_user

DAY = date(2027, 3, 4)
Speak = Callable[[str], None]


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Speak:
    """Make this an installation of another language."""
    return lambda language: monkeypatch.setattr(words, "language", lambda: language)


def shown() -> str:
    return f"{written.day(DAY)} | {written.day_of_month(DAY)} | {money(1_234_567_50, 'eur')}".replace("\xa0", " ")


OURS = "March 4, 2027 | March 4 | €1,234,567.50"
BRITISH = "4 March 2027 | 4 March | €1,234,567.50"


@pytest.mark.parametrize(
    ("site", "browser", "text"),
    [
        ("en", "", OURS),
        ("en", "en-US,en;q=0.9", OURS),
        ("en", "de-DE,de;q=0.9", OURS),
        ("en", "en", OURS),
        ("en", "en-CA", OURS),
        ("en", "en-GB,en-US;q=0.9,en;q=0.8", BRITISH),
        ("en", "de-DE,de;q=0.9,en-GB;q=0.7", BRITISH),
        ("en", "EN-au", BRITISH),
        ("en", "en-IN", "4 March 2027 | 4 March | €12,34,567.50"),
        ("en", "en-XX,en-GB", OURS),
        ("en", "en-Shaw-GB", OURS),  # in other letters
        ("en", "english, en_GB, -, ;q=1, \x00", OURS),
        ("en-GB", "en-US", OURS),
        ("en-GB", "en", BRITISH),
        ("es", "en-GB,es-MX", "4 de marzo de 2027 | 4 de marzo | €1,234,567.50"),
        ("es", "es-ES,es", "4 de marzo de 2027 | 4 de marzo | 1.234.567,50 €"),
        ("es", "", "4 de marzo de 2027 | 4 de marzo | 1.234.567,50 €"),
    ],
)
def test_a_reader_reads_dates_and_amounts_as_at_home(speak: Speak, site: str, browser: str, text: str) -> None:
    speak(site)
    with habits.those_of(habits.of(browser)):
        assert shown() == text


def test_names_for_what_is_written_alike_are_one(speak: Speak) -> None:
    speak("es")
    assert habits.of("es-ES") == ""
    speak("en")
    assert habits.of("en-AU") == habits.of("en-GB") != habits.of("en-IN")
    everywhere = {habits.of(name.replace("_", "-")) for name in localedata.locale_identifiers()}
    assert 10 < len(everywhere) < 20
    assert {habits.of(name) for name in everywhere} == everywhere  # as tabs say it again


def test_whatever_browsers_say_little_is_remembered() -> None:
    before = len(habits._alike)
    for number in range(3000):
        habits.of(f"en-{number % 1000:03},en-GB")
        habits.of(f"en-{chr(65 + number % 26)}{chr(65 + number // 26 % 26)}-{number}")
    assert len(habits._alike) - before < 20
    assert habits._known.cache_info().currsize <= 512
    assert habits._locale.cache_info().currsize < 50
    assert habits.of("x" * 100_000 + ",en-GB") == ""


def test_who_reads_as_we_write_costs_no_memory() -> None:
    """Babel takes 11 MB."""
    asked = ["", "en", "en-US,en;q=0.9", "en-us", "de-DE,de;q=0.9", "*", "fr;q=0.5,en;q=0.3"]
    code = f"""
import sys
from saas_app import saas_app
from saas_app.billing.money import money
from saas_app.core import habits
for each in {asked!r}:
    habits.follow(each)
    assert money(1_234_50, "eur") == "€1,234.50"
print("babel" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 (ours)
    assert said.stdout.strip() == "False"


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pt", "it", "pl", "sv", "hi", "ja"])
def test_what_a_form_shows_again_is_read_as_the_same_loan_in_every_country(speak: Speak, language: str) -> None:
    speak(language)
    loan = Loan(
        1_234_567_50,
        Decimal("3.125"),
        25,
        extra=1_234_00,
        change=RateChange(13, Decimal("4.5")),
        lump=Lump(7, 99_999_99),
    )
    countries = [each for each in localedata.locale_identifiers() if each.startswith(f"{language}_")]
    for found in {habits.of(each.replace("_", "-")) for each in countries}:
        with habits.those_of(found):
            assert read_form(typed_again(loan)).loan == loan, found


async def test_a_reader_s_transactions_speak_as_they_read_and_the_system_writes_as_the_installation(
    sqlite: str,
) -> None:
    ada = a_user()

    def said(session: Session) -> str:
        return written.day(DAY)

    async def everywhere() -> list[str]:
        return [
            await db.read(ada, said),
            await db.run(ada, said),
            await db.read_system("catalogue", said),
            await db.run_system("billing sync", said),  # as mails are written
        ]

    with habits.those_of("en-GB"):
        assert await everywhere() == ["4 March 2027"] * 3 + ["March 4, 2027"]
    assert await everywhere() == ["March 4, 2027"] * 4
