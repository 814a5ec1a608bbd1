"""What every copy of the book says of itself."""

from saas_app import site
from saas_app.features.library.book import Book
from saas_app.purchases.deliverables import Buyer


def stamp(book: Book, buyer: Buyer) -> tuple[str, ...]:
    """For whom this copy was made, which edition it is, and what it is not; a paragraph each."""
    day = f"{buyer.bought_at.day} {buyer.bought_at:%B %Y}"
    return (
        f"This copy was made for {owner(buyer)}. Purchase {buyer.purchase_id} of {day}.",
        f"{book.edition.words}. Whoever has bought the book gets every later edition, where this one came from.",
        "It is for you and your household. Please do not pass the file on.",
        f"{site.DISCLAIMER} The book shows how to work things out; taxes, law and your own figures are not in it.",
    )


def owner(buyer: Buyer) -> str:
    """Name and address, without what no page can show."""
    return "".join(sign for sign in f"{buyer.name} ({buyer.email})" if sign.isprintable())
