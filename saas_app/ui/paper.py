"""Paper: A4 in one typeface, for the book and for reports. It draws what it is given, with fpdf2."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import fontpkg_pt_serif as typeface

if TYPE_CHECKING:
    from fpdf import FPDF

MEDIA_TYPE = "application/pdf"
FAMILY = "paper"
STYLES = {"": "Regular", "B": "Bold", "I": "Italic", "BI": "BoldItalic"}
INK, QUIET, BRICK, CLAY, LINE = "#2b1f19", "#6a5a50", "#a83e1f", "#dba98e", "#e7dcd0"


def blank(*, title: str, author: str, at: datetime, margin: float, foot: float, footer: Callable[..., None]) -> "FPDF":
    """An empty document; `footer` draws the end of each page. `margin`, and `foot` above and below, in millimetres."""
    from fpdf import FPDF  # slow to load, and not every process prints

    class Paper(FPDF):
        def footer(self) -> None:
            footer(self)

    pdf = Paper()
    pdf.set_margin(margin)
    pdf.set_auto_page_break(True, margin=foot)
    pdf.set_top_margin(foot)
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.set_lang("en")
    pdf.set_creation_date(at)
    for style, name in STYLES.items():
        pdf.add_font(FAMILY, style, typeface.ROOT / "files" / f"PT_Serif-Web-{name}.ttf")
    return pdf


def face(pdf: "FPDF", style: str = "", size: float = 10.5, colour: str = INK) -> None:
    """What the next words look like; `size` in points."""
    pdf.set_font(FAMILY, style, size)
    pdf.set_text_color(colour)


def keep(pdf: "FPDF", height: float) -> None:
    """Begin a new page if this does not fit on it."""
    if pdf.will_page_break(height):
        pdf.add_page()


def known(words: str) -> str:
    """A name may be in letters that the typeface does not have; they become question marks."""
    return "".join(sign if ord(sign) in _letters() else "?" for sign in words)


@cache
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(typeface.ROOT / "files" / "PT_Serif-Web-Regular.ttf").getBestCmap() or ())
