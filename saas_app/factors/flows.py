"""Second factors from the limits to the last commit. A try is counted, a challenge used up, before it is looked at."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from saas_app.auth import limits as auth_limits
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.core import db, logs, ratelimit
from saas_app.core.errors import BadInput
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.factors import challenges, limits, service, steps
from saas_app.factors.challenges import Purpose
from saas_app.factors.models import Challenge
from saas_app.factors.service import TurnedOn

LONGEST_NAME = 60
WRONG_CODE = _("This code is wrong, or was used already. Please type the one that the app shows now.")
WRONG_RECOVERY = _("This is none of your recovery codes, or it was used already.")


class TooLate(BadInput):
    """A passkey that answers what we have not asked, or asked too long ago."""

    def __init__(self) -> None:
        super().__init__({"form": _("This took too long. Please try again.")})


# --- The second step of a log-in


async def finish_by_code(token: str, code: str, visit: Visit, replaces: str) -> LoggedIn:
    """Log in by the app's code."""
    await db.run_system("throttle", ratelimit.hit, limits.STEPS_BY_IP, visit.ip)
    user = await db.read_system("log-in", steps.who, token)
    await db.run_system("throttle", ratelimit.hit, limits.CODES_BY_USER, user.id)
    entry = await db.run_system("log-in", steps.finish_by_code, token, code, visit, replaces)
    return _let_in(entry, visit, {"code": WRONG_CODE})


async def finish_by_recovery(token: str, code: str, visit: Visit, replaces: str) -> LoggedIn:
    """Log in by a recovery code."""
    await db.run_system("throttle", ratelimit.hit, limits.STEPS_BY_IP, visit.ip)
    entry = await db.run_system("log-in", steps.finish_by_recovery, token, code, visit, replaces)
    return _let_in(entry, visit, {"recovery": WRONG_RECOVERY})


async def finish_by_key(token: str, asked: str, credential: str, visit: Visit, replaces: str) -> LoggedIn:
    """Log in by a passkey as the second factor."""
    await db.run_system("throttle", ratelimit.hit, limits.STEPS_BY_IP, visit.ip)
    challenge = await _taken(asked, "passkey second")
    entry = await db.run_system("log-in", steps.finish_by_key, token, credential, challenge, visit, replaces)
    return _let_in(entry, visit, {})


async def log_in_by_key(
    asked: str, credential: str, visit: Visit, replaces: str, *, remember: bool = False
) -> LoggedIn:
    """Log in by a passkey and nothing else."""
    await db.run_system("throttle", ratelimit.hit, limits.STEPS_BY_IP, visit.ip)
    challenge = await _taken(asked, "passkey log-in")
    entry = await db.run_system(
        "log-in", steps.log_in_by_key, credential, challenge, visit, replaces, remember=remember
    )
    return _let_in(entry, visit, {})


async def confirm_by_key(viewer: Viewer, asked: str, credential: str, digest: str, visit: Visit) -> LoggedIn:
    """It is still them, by a passkey."""
    await db.run_system("throttle", ratelimit.hit, auth_limits.CONFIRMS_BY_USER, viewer.id)
    challenge = await _taken(asked, "passkey confirm", viewer.id)
    return await db.run_system("account", steps.confirm_by_key, credential, challenge, digest, visit)


async def confirm_by_app(viewer: Viewer, code: str, digest: str, visit: Visit) -> LoggedIn:
    """It is still them, by the app's code."""
    await db.run_system("throttle", ratelimit.hit, auth_limits.CONFIRMS_BY_USER, viewer.id)
    entry = await db.run_system("account", steps.confirm_by_app, viewer.id, code, digest, visit)
    if entry is None:
        logs.security("confirmation failed", ip=visit.ip, user=viewer.id)
        raise BadInput({"app": WRONG_CODE})
    return entry


async def ways_to_confirm(viewer: Viewer) -> dict[str, bool]:
    """Which second factors this person can show: `has_app`, `has_passkeys`."""
    return await db.read_system("log-in", service.ways, viewer.id)


# --- What passkeys are asked; each returns the options, and what the browser has to bring with the answer


async def ask_to_log_in(visit: Visit) -> tuple[str, str]:
    """Any passkey that this browser has for us."""
    from saas_app.factors import signing  # here, since few processes ever need it

    await db.run_system("throttle", ratelimit.hit, limits.PASSKEYS_ASKED_BY_IP, visit.ip)
    asked = signing.ask_for_known([], verified=True)
    return asked.options, await db.run_system("log-in", _keep, "passkey log-in", asked.challenge, None)


async def ask_for_second(token: str, visit: Visit) -> tuple[str, str]:
    """One of the passkeys of whoever is half-way in."""
    await db.run_system("throttle", ratelimit.hit, limits.PASSKEYS_ASKED_BY_IP, visit.ip)
    user = await db.read_system("log-in", steps.who, token)
    return await _ask_known("passkey second", user.id, verified=False)


async def ask_to_confirm(viewer: Viewer) -> tuple[str, str]:
    """One of my passkeys."""
    return await _ask_known("passkey confirm", viewer.id, verified=True)


async def ask_for_new(viewer: Viewer) -> tuple[str, str]:
    """A new passkey."""
    from saas_app.factors import signing  # here, since few processes ever need it

    def ask(session: Session) -> tuple[str, str]:
        user = service.owner_of_address(session, viewer.id)
        asked = signing.ask_for_new(user, service.keys_of(session, viewer.id))
        return asked.options, _keep(session, "passkey new", asked.challenge, viewer.id)

    return await db.run_system("account", ask)


# --- The settings


async def secret_to_be(viewer: Viewer) -> str:
    """The secret of an app that is being set up."""
    try:
        return await db.run_system("account", service.secret_to_be, viewer.id, viewer.session_id)
    except IntegrityError:  # a second tab was as quick, and its secret is there now
        return await db.run_system("account", service.secret_to_be, viewer.id, viewer.session_id)


async def turn_on(viewer: Viewer, code: str, digest: str, visit: Visit) -> TurnedOn:
    """Set the authenticator app up."""
    await db.run_system("throttle", ratelimit.hit, auth_limits.CONFIRMS_BY_USER, viewer.id)
    done = await db.run_system("account", service.turn_on, viewer.id, viewer.session_id, code, digest, visit)
    if done is None:
        raise BadInput({"code": WRONG_CODE})
    logs.security("authenticator app set up", ip=visit.ip, user=viewer.id)
    return done


async def turn_off(viewer: Viewer, visit: Visit) -> None:
    """Do without the authenticator app."""
    await db.run_system("account", service.turn_off, viewer.id, visit)
    logs.security("authenticator app turned off", ip=visit.ip, user=viewer.id)


async def make_codes(viewer: Viewer, visit: Visit) -> tuple[str, ...]:
    """New recovery codes."""
    await db.run_system("throttle", ratelimit.hit, auth_limits.CONFIRMS_BY_USER, viewer.id)
    codes = await db.run_system("account", service.make_codes, viewer.id, visit)
    logs.security("recovery codes made anew", ip=visit.ip, user=viewer.id)
    return codes


async def add_key(viewer: Viewer, asked: str, name: str, credential: str, digest: str, visit: Visit) -> TurnedOn:
    """Keep a new passkey, under a name by which its owner knows it again: by default the device it was made on."""
    from saas_app.factors import signing  # here, since few processes ever need it

    name = name.strip() or visit.device
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput({"name": _("Please use at most {most} ordinary characters.").format(most=LONGEST_NAME)})
    challenge = await _taken(asked, "passkey new", viewer.id)
    key = signing.check_new(credential, challenge.payload["challenge"])
    done = await db.run_system("account", service.add_key, viewer.id, name, key, digest, visit)
    logs.security("passkey added", ip=visit.ip, user=viewer.id)
    return done


async def remove_key(viewer: Viewer, key_id: str, visit: Visit) -> None:
    """Do without a passkey."""
    await db.run_system("account", service.remove_key, viewer.id, key_id, visit)
    logs.security("passkey removed", ip=visit.ip, user=viewer.id)


async def _ask_known(purpose: Purpose, user_id: str, *, verified: bool) -> tuple[str, str]:
    from saas_app.factors import signing  # here, since few processes ever need it

    def ask(session: Session) -> tuple[str, str]:
        asked = signing.ask_for_known(service.keys_of(session, user_id), verified=verified)
        return asked.options, _keep(session, purpose, asked.challenge, user_id)

    return await db.run_system("log-in", ask)


async def _taken(asked: str, purpose: Purpose, user_id: str | None = None) -> Challenge:
    challenge = await db.run_system("log-in", challenges.take, asked, purpose)
    if challenge is None or user_id not in (None, challenge.user_id):
        raise TooLate
    return challenge


def _keep(session: Session, purpose: Purpose, challenge: str, user_id: str | None) -> str:
    return challenges.keep(session, purpose, {"challenge": challenge}, user_id=user_id)


def _let_in(entry: LoggedIn | None, visit: Visit, wrong: dict[str, str]) -> LoggedIn:
    if entry is None:
        logs.security("second factor failed", ip=visit.ip)
        raise BadInput(wrong)
    logs.security("logged in", ip=visit.ip, user=entry.user_id)
    return entry
