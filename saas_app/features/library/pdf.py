"""The book on paper: the same blocks set in pages, with a page and a footer that say for whom this copy was made."""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from functools import cache, lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

import fontpkg_pt_serif as typeface
from markdown_it.token import Token

from saas_app import site
from saas_app.features.library import figures
from saas_app.features.library.book import Book, Chapter, book, words_of
from saas_app.features.library.stamp import owner, stamp
from saas_app.purchases.deliverables import Buyer

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.outline import OutlineSection

MEDIA_TYPE = "application/pdf"
FAMILY = "book"
STYLES = {"": "Regular", "B": "Bold", "I": "Italic", "BI": "BoldItalic"}
INK, QUIET, BRICK = "#2b1f19", "#6a5a50", "#a83e1f"
MARGIN, FOOT, SIZE, LINE = 27, 24, 10.5, 5.5  # millimetres, but the size in points
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
    from fpdf import FPDF  # slow to load, and not every process prints

    class Paper(FPDF):
        def footer(self) -> None:
            if self.page_no() > 1:
                self.set_y(-18)
                _face(self, size=8, colour=QUIET)
                self.cell(0, 5, _known(f"Made for {owner(buyer)}"))
                self.cell(0, 5, str(self.page_no()), align="R")

    pdf = Paper()
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(True, margin=FOOT)
    pdf.set_top_margin(FOOT)
    pdf.set_title(found.title)
    pdf.set_author(site.COMPANY)
    pdf.set_lang("en")
    pdf.set_creation_date(datetime.combine(found.edition.date, time(), UTC))
    for style, name in STYLES.items():
        pdf.add_font(FAMILY, style, typeface.ROOT / "files" / f"PT_Serif-Web-{name}.ttf")
    return pdf


def _face(pdf: "FPDF", style: str = "", size: float = SIZE, colour: str = INK) -> None:
    pdf.set_font(FAMILY, style, size)
    pdf.set_text_color(colour)


@cache
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(typeface.ROOT / "files" / "PT_Serif-Web-Regular.ttf").getBestCmap() or ())


def _known(words: str) -> str:
    """A name may be in letters that the typeface does not have; they become question marks."""
    return "".join(sign if ord(sign) in _letters() else "?" for sign in words)


def _title(pdf: "FPDF", found: Book) -> None:
    pdf.add_page()
    pdf.set_y(90)
    _face(pdf, "B", 30)
    pdf.multi_cell(0, 13, found.title, align="C", new_x="LMARGIN", new_y="NEXT")
    _face(pdf, "I", 14, QUIET)
    pdf.multi_cell(0, 10, found.subtitle, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_fill_color(BRICK)
    pdf.rect(pdf.w / 2 - 12, pdf.get_y() + 8, 24, 1.2, style="F")
    pdf.set_y(250)
    _face(pdf, "", 10, QUIET)
    pdf.cell(0, 6, f"{site.COMPANY} · {found.edition.words}", align="C")


def _yours(pdf: "FPDF", found: Book, buyer: Buyer) -> None:
    pdf.add_page()
    pdf.set_y(180)
    for line in stamp(found, buyer):
        _face(pdf, "", 9.5, QUIET)
        pdf.multi_cell(0, 5, _known(line), align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(2.5)


def _contents(pdf: "FPDF", outline: "list[OutlineSection]") -> None:
    pdf.set_xy(MARGIN, FOOT)
    _face(pdf, "B", 20)
    pdf.cell(0, 12, "Contents", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)
    for section in outline:
        link = pdf.add_link(page=section.page_number)
        _face(pdf)
        pdf.cell(pdf.epw - 20, 9, section.name, link=link)
        pdf.cell(0, 9, str(section.page_number), align="R", link=link, new_x="LMARGIN", new_y="NEXT")


class _Chapter:
    """One chapter being set: reads block after block, and draws each."""

    def __init__(self, pdf: "FPDF", chapter: Chapter) -> None:
        self._pdf, self._chapter = pdf, chapter
        self._tokens: Iterator[Token] = iter(chapter.tokens)

    def draw(self) -> None:
        """Its title first. A block that nobody has taught it to draw stops it."""
        title = f"{self._chapter.number}. {self._chapter.title}"
        self._pdf.start_section(title)
        _face(self._pdf, "B", 22)
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

    def _until(self, end: str) -> list[Token]:
        return list(takewhile(lambda each: each.type != end, self._tokens))

    def _heading(self, inline: Token) -> None:
        self._keep(34)
        self._pdf.ln(3)
        _face(self._pdf, "B", 14)
        self._write(words_of(inline), line=7)
        self._pdf.ln(1.5)

    def _paragraph(self, inline: Token) -> None:
        children = inline.children or []
        if inline.content.endswith(":"):
            self._keep(45)  # stay with what it announces
        _face(self._pdf)
        if len(children) == 1 and children[0].type == "code_inline":
            self._pdf.ln(1)
            self._write(children[0].content, align="C")
            self._pdf.ln(1)
        else:
            self._write(_marked(inline))
        self._pdf.ln(2.6)

    def _list(self, tokens: Sequence[Token]) -> None:
        for inline in (each for each in tokens if each.type == "inline"):
            _face(self._pdf)
            self._keep(2 * LINE)
            self._pdf.cell(6, LINE, "•")
            self._pdf.set_left_margin(MARGIN + 6)
            self._write(_marked(inline))
            self._pdf.set_left_margin(MARGIN)
            self._pdf.set_x(MARGIN)
            self._pdf.ln(1)
        self._pdf.ln(2)

    def _aside(self, tokens: Sequence[Token]) -> None:
        """Set in, with a stroke beside it."""
        self._keep(30)
        top = self._pdf.get_y()
        self._pdf.set_left_margin(MARGIN + 6)
        self._pdf.set_x(MARGIN + 6)
        for inline in (each for each in tokens if each.type == "inline"):
            _face(self._pdf, "I")
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
        _face(self._pdf, size=9.5)
        self._pdf.set_draw_color(QUIET)
        self._pdf.set_fill_color("#ffffff")
        self._keep(7 * len(rows))
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
        self._keep(width * figures.HEIGHT / figures.WIDTH + 16)
        self._pdf.image(io.BytesIO(drawn.encode()), w=width, x=(self._pdf.w - width) / 2, alt_text=meta["words"])
        self._pdf.ln(1)
        _face(self._pdf, "I", 9.5, QUIET)
        self._write(meta["caption"], line=5, align="C")
        self._pdf.ln(4)

    def _write(self, words: str, *, line: float = LINE, align: str = "L") -> None:
        self._pdf.multi_cell(0, line, words, align=align, markdown=True, new_x="LMARGIN", new_y="NEXT")

    def _keep(self, height: float) -> None:
        """Begin a new page if this does not fit on it."""
        if self._pdf.will_page_break(height):
            self._pdf.add_page()


def _marked(inline: Token) -> str:
    """A line in fpdf2's own small Markdown."""
    parts: list[str] = []
    for each in inline.children or []:
        parts.append(" " if each.type == "softbreak" else MARKS.get(each.type, each.content))
    return "".join(parts)
