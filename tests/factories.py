"""Rows for tests, made the short way."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import Session

from saas_app.auth.models import User
from saas_app.auth.sessions import terms_in_force
from saas_app.core import clock, db
from saas_app.core.viewer import Viewer

R = TypeVar("R")

PASSWORD = "correct-horse-battery-9"


def make_user(session: Session, name: str = "Ada", **values: Any) -> User:
    """A person with a proved address and no usable password."""
    email = values.pop("email", f"{name.lower()}@example.com")
    values.setdefault("email_verified_at", clock.now())
    values.setdefault("password_hash", "!")
    values.setdefault("terms_version", terms_in_force())
    row = User(name=name, email=email, email_key=email.casefold(), **values)
    session.add(row)
    session.flush()
    return row


def a_user(name: str = "Ada", **values: Any) -> Viewer:
    """A committed person."""
    return as_system(lambda session: make_user(session, name, **values).viewer())


def as_system(work: Callable[[Session], R]) -> R:
    """Do this over everybody's rows, and commit."""
    with db.system_session("command") as session:
        return work(session)
