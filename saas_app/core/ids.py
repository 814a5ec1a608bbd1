"""Opaque ids that say what they belong to and nothing else."""

import secrets

_ALPHABET = "0123456789abcdefghijkmnopqrstuvwxyz"  # no l: ids are read aloud to support
_LENGTH = 20
_MANY = len(_ALPHABET) ** _LENGTH


def new_id(prefix: str) -> str:
    """`usr_` and 20 random characters: 102 bits, so an id cannot be guessed or counted."""
    return f"{prefix}_{_in_letters(secrets.randbelow(_MANY))}"


def _in_letters(number: int) -> str:
    letters: list[str] = []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    return "".join(letters)
