"""The book as it was written: Markdown with the figures filled in, one file per chapter, cut into blocks.

Reader, EPUB and PDF are made of these same blocks. A block has a number, so that a note and a place can point at it.
Beside a chapter may lie its translation, `01-what-a-flat-costs.es.md`, block by block the same.
"""

import logging
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from saas_app.core import habits, words, written
from saas_app.core.words import _
from saas_app.features.library import figures
from saas_app.features.library.numbers import figures as numbers

FOLDER = Path(__file__).parent / "text"
NAME = re.compile(r"(\d\d)-([a-z-]+)")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Edition:
    """One state of the book, and what is new in it."""

    number: int
    date: date
    changes: str

    @property
    def words(self) -> str:
        """Edition 1 of November 25, 2026."""
        return _("Edition {number} of {day}").format(number=self.number, day=written.day(self.date))


@dataclass(frozen=True)
class Chapter:
    """One chapter. `slug` is its name in addresses, in notes and in places, and stays the same in later editions.

    `language` is English where this chapter is not translated, so that a screen reader speaks it as what it is.
    """

    number: int
    slug: str
    title: str
    tokens: tuple[Token, ...]
    language: str = words.ENGLISH

    @property
    def html(self) -> str:
        """All but the title, as elements that are good HTML and good XHTML."""
        with habits.of_the_installation():  # as in the text around the figures
            return _MARKDOWN.renderer.render(self.tokens, _MARKDOWN.options, {})

    @property
    def text(self) -> str:
        """The words alone."""
        return "\n".join(words_of(token) for token in self.tokens if token.type == "inline")


@dataclass(frozen=True)
class Book:
    """Everything that is printed; editions newest first. Its `language` is English until all of it is translated."""

    title: str
    subtitle: str
    editions: tuple[Edition, ...]
    chapters: tuple[Chapter, ...]
    language: str = words.ENGLISH

    @property
    def edition(self) -> Edition:
        """The one that everybody has who owns the book."""
        return self.editions[0]

    def news_since(self, last_read: int) -> str:
        """What the editions after that number have changed, oldest first; "" when there is none."""
        return " ".join(each.changes for each in reversed(self.editions) if each.number > last_read)

    def chapter(self, slug: str) -> Chapter | None:
        """The chapter of that name."""
        return next((each for each in self.chapters if each.slug == slug), None)


@cache
def book() -> Book:
    """The book that is sold, written once for all its readers."""
    with habits.of_the_installation():
        return read(FOLDER)


def read(folder: Path) -> Book:
    """A book from a folder: `editions.toml`, and chapters in the order of their names."""
    front = tomllib.loads((folder / "editions.toml").read_text())
    theirs, changes = _front(words.translated(folder / "editions.toml"), front)
    editions = tuple(
        Edition(each["number"], each["date"], changes.get(each["number"], each["changes"]))
        for each in front["editions"]
    )
    filled = numbers()
    files = sorted(each for each in folder.glob("*.md") if "." not in each.stem)
    chapters = tuple(_in_language(each, filled) for each in files)
    translated = all(each.language == words.language() for each in chapters)
    language = words.language() if translated else words.ENGLISH
    return Book(theirs["title"], theirs["subtitle"], editions, chapters, language)


def words_of(inline: Token) -> str:
    """What one reads of a line of text, without its marks."""
    return "".join(" " if each.type == "softbreak" else each.content for each in inline.children or [])


def _front(file: Path, front: dict[str, Any]) -> tuple[dict[str, Any], dict[int, Any]]:
    """What the cover says in another language, and what each edition changed; what is of no use is left in English."""
    try:
        theirs = front | tomllib.loads(file.read_text())
        return theirs, {each["number"]: each["changes"] for each in theirs["editions"]}
    except (ValueError, KeyError, TypeError) as error:
        log.warning("%s cannot be used: %r", file.name, error)
        return front, {each["number"]: each["changes"] for each in front["editions"]}


def _in_language(file: Path, filled: Mapping[str, object]) -> Chapter:
    """A chapter in the language of this installation, or else in English. As everywhere, no translation stops us."""
    english, other = _chapter(file, file, filled), words.translated(file)
    if other == file:
        return replace(english, language=words.language()) if words.is_english(words.language()) else english
    try:
        found = _chapter(file, other, filled)
    except (ValueError, LookupError, AttributeError) as error:
        log.warning("%s cannot be used: %s", other.name, error)
        return english
    if _outline(found) != _outline(english):  # notes and places would point at something else
        log.warning("%s cannot be used: its blocks are not those of the English chapter", other.name)
        return english
    return replace(found, language=words.language())


def _outline(chapter: Chapter) -> list[tuple[str, str]]:
    return [(each.type, each.meta.get("name", "")) for each in chapter.tokens if "id" in each.attrs]


def _chapter(path: Path, text: Path, filled: Mapping[str, object]) -> Chapter:
    name = NAME.fullmatch(path.stem)
    assert name, f"{path.name} is not named like 01-some-words.md"  # noqa: S101 (stops the build)
    _, title, _, *body = _MARKDOWN.parse(text.read_text().format_map(filled))
    return Chapter(int(name[1]), name[2], title.content, tuple(_blocks(body)))


def _blocks(tokens: list[Token]) -> list[Token]:
    """Number what stands at the top level, make figures of pictures, and align columns without inline styles."""
    found: list[Token] = []
    number = 0
    for token in tokens:
        if token.level == 0 and token.nesting >= 0:
            number += 1
            token.attrSet("id", f"b{number}")
        if "right" in str(token.attrs.pop("style", "")):
            token.attrSet("class", "num")
        inside = token.children or []
        if token.type == "inline" and len(inside) == 1 and inside[0].type == "image":
            found[-1] = _figure(inside[0], found[-1])
        elif not (token.type == "paragraph_close" and found[-1].type == "figure"):
            found.append(token)
    return found


def _figure(image: Token, block: Token) -> Token:
    """A picture alone in its paragraph: `![what it shows](figure:name "Caption")`."""
    name = str(image.attrGet("src")).removeprefix("figure:")
    meta = {"name": name, "words": image.content, "caption": str(image.attrGet("title"))}
    return Token("figure", "figure", 0, attrs=dict(block.attrs), meta=meta)


def _draw_figure(renderer: RendererHTML, tokens: list[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    meta = tokens[at].meta
    drawn = figures.svg(meta["name"], meta["words"])
    return f'<figure id="{tokens[at].attrGet("id")}">{drawn}<figcaption>{meta["caption"]}</figcaption></figure>\n'


def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"xhtmlOut": True, "html": False}).enable("table")
    made.add_render_rule("figure", _draw_figure)
    return made


_MARKDOWN = _markdown()
