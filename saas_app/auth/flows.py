"""Signing up, logging in and getting back in, from the limits to the last commit.

Passwords are checked between transactions, beside the event loop; every step that counts tries comes first and
stands, whatever happens after it. The answers for known and unknown addresses are the same words and the same work.
"""

import logging

from sqlalchemy.exc import IntegrityError

from saas_app.auth import limits, links, passwords, service, sessions
from saas_app.auth.addresses import Address, key_of, read_address
from saas_app.auth.models import User
from saas_app.auth.second import HalfIn
from saas_app.auth.service import Entry
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.auth.strength import weakness
from saas_app.auth.tries import count_logins
from saas_app.core import db, logs, ratelimit
from saas_app.core.errors import BadInput
from saas_app.core.together import Together
from saas_app.core.viewer import Viewer
from saas_app.core.visitors import is_at_home
from saas_app.core.words import _

log = logging.getLogger(__name__)

LONGEST_NAME = 80
NO_ADDRESS = _("This is not an e-mail address we can write to.")
WRONG = _("The e-mail address or the password is wrong.")


async def sign_up(name: str, email: str, password: str, visit: Visit, *, replaces: str = "") -> LoggedIn:
    """Open an account and log this browser in; BadInput says what is missing."""
    await db.run_system("throttle", ratelimit.hit, limits.FORMS_BY_IP, visit.ip)
    address = await passwords.beside(lambda: _check_form(name, email, password))
    if not is_at_home(visit.ip):  # who tries the product out plays many people
        await db.run_system("throttle", ratelimit.hit, limits.SIGNUPS_BY_IP, visit.ip)
    if await db.run_system("throttle", ratelimit.count, limits.SIGNUPS, "") == limits.SIGNUPS.limit:
        logs.security("many sign-ups", ip=visit.ip)
    kept = await passwords.hashed(password, address.key)
    opened = await db.run_system(
        "sign-up", service.create_account, name.strip(), address, kept, visit, replaces=replaces
    )
    logs.security("signed up", ip=visit.ip)
    return opened


async def log_in(
    email: str,
    password: str,
    visit: Visit,
    *,
    remember: bool = False,
    replaces: str = "",
) -> LoggedIn | HalfIn:
    """Log this browser in, or half-way where a second factor is on; BadInput in the same words whatever was wrong."""
    address = read_address(email)
    key = address.key if address else email.strip().casefold()[:254]
    tries = await _counting.add((key, visit))
    if tries.rings:
        logs.security("many log-ins", ip=visit.ip)
    if tries.refusal:
        raise tries.refusal
    place = await passwords.first_that_fits(password, [user.password_hash for user in tries.accounts])
    user = tries.accounts[place] if place is not None and len(password) <= passwords.LONGEST else None
    admitted = await _admit(user, password, visit, remember, replaces) if user else None
    if admitted is None:
        if tries.failure_counts:
            await db.run_system("throttle", ratelimit.count, limits.FAILURES_IN_A_ROW, key)
        logs.security("log-in failed", ip=visit.ip)
        raise BadInput({"form": WRONG})
    note_entry(admitted, visit)
    return admitted


def note_entry(entry: LoggedIn | HalfIn, visit: Visit) -> None:
    """Tell the log who came in, and who only half-way."""
    what = "second factor asked" if isinstance(entry, HalfIn) else "logged in"
    logs.security(what, ip=visit.ip, user=entry.user_id)


async def _admit(user: User, password: str, visit: Visit, remember: bool, replaces: str) -> LoggedIn | HalfIn | None:
    outdated = passwords.is_outdated(user.password_hash, user.email_key)
    better = await passwords.hashed(password, user.email_key) if outdated else ""
    return await _admitting.add(Entry(user, visit, remember, better, replaces))


# Log-ins that come at once are written together: each of them alone would wait for the disk twice.
_counting = Together("log-in", count_logins)
_admitting = Together("log-in", service.admit_all)


async def log_out(digest: str) -> None:
    """End the session of this browser."""
    await db.run_system("log-out", sessions.close_session, digest)


async def prove_address(token: str, viewer: Viewer | None, visit: Visit) -> str | None:
    """Use the link that proves an address; LinkGone when it is no longer good.

    Whoever is not logged in with this address has to log in first, and the link stays good: then the address is
    returned, else None.
    """
    await db.run_system("throttle", ratelimit.hit, limits.LINKS_BY_IP, visit.ip)
    linked = await db.read_system("email verification", links.owner, token, "verify")
    if viewer is None or key_of(viewer.email) != linked.email_key:
        return linked.email
    try:
        await db.run_system("email verification", service.prove, token, viewer.id, visit)
    except IntegrityError as error:  # two accounts proved the same address at once; the database chose
        raise links.LinkGone from error
    return None


async def resend_verification(viewer: Viewer, visit: Visit) -> None:
    """Mail the link again, to somebody who is logged in. Raises TooManyTries, or Conflict when nothing is to prove."""
    await db.run_system("throttle", ratelimit.hit, limits.ASKED_BY_IP, visit.ip)
    await db.run_system("email verification", service.write_again, viewer.id)


async def ask_for_reset(email: str, visit: Visit) -> None:
    """Mail a link for a new password, if there is such an account; the answer does not tell."""
    address = read_address(email)
    if address is None:
        raise BadInput({"email": NO_ADDRESS})
    await db.run_system("throttle", ratelimit.hit, limits.ASKED_BY_IP, visit.ip)
    await db.run_system("password reset", service.ask_for_reset, address)
    logs.security("reset asked", ip=visit.ip)


async def reset_password(token: str, password: str, visit: Visit) -> None:
    """Choose a new password. A password that is too weak does not use the link up."""
    await db.run_system("throttle", ratelimit.hit, limits.LINKS_BY_IP, visit.ip)
    user = await db.read_system("password reset", links.owner, token, "reset")
    wrong = await passwords.beside(lambda: weakness(password, user.name, user.email))
    if wrong:
        raise BadInput({"password": wrong})
    kept = await passwords.hashed(password, user.email_key)
    try:
        await db.run_system("password reset", service.reset_password, token, kept, visit)
    except IntegrityError as error:
        raise links.LinkGone from error
    logs.security("password reset", ip=visit.ip, user=user.id)


async def accept_terms(viewer: Viewer, version: str, visit: Visit) -> None:
    """Accept the terms of this version. Raises Conflict when others count by now."""
    await db.run_system("account", service.accept_terms, viewer.id, version, visit)


async def wrong_with(field: str, form: dict[str, str], visit: Visit) -> str:
    """What is wrong with one field so far; '' when nothing is, or when too much was asked: the form itself will say."""
    if await db.run_system("throttle", ratelimit.count, limits.CHECKS_BY_IP, visit.ip) > limits.CHECKS_BY_IP.limit:
        return ""
    typed, name, email = form.get(field, ""), form.get("name", ""), form.get("email", "")
    match field:
        case "name":
            return wrong_name(typed)
        case "email":
            return "" if read_address(typed) else NO_ADDRESS
        case "password":
            return await passwords.beside(lambda: weakness(typed, name, email)) or ""
        case _:
            return ""


def wrong_name(name: str) -> str:
    """What is wrong with what somebody wants to be called; '' when nothing is."""
    if not name.strip():
        return _("Please tell us what to call you.")
    if len(name.strip()) > LONGEST_NAME or not name.strip().isprintable():
        return _("Please use at most {most} ordinary characters.").format(most=LONGEST_NAME)
    return ""


def _check_form(name: str, email: str, password: str) -> Address:
    errors: dict[str, str] = {}
    if wrong := wrong_name(name):
        errors["name"] = wrong
    address = read_address(email)
    if address is None:
        errors["email"] = NO_ADDRESS
    wrong = weakness(password, name, email)
    if wrong:
        errors["password"] = wrong
    if errors or address is None:
        raise BadInput(errors)
    return address
