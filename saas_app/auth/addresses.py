"""E-mail addresses: what we accept, and when two are the same."""

import unicodedata
from dataclasses import dataclass

from saas_app.core.config import settings

LONGEST = 254


@dataclass(frozen=True, slots=True)
class Address:
    """`email` as it is written to, `key` as it is compared: one person cannot be two by their capitals."""

    email: str
    key: str


def read_address(typed: str) -> Address | None:
    """The address somebody typed; None when no mail can get there.

    The local part is ASCII: letters that look alike in other alphabets would make two addresses look like one.
    """
    from email_validator import EmailNotValidError, validate_email  # here, since it is slow to load

    typed = typed.strip()
    if not typed or len(typed) > LONGEST:
        return None
    try:
        found = validate_email(
            typed,
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
            test_environment=not settings().is_production,
        )
    except EmailNotValidError:
        return None
    email = found.ascii_email or found.normalized
    return Address(email, key_of(email))


def key_of(email: str) -> str:
    """What is looked up: compatible letters made one, capitals gone."""
    return unicodedata.normalize("NFKC", email).casefold()
