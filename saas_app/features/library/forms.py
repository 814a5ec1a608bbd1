"""What was typed beside the text, read with a reason for each field that cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass

from saas_app.core import written
from saas_app.core.errors import BadInput
from saas_app.core.words import _

LONGEST_QUOTE = 600
LONGEST_NOTE = 2_000


@dataclass(frozen=True)
class NoteForm:
    """A note as somebody wants to keep it; `block` is where its passage begins, 0 for the whole chapter."""

    chapter: str
    block: int
    quote: str
    words: str


def read_note(typed: Mapping[str, str]) -> NoteForm:
    """The form as typed. Raises BadInput with a message for every field that is wrong."""
    errors: dict[str, str] = {}
    quote, words = " ".join(typed.get("quote", "").split()), typed.get("words", "").strip()
    if not quote and not words:
        errors["words"] = _("Write a note, or mark a passage in the text.")
    if len(quote) > LONGEST_QUOTE:
        errors["quote"] = _("A passage can have {most} characters; this one has {count}.").format(
            most=LONGEST_QUOTE, count=len(quote)
        )
    if len(words) > LONGEST_NOTE:
        errors["words"] = _("A note can have {most} characters; this one has {count}.").format(
            most=written.number(LONGEST_NOTE), count=written.number(len(words))
        )
    if errors:
        raise BadInput(errors)
    return NoteForm(typed.get("chapter", ""), read_block(typed.get("block", "")), quote, words)


def read_block(typed: str) -> int:
    """The number of a block; 0 for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else 0
