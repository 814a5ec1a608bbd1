"""Opaque ids that say what they belong to and nothing else."""

import secrets

_ALPHABET = "0123456789abcdefghijkmnopqrstuvwxyz"  # no l: ids are read aloud to support


def new_id(prefix: str) -> str:
    """`usr_` and 20 random characters: 102 bits, so an id cannot be guessed or counted."""
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(20))}"
