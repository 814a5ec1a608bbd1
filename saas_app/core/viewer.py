"""Who is looking."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person behind a request or an event, as their session row says at this moment."""

    id: str
    email: str
    name: str
    is_admin: bool = False
    email_verified: bool = False
