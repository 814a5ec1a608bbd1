"""Ids in Stripe's manner: a prefix that names the kind, then letters nobody can guess."""

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """A fresh opaque id, e.g. `new_id("cus")` -> `cus_…`."""
    return f"{prefix}_{random_text(length)}"


def random_text(length: int) -> str:
    """Letters and digits from the system's own randomness."""
    found = ""
    while len(found) < length:
        drawn = secrets.token_bytes(2 * length)
        found += "".join(_ALPHABET[byte % 62] for byte in drawn if byte < 248)  # 248 = 4 x 62: no letter is likelier
    return found[:length]
