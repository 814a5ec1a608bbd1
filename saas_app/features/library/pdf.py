"""The book on paper: the same blocks set in pages, with a page and a footer that say for whom this copy was made."""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any, cast

from markdown_it.token import Token

from saas_app import site
from saas_app.core.words import _
from saas_app.features.library import figures
from saas_app.features.library.book import Book, Chapter, book, words_of
from saas_app.features.library.stamp import owner, stamp
from saas_app.purchases.deliverables import Buyer
from saas_app.ui.paper import BRICK, FAMILY, INK, QUIET, blank, face, keep, known

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.outline import OutlineSection

MARGIN, FOOT, LINE = 27, 24, 5.5  # millimetres
ANNOUNCED = 45  # room for a paragraph that ends in a colon and the beginning of what it announces
SHORTEST_LINE = 50  # letters; a paragraph with fewer for each free line fits for certain
MOST_MOVED = 9  # lines of a chapter's last paragraph that go to the next page together
MARKS = {"strong_open": "**", "strong_close": "**", "em_open": "__", "em_close": "__"}


@lru_cache(maxsize=16)  # for who fetches it on a second device
def make(buyer: Buyer) -> bytes:
    """The file for one buyer (A4). It takes half a second, nearly all of it for breaking lines."""
    found = book()
    pdf = _paper(found, buyer)
    _title(pdf, found)
    _yours(pdf, found, buyer)
    pdf.add_page()
    pdf.insert_toc_placeholder(_contents)
    for chapter in found.chapters:
        if chapter.number > 1:  # the contents have begun a page already
            pdf.add_page()
        _Chapter(pdf, chapter).draw()
    return bytes(pdf.output())


def _paper(found: Book, buyer: Buyer) -> "FPDF":
    def footer(pdf: "FPDF") -> None:
        if pdf.page_no() > 1:
            pdf.set_y(-18)
            face(pdf, size=8, colour=QUIET)
            pdf.cell(0, 5, known(_("Made for {owner}").format(owner=owner(buyer))))
            pdf.cell(0, 5, str(pdf.page_no()), align="R")

    at = datetime.combine(found.edition.date, time(), UTC)
    return blank(title=found.title, author=site.COMPANY, at=at, margin=MARGIN, foot=FOOT, footer=footer)


def _title(pdf: "FPDF", found: Book) -> None:
    pdf.add_page()
    pdf.set_y(90)
    face(pdf, "B", 30)
    pdf.multi_cell(0, 13, found.title, align="C", new_x="LMARGIN", new_y="NEXT")
    face(pdf, "I", 14, QUIET)
    pdf.multi_cell(0, 10, found.subtitle, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_fill_color(BRICK)
    pdf.rect(pdf.w / 2 - 12, pdf.get_y() + 8, 24, 1.2, style="F")
    pdf.set_y(250)
    face(pdf, "", 10, QUIET)
    pdf.cell(0, 6, f"{site.COMPANY} · {found.edition.words}", align="C")


def _yours(pdf: "FPDF", found: Book, buyer: Buyer) -> None:
    pdf.add_page()
    pdf.set_y(180)
    for line in stamp(found, buyer):
        face(pdf, "", 9.5, QUIET)
        pdf.multi_cell(0, 5, known(line), align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(2.5)


def _contents(pdf: "FPDF", outline: "list[OutlineSection]") -> None:
    pdf.set_xy(MARGIN, FOOT)
    face(pdf, "B", 20)
    pdf.cell(0, 12, _("Contents"), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)
    for section in outline:
        link = pdf.add_link(page=section.page_number)
        face(pdf)
        pdf.cell(pdf.epw - 20, 9, section.name, link=link)
        pdf.cell(0, 9, str(section.page_number), align="R", link=link, new_x="LMARGIN", new_y="NEXT")


class _Chapter:
    """One chapter being set: reads block after block, and draws each."""

    def __init__(self, pdf: "FPDF", chapter: Chapter) -> None:
        self._pdf, self._chapter = pdf, chapter
        self._tokens: Iterator[Token] = iter(chapter.tokens)
        self._last = next(each for each in reversed(chapter.tokens) if each.type == "inline")

    def draw(self) -> None:
        """Its title first. A block that nobody has taught it to draw stops it."""
        title = f"{self._chapter.number}. {self._chapter.title}"
        self._pdf.start_section(title)
        face(self._pdf, "B", 22)
        self._pdf.multi_cell(0, 11, title, align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(6)
        for token in self._tokens:
            match token.type:
                case "heading_open":
                    self._heading(next(self._tokens))
                case "paragraph_open":
                    self._paragraph(next(self._tokens))
                case "bullet_list_open":
                    self._list(self._until("bullet_list_close"))
                case "blockquote_open":
                    self._aside(self._until("blockquote_close"))
                case "table_open":
                    self._table(self._until("table_close"))
                case "figure":
                    self._figure(token.meta)
                case "heading_close" | "paragraph_close":
                    pass
                case other:
                    raise ValueError(f"The book cannot hold {other} on paper; teach pdf.py how to draw it.")

    def _after(self, heading: Token) -> Token | None:
        """The words of the paragraph that follows a heading; None where no paragraph does."""
        tokens = self._chapter.tokens
        at = next(place for place, each in enumerate(tokens) if each is heading)
        return tokens[at + 3] if tokens[at + 2].type == "paragraph_open" else None

    def _until(self, end: str) -> list[Token]:
        return list(takewhile(lambda each: each.type != end, self._tokens))

    def _heading(self, inline: Token) -> None:
        keep(self._pdf, 12 + ANNOUNCED if _announces(self._after(inline)) else 34)
        self._pdf.ln(3)
        face(self._pdf, "B", 14)
        self._write(words_of(inline), line=7)
        self._pdf.ln(1.5)

    def _paragraph(self, inline: Token) -> None:
        children = inline.children or []
        if _announces(inline):
            keep(self._pdf, ANNOUNCED)
        face(self._pdf)
        if len(children) == 1 and children[0].type == "code_inline":
            self._pdf.ln(1)
            self._write(children[0].content, align="C")
            self._pdf.ln(1)
        else:
            words = _marked(inline)
            self._write(words, early=self._break_well(words, last=inline is self._last))
        self._pdf.ln(2.6)

    def _list(self, tokens: Sequence[Token]) -> None:
        for inline in (each for each in tokens if each.type == "inline"):
            face(self._pdf)
            self._pdf.set_left_margin(MARGIN + 6)
            self._pdf.set_x(MARGIN + 6)
            words = _marked(inline)
            early = self._break_well(words, last=inline is self._last)
            self._pdf.set_x(MARGIN)
            self._pdf.cell(6, LINE, "•")
            self._write(words, early=early)
            self._pdf.set_left_margin(MARGIN)
            self._pdf.set_x(MARGIN)
            self._pdf.ln(1)
        self._pdf.ln(2)

    def _aside(self, tokens: Sequence[Token]) -> None:
        """Set in, with a stroke beside it."""
        keep(self._pdf, 30)
        top = self._pdf.get_y()
        self._pdf.set_left_margin(MARGIN + 6)
        self._pdf.set_x(MARGIN + 6)
        for inline in (each for each in tokens if each.type == "inline"):
            face(self._pdf, "I")
            self._write(words_of(inline))
        self._pdf.set_left_margin(MARGIN)
        self._pdf.set_x(MARGIN)
        self._pdf.set_fill_color(BRICK)
        self._pdf.rect(MARGIN, top, 0.8, self._pdf.get_y() - top, style="F")
        self._pdf.ln(4)

    def _table(self, tokens: Sequence[Token]) -> None:
        from fpdf.fonts import FontFace

        rows: list[list[str]] = []
        aligned: list[str] = []
        for cell, inline in pairwise(tokens):
            if cell.type == "tr_open":
                rows.append([])
            elif cell.type in ("th_open", "td_open"):
                rows[-1].append(words_of(inline))
                if len(rows) == 1:
                    aligned.append("RIGHT" if cell.attrGet("class") == "num" else "LEFT")
        face(self._pdf, size=9.5)
        self._pdf.set_draw_color(QUIET)
        self._pdf.set_fill_color("#ffffff")
        keep(self._pdf, 7 * len(rows))
        widest = [max(len(row[column]) for row in rows) + 4 for column in range(len(aligned))]
        with self._pdf.table(
            rows,
            text_align=tuple(aligned),
            col_widths=tuple(widest),
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD"),
            line_height=5,
            padding=0.8,
        ):
            pass
        self._pdf.ln(5)

    def _figure(self, meta: dict[str, Any]) -> None:
        drawn = figures.svg(meta["name"], meta["words"], ink=INK, family=FAMILY)
        width = 130.0
        keep(self._pdf, width * figures.HEIGHT / figures.WIDTH + 16)
        self._pdf.image(io.BytesIO(drawn.encode()), w=width, x=(self._pdf.w - width) / 2, alt_text=meta["words"])
        self._pdf.ln(1)
        face(self._pdf, "I", 9.5, QUIET)
        self._write(meta["caption"], line=5, align="C")
        self._pdf.ln(4)

    def _break_well(self, words: str, *, last: bool) -> float:
        """Leave no line of a paragraph alone on either side of a page's end, and no page with the end of the `last`.

        It begins a new page where that is needed; the answer is how much earlier than usual this one is to end.
        """
        room = int((self._pdf.page_break_trigger - self._pdf.get_y()) / LINE + 0.01)
        if len(words) < SHORTEST_LINE * room:
            return 0
        found = self._pdf.multi_cell(0, LINE, words, markdown=True, dry_run=True, output="LINES")
        lines = len(cast(list[str], found))
        over = lines - room
        if over > 0 and (room < 2 or lines < 4 or (last and lines <= MOST_MOVED)):
            self._pdf.add_page()
        return LINE if over == 1 else 0

    def _write(self, words: str, *, line: float = LINE, align: str = "L", early: float = 0) -> None:
        self._pdf.set_auto_page_break(True, margin=FOOT + early)
        self._pdf.multi_cell(0, line, words, align=align, markdown=True, new_x="LMARGIN", new_y="NEXT")
        self._pdf.set_auto_page_break(True, margin=FOOT)


def _announces(paragraph: Token | None) -> bool:
    """Whether it stays with what comes after it, a table or a list."""
    return paragraph is not None and paragraph.content.endswith(":")


def _marked(inline: Token) -> str:
    """A line in fpdf2's own small Markdown."""
    parts: list[str] = []
    for each in inline.children or []:
        parts.append(" " if each.type == "softbreak" else MARKS.get(each.type, each.content))
    return "".join(parts)
