"""Which Stripe account these rows are the mirror of, and what the set-up made there."""

from sqlmodel import Session

from saas_app.billing.gateway import catalogue as stripe_side
from saas_app.billing.models import StripeObject
from saas_app.core import db
from saas_app.core.clock import now
from saas_app.core.config import settings
from saas_app.core.errors import AppError

ACCOUNT = "account"
PORTAL = "portal_configuration"


class OtherAccount(AppError):
    """The key belongs to another account, or another mode, than the rows in this database."""

    status = 409
    passes = True

    def __init__(self, was: str, now_is: str) -> None:
        way_out = "or another DATABASE_URL" if was.startswith("live:") else "or run: python -m saas_app stripe-setup"
        super().__init__(
            f"This database belongs to the Stripe account {was}, but STRIPE_SECRET_KEY is of {now_is}. "
            f"Use that account's key, {way_out}."
        )


async def account_in_use() -> str:
    """The account that the key belongs to, with its mode: live:acct_…"""
    return f"{settings().stripe_mode}:{await stripe_side.fetch_account_id()}"


async def check_account() -> None:
    """Go on only with the account that the set-up has seen; raises OtherAccount.

    Another account knows none of our customers, which would look as if all of them had been deleted. A key never
    changes its account, so each process asks once.
    """
    key = (settings().stripe_api_base, settings().stripe_secret_key)
    if key in _checked:
        return
    known = await db.read_system("stripe objects", stripe_object, ACCOUNT)
    if not known:
        return
    found = await account_in_use()
    if found != known:
        raise OtherAccount(known, found)
    _checked.add(key)


_checked: set[tuple[str, str]] = set()


def stripe_object(session: Session, name: str) -> str:
    """What the set-up stored under this name; '' when it has not run."""
    row = session.get(StripeObject, name)
    return row.value if row else ""


def remember(session: Session, name: str, value: str) -> None:
    """Store what the set-up made, by our name for it."""
    session.merge(StripeObject(name=name, value=value, updated_at=now()))
