"""Rules about second factors, each inside one transaction of the system.

A second factor is on as soon as there is an authenticator app or a passkey. From then on no first factor opens a
session by itself, and ten recovery codes stand in for what is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select, update

from saas_app.auth import second, sessions
from saas_app.auth.models import LoginSession, User
from saas_app.auth.second import First, HalfIn
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.core import audit, clock, happened
from saas_app.core.errors import Conflict, Refused
from saas_app.core.words import _
from saas_app.factors import challenges, emails, passkeys, recovery, totp
from saas_app.factors.models import Authenticator, Challenge, Passkey
from saas_app.factors.passkeys import NewKey

MOST_KEYS = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """Which second factors somebody has."""

    app: Authenticator | None
    passkeys: int
    codes_left: int
    is_admin: bool

    @property
    def is_on(self) -> bool:
        return self.app is not None or self.passkeys > 0


@dataclass(frozen=True, slots=True)
class TurnedOn:
    """What follows from the first second factor: this browser's new token, and the recovery codes to show once."""

    entry: LoggedIn | None = None
    codes: tuple[str, ...] = ()


def standing(session: Session, user_id: str) -> Standing:
    """How it stands with somebody's second factors."""
    user = session.get_one(User, user_id)
    app = session.get(Authenticator, user_id)
    return Standing(app, len(keys_of(session, user_id)), recovery.left(session, user_id), user.is_admin)


def is_on(session: Session, user_id: str) -> bool:
    """Whether somebody has any second factor."""
    has_app = sa.exists().where(col(Authenticator.user_id) == user_id)
    has_key = sa.exists().where(col(Passkey.user_id) == user_id)
    return session.exec(select(sa.or_(has_app, has_key))).one()


def ways(session: Session, user_id: str) -> dict[str, bool]:
    """Which second factors somebody can show: `has_app`, `has_passkeys`."""
    return {
        "has_app": session.get(Authenticator, user_id) is not None,
        "has_passkeys": bool(keys_of(session, user_id)),
    }


def keys_of(session: Session, user_id: str) -> Sequence[Passkey]:
    """Somebody's passkeys, the oldest first."""
    theirs = select(Passkey).where(Passkey.user_id == user_id)
    return session.exec(theirs.order_by(col(Passkey.created_at), col(Passkey.id))).all()


def hold(session: Session, first: First) -> HalfIn:
    """Keep a half log-in, and say which ways lead on."""
    token = challenges.keep(
        session, "second", {"method": first.method, "remember": first.remember}, user_id=first.user_id
    )
    app = "1" if session.get(Authenticator, first.user_id) else ""
    key = "1" if keys_of(session, first.user_id) else ""
    return HalfIn(token, first.user_id, f"/login/second?app={app}&key={key}")


def forget(session: Session, user_id: str) -> None:
    """Take all second factors away, and what was begun with them."""
    session.exec(delete(Authenticator).where(col(Authenticator.user_id) == user_id))
    session.exec(delete(Passkey).where(col(Passkey.user_id) == user_id))
    session.exec(delete(Challenge).where(col(Challenge.user_id) == user_id))
    recovery.drop(session, user_id)


# --- The authenticator app


def secret_to_be(session: Session, user_id: str, session_id: str) -> str:
    """The secret of an app that is being set up in one log-in session: the same for ten minutes, then another."""
    owner_of_address(session, user_id)
    begun = challenges.find(session, session_id, "app")
    if begun is not None:
        return begun.payload["secret"]
    secret = totp.new_secret()
    challenges.keep(session, "app", {"secret": secret}, user_id=user_id, token=session_id)
    return secret


def turn_on(session: Session, user_id: str, session_id: str, code: str, digest: str, visit: Visit) -> TurnedOn | None:
    """Set the app up, now that it has shown a right code. None when the code is wrong."""
    user, had_one = owner_of_address(session, user_id), is_on(session, user_id)
    if session.get(Authenticator, user_id):
        raise Conflict(_("An authenticator app is set up already. Turn it off first to set up another."))
    begun = challenges.find(session, session_id, "app")
    right = totp.check(begun.payload["secret"], code, None) if begun else None
    if begun is None or right is None:
        return None
    challenges.drop(session, begun.digest)
    session.add(Authenticator(user_id=user_id, secret=right.secret, last_counter=right.counter))
    _tell(session, user, visit, "authenticator app set up")
    return TurnedOn() if had_one else _first_of_all(session, user, digest, visit)


def turn_off(session: Session, user_id: str, visit: Visit) -> None:
    """The app counts no longer."""
    gone = session.exec(delete(Authenticator).where(col(Authenticator.user_id) == user_id)).rowcount
    if gone:
        _tell(session, session.get_one(User, user_id), visit, "authenticator app turned off")
        _settle(session, user_id)


def code_is_right(session: Session, user_id: str, code: str) -> bool:
    """Whether the app shows this code now. Each is good once: of two that come at once, one is."""
    app = session.get(Authenticator, user_id)
    right = totp.check(app.secret, code, app.last_counter) if app else None
    if right is None:
        return False
    mine = (col(Authenticator.user_id) == user_id, col(Authenticator.last_counter) < right.counter)
    used = {"last_counter": right.counter, "secret": right.secret, "used_at": clock.now()}
    return session.exec(update(Authenticator).where(*mine).values(**used)).rowcount == 1


# --- Recovery codes


def make_codes(session: Session, user_id: str, visit: Visit) -> tuple[str, ...]:
    """Ten new codes in place of the old ones."""
    if not is_on(session, user_id):
        raise Refused(_("Recovery codes are for a second factor. Set one up first."))
    _tell(session, session.get_one(User, user_id), visit, "recovery codes made anew")
    return recovery.make(session, user_id)


# --- Passkeys


def add_key(session: Session, user_id: str, name: str, key: NewKey, digest: str, visit: Visit) -> TurnedOn:
    """Keep a passkey."""
    user, had_one = owner_of_address(session, user_id), is_on(session, user_id)
    if len(keys_of(session, user_id)) >= MOST_KEYS:
        raise Conflict(_("{most} passkeys are enough. Remove one first.").format(most=MOST_KEYS))
    taken = session.exec(select(Passkey).where(Passkey.credential_id == key.credential_id)).first()
    if taken is not None:
        raise Conflict(_("This passkey is in use already."))
    session.add(
        Passkey(
            user_id=user_id,
            credential_id=key.credential_id,
            public_key=key.public_key,
            sign_count=key.sign_count,
            name=name,
            transports=key.transports,
        )
    )
    session.flush()
    _tell(session, user, visit, "passkey added")
    return TurnedOn() if had_one else _first_of_all(session, user, digest, visit)


def remove_key(session: Session, user_id: str, key_id: str, visit: Visit) -> None:
    """A passkey opens nothing any more. Somebody else's id finds nothing."""
    mine = (col(Passkey.id) == key_id, col(Passkey.user_id) == user_id)
    if session.exec(delete(Passkey).where(*mine)).rowcount != 1:
        raise Conflict(_("This passkey is removed already."))
    _tell(session, session.get_one(User, user_id), visit, "passkey removed")
    _settle(session, user_id)


def use_key(session: Session, credential: str, challenge: Challenge, *, verified: bool) -> User:
    """Whose passkey has signed the challenge. NoPasskey when none has, or not one of whoever was asked."""
    from saas_app.factors import signing  # here, since few processes ever need it

    said = passkeys.credential_id(credential)
    key = session.exec(select(Passkey).where(Passkey.credential_id == said).with_for_update()).first()
    user = session.get(User, key.user_id) if key else None
    if key is None or user is None or user.leaving_at is not None or challenge.user_id not in (None, user.id):
        raise passkeys.NoPasskey
    key.sign_count = signing.check_known(key, credential, challenge.payload["challenge"], verified=verified)
    key.used_at = clock.now()
    session.add(key)
    return user


# --- What they share


def owner_of_address(session: Session, user_id: str) -> User:
    """Somebody who has proved their address. A stranger may have opened an account with it, and would keep a key."""
    user = session.get_one(User, user_id)
    if user.email_verified_at is None:
        raise Refused(_("Please confirm your e-mail address first."))
    return user


def _first_of_all(session: Session, user: User, digest: str, visit: Visit) -> TurnedOn:
    """Other browsers have not shown it, so they are logged out; this one has."""
    session.flush()
    entry = sessions.renew(session, user, digest, visit, second_factor_at=clock.now())
    sessions.close_all_but(session, user.id, entry.token)
    return TurnedOn(entry, recovery.make(session, user.id))


def _settle(session: Session, user_id: str) -> None:
    """With the last factor go the recovery codes, and what sessions were allowed because of it."""
    if is_on(session, user_id):
        return
    recovery.drop(session, user_id)
    session.exec(update(LoginSession).where(col(LoginSession.user_id) == user_id).values(second_factor_at=None))


def _tell(session: Session, user: User, visit: Visit, event: str) -> None:
    audit.record(session, user.id, event, ip=visit.ip, device=visit.device)
    subject = happened.event(event)
    words = _("What has changed on your account: {event}.").format(event=subject[:1].lower() + subject[1:])
    emails.write_changed(session, user, subject, words)


second.kinds.append(second.Kind(is_on=is_on, hold=hold, forget=forget))
