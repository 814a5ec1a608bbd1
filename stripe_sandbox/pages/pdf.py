"""An invoice on paper, over as many pages as it needs."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stripe_sandbox import money
from stripe_sandbox.store import Object

if TYPE_CHECKING:
    from fpdf import FPDF

_GREY = 110
_WIDTHS = (100, 20, 30, 30)
_ALIGNED = ("LEFT", "RIGHT", "RIGHT", "RIGHT")


def invoice(found: Object) -> bytes:
    """An invoice as a PDF file (A4). Letters outside of Western European alphabets become question marks."""
    from fpdf import FPDF  # slow to load, and not every sandbox prints

    pdf = FPDF()
    pdf.set_margin(16)
    pdf.set_auto_page_break(True, margin=22)
    pdf.set_title(f"Invoice {found['number']}")
    pdf.set_creation_date(datetime.fromtimestamp(found["created"], UTC))
    pdf.add_page()
    _head(pdf, found)
    _lines(pdf, found)
    _sums(pdf, found)
    return bytes(pdf.output())


def _head(pdf: "FPDF", found: Object) -> None:
    pdf.set_font("helvetica", "B", 20)
    pdf.cell(0, 10, "Invoice", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("helvetica", size=9)
    pdf.set_text_color(_GREY)
    pdf.cell(0, 6, "SANDBOX - no real money", new_x="LMARGIN", new_y="NEXT")
    pdf.set_text_color(0)
    pdf.ln(4)
    address = found["customer_address"] or {}
    billed = [
        found["customer_name"],
        found["customer_email"],
        address.get("line1"),
        " ".join(filter(None, [address.get("postal_code"), address.get("city"), address.get("country")])),
        *(each["value"] for each in found["customer_tax_ids"]),
    ]
    facts = [("Number", found["number"]), ("Date", _day(found["created"])), ("Status", found["status"].capitalize())]
    if found["due_date"]:
        facts.append(("Due", _day(found["due_date"])))
    for name, value in facts:
        _fact(pdf, name, value)
    _fact(pdf, "Billed to", "\n".join(line for line in billed if line))
    pdf.ln(6)


def _fact(pdf: "FPDF", name: str, value: str) -> None:
    pdf.set_font("helvetica", "B", 10)
    pdf.cell(28, 6, name)
    pdf.set_font("helvetica", size=10)
    pdf.multi_cell(0, 6, _plain(value), new_x="LMARGIN", new_y="NEXT")


def _lines(pdf: "FPDF", found: Object) -> None:
    pdf.set_font("helvetica", size=9)
    with pdf.table(
        col_widths=_WIDTHS,
        text_align=("LEFT", "RIGHT", "RIGHT", "RIGHT"),
        borders_layout="HORIZONTAL_LINES",
        line_height=5,
        v_align="TOP",
    ) as table:
        table.row(["Description", "Quantity", "Unit", "Amount"])
        for line in found["lines"]["data"]:
            amount, quantity = line["amount"], line["quantity"]
            each = amount // quantity if quantity and amount % quantity == 0 else None
            period = f"{_day(line['period']['start'])} to {_day(line['period']['end'])}"
            table.row(
                [
                    _plain(f"{line['description'] or ''}\n{period}"),
                    str(quantity or ""),
                    _money(each, found) if each is not None else "",
                    _money(amount, found),
                ]
            )
    pdf.ln(4)


def _sums(pdf: "FPDF", found: Object) -> None:
    sums = [("Subtotal", found["subtotal"])]
    if found["total"] != found["subtotal"]:
        sums.append(("Discount", found["total"] - found["subtotal"]))
    sums.append(("Total", found["total"]))
    if found["amount_due"] != found["total"]:
        sums.append(("Balance", found["amount_due"] - found["total"]))
    if found["amount_paid"]:
        sums.append(("Paid", found["amount_paid"]))
    sums.append(("Amount due", found["amount_remaining"]))
    for name, amount in sums:
        pdf.set_font("helvetica", "B" if name in ("Total", "Amount due") else "", 10)
        pdf.cell(148, 6, name, align="R")
        pdf.cell(30, 6, _money(amount, found), align="R", new_x="LMARGIN", new_y="NEXT")


def _money(amount: int, found: Object) -> str:
    return _plain(money.shown(amount, found["currency"]))


def _plain(text: str) -> str:
    """What the standard fonts have; the euro sign is written out."""
    return text.replace("−", "-").replace("€", "EUR ").encode("latin-1", "replace").decode("latin-1")


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
