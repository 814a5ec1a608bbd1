"""The book as blocks, its editions, and passages marked in it."""

import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from saas_app.features.library import figures
from saas_app.features.library.book import FOLDER, book, read
from saas_app.features.library.highlights import marked

CHAPTERS = book().chapters


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_a_chapter_is_well_formed_and_every_block_has_a_number(chapter: object) -> None:
    tree = ElementTree.fromstring(f"<div>{chapter.html}</div>")  # type: ignore[attr-defined] # noqa: S314 (our own)
    assert [each.get("id") for each in tree] == [f"b{number}" for number in range(1, len(tree) + 1)]
    assert not tree.findall(".//*[@style]"), "the policy of the page lets no inline style work"


@pytest.mark.parametrize("name", list(figures.DRAWN))
def test_a_drawing_says_in_words_what_it_shows_and_stays_on_its_sheet(name: str) -> None:
    drawn = ElementTree.fromstring(figures.svg(name, "what <it> shows"))  # noqa: S314 (our own)
    assert drawn.get("role") == "img"
    assert drawn.get("aria-label") == "what <it> shows"
    for each in drawn.iter("{http://www.w3.org/2000/svg}rect"):
        x, y, wide, high = (float(each.get(name, 0)) for name in ("x", "y", "width", "height"))
        assert min(x, y, wide, high) >= 0
        assert x + wide <= figures.WIDTH
        assert y + high <= figures.HEIGHT


def test_drawings_in_the_text_carry_a_whole_sentence_for_who_cannot_see_them() -> None:
    for chapter in CHAPTERS:
        for token in chapter.tokens:
            if token.type == "figure":
                assert len(token.meta["words"].split()) > 12
                assert token.meta["caption"]


def test_a_later_edition_says_what_is_new_to_whoever_read_an_earlier_one(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    front = tmp_path / "editions.toml"
    later = '[[editions]]\nnumber = 2\ndate = 2027-03-01\nchanges = "A chapter on letting."\n\n[[editions]]'
    front.write_text(front.read_text().replace("[[editions]]", later, 1))
    (tmp_path / "11-letting.md").write_text("# Letting\n\nIt costs {flat.payment} a month.\n")
    second = read(tmp_path)
    assert second.edition.words == "Edition 2 of March 1, 2027"
    assert second.news_since(1) == "A chapter on letting."
    assert second.news_since(2) == ""
    letting = second.chapter("letting")
    assert letting is not None
    assert letting.text == "It costs €948.42 a month."
    assert second.chapter(CHAPTERS[3].slug) is not None, "places and notes find their chapters again"


def test_a_figure_that_does_not_exist_stops_the_build(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "11-wrong.md").write_text("# Wrong\n\nIt costs {flat.paymnet}.\n")
    with pytest.raises(AttributeError, match="paymnet"):
        read(tmp_path)


HTML = '<p id="b1">One <em>two</em> three &amp; four.</p>\n<p id="b2">One two again.</p>\n'


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ((1, "three & four"), "three &amp; four</mark>."),
        ((2, "One two"), '<p id="b2"><mark>One two</mark> again.'),
        ((1, "One two three"), "<mark>One </mark><em><mark>two</mark></em><mark> three</mark>"),
        ((9, "again"), "<mark>again</mark>"),
        ((1, "four. One"), '<mark>four.</mark></p>\n<p id="b2"><mark>One</mark>'),
        ((1, "four.\n\nOne"), "<mark>four.</mark></p>"),
    ],
)
def test_a_passage_is_marked_where_it_was_picked(passage: tuple[int, str], expected: str) -> None:
    assert expected in marked(HTML, [passage])


@pytest.mark.parametrize("quote", ["", " ", "nowhere", "p id", "<em>", "b1", "&amp;", "(", "a" * 600])
def test_what_is_not_in_the_text_changes_nothing(quote: str) -> None:
    assert marked(HTML, [(1, quote)]) == HTML


def test_passages_may_overlap() -> None:
    assert marked("<p>abcdef</p>", [(0, "abcd"), (0, "cdef")]) == "<p><mark>abcdef</mark></p>"


def test_a_marked_chapter_still_says_the_same() -> None:
    chapter = CHAPTERS[4]
    quotes = [(0, line) for line in chapter.text.splitlines()]
    done = marked(chapter.html, quotes)
    assert done.count("<mark>") > 20
    assert done.replace("<mark>", "").replace("</mark>", "") == chapter.html.replace("&quot;", '"')
    ElementTree.fromstring(f"<div>{done}</div>")  # noqa: S314 (our own)
