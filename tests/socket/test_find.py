"""What the window to go anywhere tells, and to whom."""

from saas_app.features.library.book import book
from tests.e2e.stack import Stack
from tests.socket.handlers import named
from tests.socket.people import ROOT, Account, connected
from tests.socket.test_paid_words import give_book
from tests.socket.test_sweep import ask

LOAN = {"principal": "100000", "rate": "5", "years": "30"}


def found(stack: Stack, who: Account) -> list[list[str]]:
    """[label, kind, address] of each place."""
    return ask(stack, "GET", "/find", who).json()


def test_one_s_scenarios_are_listed_for_oneself_and_for_nobody_else(stack: Stack, ada: Account, bob: Account) -> None:
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        tab.ask(named("scenarios_state.work_out"), {"form": LOAN})
        tab.ask(named("scenarios_state.save"), {"form": {"name": "<b>Ada's flat</b>"}})
    (mine,) = [place for place in found(stack, ada) if place[1] == "Scenario"]
    assert mine[0] == "<b>Ada's flat</b>"
    assert mine[2].startswith("/scenarios?show=")
    assert [place for place in found(stack, bob) if place[1] == "Scenario"] == []


def test_chapters_are_listed_for_whoever_owns_the_book(stack: Stack, ada: Account, bob: Account) -> None:
    give_book(stack, ada)
    chapters = [place[2] for place in found(stack, ada) if place[1] == "Chapter"]
    assert chapters == [f"/library/book/{chapter.slug}" for chapter in book().chapters]
    assert [place for place in found(stack, bob) if place[1] == "Chapter"] == []


def test_every_page_that_is_listed_is_there(stack: Stack, ada: Account) -> None:
    pages = [place[2] for place in found(stack, ada) if place[1] in ("Page", "Settings")]
    assert {"/dashboard", "/billing", "/settings/password", "/calculator"} <= set(pages)
    assert {path: ask(stack, "GET", path, ada).status_code for path in pages} == dict.fromkeys(pages, 200)
