"""What the reader keeps for a person: where they stopped, and what they wrote in the margin."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from saas_app.core import clock
from saas_app.core.ids import new_id
from saas_app.core.rls import Owned
from saas_app.core.types import Utc


class ReadingPlace(Owned, table=True):
    """Where somebody stopped in a book: the chapter by its name, the block by its number, and the edition they read."""

    __tablename__ = "reading_places"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.UniqueConstraint("user_id", "product_key"),)

    id: str = Field(default_factory=lambda: new_id("plc"), primary_key=True)
    product_key: str
    chapter: str
    block: int = 0
    edition: int = 0
    at: datetime = Field(default_factory=clock.now, sa_type=Utc)


class BookNote(Owned, table=True):
    """A note in the margin. With a `quote` it is a highlight: words of the book, found again by what they say."""

    __tablename__ = "book_notes"  # pyright: ignore[reportAssignmentType]

    id: str = Field(default_factory=lambda: new_id("not"), primary_key=True)
    product_key: str
    chapter: str
    block: int = 0
    quote: str = ""
    words: str = ""
    edition: int = 0
    created_at: datetime = Field(default_factory=clock.now, sa_type=Utc)
