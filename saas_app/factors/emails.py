"""What we write to people about their second factors."""

from sqlmodel import Session

from saas_app import site
from saas_app.auth.models import User
from saas_app.core import mailer
from saas_app.core.config import settings
from saas_app.core.words import _


def write_changed(session: Session, user: User, subject: str, words: str) -> None:
    """Told afterwards, so that a stranger's change does not stay unnoticed."""
    _write(session, user, subject, _("{words}\n\nIf this was you, there is nothing to do.").format(words=words))


def write_code_used(session: Session, user: User, left: int) -> None:
    """A recovery code opened the account."""
    how_many = _("{left} are left").format(left=left) if left != 1 else _("One is left")
    advice = _("make new ones soon") if left <= 3 else _("there is nothing to do")
    _write(
        session,
        user,
        _("A recovery code was used"),
        _(
            "Somebody has just logged in to your account with one of your recovery codes. "
            "{how_many}.\n\nIf this was you, {advice}."
        ).format(how_many=how_many, advice=advice),
    )


def write_wrong_codes(session: Session, user: User) -> None:
    """Somebody got past the first factor, and not past the second."""
    _write(
        session,
        user,
        _("Somebody tried to log in to your account"),
        _(
            "Somebody knew your password, or could read a code from your mail, and then typed five wrong codes "
            "for the second factor. They were not let in.\n\nIf this was you, there is nothing to do."
        ),
        link=f"{settings().base_url}/settings/password",
        label=_("Choose a new password"),
    )


def _write(session: Session, user: User, subject: str, words: str, *, link: str = "", label: str = "") -> None:
    mailer.send_note(
        session,
        to=user.email,
        name=user.name,
        subject=subject,
        words=words,
        link=link or f"{settings().base_url}/settings",
        label=label or _("Open the settings"),
        quiet=_("If it was not you, choose a new password at once, and write to {support_email}.").format(
            support_email=site.SUPPORT_EMAIL
        ),
    )
