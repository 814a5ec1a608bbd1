"""The database: does it keep users apart, and is the work in it being done?"""

import sqlalchemy as sa
from sqlmodel import Session

from saas_app.core import db, engines, jobs
from saas_app.core.config import settings
from saas_app.core.errors import in_words
from saas_app.doctor.findings import Finding, attempt, ok, wrong
from saas_app.health import LATE_AFTER_SECONDS

ABOUT = "database and row-level security"


def isolation() -> Finding:
    """Schema, roles and policies, as at every start."""
    found = attempt(ABOUT, engines.check_isolation)
    if found.state != "ok":
        return found
    if settings().is_sqlite:
        return ok(ABOUT, "SQLite, filtered and guarded by triggers")
    with db.system_session("health", read_only=True) as session:
        return ok(ABOUT, _login(session))


def _login(session: Session) -> str:
    login, role = session.connection().execute(sa.text("SELECT session_user, current_user")).one()
    return f"PostgreSQL, login {login} as {role}, policies in force"


def background_work() -> list[Finding]:
    """How long the oldest piece of work has waited, what is dead, and what fails on its schedule."""
    with db.system_session("health", read_only=True) as session:
        health = jobs.health(session)
    return [
        _queue(health),
        *[
            wrong(f"“{name}”, which is done on a schedule, fails every time", error)
            for name, error in health.failing.items()
        ],
    ]


def _queue(health: jobs.Health) -> Finding:
    words = f"{health.pending} due, {health.dead} dead"
    if health.dead:
        return wrong("background work", words, "when its cause is mended, run retry")
    if health.oldest > LATE_AFTER_SECONDS:
        waited = f"{words}, and nobody has done it for {in_words(int(health.oldest))}"
        return wrong("background work", waited, "is the app running?")
    return ok("background work", words)
