"""Steps that wait for their answer: for ten minutes, for one browser, for five tries or for one."""

from datetime import timedelta
from typing import Any, Literal

from sqlmodel import Session, col, delete, select, update

from saas_app.core import clock, tokens
from saas_app.factors.models import Challenge

# The second step of a log-in; a new app's secret; and what a passkey signs to log in, as a second factor, to be added,
# or to confirm that it is still the same person.
Purpose = Literal["second", "app", "passkey log-in", "passkey second", "passkey new", "passkey confirm"]

LASTS = timedelta(minutes=10)
TRIES = 5


def keep(session: Session, purpose: Purpose, payload: dict[str, Any], *, user_id: str | None, token: str = "") -> str:
    """Remember a step; returns the token that the next one must bring."""
    if token:  # an older step of the same browser
        drop(session, _digest(purpose, token))
    token = token or tokens.new_token()
    session.add(
        Challenge(
            digest=_digest(purpose, token),
            purpose=purpose,
            user_id=user_id,
            payload=payload,
            expires_at=clock.now() + LASTS,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, purpose: Purpose) -> Challenge | None:
    """The step, if it still waits."""
    return session.exec(select(Challenge).where(*_waiting(token, purpose))).first()


def count_try(session: Session, token: str, purpose: Purpose) -> Challenge | None:
    """The step, with one try more; None when it is over or was tried too often. Exact however many come at once."""
    counted = update(Challenge).where(*_waiting(token, purpose)).values(tries=Challenge.tries + 1)
    if session.exec(counted).rowcount != 1:
        return None
    row = session.get_one(Challenge, _digest(purpose, token))
    session.refresh(row)
    return row


def take(session: Session, token: str, purpose: Purpose) -> Challenge | None:
    """The step, which is over with this. Of two that come at once, one gets it."""
    row = find(session, token, purpose)
    if row is None:
        return None
    session.expunge(row)
    return row if drop(session, row.digest) else None


def drop(session: Session, digest: str) -> bool:
    """End a step; False when somebody else was first."""
    return session.exec(delete(Challenge).where(col(Challenge.digest) == digest)).rowcount == 1


def _waiting(token: str, purpose: Purpose) -> tuple[Any, ...]:
    return (
        col(Challenge.digest) == _digest(purpose, token),
        col(Challenge.expires_at) > clock.now(),
        col(Challenge.tries) < TRIES,
    )


def _digest(purpose: Purpose, token: str) -> str:
    """Of both, so that a token is good for nothing but its purpose."""
    return tokens.digest(f"{purpose}:{token}")
