"""Who makes the files of what is sold. Nothing is offered that nobody can deliver.

    deliver("book_v1", "the-flat-in-numbers.pdf", "application/pdf", make_pdf)      once, at import

A file is made anew each time it is fetched, so that later editions reach whoever bought an earlier one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Buyer:
    """For whom a file is made; a maker may write it into the file."""

    name: str
    email: str
    purchase_id: str
    bought_at: datetime


Make = Callable[[Buyer], bytes]


@dataclass(frozen=True)
class Deliverable:
    """One file of one product. `make` runs in a thread of its own and may take its time."""

    product_key: str
    file: str
    media_type: str
    make: Make


_registered: dict[tuple[str, str], Deliverable] = {}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def deliver(product_key: str, file: str, media_type: str, make: Make) -> None:
    """Whoever owns this product can fetch this file; its name is what the browser saves it as."""
    if not _NAME.fullmatch(file):
        raise ValueError(f"{file!r} is no name for a file in an address")
    _registered[product_key, file] = Deliverable(product_key, file, media_type, make)


def deliverable(product_key: str, file: str) -> Deliverable | None:
    """That file of that product, if there is one."""
    return _registered.get((product_key, file))


def files_of(product_key: str) -> tuple[str, ...]:
    """The files that come with a product."""
    return tuple(file for key, file in _registered if key == product_key)
