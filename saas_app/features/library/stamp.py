"""What every copy of the book says of itself."""

from saas_app import site
from saas_app.core import written
from saas_app.core.words import _
from saas_app.features.library.book import Book
from saas_app.purchases.deliverables import Buyer


def stamp(book: Book, buyer: Buyer) -> tuple[str, ...]:
    """For whom this copy was made, which edition it is, and what it is not; a paragraph each."""
    day = written.day(buyer.bought_at)
    return (
        _("This copy was made for {owner}. Purchase {purchase_id} of {day}.").format(
            owner=owner(buyer), purchase_id=buyer.purchase_id, day=day
        ),
        _("{words}. Whoever has bought the book gets every later edition, where this one came from.").format(
            words=book.edition.words
        ),
        _("It is for you and your household. Please do not pass the file on."),
        _("{disclaimer} The book shows how to work things out; taxes, law and your own figures are not in it.").format(
            disclaimer=site.DISCLAIMER
        ),
    )


def owner(buyer: Buyer) -> str:
    """Name and address, without what no page can show."""
    return "".join(sign for sign in f"{buyer.name} ({buyer.email})" if sign.isprintable())
