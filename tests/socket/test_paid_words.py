"""What is paid for is told to nobody who has not paid: by no page, no file of the build, and no frame of the socket."""

import re
import sqlite3
from pathlib import Path

import httpx
import pytest

from saas_app.core import clock
from saas_app.features.library.book import Chapter, book
from tests.e2e.stack import Stack
from tests.socket.handlers import ours
from tests.socket.people import ROOT, Account, connected
from tests.socket.test_sweep import ask, marked

FREE, PAID = book().chapters[0], book().chapters[1:]


def canaries(chapter: Chapter) -> list[str]:
    """The beginnings of its paragraphs, up to the first sign that HTML or JavaScript writes in another way."""
    lines = [re.split("[€\"'’%]", line, maxsplit=1)[0][:60].strip() for line in chapter.text.splitlines()]
    return [line for line in lines if len(line) > 30]


CANARIES = [canary for chapter in PAID for canary in canaries(chapter)]


def told(words: str) -> list[str]:
    return [canary for canary in CANARIES if canary in words]


def give_book(stack: Stack, account: Account, **values: object) -> None:
    """A purchase, as the one writer would have written it."""
    (user_id,) = stack.rows(f"SELECT id FROM users WHERE email = '{account.email}'")[0]  # noqa: S608
    row = {
        "id": f"pur_{user_id}",
        "user_id": user_id,
        "stripe_payment_id": f"pi_{user_id}",
        "stripe_checkout_session_id": "cs_x",
        "product_key": "book_v1",
        "paid": True,
        "amount": 1900,
        "currency": "eur",
        "amount_refunded": 0,
        "refunded": False,
        "dispute_status": "",
        "receipt_url": "",
        "bought_at": clock.now().replace(tzinfo=None).isoformat(" "),
        **values,
    }
    database = sqlite3.connect(stack.data / "app.db", timeout=10)
    with database:
        columns, places = ", ".join(row), ", ".join("?" * len(row))
        database.execute(f"INSERT OR REPLACE INTO purchases ({columns}) VALUES ({places})", tuple(row.values()))  # noqa: S608
    database.close()


def everywhere(stack: Stack, account: Account | None) -> str:
    """All that the doors say, asked for each chapter by its name."""
    paths = [path for _, method, path in marked() if method in ("PAGE", "GET")]
    paths += [f"/library/book/{chapter.slug}" for chapter in book().chapters]
    return "\n".join(ask(stack, "GET", path, account).text for path in paths)


def test_there_are_enough_words_to_look_for() -> None:
    assert len(CANARIES) > 150
    assert all(len(canaries(chapter)) > 10 for chapter in PAID)


def test_no_file_of_the_build_holds_a_paid_chapter(built_app: Path) -> None:
    copies = (".gz", ".br", ".png", ".ico")  # of the same, compressed; and pictures
    files = [path for path in built_app.rglob("*") if path.is_file() and path.suffix not in copies]
    said = {str(path): path.read_text(errors="replace") for path in files}
    assert {name: found for name, words in said.items() if (found := told(words))} == {}
    assert any(canaries(FREE)[0] in words for words in said.values()), "or nothing could be found at all"


@pytest.mark.parametrize("state", [None, {"refunded": True}, {"paid": False}, {"dispute_status": "needs_response"}])
def test_no_door_tells_a_paid_chapter_to_whoever_does_not_own_it(
    state: dict[str, object] | None, stack: Stack, ada: Account
) -> None:
    if state is not None:
        give_book(stack, ada, **state)
    assert told(everywhere(stack, ada)) == []


def test_no_door_tells_a_paid_chapter_to_a_stranger_and_the_first_one_to_everybody(stack: Stack) -> None:
    words = everywhere(stack, None)
    assert told(words) == []
    assert canaries(FREE)[0] in words


def test_no_frame_of_the_socket_holds_a_paid_chapter_not_even_an_owners(
    stack: Stack, ada: Account, bob: Account
) -> None:
    give_book(stack, bob)
    for account in (ada, bob):
        with connected(stack.url, cookie=account.cookie, path="/library") as tab:
            tab.ask(f"{ROOT}.hydrate")
            for name in ours():
                tab.say(name)
            tab.until_silent()
        assert any("The flat in numbers" in frame for frame in tab.frames)
        assert told("\n".join(tab.frames)) == []


def test_an_owner_reads_every_chapter_until_the_moment_of_the_refund(stack: Stack, ada: Account) -> None:
    give_book(stack, ada)
    for chapter in PAID:
        answer = ask(stack, "GET", f"/library/book/{chapter.slug}", ada)
        assert answer.status_code == 200
        assert canaries(chapter)[0] in answer.text
        assert answer.headers["cache-control"] == "private, no-store"
    give_book(stack, ada, refunded=True)
    assert told(everywhere(stack, ada)) == []


def test_what_somebody_writes_beside_the_text_is_words_and_no_page(stack: Stack, ada: Account) -> None:
    give_book(stack, ada)
    form = {
        "chapter": PAID[0].slug,
        "words": "<script>alert(1)</script>{{ 7 * 7 }}",
        "quote": "<img src=x>",
        "block": "1",
    }
    assert ask(stack, "POST", "/library/notes", ada, **form).headers["location"] == f"/library/book/{PAID[0].slug}#b1"
    page = ask(stack, "GET", f"/library/book/{PAID[0].slug}", ada).text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "{{ 7 * 7 }}" in page
    empty = ask(stack, "POST", "/library/notes", ada, chapter=PAID[0].slug)
    assert empty.status_code == 422
    assert "Write a note, or mark a passage in the text." in empty.text
    assert canaries(PAID[0])[0] in empty.text, "the chapter stays on the screen"


def test_a_note_that_comes_after_the_refund_is_given_back_to_whoever_typed_it(stack: Stack, ada: Account) -> None:
    give_book(stack, ada, refunded=True)
    answer = ask(stack, "POST", "/library/notes", ada, chapter=PAID[0].slug, words="My own thought")
    assert answer.status_code == 402
    assert "You do not own this book" in answer.text
    assert "My own thought" in answer.text


def test_a_place_is_told_by_the_page_and_found_again(stack: Stack, ada: Account) -> None:
    give_book(stack, ada)
    sent = ask(stack, "POST", "/library/place", ada, chapter=PAID[2].slug, block="7")
    assert (sent.status_code, sent.content) == (204, b"")
    page = ask(stack, "GET", "/library/book", ada).text
    assert f'data-chapter="{PAID[2].slug}"' in page
    assert 'data-resume="7"' in page
    with httpx.Client(cookies={"session": ada.cookie}) as elsewhere:
        foreign = elsewhere.post(f"{stack.url}/library/place", headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
