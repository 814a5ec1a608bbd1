"""What we write to people who change or leave their account."""

from sqlmodel import Session

from saas_app import site
from saas_app.auth.models import User
from saas_app.core import mailer
from saas_app.core.config import settings


def write_confirm_new(session: Session, user: User, new_email: str, token: str) -> None:
    """The link that proves a new address, sent there. Without a name: it may be somebody else's mailbox."""
    mailer.send_note(
        session,
        to=new_email,
        subject=f"Confirm your new address for {site.PRODUCT}",
        words=f"Somebody, perhaps you, wants to use this address for an account at {site.PRODUCT}. The link works "
        "once, for 24 hours, in a browser that is logged in to that account.",
        link=f"{settings().base_url}/change/{token}",
        label="Use this address",
        quiet="If it was not you, you need do nothing.",
    )


def write_address_changed(session: Session, user: User, old_email: str, token: str) -> None:
    """Told to the former address, with the way back: whoever took the account over cannot stop this."""
    mailer.send_note(
        session,
        to=old_email,
        name=user.name,
        subject=f"Your address at {site.PRODUCT} was changed",
        words="Your account now belongs to another e-mail address, and mails go there.\n\n"
        "If this was you, there is nothing to do. If it was not, take the account back; this works for 7 days.",
        link=f"{settings().base_url}/undo/{token}",
        label="It was not me: take it back",
        quiet=f"Taking it back logs everybody out, and you choose a new password. Help: {site.SUPPORT_EMAIL}.",
    )


def write_goodbye(session: Session, email: str, user_id: str) -> None:
    """The last mail, once everything is gone."""
    mailer.send_note(
        session,
        to=email,
        subject=f"Your {site.PRODUCT} account is deleted",
        words="Your account and everything you saved in it are deleted, and your plan, if you had one, has ended. "
        "Invoices stay with our payment provider for as long as tax law asks.\n\nThank you for having been here.",
        quiet="You can open a new account whenever you like.",
        key=f"goodbye:{user_id}",
    )
