"""What we write to people about their second factors."""

from sqlmodel import Session

from saas_app import site
from saas_app.auth.models import User
from saas_app.core import mailer
from saas_app.core.config import settings


def write_changed(session: Session, user: User, subject: str, words: str) -> None:
    """Told afterwards, so that a stranger's change does not stay unnoticed."""
    _write(session, user, subject, f"{words}\n\nIf this was you, there is nothing to do.")


def write_code_used(session: Session, user: User, left: int) -> None:
    """A recovery code opened the account."""
    how_many = f"{left} are left" if left != 1 else "One is left"
    advice = " Please make new ones soon." if left <= 3 else ""
    _write(
        session,
        user,
        "A recovery code was used",
        f"Somebody has just logged in to your account with one of your recovery codes. {how_many}.{advice}\n\n"
        "If this was you, there is nothing to do.",
    )


def write_wrong_codes(session: Session, user: User) -> None:
    """Somebody got past the first factor, and not past the second."""
    _write(
        session,
        user,
        "Somebody tried to log in to your account",
        "Somebody knew your password, or could read a code from your mail, and then typed five wrong codes for the "
        "second factor. They were not let in.\n\nIf this was you, there is nothing to do.",
        link=f"{settings().base_url}/settings/password",
        label="Choose a new password",
    )


def _write(session: Session, user: User, subject: str, words: str, *, link: str = "", label: str = "") -> None:
    mailer.send_note(
        session,
        to=user.email,
        name=user.name,
        subject=f"{subject} · {site.PRODUCT}",
        words=words,
        link=link or f"{settings().base_url}/settings",
        label=label or "Open the settings",
        quiet=f"If it was not you, choose a new password at once, and write to {site.SUPPORT_EMAIL}.",
    )
