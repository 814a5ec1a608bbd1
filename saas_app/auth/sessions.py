"""Who is logged in where. Looked up for each request and event, so that ending a session ends it at once."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select, update

from saas_app import legal
from saas_app.auth.models import LoginSession, User
from saas_app.core import clock, db, tokens
from saas_app.core.audit import network_of
from saas_app.core.config import settings
from saas_app.core.errors import DatabaseBusy, LoginNeeded
from saas_app.core.viewer import Viewer

TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request came from, as far as we keep it. `known` are accounts that were logged in on this browser before,
    by a signed cookie.
    """

    ip: str = ""
    device: str = ""
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The cookie's value, the account it is for, and the way in. `terms_due` says that the terms have changed since
    this person accepted them.
    """

    token: str
    user_id: str
    is_remembered: bool = False
    method: str = ""
    terms_due: bool = False


async def find_viewer(digest: str) -> Viewer | None:
    """Who has the session with this digest; None when it has ended."""
    found = await db.read_system("session lookup", _look_up, digest)
    if found is None:
        return None
    viewer, row = found
    if clock.now() - row.seen_at >= TOUCH_EVERY:
        with suppress(DatabaseBusy):  # a note for later; who is here is known already
            await db.run_system("session lookup", _touch, row)
    return viewer


def open_session(
    session: Session,
    user: User,
    visit: Visit,
    *,
    remember: bool = False,
    replaces: str = "",
    method: str = "password",
    second_factor_at: datetime | None = None,
) -> LoggedIn:
    """Log this browser in, under a new token; what it had before is void.

    `second_factor_at` is when its person has shown a second factor, if they have.
    """
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
        confirmed_at=now,
        second_factor_at=second_factor_at,
        method=method,
        device=visit.device[:120],
        ip=visit.ip[:45],
    )
    user.last_login_at = now
    session.add_all([row, user])
    return LoggedIn(token, user.id, remember, method, user.terms_version != terms_in_force())


def hold_user(session: Session, user_id: str) -> User | None:
    """The account as it is now, and stays until this transaction ends.

    Who opens a session holds it before looking at what they open it for, such as a password: what changes that ends
    all sessions, and would not see one that is being opened beside it.
    """
    session.flush()
    return session.get(User, user_id, with_for_update=True, populate_existing=True)


def renew(
    session: Session, user: User, digest: str, visit: Visit, *, second_factor_at: datetime | None = None
) -> LoggedIn:
    """The same browser under a new token, now that its person has proved again who they are. LoginNeeded when it was
    logged out meanwhile.

    A second factor that it has passed stays passed; `second_factor_at` says that one was shown just now.
    """
    hold_user(session, user.id)
    row = session.get(LoginSession, digest)
    if row is None or row.user_id != user.id:
        raise LoginNeeded
    return open_session(
        session,
        user,
        visit,
        remember=row.is_remembered,
        replaces=digest,
        method=row.method,
        second_factor_at=second_factor_at or row.second_factor_at,
    )


def close_session(session: Session, digest: str) -> None:
    """Log one browser out."""
    session.exec(delete(LoginSession).where(col(LoginSession.digest) == digest))


def close_all(session: Session, user_id: str) -> None:
    """Log a person out everywhere."""
    session.exec(delete(LoginSession).where(col(LoginSession.user_id) == user_id))


def close_all_but(session: Session, user_id: str, token: str) -> None:
    """Log a person out everywhere but in the browser that has this token."""
    others = (col(LoginSession.user_id) == user_id, col(LoginSession.digest) != tokens.digest(token))
    session.flush()
    session.exec(delete(LoginSession).where(*others))


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser that somebody is logged in with, as they may recognise it."""

    id: str
    device: str
    network: str
    method: str
    since: datetime
    seen_at: datetime
    is_this: bool


def open_sessions(session: Session, this: str) -> list[SessionView]:
    """Where the person whose session this is logged in; the browser with the id `this` comes first."""
    now = clock.now()
    running = (col(LoginSession.idle_until) > now, col(LoginSession.ends_at) > now)
    rows = session.exec(select(LoginSession).where(*running).order_by(col(LoginSession.seen_at).desc())).all()
    views = [
        SessionView(
            row.id, row.device, network_of(row.ip), row.method, row.created_at, row.seen_at, is_this=row.id == this
        )
        for row in rows
    ]
    return sorted(views, key=lambda view: not view.is_this)


def close_one(session: Session, session_id: str) -> None:
    """Log one of one's own browsers out; somebody else's id finds nothing."""
    session.exec(delete(LoginSession).where(col(LoginSession.id) == session_id))


def close_others(session: Session, this: str) -> None:
    """Log out all of one's own browsers but this one."""
    session.exec(delete(LoginSession).where(col(LoginSession.id) != this))


def terms_in_force() -> str:
    """The version of the terms that counts today, by its day."""
    return f"{legal.in_force('terms').since:%Y-%m-%d}"


def cookie_lifetime(*, remember: bool) -> timedelta | None:
    """How long the browser keeps the cookie; None until it is closed."""
    return timedelta(days=settings().remember_absolute_days) if remember else None


# Asked before each request and event of a member, and so put together once.
_NOW = sa.bindparam("now")
_WHO = (
    select(User, LoginSession)
    .join(LoginSession, col(LoginSession.user_id) == col(User.id))
    .where(col(LoginSession.digest) == sa.bindparam("digest"), col(User.leaving_at).is_(None))
    .where(col(LoginSession.idle_until) > _NOW, col(LoginSession.ends_at) > _NOW)
)


def _look_up(session: Session, digest: str) -> tuple[Viewer, LoginSession] | None:
    found = session.exec(_WHO, params={"digest": digest, "now": clock.now()}).first()
    return (found[0].viewer(found[1]), found[1]) if found else None


def _touch(session: Session, row: LoginSession) -> None:
    """The person was here: the idle limit begins again, and never passes the end. One that has ended stays so."""
    now = clock.now()
    idle_until = min(now + _limits(row.is_remembered)[0], row.ends_at)
    this = col(LoginSession.digest) == row.digest
    session.exec(update(LoginSession).where(this).values(seen_at=now, idle_until=idle_until))


def _limits(remember: bool) -> tuple[timedelta, timedelta]:
    found = settings()
    if remember:
        return timedelta(days=found.remember_idle_days), timedelta(days=found.remember_absolute_days)
    return timedelta(hours=found.session_idle_hours), timedelta(hours=found.session_absolute_hours)
