"""The book in another language: chapters beside the English ones, and what happens to those that are not right."""

import shutil
from pathlib import Path

import pytest

from saas_app.core import habits, words
from saas_app.features.library import figures
from saas_app.features.library.book import FOLDER, Book, book, read

FIRST = "01-what-a-flat-costs"
ENGLISH = book()  # before an installation speaks Spanish


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The book in a folder, for an installation that speaks Spanish."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(words, "language", lambda: "es")
    return tmp_path


def translate(folder: Path, name: str, language: str = "es") -> Path:
    """A made-up translation: the article is Spanish, and every figure where it was."""
    english = (folder / f"{name}.md").read_text()
    made = folder / f"{name}.{language}.md"
    made.write_text(english.replace(" the ", " el ").replace("# What a flat costs", "# Lo que cuesta un piso", 1))
    return made


def first(found: Book) -> str:
    return found.chapters[0].title


def test_a_chapter_is_read_in_the_language_and_keeps_its_name_and_its_places(shelf: Path) -> None:
    translate(shelf, FIRST)
    found = read(shelf)
    assert first(found) == "Lo que cuesta un piso"
    assert [each.slug for each in found.chapters] == [each.slug for each in ENGLISH.chapters]
    assert "250.000\xa0€" in found.chapters[0].text
    english = ENGLISH.chapters[0].tokens
    assert [each.attrGet("id") for each in found.chapters[0].tokens] == [each.attrGet("id") for each in english]


def test_what_is_not_translated_is_in_english_and_so_the_whole_calls_itself(shelf: Path) -> None:
    translate(shelf, FIRST)
    half = read(shelf)
    assert half.chapters[1].title == ENGLISH.chapters[1].title
    assert half.language == "en"
    assert [each.language for each in half.chapters[:2]] == ["es", "en"], "so a screen reader speaks each as it is"
    for each in FOLDER.glob("*.md"):
        translate(shelf, each.stem)
    assert read(shelf).language == "es"


def test_a_country_takes_the_language_where_it_has_no_file_of_its_own(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    translate(shelf, FIRST)
    monkeypatch.setattr(words, "language", lambda: "es-MX")
    assert first(read(shelf)) == "Lo que cuesta un piso"
    translate(shelf, FIRST, "es-MX").write_text(
        (shelf / f"{FIRST}.es.md").read_text().replace("piso", "departamento", 1)
    )
    assert first(read(shelf)) == "Lo que cuesta un departamento"
    monkeypatch.setattr(words, "language", lambda: "fr")
    assert first(read(shelf)) == "What a flat costs"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("# Título\n\nCuesta {flat.paymnet}.\n", "paymnet"),
        ("# Título\n\nCuesta {flat.payment.\n", "expected '}'"),
        ("# Título\n\nUn párrafo.\n", "blocks"),
        ("", "cannot be used"),
    ],
)
def test_a_translation_that_cannot_be_used_is_named_and_does_not_stop_the_book(
    shelf: Path, caplog: pytest.LogCaptureFixture, text: str, why: str
) -> None:
    (shelf / f"{FIRST}.es.md").write_text(text)
    assert first(read(shelf)) == "What a flat costs"
    assert f"{FIRST}.es.md" in caplog.text
    assert why in caplog.text


def test_the_cover_and_the_news_are_translated_and_editions_stay_as_they_are(
    shelf: Path, caplog: pytest.LogCaptureFixture
) -> None:
    theirs = shelf / "editions.es.toml"
    theirs.write_text('title = "El piso"\nsubtitle = "En papel"\n[[editions]]\nnumber = 1\nchanges = "La primera."\n')
    found = read(shelf)
    assert (found.title, found.subtitle, found.edition.changes) == ("El piso", "En papel", "La primera.")
    assert (found.edition.number, found.edition.date) == (ENGLISH.edition.number, ENGLISH.edition.date)


@pytest.mark.parametrize("wrong", ["title = ", 'editions = "none"', "[[editions]]\nnumber = 1", "editions = [1]"])
def test_a_cover_that_cannot_be_used_is_english_and_named(
    shelf: Path, caplog: pytest.LogCaptureFixture, wrong: str
) -> None:
    (shelf / "editions.es.toml").write_text(wrong)
    found = read(shelf)
    assert (found.title, found.edition.changes) == (ENGLISH.title, ENGLISH.edition.changes)
    assert "editions.es.toml" in caplog.text


def test_figures_in_text_and_drawings_are_the_installation_s_for_every_reader() -> None:
    chapter = ENGLISH.chapters[0]
    usual = chapter.html
    with habits.those_of("en-IN"):
        assert chapter.html == usual
        assert read(FOLDER).chapters[0].text != chapter.text, "so it would be noticed"
    with habits.those_of("en-DE"):
        book.cache_clear()
        assert book().chapters[0].html == usual
    assert "€250 thousand" in figures.svg("parts", "")
