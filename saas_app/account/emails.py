"""What we write to people who change or leave their account."""

from sqlmodel import Session

from saas_app import site
from saas_app.auth.models import User
from saas_app.core import mailer
from saas_app.core.config import settings
from saas_app.core.words import _


def write_confirm_new(session: Session, user: User, new_email: str, token: str) -> None:
    """The link that proves a new address, sent there. Without a name: it may be somebody else's mailbox."""
    mailer.send_note(
        session,
        to=new_email,
        subject=_("Confirm your new address for {product}").format(product=site.PRODUCT),
        words=_(
            "Somebody, perhaps you, wants to use this address for an account at {product}. The link works "
            "once, for 24 hours, in a browser that is logged in to that account."
        ).format(product=site.PRODUCT),
        link=f"{settings().base_url}/change/{token}",
        label=_("Use this address"),
        quiet=_("If it was not you, you need do nothing."),
    )


def write_address_changed(session: Session, user: User, old_email: str, token: str) -> None:
    """Told to the former address, with the way back: whoever took the account over cannot stop this."""
    mailer.send_note(
        session,
        to=old_email,
        name=user.name,
        subject=_("Your address at {product} was changed").format(product=site.PRODUCT),
        words=_(
            "Your account now belongs to another e-mail address, and mails go there.\n\nIf this was you, there "
            "is nothing to do. If it was not, take the account back; this works for 7 days."
        ),
        link=f"{settings().base_url}/undo/{token}",
        label=_("It was not me: take it back"),
        quiet=_("Taking it back logs everybody out, and you choose a new password. Help: {support_email}.").format(
            support_email=site.SUPPORT_EMAIL
        ),
    )


def write_goodbye(session: Session, email: str, user_id: str) -> None:
    """The last mail, once everything is gone."""
    mailer.send_note(
        session,
        to=email,
        subject=_("Your {product} account is deleted").format(product=site.PRODUCT),
        words=_(
            "Your account and everything you saved in it are deleted, and your plan, if you had one, has "
            "ended. Invoices stay with our payment provider for as long as tax law asks.\n\nThank you for "
            "having been here."
        ),
        quiet=_("You can open a new account whenever you like."),
        key=f"goodbye:{user_id}",
    )
