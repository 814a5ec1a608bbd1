"""Every figure that the book names, computed and put into its text by name: `{flat.payment}` is €948.42.

No chapter carries an amount or a percentage of its own; a test sees to it. Whoever changes an example changes it in
`examples.py`, and text, tables and drawings follow.
"""

from types import SimpleNamespace as Words

from saas_app.core.config import settings
from saas_app.features.library import borrowing, owning
from saas_app.features.library.examples import BORROWED_FAR, FAR, FLAT, NEAR, SMALL

# Where the reader's own numbers can be put into the same sums.
PAGES = {"rent": "/rent-or-buy", "let": "/yield", "loan": "/calculator"}


def figures() -> dict[str, Words]:
    """All of them, by the names that the chapters use."""
    return {
        "small": borrowing.loan_words(SMALL),
        "flat": borrowing.flat(),
        "tables": borrowing.tables(),
        "moving": borrowing.moving(),
        "early": borrowing.early(),
        "fees": owning.fees(),
        "rent": owning.rent(),
        "near": owning.let_words(NEAR, FLAT.principal),
        "far": owning.let_words(FAR, BORROWED_FAR),
        "risk": owning.risk(),
        "offers": owning.offers(),
        "hill": owning.hill(),
        "pages": Words(**{name: f"<{settings().base_url}{path}>" for name, path in PAGES.items()}),
    }
