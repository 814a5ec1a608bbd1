"""Whose account an identity opens: rules inside one transaction of the system.

An identity opens the account it was connected to, and no other. One that is new opens a new account, if the provider
has verified its address and nobody here has proved that address before; else the person has to show that the account
is theirs, by its password.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from saas_app.account import service as accounts
from saas_app.auth import service, sessions
from saas_app.auth.addresses import Address
from saas_app.auth.models import User
from saas_app.auth.second import HalfIn
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.core import audit, clock
from saas_app.core.errors import Conflict
from saas_app.core.words import _
from saas_app.social.models import Identity
from saas_app.social.providers import Claims


@dataclass(frozen=True, slots=True)
class IdentityView:
    """A connected account as its owner sees it."""

    id: str
    provider: str
    email: str


def user_of(session: Session, claims: Claims) -> User | None:
    """The account that this identity was connected to."""
    ours = (Identity.issuer == claims.issuer, Identity.subject == claims.subject)
    query = select(User).join(Identity, col(Identity.user_id) == col(User.id)).where(*ours, service.IS_HERE)
    return session.exec(query).first()


def is_taken(session: Session, address: Address) -> bool:
    """Whether somebody here has proved this address."""
    return service.owner_of(session, address.key) is not None


def log_in(session: Session, user_id: str, claims: Claims, visit: Visit, *, replaces: str) -> LoggedIn | HalfIn | None:
    """Log in by a connected identity. None when it was disconnected meanwhile."""
    sessions.hold_user(session, user_id)
    user = user_of(session, claims)
    if user is None or user.id != user_id:
        return None
    return service.welcome_back(session, user, visit, remember=False, replaces=replaces, method=claims.provider)


def open_account(
    session: Session, claims: Claims, address: Address, name: str, visit: Visit, *, replaces: str
) -> LoggedIn:
    """A new account with an address that the provider has verified, and no password."""
    user = User(
        name=name,
        email=address.email,
        email_key=address.key,
        email_verified_at=clock.now(),
        password_hash="",
        terms_version=sessions.terms_in_force(),
        terms_accepted_at=clock.now(),
    )
    session.add(user)
    session.flush()
    service.make_owner(session, user)
    _connect(session, user.id, claims, visit)
    audit.record(session, user.id, f"signed up by {claims.provider}", ip=visit.ip, device=visit.device)
    return sessions.open_session(session, user, visit, replaces=replaces, method=claims.provider)


def connect(session: Session, user_id: str, claims: Claims, visit: Visit) -> None:
    """From now on this identity opens this account. Conflict when it opens another one."""
    owner = user_of(session, claims)
    if owner is not None and owner.id != user_id:
        raise Conflict(_("This account elsewhere opens another account of ours already."))
    if owner is None:
        _connect(session, user_id, claims, visit)


def disconnect(session: Session, user_id: str, identity_id: str, visit: Visit) -> None:
    """From now on this identity opens nothing. Somebody else's id finds nothing."""
    mine = (col(Identity.id) == identity_id, col(Identity.user_id) == user_id)
    if session.exec(delete(Identity).where(*mine)).rowcount:
        audit.record(session, user_id, "account elsewhere disconnected", ip=visit.ip, device=visit.device)


def forget(session: Session, user_id: str) -> None:
    """From now on no identity opens this account."""
    session.exec(delete(Identity).where(col(Identity.user_id) == user_id))


def connected(session: Session) -> list[IdentityView]:
    """The identities of the person whose session this is."""
    rows = session.exec(select(Identity).order_by(col(Identity.created_at))).all()
    return [IdentityView(row.id, row.provider, row.email) for row in rows]


def _connect(session: Session, user_id: str, claims: Claims, visit: Visit) -> None:
    session.add(
        Identity(
            user_id=user_id,
            provider=claims.provider,
            issuer=claims.issuer,
            subject=claims.subject,
            email=claims.email,
        )
    )
    audit.record(session, user_id, f"{claims.provider} connected", ip=visit.ip, device=visit.device)


accounts.forget.append(forget)
