"""What we write to people about their account."""

from sqlmodel import Session

from saas_app import site
from saas_app.auth.models import User
from saas_app.core import mailer
from saas_app.core.config import settings
from saas_app.core.words import _

_NOT_YOU = _("If this was not you, you need do nothing: without this link nobody gets in.")


def write_verification(session: Session, user: User, token: str, code: str) -> None:
    """The link that proves the address. Built from the configured address, never from what a request says.

    Without the name: a stranger may have typed both, and the name would be their message to somebody else's mailbox.
    """
    mailer.send_note(
        session,
        to=user.email,
        subject=_("Confirm your e-mail address for {product}").format(product=site.PRODUCT),
        words=_(
            "Please confirm that this is your address. The link works once, for 24 hours.\n\nOr type this code "
            "where you are asked for it: {code}"
        ).format(code=code),
        link=f"{settings().base_url}/verify/{token}",
        label=_("Confirm my address"),
        quiet=_("If you did not sign up at {product}, you can ignore this mail.").format(product=site.PRODUCT),
    )


def write_already_a_member(session: Session, owner: User) -> None:
    """Somebody signed up with the address of an existing account. Only the owner of the mailbox learns that."""
    mailer.send_note(
        session,
        to=owner.email,
        name=owner.name,
        subject=_("You already have an account at {product}").format(product=site.PRODUCT),
        words=(
            _(
                "Somebody, perhaps you, has just signed up with this address. You have an account already, and "
                "nothing about it has changed.\n\nIf it was you, please log in; if you have forgotten your "
                "password, choose “Forgot your password?” there."
            )
        ),
        link=f"{settings().base_url}/login",
        label=_("Log in"),
        quiet=_("If it was not you, you need do nothing: an address belongs only to whoever can read its mail."),
    )


def write_reset(session: Session, user: User, token: str) -> None:
    """The link that lets somebody choose a new password."""
    mailer.send_note(
        session,
        to=user.email,
        name=user.name if user.email_verified_at else "",
        subject=_("Choose a new password for {product}").format(product=site.PRODUCT),
        words=_("Somebody has asked for a new password for your account. The link works once, for 30 minutes."),
        link=f"{settings().base_url}/reset/{token}",
        label=_("Choose a new password"),
        quiet=_NOT_YOU,
    )


def write_password_changed(session: Session, user: User) -> None:
    """Told afterwards, so that a stranger's change does not stay unnoticed."""
    mailer.send_note(
        session,
        to=user.email,
        name=user.name,
        subject=_("Your password for {product} was changed").format(product=site.PRODUCT),
        words=(
            _(
                "The password of your account has just been changed, and all other devices have been logged "
                "out.\n\nIf this was you, there is nothing to do."
            )
        ),
        link=f"{settings().base_url}/forgot",
        label=_("It was not me"),
        quiet=_("If it was not you, choose a new password at once, and write to {support_email}.").format(
            support_email=site.SUPPORT_EMAIL
        ),
    )


def write_code(session: Session, user: User, code: str) -> None:
    """The code that stands for the mailbox. Without a link: it is typed where it was asked for."""
    mailer.send_note(
        session,
        to=user.email,
        subject=_("{code} is your code for {product}").format(code=code, product=site.PRODUCT),
        words=_("Your code is {code}. It works once, for 10 minutes, in the browser that asked for it.").format(
            code=code
        ),
        quiet=_("If you did not ask for it, you need do nothing. Nobody of ours will ever ask you for a code."),
    )


def write_new_device(session: Session, user: User, device: str, network: str) -> None:
    """Somebody logged in on a browser that this account was never used in."""
    where = _(", from the network {network}").format(network=network) if network else ""
    mailer.send_note(
        session,
        to=user.email,
        name=user.name,
        subject=_("New log-in to your {product} account").format(product=site.PRODUCT),
        words=_(
            "Your account has just been used on a new device: {device}{where}.\n\nIf this was you, there is "
            "nothing to do."
        ).format(device=device or _("a browser"), where=where),
        link=f"{settings().base_url}/settings",
        label=_("See where you are logged in"),
        quiet=_("If it was not you, log that device out there, and choose a new password."),
    )
