"""What a report says of a loan, and that any loan and any words can be printed."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from saas_app.core.errors import BadInput
from saas_app.features.loans.schedule import Kind, Loan, Lump, RateChange
from saas_app.features.reports import pdf
from saas_app.features.reports.content import Content, Sender, write
from saas_app.features.reports.forms import MOST_LINES, read_letterhead
from saas_app.features.reports.logo import KEPT_SIZE, LARGEST_FILE, LARGEST_SIDE, read_logo
from tests.features.loans import loans
from tests.features.people import LOAN

AT = datetime(2026, 11, 25, tzinfo=UTC)


def report(loan: Loan = LOAN, title: str = "Our flat", sender: Sender | None = None) -> Content:
    return write(loan, "eur", title=title, recipient="", at=AT, sender=sender or Sender())


def words_of(content: Content) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.make(content, AT))).pages)


def picture(kind: str = "PNG", size: tuple[int, int] = (800, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#225577").save(out, kind)
    return out.getvalue()


@settings(max_examples=15, deadline=None)
@given(loans(), st.text(max_size=120))
def test_any_loan_and_any_title_can_be_printed(loan: Loan, title: str) -> None:
    assert pdf.make(report(loan, title), AT).startswith(b"%PDF-")


def test_all_that_was_agreed_is_said_and_assumed() -> None:
    full = replace(LOAN, kind=Kind.INTEREST_FIRST, resting=2, extra=100_00, fee=1_500_00, lowers=False)
    content = report(replace(full, change=RateChange(121, Decimal("4.25")), lump=Lump(60, 10_000_00)))
    facts = dict(content.facts)
    assert facts["Fee, paid once"] == "€1,500"
    assert facts["Repaying early"].startswith("saves €")
    assumed = " ".join(content.assumptions)
    for said in ("3 % a year, and 4.25 % from payment 121", "Early repayments", "Beside the fee, no costs"):
        assert said in assumed
    assert content.formulae[0].formula == "P × i"
    assert "Early" not in " ".join(report().assumptions)


def test_the_picture_is_drawn_in_lines_and_not_in_dots() -> None:
    page = PdfReader(io.BytesIO(pdf.make(report(), AT))).pages[0]
    assert len(page.images) == 0


def test_a_logo_is_drawn_anew_and_stands_on_the_first_page() -> None:
    kept = read_logo(picture("JPEG"))
    with Image.open(io.BytesIO(kept)) as found:
        assert (found.format, found.size) == ("PNG", (600, 150))
    first, *others = PdfReader(io.BytesIO(pdf.make(report(sender=Sender("Ada", "Street\nCity", kept)), AT))).pages
    assert len(first.images) == 1
    assert all(len(page.images) == 0 for page in others)
    assert "Street\nCity" in first.extract_text()


def test_nothing_but_the_picture_is_kept_of_a_file() -> None:
    out = io.BytesIO()
    data = Image.Exif()
    data[0x010E] = "taken at home"
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG", exif=data)
    kept = read_logo(out.getvalue() + b"<script>alert(1)</script>")
    assert b"taken at home" not in kept
    assert b"script" not in kept
    with Image.open(io.BytesIO(kept)) as found:
        assert found.getpixel((1, 1)) == (255, 255, 255), "what was see-through is white on paper"
        assert max(found.size) <= max(KEPT_SIZE)


@pytest.mark.parametrize(
    "sent",
    [
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture("GIF"),
        picture("BMP", (20, 20)),
        picture()[:60],
        picture("JPEG")[:200],
        picture(size=(LARGEST_SIDE + 1, 10)),
        b"x" * (LARGEST_FILE + 1),
    ],
    ids=["words", "svg", "gif", "bmp", "half a png", "half a jpeg", "too wide", "too large"],
)
def test_a_file_that_cannot_be_a_logo_is_explained_by_field(sent: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        read_logo(sent)
    assert set(refused.value.errors) == {"logo"}


def test_letters_that_the_typeface_does_not_have_do_not_stop_a_report() -> None:
    assert "?? flat" in words_of(report(title="世界 flat"))


def test_an_address_has_a_few_short_lines() -> None:
    typed = {"letterhead_name": " Ada\tL ", "letterhead_address": "Street 1\r\n\r\n  10000   City "}
    assert read_letterhead(typed) == ("Ada L", "Street 1\n10000 City")
    for wrong in ("x\n" * (MOST_LINES + 1), "y" * 200):
        with pytest.raises(BadInput) as refused:
            read_letterhead({"letterhead_address": wrong})
        assert set(refused.value.errors) == {"letterhead_address"}
