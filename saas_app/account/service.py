"""What people change of their own account. These are the system's transactions: users may not write such rows.

Who may ask was decided before: the form came from this very person, who had lately proved who they are.
"""

from collections.abc import Callable

from sqlmodel import Session

from saas_app.account import emails
from saas_app.auth import emails as auth_emails
from saas_app.auth import limits, links, second, service, sessions
from saas_app.auth.addresses import Address, key_of
from saas_app.auth.models import User
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.core import audit, clock, ratelimit
from saas_app.core.errors import BadInput
from saas_app.core.words import _

# What else opens an account, which is taken away when its owner takes it back. A feature adds its own.
forget: list[Callable[[Session, str], None]] = []


def rename(session: Session, user_id: str, name: str) -> None:
    """What to call somebody."""
    session.get_one(User, user_id).name = name


def change_password(session: Session, user_id: str, password_hash: str, digest: str, visit: Visit) -> LoggedIn:
    """A new password. Every other browser is logged out, and this one gets a new token."""
    user = session.get_one(User, user_id)
    user.password_hash = password_hash
    user.password_changed_at = clock.now()
    links.withdraw(session, user.id, "reset", "login", "confirm")
    audit.record(session, user.id, "password changed", ip=visit.ip, device=visit.device)
    auth_emails.write_password_changed(session, user)
    return _only_here(session, user, digest, visit)


def ask_for_address(session: Session, user_id: str, address: Address, visit: Visit) -> None:
    """Mail a link to the new address; the old one stays until it is used. The answer tells nothing of others."""
    user = session.get_one(User, user_id)
    if address.key == user.email_key and address.email == user.email:
        raise BadInput({"email": _("This is your address already.")})
    ratelimit.hit(session, limits.MAILS_BY_ADDRESS, address.key)
    mailed = links.issue(session, user, "change", new_email=address.email)
    owner = service.owner_of(session, address.key)
    if owner is None or owner.id == user.id:
        emails.write_confirm_new(session, user, address.email, mailed.token)
    else:
        auth_emails.write_already_a_member(session, owner)
    audit.record(session, user.id, "new address asked", ip=visit.ip, device=visit.device)


def change_address(session: Session, token: str, user_id: str, digest: str, visit: Visit) -> LoggedIn:
    """Use the link from the new address, in a browser that is logged in to the account. LinkGone when it is void.

    An account that had proved its former address keeps a way back to it for a week.
    """
    user, row = links.find(session, token, "change")
    if user.id != user_id:
        raise links.LinkGone
    links.use(session, token, "change")
    old_email, was_proved = user.email, user.email_verified_at is not None
    user.email, user.email_key, user.email_verified_at = row.new_email, key_of(row.new_email), clock.now()
    if service.owner_of(session, user.email_key) not in (None, user):
        raise links.LinkGone
    links.withdraw(session, user.id)
    service.make_owner(session, user)
    if was_proved:
        back = links.issue(session, user, "undo", new_email=old_email)
        emails.write_address_changed(session, user, old_email, back.token)
    audit.record(session, user.id, "address changed", ip=visit.ip, device=visit.device)
    return _only_here(session, user, digest, visit)


def take_back(session: Session, token: str, visit: Visit) -> None:
    """Use the way back: the former address again, everybody out, the password void, and a mail to choose a new one.

    Second factors and what is in `forget` go too, since whoever had the account may have set up theirs; so do ways back
    to addresses that it had after this one.
    """
    user, row = links.find(session, token, "undo")
    links.use(session, token, "undo")
    user.email, user.email_key, user.email_verified_at = row.new_email, key_of(row.new_email), clock.now()
    user.password_hash = ""
    second.forget(session, user.id)
    for each in forget:
        each(session, user.id)
    links.withdraw(session, user.id)
    links.withdraw_ways_back(session, user.id, row.created_at)
    service.make_owner(session, user)
    sessions.close_all(session, user.id)
    auth_emails.write_reset(session, user, links.issue(session, user, "reset").token)
    audit.record(session, user.id, "address taken back", ip=visit.ip, device=visit.device)


def _only_here(session: Session, user: User, digest: str, visit: Visit) -> LoggedIn:
    entry = sessions.renew(session, user, digest, visit)
    sessions.close_all_but(session, user.id, entry.token)
    return entry
