"""From who came back from a provider to who is logged in here."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from saas_app.auth import flows as auth_flows
from saas_app.auth import limits
from saas_app.auth.addresses import Address, read_address
from saas_app.auth.second import HalfIn
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.core import db, logs, ratelimit
from saas_app.core.errors import BadInput, Conflict, Refused
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.social import service
from saas_app.social.providers import Claims, configured


class NoAddress(Refused):
    """The provider gives no address, or one that it has not verified."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("{name} does not say that your e-mail address is confirmed. Please confirm it there first.").format(
                name=name
            )
        )


@dataclass(frozen=True, slots=True)
class PasswordNeeded:
    """Somebody here has proved this address, so its password has to say that this is them."""

    address: Address


async def enter(claims: Claims, visit: Visit, *, replaces: str) -> LoggedIn | HalfIn | PasswordNeeded:
    """Log in by an identity, or open an account with it. Raises NoAddress, Conflict."""
    await db.run_system("throttle", ratelimit.hit, limits.LOGINS_BY_IP, visit.ip)
    user = await db.read_system("log-in", service.user_of, claims)
    if user is not None:
        entry = await db.run_system("log-in", service.log_in, user.id, claims, visit, replaces=replaces)
        if entry is None:
            raise Conflict(_("This account was disconnected while you were away. Please log in another way."))
        auth_flows.note_entry(entry, visit)
        return entry
    address = read_address(claims.email)
    if address is None:
        raise NoAddress(configured()[claims.provider].name)
    if await db.read_system("sign-up", service.is_taken, address):
        return PasswordNeeded(address)
    await db.run_system("throttle", ratelimit.hit, limits.SIGNUPS_BY_IP, visit.ip)
    name = claims.name.strip()
    name = address.email.partition("@")[0][: auth_flows.LONGEST_NAME] if auth_flows.wrong_name(name) else name
    try:
        entry = await db.run_system("sign-up", service.open_account, claims, address, name, visit, replaces=replaces)
    except IntegrityError:  # the same person came twice at once, or proved the address in another way just now
        return PasswordNeeded(address)
    logs.security("signed up", ip=visit.ip)
    return entry


async def link(claims: Claims, address: Address, password: str, visit: Visit, *, replaces: str) -> LoggedIn | HalfIn:
    """Log in by the password of the account with this address, and connect the identity to it.

    Whoever owes a second factor connects later, under Settings: the password alone is not enough for that.
    """
    try:
        entry = await auth_flows.log_in(address.email, password, visit, replaces=replaces)
    except BadInput as error:  # the page has one field, and has said already that there is such an account
        raise BadInput({"password": _("This is not the password of that account.")}) from error
    if not isinstance(entry, HalfIn):
        await db.run_system("account", service.connect, entry.user_id, claims, visit)
    return entry


async def connect(viewer: Viewer, claims: Claims, visit: Visit) -> None:
    """Connect one more identity to somebody who is logged in and has lately proved who they are."""
    await db.run_system("account", service.connect, viewer.id, claims, visit)
