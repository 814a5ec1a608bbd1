"""Second factors, as far as logging in knows of them: whether one is needed, and who is held half-way.

A feature brings a `Kind` (`factors` does); without any, the first factor is enough.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class First:
    """Somebody's first factor, which was right: `method` is “password” or “code”."""

    user_id: str
    method: str
    remember: bool


@dataclass(frozen=True, slots=True)
class HalfIn:
    """Somebody who owes the second factor: what this browser has to bring along, and the page that asks for it.

    The token opens nothing but that page's form.
    """

    token: str
    user_id: str
    path: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of second factor.

    `is_on` says whether somebody has one, `hold` keeps their half log-in, and `forget` takes all of theirs away, as
    when an account is taken back from whoever had taken it over.
    """

    is_on: Callable[[Session, str], bool]
    hold: Callable[[Session, First], HalfIn]
    forget: Callable[[Session, str], None]


kinds: list[Kind] = []


def hold(session: Session, first: First) -> HalfIn | None:
    """The half log-in of somebody who needs a second factor; None when the first is enough."""
    kind = next((kind for kind in kinds if kind.is_on(session, first.user_id)), None)
    return kind.hold(session, first) if kind else None


def is_needed(session: Session, user_id: str) -> bool:
    """Whether this account opens only with a second factor."""
    return any(kind.is_on(session, user_id) for kind in kinds)


def forget(session: Session, user_id: str) -> None:
    """Take all second factors of an account away."""
    for kind in kinds:
        kind.forget(session, user_id)
