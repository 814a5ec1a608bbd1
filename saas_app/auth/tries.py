"""What a log-in costs whoever tries it, counted before the password is looked at, so that it is exact however many
come at once; and the accounts that it may try.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from saas_app.auth import limits, service
from saas_app.auth.models import User
from saas_app.auth.sessions import Visit
from saas_app.core import ratelimit
from saas_app.core.errors import AppError, Refused
from saas_app.core.words import _


class ResetNeeded(Refused):
    """So many wrong passwords in a row that only a mail helps; a browser the person has used before is let in."""

    def __init__(self) -> None:
        super().__init__(_("For your safety, please choose a new password: use “Forgot your password?” below."))


@dataclass(frozen=True, slots=True)
class Tries:
    """A log-in that was counted. `accounts` may be tried, `failure_counts` if none of them opens; `rings` when this one
    makes log-ins everywhere too many. With `refusal` nothing may be tried; it is no exception, so that what was counted
    stands.
    """

    accounts: Sequence[User] = ()
    failure_counts: bool = False
    rings: bool = False
    refusal: AppError | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """The accounts of an address, those of them that this browser has used, and which try this is."""

    found: Sequence[User]
    own: Sequence[User]
    by_ip: int
    by_account: int


def count_logins(session: Session, asked: Sequence[tuple[str, Visit]]) -> list[Tries]:
    """Count log-ins with the addresses that have these keys, in one transaction.

    The count of everybody comes first and makes other processes wait; then addresses, and then devices, each in one
    order here and when they are forgiven (service.admit_all). So no two transactions wait for each other.
    """
    everywhere = ratelimit.count(session, limits.LOGINS, "", times=len(asked))
    rings = everywhere - len(asked) < limits.LOGINS.limit <= everywhere
    in_order = sorted(range(len(asked)), key=lambda place: asked[place][0])
    counted = {place: _count(session, *asked[place]) for place in in_order}
    by_device = dict.fromkeys(counted, 0)
    for user_id, place in sorted((user.id, place) for place, each in counted.items() for user in each.own):
        by_device[place] = max(by_device[place], ratelimit.count(session, limits.LOGINS_BY_DEVICE, user_id))
    told = [_judge(session, key, counted[place], by_device[place]) for place, (key, _) in enumerate(asked)]
    return [replace(each, rings=rings and place == 0) for place, each in enumerate(told)]


def _count(session: Session, key: str, visit: Visit) -> _Counted:
    found = service.accounts_of(session, key, visit.known)
    by_ip, by_account = ratelimit.count_all(session, [(limits.LOGINS_BY_IP, visit.ip), (limits.LOGINS_BY_ACCOUNT, key)])
    return _Counted(found, [user for user in found if user.id in visit.known], by_ip, by_account)


def _judge(session: Session, key: str, counted: _Counted, by_device: int) -> Tries:
    """Strangers share the tries of an address and can use them up; a browser has tries of its own for the very accounts
    that it has used before, and for these alone once the others are used up.
    """
    if counted.by_ip > limits.LOGINS_BY_IP.limit:
        return Tries(refusal=ratelimit.refusal(limits.LOGINS_BY_IP))
    refusal = None
    if counted.by_account > limits.LOGINS_BY_ACCOUNT.limit:
        refusal = ratelimit.refusal(limits.LOGINS_BY_ACCOUNT)
    elif ratelimit.is_full(session, limits.FAILURES_IN_A_ROW, key):
        refusal = ResetNeeded()
    if refusal is None:
        return Tries(counted.found, failure_counts=True)
    if not counted.own or by_device > limits.LOGINS_BY_DEVICE.limit:
        return Tries(refusal=refusal)
    return Tries(counted.own)
