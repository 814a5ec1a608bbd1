"""The app, with somebody who delivers the book: what a product does that sells things once."""

from saas_app.purchases.deliverables import Buyer, deliver
from saas_app.saas_app import app

__all__ = ["app"]

FILE = "the-flat-in-numbers.txt"


def _text(buyer: Buyer) -> bytes:
    return f"The flat in numbers, for {buyer.name}.".encode()


deliver("book_v1", FILE, "text/plain; charset=utf-8", _text)
