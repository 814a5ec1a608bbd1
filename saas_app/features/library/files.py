"""What can be taken home of the book."""

from saas_app.features.library import epub, pdf
from saas_app.purchases.deliverables import deliver
from saas_app.ui import paper

BOOK = "book_v1"
FILES = (
    ("the-flat-in-numbers.pdf", paper.MEDIA_TYPE, pdf.make),
    ("the-flat-in-numbers.epub", epub.MEDIA_TYPE, epub.make),
)


def put_on_sale() -> None:
    """From now on there is something to deliver, so the book is offered."""
    for name, media_type, make in FILES:
        deliver(BOOK, name, media_type, make)
