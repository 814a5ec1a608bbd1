"""From "Buy" to the hosted checkout, and back. The machinery is billing's: two clicks open one checkout."""

from sqlmodel import Session, select

from saas_app.billing import checkout
from saas_app.billing.account import ensure_customer, sync_account
from saas_app.billing.checkout import Kind, Outcome
from saas_app.core import db
from saas_app.core.errors import AppError
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.purchases import catalogue
from saas_app.purchases.entitlements import refuse_owner
from saas_app.purchases.models import Purchase, Standing


class NotSold(AppError):
    """Nobody can buy this now."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("This is not sold any more, so nothing was charged."))


def _kind(product_key: str) -> Kind:
    async def only_once(viewer: Viewer, price_id: str) -> str:
        await db.read(viewer, refuse_owner, product_key)
        return ""

    return Kind("purchase", "payment", "/purchases/return", "/billing", only_once)


async def start_purchase(viewer: Viewer, product_key: str, currency: str = "") -> str:
    """The address of the checkout for this product, in this currency if it is sold in it.

    Raises NotSold, OwnedAlready, UnderWay and Disputed, before which nothing is charged, and StripeUnavailable.
    """
    wish = await db.read_system("catalogue", catalogue.price_for, product_key, currency)
    if wish is None:
        raise NotSold
    kind = _kind(product_key)
    await sync_account(viewer.id)
    await kind.instead(viewer, wish.price_id)
    account = await ensure_customer(viewer)  # after the look, which forgets a customer that Stripe has deleted
    return await checkout.open_session(viewer, account, wish, kind)


async def finish(viewer: Viewer, session_id: str) -> Outcome:
    """What became of the purchase that somebody came back from paying. Raises NotFound as `own_session` does."""
    session = await checkout.own_session(viewer, session_id)
    if session.status != "complete":
        return Outcome.OPEN
    return Outcome.ACTIVE if await db.read(viewer, bought_in, session_id) else Outcome.PROCESSING


def bought_in(session: Session, session_id: str) -> list[str]:
    """The keys of what this person owns by this checkout."""
    found = session.exec(select(Purchase).where(Purchase.stripe_checkout_session_id == session_id)).all()
    return [row.product_key for row in found if row.standing is Standing.OWNED]
