"""The served app, for people from different countries: pages, tabs, what is pushed, and files."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.stack import Stack
from tests.socket.handlers import named
from tests.socket.people import ROOT, Account, become_a_customer, connected

LOAN = {"principal": "1234567", "rate": "5", "years": "30"}
READERS = {
    "en-US,en;q=0.9": "€1,234,567 at",
    "en-IN,en;q=0.9": "€12,34,567 at",
    "de-DE,de;q=0.9": "€1,234,567 at",
    "de-CH,en-DE;q=0.5": "1.234.567\xa0€ at",
    "en-GB": "€1,234,567 at",
}


@pytest.mark.parametrize(("language", "text"), READERS.items())
def test_a_tab_shows_amounts_as_its_reader_writes_them(stack: Stack, ada: Account, language: str, text: str) -> None:
    with connected(stack.url, cookie=ada.cookie, language=language) as tab:
        tab.ask(f"{ROOT}.hydrate")
        assert text in repr(tab.ask(named("scenarios_state.work_out"), {"form": LOAN})).replace("\\xa0", "\xa0")


def test_what_is_pushed_is_written_for_each_tab_and_not_for_who_caused_it(stack: Stack, ada: Account) -> None:
    with (
        connected(stack.url, cookie=ada.cookie, language="en-IN") as indian,
        connected(stack.url, cookie=ada.cookie, language="en-US") as usual,
        connected(stack.url, cookie=ada.cookie, language="en-DE") as writing,
    ):
        for tab in (indian, usual, writing):
            tab.ask(f"{ROOT}.hydrate")
            tab.ask(named("scenarios_state.load"))
        writing.ask(named("scenarios_state.work_out"), {"form": LOAN})
        writing.ask(named("scenarios_state.save"), {"form": {"name": "Flat"}})
        become_a_customer(stack.url, ada.cookie)
        assert "€12,34,567 at" in repr(indian.hear())
        assert "€1,234,567 at" in repr(usual.hear())


def test_readers_who_ask_at_the_same_moment_get_their_own(stack: Stack) -> None:
    def asked(language: str) -> bool:
        page = httpx.get(
            f"{stack.url}/calculator",
            params={"amount": "1234567", "rate": "5", "years": "30"},
            headers={"accept-language": language},
        )
        indian, usual = "€11,51,305.14" in page.text, "€1,151,305.14" in page.text
        return (indian, usual) == (language == "en-IN", language != "en-IN")

    with ThreadPoolExecutor(8) as people:
        assert all(people.map(asked, ["en-IN", "en-US", "en-GB", "de"] * 20))


def test_the_settings_say_moments_as_their_reader_does(stack: Stack, ada: Account) -> None:
    def page(language: str) -> str:
        headers = {"cookie": f"session={ada.cookie}", "accept-language": language}
        return httpx.get(f"{stack.url}/settings", headers=headers).text

    assert page("en-GB") != page("en-US")
    assert page("en-US") == page("de")
