"""Links that we mail: known by their digest, for one purpose, used once, and void when a newer one is sent."""

from datetime import timedelta
from typing import Literal

from sqlmodel import Session, col, select, update

from saas_app.auth.models import EmailToken, User
from saas_app.core import clock, tokens
from saas_app.core.errors import Gone

Purpose = Literal["verify", "reset"]

LASTS: dict[Purpose, timedelta] = {"verify": timedelta(hours=24), "reset": timedelta(minutes=30)}


class LinkGone(Gone):
    """A link that was used, replaced, or is too old."""

    def __init__(self) -> None:
        super().__init__("This link was used already, or has run out. Please ask for a new one.")


def issue(session: Session, user: User, purpose: Purpose) -> str:
    """A new link's token; older ones for the same purpose are void."""
    withdraw(session, user.id, purpose)
    token = tokens.new_token()
    session.add(
        EmailToken(
            digest=tokens.digest(token),
            user_id=user.id,
            purpose=purpose,
            email_key=user.email_key,
            expires_at=clock.now() + LASTS[purpose],
        )
    )
    return token


def owner(session: Session, token: str, purpose: Purpose) -> User:
    """Whose link this is, without using it up; LinkGone when it is no longer good."""
    found = session.exec(
        select(User)
        .join(EmailToken, col(EmailToken.user_id) == col(User.id))
        .where(
            EmailToken.digest == tokens.digest(token),
            EmailToken.purpose == purpose,
            EmailToken.email_key == User.email_key,
            col(EmailToken.used_at).is_(None),
            EmailToken.expires_at > clock.now(),
        )
    ).first()
    if found is None:
        raise LinkGone
    return found


def use(session: Session, token: str, purpose: Purpose) -> User:
    """Whose link this was. Of two that come at once, one gets LinkGone: the database marks it once."""
    user = owner(session, token, purpose)
    this = (col(EmailToken.digest) == tokens.digest(token), col(EmailToken.used_at).is_(None))
    if session.exec(update(EmailToken).where(*this).values(used_at=clock.now())).rowcount != 1:
        raise LinkGone
    return user


def withdraw(session: Session, user_id: str, *purposes: Purpose) -> None:
    """Make links void that were not used."""
    open_ones = (col(EmailToken.user_id) == user_id, col(EmailToken.used_at).is_(None))
    kinds = (col(EmailToken.purpose).in_(purposes),) if purposes else ()
    session.exec(update(EmailToken).where(*open_ones, *kinds).values(used_at=clock.now()))
