"""A report on paper: A4, made to be handed to somebody who decides about money."""

import io
from datetime import datetime
from typing import TYPE_CHECKING

from saas_app import site
from saas_app.core.words import _
from saas_app.features.reports import figures
from saas_app.features.reports.content import Content
from saas_app.ui.paper import BRICK, CLAY, INK, LINE, QUIET, blank, face, keep, known

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN, FOOT = 22, 24  # millimetres, as everything here
LOGO_WIDE, LOGO_HIGH = 50, 18
ROW = 5.2
YEARS = ((_("Year"), 1.0), (_("Interest"), 2.0), (_("Repaid"), 2.0), (_("Still owed"), 2.0))
PAYMENTS = (
    *((_("Payment"), 1.0), (_("Due"), 1.6), (_("Interest"), 1.6)),
    *((_("Repaid"), 1.6), (_("On top"), 1.6), (_("Still owed"), 1.9)),
)


def make(content: Content, at: datetime) -> bytes:
    """The file. It takes about a second with a schedule of fifty years."""
    who = content.sender.name or site.PRODUCT

    def footer(pdf: "FPDF") -> None:
        pdf.set_y(-17)
        face(pdf, size=8, colour=QUIET)
        pdf.cell(0, 5, _fitting(pdf, f"{who} · {content.title}", 110))
        pdf.cell(
            0, 5, _("Page {page_no} of {{nb}}").format(page_no=pdf.page_no()), align="R", new_x="LMARGIN", new_y="NEXT"
        )
        pdf.cell(0, 5, site.DISCLAIMER)

    pdf = blank(title=content.title, author=who, at=at, margin=MARGIN, foot=FOOT, footer=footer)
    pdf.c_margin = 0  # words and lines begin at the same edge
    pdf.add_page()
    _head(pdf, content)
    _title(pdf, content)
    _key_figures(pdf, content)
    _picture(pdf, content)
    _years(pdf, content)
    _payments(pdf, content)
    _how(pdf, content)
    return bytes(pdf.output())


def _head(pdf: "FPDF", content: Content) -> None:
    """Who hands it over, on the left, and when it was made."""
    sender, top = content.sender, pdf.get_y()
    face(pdf, size=9.5, colour=QUIET)
    pdf.cell(0, 5, content.date, align="R")
    pdf.set_xy(MARGIN, top)
    if sender.logo:
        shown = pdf.image(io.BytesIO(sender.logo), w=LOGO_WIDE, h=LOGO_HIGH, keep_aspect_ratio=True, x=MARGIN)
        pdf.set_y(top + shown.rendered_height + 3)
    face(pdf, "B", 11)
    pdf.multi_cell(110, 5.5, known(sender.name or site.PRODUCT), align="L", new_x="LMARGIN", new_y="NEXT")
    face(pdf, size=9.5, colour=QUIET)
    for line in (sender.address or site.TAGLINE).splitlines():
        pdf.multi_cell(110, 4.8, known(line), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    pdf.set_draw_color(BRICK)
    pdf.set_line_width(0.6)
    pdf.line(MARGIN, pdf.get_y(), pdf.w - MARGIN, pdf.get_y())
    pdf.ln(8)


def _title(pdf: "FPDF", content: Content) -> None:
    face(pdf, "B", 22)
    _write(pdf, content.title, 10)
    if content.recipient:
        face(pdf, "I", 11, QUIET)
        _write(pdf, _("Prepared for {recipient}").format(recipient=content.recipient), 6.5)
    pdf.ln(2)
    face(pdf, size=11.5)
    _write(pdf, f"{content.loan}.", 6)
    pdf.ln(3)


def _key_figures(pdf: "FPDF", content: Content) -> None:
    pdf.start_section(_("Key figures"))
    _heading(pdf, _("Key figures"))
    pdf.set_draw_color(LINE)
    pdf.set_line_width(0.2)
    for name, value in content.facts:
        top = pdf.get_y()
        face(pdf, size=10, colour=QUIET)
        pdf.cell(52, 7, name)
        face(pdf, "B", 10)
        pdf.set_xy(MARGIN + 52, top + 1)
        pdf.multi_cell(0, 5, value, align="R", new_x="LMARGIN", new_y="NEXT")
        pdf.set_y(max(pdf.get_y() + 1, top + 7))
        pdf.line(MARGIN, pdf.get_y(), pdf.w - MARGIN, pdf.get_y())
    pdf.ln(7)


def _picture(pdf: "FPDF", content: Content) -> None:
    wide = pdf.epw
    drawn = figures.svg(content.picture, content.tallest, len(content.years))
    keep(pdf, wide * figures.WHOLE_HEIGHT / figures.WHOLE_WIDTH + 22)
    pdf.start_section(_("What each year pays for"))
    _heading(pdf, _("What each year pays for"))
    pdf.image(io.BytesIO(drawn.encode()), w=wide, x=MARGIN, alt_text=content.picture.words)
    pdf.ln(1)
    face(pdf, size=9, colour=QUIET)
    for colour, words in ((BRICK, _("repays the loan")), (CLAY, _("interest"))):
        pdf.set_fill_color(colour)
        pdf.rect(pdf.get_x() + 1, pdf.get_y() + 1.3, 5, 2.6, style="F")
        pdf.set_x(pdf.get_x() + 8)
        pdf.cell(pdf.get_string_width(words) + 6, 5, words)
    if content.picture.turn:
        pdf.cell(0, 5, _("dashed: from here a payment repays more than it costs"), align="R")
    pdf.ln(10)


def _years(pdf: "FPDF", content: Content) -> None:
    keep(pdf, 40)
    pdf.start_section(_("Year by year"))
    _heading(pdf, _("Year by year"))
    rows = [(str(row.year), row.interest, row.principal, row.balance) for row in content.years]
    _table(pdf, YEARS, rows, line_after=5)


def _payments(pdf: "FPDF", content: Content) -> None:
    if not content.payments:
        return
    pdf.add_page()
    pdf.start_section(_("Every payment"))
    _heading(pdf, _("Every payment"))
    rows = [
        (str(each.number), each.due, each.interest, each.principal, each.early, each.balance)
        for each in content.payments
    ]
    _table(pdf, PAYMENTS, rows, line_after=12)
    face(pdf, size=9, colour=QUIET)
    _write(pdf, content.totals, 4.8)
    pdf.ln(4)


def _table(
    pdf: "FPDF", columns: tuple[tuple[str, float], ...], rows: list[tuple[str, ...]], *, line_after: int
) -> None:
    """Figures under names that are repeated on each page. By hand: the library's tables take ten times as long."""
    whole = sum(share for _, share in columns)
    wide = [pdf.epw * share / whole for _, share in columns]

    def names() -> None:
        face(pdf, "B", 9)
        pdf.set_draw_color(INK)
        for (name, _share), each in zip(columns, wide, strict=True):
            pdf.cell(each, 6.5, name, align="R", border="B")
        pdf.ln(7)
        face(pdf, size=9)
        pdf.set_draw_color(LINE)

    names()
    for place, row in enumerate(rows, 1):
        if pdf.will_page_break(ROW):
            pdf.add_page()
            names()
        ends = "B" if place % line_after == 0 or place == len(rows) else 0
        for value, each in zip(row, wide, strict=True):
            pdf.cell(each, ROW, value, align="R", border=ends)
        pdf.ln(ROW)
    pdf.ln(5)


def _how(pdf: "FPDF", content: Content) -> None:
    keep(pdf, 70)
    pdf.start_section(_("Assumptions and formulae"))
    _heading(pdf, _("What is assumed"))
    for line in content.assumptions:
        face(pdf, size=9.5)
        _write(pdf, f"•  {line}", 5)
        pdf.ln(0.8)
    pdf.ln(4)
    _heading(pdf, _("How it is computed"))
    for each in content.formulae:
        keep(pdf, 14)
        face(pdf, "B", 10.5)
        _write(pdf, each.formula, 6)
        face(pdf, size=9.5, colour=QUIET)
        _write(pdf, each.words, 5)
        pdf.ln(1.5)
    pdf.ln(3)
    face(pdf, "B", 9.5)
    _write(
        pdf,
        _(
            "{disclaimer} These are sums from the figures above. What the bank offers and what the contract "
            "says is what counts."
        ).format(disclaimer=site.DISCLAIMER),
        5,
    )


def _heading(pdf: "FPDF", words: str) -> None:
    face(pdf, "B", 13)
    _write(pdf, words, 7)
    pdf.ln(1)


def _write(pdf: "FPDF", words: str, line: float) -> None:
    pdf.multi_cell(0, line, known(words), align="L", new_x="LMARGIN", new_y="NEXT")


def _fitting(pdf: "FPDF", words: str, wide: float) -> str:
    """As much of a line as there is room for."""
    words = known(words)
    if pdf.get_string_width(words) <= wide:
        return words
    while words and pdf.get_string_width(f"{words}…") > wide:
        words = words[:-1]
    return f"{words.rstrip()}…"
