"""The book belongs to whoever owns it at this moment, and its margin to whoever wrote in it."""

import asyncio

import pytest
from sqlmodel import select

from saas_app.account import own_data
from saas_app.core import clock, db
from saas_app.core.errors import BadInput, NotFound
from saas_app.core.viewer import Viewer
from saas_app.features.library import files, flows, service
from saas_app.features.library.book import book
from saas_app.features.library.forms import LONGEST_NOTE, LONGEST_QUOTE, NoteForm, read_block, read_note
from saas_app.features.library.models import BookNote, ReadingPlace
from saas_app.features.library.service import NotebookFull, NotYours, Reading, Shelf
from saas_app.purchases import deliverables
from saas_app.purchases.deliverables import files_of
from saas_app.purchases.models import Purchase
from tests.factories import a_user, as_system

SLUGS = [chapter.slug for chapter in book().chapters]


def buy(viewer: Viewer, payment: str = "pi_1", **values: object) -> None:
    """A row as `purchases.sync` writes it, for whatever Stripe has."""
    row = {"stripe_checkout_session_id": "cs_1", "product_key": "book_v1", "paid": True, "bought_at": clock.now()}
    as_system(lambda session: session.add(Purchase(user_id=viewer.id, stripe_payment_id=payment, **{**row, **values})))


def change(viewer: Viewer, **values: object) -> None:
    """What Stripe says of the purchase now."""

    def apply(session: object) -> None:
        row = session.exec(select(Purchase).where(Purchase.user_id == viewer.id)).one()  # type: ignore[attr-defined]
        for name, value in values.items():
            setattr(row, name, value)

    as_system(apply)


def open_chapter(viewer: Viewer, slug: str = SLUGS[2]) -> Reading:
    with db.session_for(viewer) as session:
        return service.open_chapter(session, slug)


def shelf(viewer: Viewer) -> Shelf:
    with db.session_for(viewer, read_only=True) as session:
        return service.shelf(session)


def resume(viewer: Viewer) -> Reading | None:
    with db.session_for(viewer, read_only=True) as session:
        return service.resume(session)


def note(viewer: Viewer, words: str = "Mind this.", quote: str = "", block: int = 0, slug: str = SLUGS[2]) -> str:
    with db.session_for(viewer) as session:
        return service.add_note(session, {"chapter": slug, "block": str(block), "quote": quote, "words": words}).id


@pytest.fixture
def ada(database: str) -> Viewer:
    """Somebody who owns the book."""
    viewer = a_user()
    buy(viewer)
    return viewer


def test_an_owner_opens_every_chapter_and_finds_the_neighbours(ada: Viewer) -> None:
    for place, slug in enumerate(SLUGS):
        reading = open_chapter(ada, slug)
        assert (reading.number, reading.of, reading.slug) == (place + 1, len(SLUGS), slug)
        assert (reading.before.title if reading.before else None) == (
            book().chapters[place - 1].title if place else None
        )
        assert (reading.after is None) == (place + 1 == len(SLUGS))
        assert [line.is_here for line in reading.contents].index(True) == place


@pytest.mark.parametrize(
    "state",
    [None, {"paid": False}, {"refunded": True}, {"dispute_status": "needs_response"}, {"product_key": "other"}],
)
def test_nobody_else_opens_a_chapter_or_writes_beside_one(state: dict[str, object] | None, database: str) -> None:
    eve = a_user("Eve")
    if state is not None:
        buy(eve, **state)
    for slug in (*SLUGS, "no-such-chapter"):
        with pytest.raises(NotYours):
            open_chapter(eve, slug)
    with pytest.raises(NotYours):
        note(eve)
    with pytest.raises(NotYours), db.session_for(eve) as session:
        service.keep_place(session, SLUGS[1], 3)
    assert resume(eve) is None
    with db.session_for(eve, read_only=True) as session:
        assert service.latest(session) == []
    seen = shelf(eve)
    assert (seen.is_owned, seen.files, seen.place) == (False, (), "")
    assert seen.is_waiting == (state == {"paid": False})
    assert seen.is_disputed == (state == {"dispute_status": "needs_response"})
    assert as_system(lambda session: [*session.exec(select(ReadingPlace)), *session.exec(select(BookNote))]) == []


def test_a_refund_closes_the_book_at_once_and_keeps_what_was_written(ada: Viewer) -> None:
    note(ada, "Ask the bank.")
    change(ada, amount_refunded=500)
    assert open_chapter(ada).title
    change(ada, refunded=True)
    with pytest.raises(NotYours):
        open_chapter(ada)
    assert shelf(ada).notes == ""
    buy(ada, "pi_2")
    assert [each.words for each in open_chapter(ada).notes] == ["Ask the bank."]


def test_the_reader_opens_where_somebody_stopped(ada: Viewer) -> None:
    first = resume(ada)
    assert first is not None
    assert (first.slug, first.resume) == (SLUGS[0], 0)
    assert shelf(ada).place == ""
    open_chapter(ada, SLUGS[4])
    with db.session_for(ada) as session:
        service.keep_place(session, SLUGS[4], 12)
    again = resume(ada)
    assert again is not None
    assert (again.slug, again.resume) == (SLUGS[4], 12)
    assert shelf(ada).place == "Chapter 5: Paying early"
    with db.session_for(ada, read_only=True) as session:
        assert [(each.title, each.words) for each in service.latest(session)] == [
            ("The flat in numbers", "Chapter 5: Paying early")
        ]
    assert open_chapter(ada, SLUGS[4]).resume == 0, "whoever chose a chapter begins at its top"
    assert resume(ada) == again, "and opening it again forgets nothing"
    open_chapter(ada, SLUGS[1])
    moved = resume(ada)
    assert moved is not None
    assert (moved.slug, moved.resume) == (SLUGS[1], 0)


def test_a_place_in_a_chapter_that_is_gone_opens_the_book_at_its_beginning(ada: Viewer) -> None:
    open_chapter(ada)

    def rename(session: object) -> None:
        session.exec(select(ReadingPlace)).one().chapter = "was-renamed"  # type: ignore[attr-defined]

    as_system(rename)
    found = resume(ada)
    assert found is not None
    assert (found.slug, found.resume) == (SLUGS[0], 0)


async def test_tabs_that_open_the_book_at_the_same_moment_all_get_it(ada: Viewer) -> None:
    opened = await asyncio.gather(*(flows.open_chapter(ada, slug) for slug in SLUGS[:6]))
    assert [each.slug for each in opened] == SLUGS[:6]
    assert len(as_system(lambda session: session.exec(select(ReadingPlace)).all())) == 1


def test_an_owner_of_an_earlier_edition_has_the_new_one_and_is_told_once_what_changed(ada: Viewer) -> None:
    open_chapter(ada)

    def read_long_ago(session: object) -> None:
        session.exec(select(ReadingPlace)).one().edition = 0  # type: ignore[attr-defined]

    as_system(read_long_ago)
    assert open_chapter(ada).news == book().edition.changes
    assert open_chapter(ada).news == ""


def test_a_note_stands_beside_its_passage_and_is_counted(ada: Viewer) -> None:
    quote = "Nobody has cheated."
    note(ada, "True.", quote, 11)
    note(ada, "All of it.")
    reading = open_chapter(ada)
    assert f"<mark>{quote}</mark>" in reading.html
    assert [(each.words, each.href) for each in reading.notes] == [
        ("All of it.", f"/library/book/{SLUGS[2]}#notes"),
        ("True.", f"/library/book/{SLUGS[2]}#b11"),
    ]
    assert [line.notes for line in reading.contents if line.notes] == ["2 notes"]
    assert shelf(ada).notes == "2 notes"
    assert "<mark>" not in open_chapter(ada, SLUGS[3]).html


def test_another_persons_note_looks_like_one_that_never_was(ada: Viewer) -> None:
    eve = a_user("Eve")
    buy(eve, "pi_eve")
    mine = note(ada)
    for wanted in (mine, "not_never", ""):
        with pytest.raises(NotFound, match="does not exist"), db.session_for(eve) as session:
            service.delete_note(session, wanted)
    assert open_chapter(eve).notes == []
    with db.session_for(ada) as session:
        assert service.delete_note(session, mine) == SLUGS[2]
    assert open_chapter(ada).notes == []


def test_a_margin_has_an_end(ada: Viewer) -> None:
    rows = [
        BookNote(user_id=ada.id, product_key="book_v1", chapter=SLUGS[0], words="x") for _ in range(service.MOST_NOTES)
    ]
    as_system(lambda session: session.add_all(rows))
    with pytest.raises(NotebookFull, match="1,000 notes"):
        note(ada)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "words"),
        ({"words": "  ", "quote": " \n "}, "words"),
        ({"words": "x" * (LONGEST_NOTE + 1)}, "words"),
        ({"quote": "x" * (LONGEST_QUOTE + 1)}, "quote"),
    ],
)
def test_what_cannot_be_kept_is_explained_by_field(typed: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_note({"chapter": SLUGS[0], **typed})
    assert list(refused.value.errors) == [field]


def test_a_passage_is_kept_in_one_line_and_a_note_in_its_own() -> None:
    form = read_note({"chapter": "x", "quote": " one\n\n two ", "words": " a\nb ", "block": "7"})
    assert form == NoteForm("x", 7, "one two", "a\nb")
    assert [read_block(typed) for typed in ("", "-1", "1e9", "٣", "99999", "12")] == [0, 0, 0, 0, 0, 12]


def test_notes_and_place_are_in_the_file_with_ones_data(ada: Viewer) -> None:
    note(ada, "My margin.", "a passage")
    open_chapter(ada)
    with db.session_for(ada, read_only=True) as session:
        found = own_data.collect(session)
    for words in ("My margin.", "a passage", "reading_places", SLUGS[2]):
        assert words in found


@pytest.fixture
def on_sale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverables, "_registered", {})
    files.put_on_sale()


def test_an_owner_is_offered_both_files(ada: Viewer, on_sale: None) -> None:
    assert files_of("book_v1") == ("the-flat-in-numbers.pdf", "the-flat-in-numbers.epub")
    assert [each.name for each in shelf(ada).files] == [*files_of("book_v1")]
    assert all(each.href.startswith("/purchases/pur_") for each in shelf(ada).files)
