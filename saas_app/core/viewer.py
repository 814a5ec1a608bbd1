"""Who is looking."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from saas_app.core import clock

FRESH_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person behind a request or an event, as their session row says at this moment.

    `session_id` names the log-in session (it opens nothing); `confirmed_at` is when they last proved who they are.
    """

    id: str
    email: str
    name: str
    is_admin: bool = False
    email_verified: bool = False
    session_id: str = ""
    confirmed_at: datetime | None = None
    has_password: bool = True

    @property
    def is_fresh(self) -> bool:
        """Whether they proved who they are so lately that they may do what cannot be taken back."""
        return self.confirmed_at is not None and clock.now() - self.confirmed_at < FRESH_FOR
