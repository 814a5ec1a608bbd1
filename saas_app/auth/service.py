"""Rules about accounts, each inside one transaction of the system. Who may ask, and how often, is the flows' matter.

Whose address is it? An address belongs to the one account that has proved it by a mail. Signing up with an address
that is taken makes a separate, unproved account, which looks in every way like a fresh one; only the mail differs,
and only the owner of the mailbox sees that. So nobody learns who has an account, and an account that a stranger
made in advance with somebody's address is worth nothing: whoever proves the address has an account of their own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from saas_app.auth import emails, limits, links, second, sessions
from saas_app.auth.addresses import Address, key_of
from saas_app.auth.models import EmailToken, User
from saas_app.auth.second import First, HalfIn
from saas_app.auth.sessions import LoggedIn, Visit
from saas_app.core import audit, clock, jobs, ratelimit
from saas_app.core.audit import network_of
from saas_app.core.errors import Conflict, NotFound
from saas_app.core.words import _

IS_HERE = col(User.leaving_at).is_(None)
TRIED = 20  # accounts of an address that a log-in looks at, all with one hash

# What a stranger would not do with an account in somebody else's name, such as paying. A feature adds its own.
stakes: list[ColumnElement[bool]] = []
# What else becomes somebody's when they have proved their address. A feature adds its own.
on_proved: list[Callable[[Session, User], None]] = []


def create_account(
    session: Session, name: str, address: Address, password_hash: str, visit: Visit, *, replaces: str = ""
) -> LoggedIn:
    """A new account, logged in on this browser."""
    user = User(
        name=name,
        email=address.email,
        email_key=address.key,
        password_hash=password_hash,
        terms_version=sessions.terms_in_force(),
        terms_accepted_at=clock.now(),
    )
    session.add(user)
    session.flush()
    if ratelimit.count(session, limits.MAILS_BY_ADDRESS, user.email_key) <= limits.MAILS_BY_ADDRESS.limit:
        write_to_prove(session, user)
    audit.record(session, user.id, "signed up", ip=visit.ip, device=visit.device)
    return sessions.open_session(session, user, visit, replaces=replaces)


def write_again(session: Session, user_id: str) -> None:
    """Mail the link that proves the address anew. When it is too soon for that, the link that was sent stays good."""
    user = session.get_one(User, user_id)
    if user.email_verified_at:
        raise Conflict(_("Your address is confirmed already."))
    ratelimit.hit(session, limits.MAILS_BY_ADDRESS, user.email_key)
    write_to_prove(session, user)


def write_to_prove(session: Session, user: User) -> None:
    """Mail the link that proves the address, or tell its owner. Count before: few of these an hour reach a mailbox."""
    mailed = links.issue(session, user, "verify")  # made in both cases, so that both take as long
    owner = owner_of(session, user.email_key)
    if owner is None:
        emails.write_verification(session, user, mailed.token, mailed.code)
    else:
        links.withdraw(session, user.id, "verify")
        emails.write_already_a_member(session, owner)


def owner_of(session: Session, key: str) -> User | None:
    """The account that has proved this address."""
    return session.exec(
        select(User).where(User.email_key == key, col(User.email_verified_at).is_not(None), IS_HERE)
    ).first()


def accounts_of(session: Session, key: str, known: frozenset[str] = frozenset()) -> Sequence[User]:
    """The accounts that are meant by an address: the owner, those `known` in this browser, those with a stake, and
    the oldest others. Whoever signs up with somebody's address later comes last, and keeps nobody out.
    """
    return session.exec(_meant(tuple(stakes)), params={"key": key, "known": list(known)}).all()


@cache  # each log-in asks, and putting the question together takes longer than answering it
def _meant(with_a_stake: tuple[ColumnElement[bool], ...]) -> SelectOfScalar[User]:
    rank = sa.case(
        (col(User.email_verified_at).is_not(None), 0),
        (col(User.id).in_(sa.bindparam("known", expanding=True)), 1),
        (sa.or_(sa.false(), *with_a_stake), 2),
        else_=3,
    )
    theirs = select(User).where(col(User.email_key) == sa.bindparam("key"), IS_HERE)
    return theirs.order_by(rank, col(User.created_at), col(User.id)).limit(TRIED)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody whose password was right, for `user` as it was looked up then. `better_hash` is kept in place of an
    outdated one, and the session `replaces` ends.
    """

    user: User
    visit: Visit
    remember: bool = False
    better_hash: str = ""
    replaces: str = ""


def admit_all(session: Session, entries: Sequence[Entry]) -> list[LoggedIn | HalfIn | None]:
    """Log these accounts in. None for one that was changed while we were checking.

    First all accounts are held, then the tries of addresses and at last of devices forgotten, each in the order in
    which they are counted (tries.py).
    """
    asked = {entry.user.id: entry.user.email_key for entry in entries}
    held = {
        user_id: sessions.hold_user(session, user_id) for user_id in sorted(asked, key=lambda each: (asked[each], each))
    }
    rows = [_still_right(held[entry.user.id], entry) for entry in entries]
    for key in sorted({row.email_key for row in rows if row and row.email_verified_at}):
        forget_failures(session, key)
    for user_id in sorted({row.id for row in rows if row}):
        ratelimit.clear(session, (limits.LOGINS_BY_DEVICE, user_id))
    return [_admit(session, row, entry) if row else None for row, entry in zip(rows, entries, strict=True)]


def _still_right(row: User | None, entry: Entry) -> User | None:
    """The account, if the password that was shown still opens it: its hash is as it was, or was made anew just now."""
    shown = entry.user.password_hash
    same = row is not None and row.leaving_at is None and row.password_hash in (shown, entry.better_hash or shown)
    return row if same else None


def _admit(session: Session, row: User, entry: Entry) -> LoggedIn | HalfIn:
    if entry.better_hash:
        row.password_hash = entry.better_hash
    return welcome_back(session, row, entry.visit, remember=entry.remember, replaces=entry.replaces, method="password")


def welcome_back(
    session: Session, user: User, visit: Visit, *, remember: bool, replaces: str, method: str
) -> LoggedIn | HalfIn:
    """Log in somebody whose first factor was right, unless they owe a second one. Every way in comes through here."""
    half = second.hold(session, First(user.id, method, remember))
    if half is not None:
        return half
    return open_wholly(session, user, visit, remember=remember, replaces=replaces, method=method)


def open_wholly(
    session: Session,
    user: User,
    visit: Visit,
    *,
    remember: bool,
    replaces: str,
    method: str,
    second_factor_at: datetime | None = None,
) -> LoggedIn:
    """Log in somebody who owes nothing more; a browser that is new to a proved account is told of by mail."""
    audit.record(session, user.id, f"logged in by {method}", ip=visit.ip, device=visit.device)
    if user.email_verified_at and user.id not in visit.known:
        emails.write_new_device(session, user, visit.device, network_of(visit.ip))
    return sessions.open_session(
        session,
        user,
        visit,
        remember=remember,
        replaces=replaces,
        method=method,
        second_factor_at=second_factor_at,
    )


def prove(session: Session, token: str, user_id: str, visit: Visit) -> None:
    """The address is proved, for the account that is logged in where the link was opened; other links to it are void.

    Not for the account that the link was mailed for, if that is another one: a stranger may have opened it with this
    address, and would own what the mailbox proves.
    """
    user = session.get(User, user_id)
    linked = links.use(session, token, "verify")
    if user is None or user.email_key != linked.email_key or owner_of(session, user.email_key) not in (None, user):
        raise links.LinkGone
    make_owner(session, user)
    audit.record(session, user.id, "address confirmed", ip=visit.ip, device=visit.device)


def ask_for_reset(session: Session, address: Address) -> None:
    """Leave a note to mail a link. Whether there is an account is looked up later, so that nobody can time it here."""
    if ratelimit.count(session, limits.RESETS_BY_ADDRESS, address.key) <= limits.RESETS_BY_ADDRESS.limit:
        jobs.enqueue(session, "reset asked", {"email_key": address.key})


@jobs.handles("reset asked")
async def answer_reset(job: jobs.Job) -> jobs.Effect:
    """Mail the link to the account that a reset means, if there is one."""

    def write(session: Session) -> None:
        user = next(iter(accounts_of(session, job.payload["email_key"])), None)
        if user is not None:
            emails.write_reset(session, user, links.issue(session, user, "reset").token)

    return write


def reset_password(session: Session, token: str, password_hash: str, visit: Visit) -> None:
    """A new password by a link from a mail, which proves the address too. Everybody is logged out, and told."""
    user = links.use(session, token, "reset")
    if owner_of(session, user.email_key) not in (None, user):
        raise links.LinkGone
    make_owner(session, user)
    user.password_hash = password_hash
    user.password_changed_at = clock.now()
    links.withdraw(session, user.id)
    sessions.close_all(session, user.id)
    audit.record(session, user.id, "password reset", ip=visit.ip, device=visit.device)
    emails.write_password_changed(session, user)


def accept_terms(session: Session, user_id: str, version: str, visit: Visit) -> None:
    """Write down that somebody has accepted the terms that count today; `version` is what they were shown."""
    if version != sessions.terms_in_force():
        raise Conflict(_("The terms have changed again. Please look at them once more."))
    user = session.get_one(User, user_id)
    user.terms_version, user.terms_accepted_at = version, clock.now()
    audit.record(session, user_id, f"accepted the terms of {version}", ip=visit.ip, device=visit.device)


def make_admin(session: Session, email: str) -> User:
    """Give the owner of a proved address the rights of an administrator. They count once a second factor is shown."""
    user = owner_of(session, key_of(email.strip()))
    if user is None:
        raise NotFound(f"No account has proved the address {email}.")
    user.is_admin = True
    audit.record(session, user.id, "made an administrator")
    return user


def forget_failures(session: Session, key: str) -> None:
    """The right person is here: what others tried no longer counts.

    Said only of whoever has proved the address: failures are counted by it, and an unproved account is anybody's.
    """
    ratelimit.clear(session, (limits.LOGINS_BY_ACCOUNT, key), (limits.FAILURES_IN_A_ROW, key))


def make_owner(session: Session, user: User) -> None:
    """The address is this account's; other links to it are void, but for a way back that its owner was mailed."""
    user.email_verified_at = user.email_verified_at or clock.now()
    session.add(user)
    session.flush()
    others = (
        col(EmailToken.email_key) == user.email_key,
        col(EmailToken.used_at).is_(None),
        col(EmailToken.purpose) != "undo",
    )
    session.exec(update(EmailToken).where(*others).values(used_at=clock.now()))
    for follow in on_proved:
        follow(session, user)
    forget_failures(session, user.email_key)
