"""The terms and the privacy notice: one Markdown file per version, named after the day from which it counts.

A version is never edited: what somebody accepted must stay readable. To change the terms, add `terms/2027-03-01.md`.
Beside it may lie a translation, `terms/2027-03-01.es.md`.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from saas_app import site
from saas_app.core import clock, words

Kind = Literal["terms", "privacy"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a text; `words` is Markdown, with the names of `site.py` filled in."""

    since: date
    words: str


def in_force(kind: Kind) -> Version:
    """The version that counts today."""
    today = clock.now().date()
    return max((each for each in versions(kind) if each.since <= today), key=lambda each: each.since)


@cache
def versions(kind: Kind) -> tuple[Version, ...]:
    """Every version there is, also those that will count later."""
    folder = Path(__file__).parent / kind
    return tuple(
        Version(date.fromisoformat(file.stem), _filled(words.translated(file).read_text()))
        for file in folder.glob("????-??-??.md")
    )


def _filled(text: str) -> str:
    names = {
        "product": site.PRODUCT,
        "company": site.COMPANY,
        "address": site.COMPANY_ADDRESS,
        "support": site.SUPPORT_EMAIL,
        "disclaimer": site.DISCLAIMER,
        "refund_days": str(site.REFUND_DAYS),
    }
    return text.format_map(names)
