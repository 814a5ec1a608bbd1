"""Getting in by a mailed code, and proving again who one is: from the limits to the last commit."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from saas_app.auth import codes, limits, passwords, sessions
from saas_app.auth.addresses import read_address
from saas_app.auth.flows import NO_ADDRESS, note_entry
from saas_app.auth.links import LinkGone
from saas_app.auth.models import User
from saas_app.auth.second import HalfIn
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.core import db, logs, ratelimit, tokens
from saas_app.core.errors import BadInput
from saas_app.core.viewer import Viewer
from saas_app.core.words import _

WRONG_CODE = _("This code is wrong or has run out. Please look at the newest mail, or ask for another one.")
WRONG_PASSWORD = _("This is not your password.")


async def ask_for_code(email: str, visit: Visit) -> str:
    """Mail a code, if there is such an account. Returns what this browser must show with the code; it tells nothing."""
    address = read_address(email)
    if address is None:
        raise BadInput({"email": NO_ADDRESS})
    await db.run_system("throttle", ratelimit.hit, limits.ASKED_BY_IP, visit.ip)
    token = tokens.new_token()
    await db.run_system("log-in", codes.ask_to_log_in, address, tokens.digest(token))
    logs.security("code asked", ip=visit.ip)
    return token


async def log_in_by_code(token: str, code: str, visit: Visit, *, remember: bool, replaces: str) -> LoggedIn | HalfIn:
    """Log this browser in, which has asked for a code, or half-way. The words are the same for every kind of wrong."""
    await db.run_system("throttle", ratelimit.hit, limits.LINKS_BY_IP, visit.ip)
    digest = tokens.digest(token)
    try:
        entry = await db.run_system("log-in", codes.log_in, digest, code, visit, remember=remember, replaces=replaces)
    except IntegrityError as error:  # another account proved the same address at the same time
        raise LinkGone from error
    if entry is None:
        logs.security("log-in failed", ip=visit.ip)
        raise BadInput({"code": WRONG_CODE})
    note_entry(entry, visit)
    return entry


async def prove_by_code(viewer: Viewer, code: str, visit: Visit) -> None:
    """Prove the address of whoever is logged in."""
    await db.run_system("throttle", ratelimit.hit, limits.LINKS_BY_IP, visit.ip)
    try:
        proved = await db.run_system("email verification", codes.prove, viewer.id, code, visit)
    except IntegrityError as error:
        raise LinkGone from error
    if not proved:
        raise BadInput({"code": WRONG_CODE})


async def mail_confirmation(viewer: Viewer, visit: Visit) -> None:
    """Mail a code with which somebody who is logged in proves that it is still them."""
    await db.run_system("throttle", ratelimit.hit, limits.ASKED_BY_IP, visit.ip)
    await db.run_system("account", codes.ask_to_confirm, viewer.id)


async def confirm_by_code(viewer: Viewer, code: str, digest: str, visit: Visit) -> LoggedIn:
    """It is still them, by a mailed code."""
    await db.run_system("throttle", ratelimit.hit, limits.CONFIRMS_BY_USER, viewer.id)
    entry = await db.run_system("account", codes.confirm, viewer.id, code, digest, visit)
    if entry is None:
        raise BadInput({"code": WRONG_CODE})
    return entry


async def confirm_by_password(viewer: Viewer, password: str, digest: str, visit: Visit) -> LoggedIn:
    """It is still them, by their password."""
    await db.run_system("throttle", ratelimit.hit, limits.CONFIRMS_BY_USER, viewer.id)
    kept = await db.read_system("account", _hash_of, viewer.id)
    if await passwords.first_that_fits(password, [kept]) is None or len(password) > passwords.LONGEST:
        logs.security("confirmation failed", ip=visit.ip, user=viewer.id)
        raise BadInput({"password": WRONG_PASSWORD})
    return await db.run_system("account", _renew, viewer.id, kept, digest, visit)


def _hash_of(session: Session, user_id: str) -> str:
    return session.get_one(User, user_id).password_hash


def _renew(session: Session, user_id: str, kept: str, digest: str, visit: Visit) -> LoggedIn:
    user = sessions.hold_user(session, user_id)
    if user is None or user.password_hash != kept:  # changed while we were checking
        raise BadInput({"password": WRONG_PASSWORD})
    return sessions.renew(session, user, digest, visit)
