"""Codes on paper, for whoever has lost the rest: each opens once, and is known to us by its digest only."""

import secrets

from sqlmodel import Session, col, delete, func, select

from saas_app.core import tokens
from saas_app.factors.models import RecoveryCode

COUNT = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike
GROUPS, GROUP = 4, 4  # 79 random bits, so a plain digest is enough, and stays good whatever SECRET_KEY becomes


def make(session: Session, user_id: str) -> tuple[str, ...]:
    """Ten new codes, to be shown once; the old ones are void."""
    drop(session, user_id)
    codes = tuple(_new_code() for _ in range(COUNT))
    session.add_all([RecoveryCode(digest=_digest(user_id, code), user_id=user_id) for code in codes])
    return codes


def use(session: Session, user_id: str, code: str) -> bool:
    """Whether this code was good; it is used up. Of two that come at once, one is good."""
    this = delete(RecoveryCode).where(col(RecoveryCode.digest) == _digest(user_id, code))
    return session.exec(this).rowcount == 1


def left(session: Session, user_id: str) -> int:
    """How many are still good."""
    return session.exec(select(func.count()).where(col(RecoveryCode.user_id) == user_id)).one()


def drop(session: Session, user_id: str) -> None:
    """Make all of them void."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))


def _new_code() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def _digest(user_id: str, code: str) -> str:
    """Whatever capitals, spaces or dashes it was typed with."""
    return tokens.digest(f"recovery:{user_id}:{''.join(filter(str.isalnum, code.lower()))}")
