"""Six digits by mail, in place of a password or a link: rules inside one transaction of the system."""

from sqlmodel import Session, col

from saas_app.auth import emails, limits, links, service, sessions
from saas_app.auth.addresses import Address
from saas_app.auth.models import EmailToken, User
from saas_app.auth.second import HalfIn
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.core import audit, jobs, ratelimit
from saas_app.core.errors import Refused
from saas_app.core.words import _


def ask_to_log_in(session: Session, address: Address, digest: str) -> None:
    """Leave a note to mail a code that works in one browser: the one whose cookie has this digest.

    Whether there is an account is looked up later, so that nobody can time it here.
    """
    if ratelimit.count(session, limits.CODES_BY_ADDRESS, address.key) <= limits.CODES_BY_ADDRESS.limit:
        jobs.enqueue(session, "code asked", {"email_key": address.key, "digest": digest})


@jobs.handles("code asked")
async def answer_code(job: jobs.Job) -> jobs.Effect:
    """Mail a code to the account that is meant, if there is one."""

    def write(session: Session) -> None:
        user = next(iter(service.accounts_of(session, job.payload["email_key"])), None)
        if user is not None:
            mailed = links.issue(session, user, "login", digest=job.payload["digest"])
            emails.write_code(session, user, mailed.code)

    return write


def log_in(
    session: Session, digest: str, code: str, visit: Visit, *, remember: bool, replaces: str = ""
) -> LoggedIn | HalfIn | None:
    """Log in by a code that was mailed, which proves the address too. None when the code is wrong.

    An account that had not proved its address may have been opened by a stranger, who knows its password: unless this
    browser was used with it before, the password is void and everybody else is out.
    """
    user = links.use_code(session, code, "login", col(EmailToken.digest) == digest)
    if user is None or service.owner_of(session, user.email_key) not in (None, user):
        return None
    if user.email_verified_at is None and user.id not in visit.known:
        user.password_hash = ""
        sessions.close_all(session, user.id)
    service.make_owner(session, user)
    return service.welcome_back(session, user, visit, remember=remember, replaces=replaces, method="code")


def prove(session: Session, user_id: str, code: str, visit: Visit) -> bool:
    """The address is proved by its code. False when the code is wrong."""
    user = links.use_code(session, code, "verify", col(EmailToken.user_id) == user_id)
    if user is None or service.owner_of(session, user.email_key) not in (None, user):
        return False
    service.make_owner(session, user)
    audit.record(session, user.id, "address confirmed", ip=visit.ip, device=visit.device)
    return True


def ask_to_confirm(session: Session, user_id: str) -> None:
    """Mail a code to somebody who is logged in, to prove that it is still them."""
    user = session.get_one(User, user_id)
    if user.email_verified_at is None:
        raise Refused(_("Please confirm your e-mail address first."))
    ratelimit.hit(session, limits.CODES_BY_ADDRESS, user.email_key)
    emails.write_code(session, user, links.issue(session, user, "confirm").code)


def confirm(session: Session, user_id: str, code: str, digest: str, visit: Visit) -> LoggedIn | None:
    """It is still them: a new token for this browser. None when the code is wrong."""
    user = links.use_code(session, code, "confirm", col(EmailToken.user_id) == user_id)
    return sessions.renew(session, user, digest, visit) if user else None
