"""Links and codes that we mail: known by their digest, for one purpose, used once, and void when a newer one is sent.

A code has six digits, so it is good for five tries, and only together with something a stranger has not: the log-in
session or the browser that asked for it.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlmodel import Session, col, select, update

from saas_app import site
from saas_app.auth.models import EmailToken, User
from saas_app.core import clock, tokens
from saas_app.core.errors import Gone
from saas_app.core.words import _

Purpose = Literal["verify", "reset", "login", "confirm", "change", "undo", "claim"]

LASTS: dict[Purpose, timedelta] = {
    "verify": timedelta(hours=24),
    "reset": timedelta(minutes=30),
    "login": timedelta(minutes=10),
    "confirm": timedelta(minutes=10),
    "change": timedelta(hours=24),
    "undo": timedelta(days=7),
    "claim": timedelta(days=90),
}
WRONG_CODES = 5


# What to do then, where no other link can be asked for: these are mailed once.
_MAILED_ONCE: dict[Purpose, str] = {
    "undo": _("If the account is not yours again, write to {mail}."),
    "claim": _("Open it once more from your mail; if it was not you who used it, write to {mail}."),
}


class LinkGone(Gone):
    """A link that was used, replaced, or is too old."""

    def __init__(self, purpose: Purpose | None = None) -> None:
        once = _MAILED_ONCE.get(purpose) if purpose else None
        way = once.format(mail=site.SUPPORT_EMAIL) if once else _("Please ask for a new one.")
        super().__init__(_("This link was used already, or has run out. {way}").format(way=way))


@dataclass(frozen=True, slots=True)
class Mailed:
    """What a mail carries: a token for its link, a code to type instead."""

    token: str
    code: str


def issue(session: Session, user: User, purpose: Purpose, *, new_email: str = "", digest: str = "") -> Mailed:
    """A new link and code; older ones for the same purpose are void, but for ways back: whoever has taken an account
    over would close its owner's by changing the address once more. With `digest` the token is somebody else's.
    """
    if purpose != "undo":
        withdraw(session, user.id, purpose)
    mailed = Mailed(tokens.new_token(), f"{secrets.randbelow(1_000_000):06}")
    digest = digest or tokens.digest(mailed.token)
    session.add(
        EmailToken(
            digest=digest,
            code_digest=_code_digest(digest, mailed.code),
            new_email=new_email,
            user_id=user.id,
            purpose=purpose,
            email_key=user.email_key,
            expires_at=clock.now() + LASTS[purpose],
        )
    )
    return mailed


def owner(session: Session, token: str, purpose: Purpose) -> User:
    """Whose link this is, without using it up; LinkGone when it is no longer good."""
    return find(session, token, purpose)[0]


def find(session: Session, token: str, purpose: Purpose) -> tuple[User, EmailToken]:
    """Whose link this is, and its row; LinkGone when it is no longer good. A way back is good whatever address the
    account has by now, any other link only for the one it was mailed for.
    """
    same_address = col(EmailToken.email_key) == col(User.email_key)
    found = session.exec(
        select(User, EmailToken)
        .join(EmailToken, col(EmailToken.user_id) == col(User.id))
        .where(
            EmailToken.digest == tokens.digest(token),
            EmailToken.purpose == purpose,
            sa.or_(same_address, sa.literal(purpose == "undo")),
            col(EmailToken.used_at).is_(None),
            EmailToken.expires_at > clock.now(),
            col(User.leaving_at).is_(None),
        )
    ).first()
    if found is None:
        raise LinkGone(purpose)
    return found[0], found[1]


def use(session: Session, token: str, purpose: Purpose) -> User:
    """Whose link this was. Of two that come at once, one gets LinkGone: the database marks it once."""
    user = owner(session, token, purpose)
    this = (col(EmailToken.digest) == tokens.digest(token), col(EmailToken.used_at).is_(None))
    if session.exec(update(EmailToken).where(*this).values(used_at=clock.now())).rowcount != 1:
        raise LinkGone(purpose)
    return user


def use_code(session: Session, code: str, purpose: Purpose, *whose: sa.ColumnElement[bool]) -> User | None:
    """Whose code this was. None when it is wrong, which is counted, or no longer good; commit in both cases."""
    open_ones = (
        EmailToken.purpose == purpose,
        col(EmailToken.used_at).is_(None),
        EmailToken.expires_at > clock.now(),
        EmailToken.tries < WRONG_CODES,
    )
    newest = select(EmailToken).where(*open_ones, *whose).order_by(col(EmailToken.created_at).desc())
    row = session.exec(newest.with_for_update()).first()
    if row is None:
        return None
    row.tries += 1
    session.add(row)
    if not hmac.compare_digest(row.code_digest, _code_digest(row.digest, code)):
        return None
    row.used_at = clock.now()
    user = session.get(User, row.user_id)
    return user if user and user.leaving_at is None and user.email_key == row.email_key else None


def _code_digest(digest: str, code: str) -> str:
    """Keyed, since a million codes are quickly tried."""
    return tokens.keyed_digest("code", f"{digest}:{''.join(filter(str.isdigit, code))}")


def withdraw_ways_back(session: Session, user_id: str, since: datetime) -> None:
    """Make void the ways back to addresses that an account had since then; those to earlier ones stay."""
    theirs = (
        col(EmailToken.user_id) == user_id,
        col(EmailToken.purpose) == "undo",
        col(EmailToken.used_at).is_(None),
    )
    later = col(EmailToken.created_at) >= since
    session.exec(update(EmailToken).where(*theirs, later).values(used_at=clock.now()))


def withdraw(session: Session, user_id: str, *purposes: Purpose) -> None:
    """Make links void that were not used: of these purposes, or all but the way back to a former address."""
    open_ones = (col(EmailToken.user_id) == user_id, col(EmailToken.used_at).is_(None))
    kinds = (col(EmailToken.purpose).in_(purposes) if purposes else col(EmailToken.purpose) != "undo",)
    session.exec(update(EmailToken).where(*open_ones, *kinds).values(used_at=clock.now()))
