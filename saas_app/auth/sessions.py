"""Who is logged in where. Looked up for each request and event, so that ending a session ends it at once."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, delete, select

from saas_app.auth.models import LoginSession, User
from saas_app.core import clock, db, tokens
from saas_app.core.config import settings
from saas_app.core.viewer import Viewer

TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request came from, as far as we keep it."""

    ip: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The cookie's value, and the account it is for."""

    token: str
    user_id: str


async def find_viewer(digest: str) -> Viewer | None:
    """Who has the session with this digest; None when it has ended."""
    viewer, is_stale = await db.read_system("session lookup", _look_up, digest)
    if is_stale:
        await db.run_system("session lookup", _touch, digest)
    return viewer


def viewer_by_digest(session: Session, digest: str) -> Viewer | None:
    """As `find_viewer`, inside a transaction; nothing is written."""
    return _look_up(session, digest)[0]


def open_session(session: Session, user: User, visit: Visit, *, remember: bool = False, replaces: str = "") -> LoggedIn:
    """Log this browser in, under a new token; what it had before is void."""
    now, limits = clock.now(), _limits(remember)
    if replaces:
        close_session(session, replaces)
    token = tokens.new_token()
    row = LoginSession(
        digest=tokens.digest(token),
        user_id=user.id,
        idle_until=now + limits[0],
        ends_at=now + limits[1],
        is_remembered=remember,
        device=visit.device[:120],
        ip=visit.ip[:45],
    )
    user.last_login_at = now
    session.add_all([row, user])
    return LoggedIn(token, user.id)


def close_session(session: Session, digest: str) -> None:
    """Log one browser out."""
    session.exec(delete(LoginSession).where(col(LoginSession.digest) == digest))


def close_all(session: Session, user_id: str, *, but: str = "") -> int:
    """Log a person out everywhere, perhaps but here. Returns how many browsers that were."""
    theirs = (col(LoginSession.user_id) == user_id, col(LoginSession.digest) != but)
    return session.exec(delete(LoginSession).where(*theirs)).rowcount


def cookie_lifetime(*, remember: bool) -> timedelta | None:
    """How long the browser keeps the cookie; None until it is closed."""
    return timedelta(days=settings().remember_absolute_days) if remember else None


def _look_up(session: Session, digest: str) -> tuple[Viewer | None, bool]:
    now = clock.now()
    found = session.exec(
        select(User, LoginSession.seen_at)
        .join(LoginSession, col(LoginSession.user_id) == col(User.id))
        .where(LoginSession.digest == digest, LoginSession.idle_until > now, LoginSession.ends_at > now)
    ).first()
    return (found[0].viewer(), now - found[1] >= TOUCH_EVERY) if found else (None, False)


def _touch(session: Session, digest: str) -> None:
    """The person was here: the idle limit begins again, and never passes the end."""
    row = session.get(LoginSession, digest)
    if row is not None:
        row.seen_at = clock.now()
        row.idle_until = min(clock.now() + _limits(row.is_remembered)[0], row.ends_at)
        session.add(row)


def _limits(remember: bool) -> tuple[timedelta, timedelta]:
    found = settings()
    if remember:
        return timedelta(days=found.remember_idle_days), timedelta(days=found.remember_absolute_days)
    return timedelta(hours=found.session_idle_hours), timedelta(hours=found.session_absolute_hours)
