"""The second step of a log-in: what finishes it, and what ends it. Rules inside one transaction of the system."""

from sqlmodel import Session

from saas_app.auth import service as accounts
from saas_app.auth import sessions
from saas_app.auth.models import User
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.core import audit, clock, ratelimit
from saas_app.core.errors import Gone
from saas_app.core.words import _
from saas_app.factors import challenges, emails, limits, passkeys, recovery, service
from saas_app.factors.models import Challenge


class StepGone(Gone):
    """A half log-in that took too long, was tried too often, or is overtaken by a new password."""

    def __init__(self) -> None:
        super().__init__(_("This log-in took too long, or was tried too often. Please log in again."))


def who(session: Session, token: str) -> User:
    """Whose half log-in this is; StepGone when it is over."""
    return _person(session, challenges.find(session, token, "second"))


def finish_by_code(session: Session, token: str, code: str, visit: Visit, replaces: str) -> LoggedIn | None:
    """Log in by the app's code. None when it is wrong, which is counted; commit in both cases."""
    half = challenges.count_try(session, token, "second")
    user = _person(session, half)
    if half is None or not service.code_is_right(session, user.id, code):
        return _refuse(session, half, user, visit)
    ratelimit.clear(session, (limits.CODES_BY_USER, user.id))
    return _finish(session, half, user, "an authenticator code", visit, replaces)


def finish_by_recovery(session: Session, token: str, code: str, visit: Visit, replaces: str) -> LoggedIn | None:
    """Log in by a recovery code, which is used up. None when it is wrong, which is counted; commit in both cases."""
    half = challenges.count_try(session, token, "second")
    user = _person(session, half)
    if half is None or not recovery.use(session, user.id, code):
        return _refuse(session, half, user, visit)
    audit.record(session, user.id, "recovery code used", ip=visit.ip, device=visit.device)
    emails.write_code_used(session, user, recovery.left(session, user.id))
    return _finish(session, half, user, "a recovery code", visit, replaces)


def finish_by_key(
    session: Session, token: str, credential: str, challenge: Challenge, visit: Visit, replaces: str
) -> LoggedIn:
    """Log in by a passkey as the second factor."""
    half = challenges.find(session, token, "second")
    user = _person(session, half)
    if half is None or service.use_key(session, credential, challenge, verified=False).id != user.id:
        raise passkeys.NoPasskey
    return _finish(session, half, user, "a passkey", visit, replaces)


def log_in_by_key(
    session: Session, credential: str, challenge: Challenge, visit: Visit, replaces: str, *, remember: bool = False
) -> LoggedIn:
    """Log in by a passkey alone: that it was unlocked by its owner is one factor, that they have it the other."""
    user = service.use_key(session, credential, challenge, verified=True)
    return accounts.open_wholly(
        session,
        user,
        visit,
        remember=remember,
        replaces=replaces,
        method="passkey",
        second_factor_at=clock.now(),
    )


def confirm_by_key(session: Session, credential: str, challenge: Challenge, digest: str, visit: Visit) -> LoggedIn:
    """It is still them: a new token for this browser."""
    user = service.use_key(session, credential, challenge, verified=True)
    return sessions.renew(session, user, digest, visit, second_factor_at=clock.now())


def confirm_by_app(session: Session, user_id: str, code: str, digest: str, visit: Visit) -> LoggedIn | None:
    """It is still them, by a code that was not used before. None when it is wrong."""
    if not service.code_is_right(session, user_id, code):
        return None
    user = session.get_one(User, user_id)
    return sessions.renew(session, user, digest, visit, second_factor_at=clock.now())


def _person(session: Session, half: Challenge | None) -> User:
    user = session.get(User, half.user_id) if half and half.user_id else None
    if half is None or user is None or user.leaving_at is not None or user.password_changed_at > half.created_at:
        raise StepGone
    return user


def _refuse(session: Session, half: Challenge | None, user: User, visit: Visit) -> None:
    if half is not None and half.tries >= challenges.TRIES:
        audit.record(session, user.id, "log-in refused after wrong codes", ip=visit.ip, device=visit.device)
        emails.write_wrong_codes(session, user)


def _finish(session: Session, half: Challenge, user: User, how: str, visit: Visit, replaces: str) -> LoggedIn:
    method, remember = f"{half.payload['method']} and {how}", bool(half.payload["remember"])
    sessions.hold_user(session, user.id)
    _person(session, half)  # once more: the password may have changed since
    session.expunge(half)
    if not challenges.drop(session, half.digest):
        raise StepGone
    return accounts.open_wholly(
        session,
        user,
        visit,
        remember=remember,
        replaces=replaces,
        method=method,
        second_factor_at=clock.now(),
    )
