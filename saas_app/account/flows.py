"""Changing an account: the checks and the hashing before the one transaction that writes."""

from sqlalchemy.exc import IntegrityError

from saas_app.account import service
from saas_app.auth import limits, passwords
from saas_app.auth.addresses import Address, key_of, read_address
from saas_app.auth.flows import NO_ADDRESS, wrong_name
from saas_app.auth.links import LinkGone
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.auth.strength import weakness
from saas_app.core import db, logs, ratelimit
from saas_app.core.errors import BadInput
from saas_app.core.viewer import Viewer


async def rename(viewer: Viewer, name: str) -> None:
    """Call this person otherwise."""
    wrong = wrong_name(name)
    if wrong:
        raise BadInput({"name": wrong})
    await db.run_system("account", service.rename, viewer.id, name.strip())


async def change_password(viewer: Viewer, password: str, digest: str, visit: Visit) -> LoggedIn:
    """Choose a new password, or a first one."""
    await db.run_system("throttle", ratelimit.hit, limits.CONFIRMS_BY_USER, viewer.id)
    wrong = await passwords.beside(lambda: weakness(password, viewer.name, viewer.email))
    if wrong:
        raise BadInput({"password": wrong})
    kept = await passwords.hashed(password, key_of(viewer.email))
    entry = await db.run_system("account", service.change_password, viewer.id, kept, digest, visit)
    logs.security("password changed", ip=visit.ip, user=viewer.id)
    return entry


async def ask_for_address(viewer: Viewer, email: str, visit: Visit) -> Address:
    """Ask for another address; nothing changes before it is proved. Gives the address as it was understood."""
    address = read_address(email)
    if address is None:
        raise BadInput({"email": NO_ADDRESS})
    await db.run_system("throttle", ratelimit.hit, limits.ASKED_BY_IP, visit.ip)
    await db.run_system("account", service.ask_for_address, viewer.id, address, visit)
    return address


async def change_address(viewer: Viewer, token: str, digest: str, visit: Visit) -> LoggedIn:
    """Use the link that was mailed to the new address."""
    await db.run_system("throttle", ratelimit.hit, limits.LINKS_BY_IP, visit.ip)
    try:
        entry = await db.run_system("account", service.change_address, token, viewer.id, digest, visit)
    except IntegrityError as error:  # somebody else proved the same address at the same time
        raise LinkGone from error
    logs.security("address changed", ip=visit.ip, user=viewer.id)
    return entry


async def take_back(token: str, visit: Visit) -> None:
    """Use the way back that was mailed to the former address."""
    await db.run_system("throttle", ratelimit.hit, limits.LINKS_BY_IP, visit.ip)
    try:
        await db.run_system("account", service.take_back, token, visit)
    except IntegrityError as error:
        raise LinkGone from error
    logs.security("address taken back", ip=visit.ip)
