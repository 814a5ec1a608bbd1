"""What somebody owns now, and the plans that it opens for good."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from saas_app.auth import service as accounts
from saas_app.auth.models import User
from saas_app.billing import entitlements
from saas_app.billing.goods import GOODS
from saas_app.core.errors import Conflict, NotFound
from saas_app.core.words import _
from saas_app.purchases.models import Purchase, Standing

# Somebody has paid from this account, so it is more than an address that a stranger typed in.
accounts.stakes.append(sa.exists().where(col(Purchase.user_id) == User.id, col(Purchase.paid)))


class OwnedAlready(Conflict):
    """Buying the same thing again would help nobody."""

    def __init__(self) -> None:
        super().__init__(_("You own this already, so nothing was charged."))


class UnderWay(Conflict):
    """A payment for the same thing waits for a bank."""

    def __init__(self) -> None:
        super().__init__(_("Your payment for this is still under way. It opens by itself when your bank has answered."))


class Disputed(Conflict):
    """A payment for the same thing was disputed, and may come back."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The payment for this is disputed, so nothing was charged again. When your bank has decided, it is "
                "yours, or can be bought again."
            )
        )


def owned(session: Session) -> dict[str, Purchase]:
    """What the person whose session it is may use, by product key; bought twice, it counts by the first."""
    newest_first = select(Purchase).order_by(col(Purchase.bought_at).desc())
    return {row.product_key: row for row in session.exec(newest_first) if row.standing is Standing.OWNED}


def require_owned(session: Session, product_key: str) -> Purchase:
    """Go on only if this person owns that; NotFound for whoever does not, and for what does not exist."""
    found = owned(session).get(product_key)
    if found is None:
        raise NotFound
    return found


def refuse_owner(session: Session, product_key: str) -> None:
    """Go on only if it makes sense to buy this; raises OwnedAlready, UnderWay and Disputed."""
    standings = {row.standing for row in session.exec(select(Purchase).where(Purchase.product_key == product_key))}
    if Standing.OWNED in standings:
        raise OwnedAlready
    if Standing.PROCESSING in standings:
        raise UnderWay
    if Standing.FROZEN in standings:
        raise Disputed


def licences(session: Session) -> list[str]:
    """The plans that are open for good."""
    return [good.unlocks for key in owned(session) if (good := GOODS.get(key)) and good.unlocks]


entitlements.grants.append(licences)
