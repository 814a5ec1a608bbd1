"""A one-page PDF, written by hand: text in a standard font needs no library."""

from datetime import UTC, datetime

from stripe_sandbox import money
from stripe_sandbox.store import Object

_LINE_HEIGHT = 16


def invoice(found: Object) -> bytes:
    """An invoice as a PDF file."""
    day = datetime.fromtimestamp(found["created"], UTC).strftime("%Y-%m-%d")
    rows: list[tuple[int, int, str]] = [  # size, x, text
        (20, 56, "Invoice"),
        (9, 56, "SANDBOX - no real money"),
        (10, 56, ""),
        (10, 56, f"Number: {found['number']}"),
        (10, 56, f"Date: {day}"),
        (10, 56, f"Status: {found['status']}"),
        (10, 56, f"Billed to: {found['customer_name'] or ''} {found['customer_email'] or ''}"),
        (10, 56, ""),
    ]
    rows += [
        (10, 56, f"{line['description'][:70]}    {money.shown(line['amount'], found['currency'])}")
        for line in found["lines"]["data"][:30]
    ]
    rows += [
        (10, 56, ""),
        (10, 56, f"Subtotal: {money.shown(found['subtotal'], found['currency'])}"),
        (10, 56, f"Total: {money.shown(found['total'], found['currency'])}"),
        (12, 56, f"Amount due: {money.shown(found['amount_remaining'], found['currency'])}"),
    ]
    y = 780
    parts = []
    for size, x, text in rows:
        parts.append(f"BT /F1 {size} Tf {x} {y} Td ({_escape(text)}) Tj ET")
        y -= max(_LINE_HEIGHT, size + 6)
    return _document("\n".join(parts).encode("cp1252", "replace"))


def _escape(text: str) -> str:
    plain = text.replace("−", "-")
    return plain.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _document(content: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(out))
    )
