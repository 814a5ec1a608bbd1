"""What we know of a passkey, before the library that reads them is asked (signing.py)."""

import json
from dataclasses import dataclass
from typing import Any

from saas_app.core.errors import BadInput
from saas_app.core.words import _

MALFORMED = (ValueError, TypeError, KeyError, AttributeError)


class NoPasskey(BadInput):
    """What a browser sent is no passkey of ours, or did not sign what we asked for."""

    def __init__(self) -> None:
        super().__init__({"form": _("This passkey could not be used here. Please try again, or take another way.")})


@dataclass(frozen=True, slots=True)
class Asked:
    """Options for the browser, as JSON, and the challenge among them that has to come back signed."""

    options: str
    challenge: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """A passkey that was made just now."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: str


def credential_id(credential: str) -> str:
    """Which passkey has signed, as it says itself."""
    try:
        said: Any = json.loads(credential)["id"]
    except MALFORMED as error:
        raise NoPasskey from error
    if not isinstance(said, str):
        raise NoPasskey
    return said
