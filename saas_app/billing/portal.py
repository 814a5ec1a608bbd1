"""The hosted portal, where customers change their card, switch and cancel without asking anybody."""

from sqlmodel import Session, select

from saas_app.billing.entitlements import by_rank
from saas_app.billing.gateway import hosted
from saas_app.billing.models import Customer, Subscription
from saas_app.billing.stripe_account import PORTAL, stripe_object
from saas_app.core import db
from saas_app.core.clock import now
from saas_app.core.config import settings
from saas_app.core.errors import AppError
from saas_app.core.viewer import Viewer
from saas_app.core.words import _

FLOWS = frozenset({"", "customer_update", "payment_method_update", "subscription_cancel", "subscription_update"})


class NothingToManage(AppError):
    """There is no customer at Stripe yet, so there is no portal to open."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("There is no billing to manage yet: you have never subscribed."))


async def open_portal(viewer: Viewer, *, flow: str = "") -> str:
    """The address of this viewer's own portal, opened at one task when `flow` names one.

    Raises NothingToManage, StripeUnavailable.
    """
    customer_id, subscription_id = await db.read(viewer, _mine)
    if not customer_id:
        raise NothingToManage
    configuration = await db.read_system("stripe objects", stripe_object, PORTAL)
    return await hosted.create_portal_session(
        stripe_customer_id=customer_id,
        configuration_id=configuration,
        return_url=f"{settings().base_url}/billing/back",
        flow=flow if flow in FLOWS else "",
        subscription_id=subscription_id,
    )


def _mine(session: Session) -> tuple[str, str]:
    customer = session.exec(select(Customer)).first()
    live = by_rank(session.exec(select(Subscription)).all(), now())
    first = live[0].stripe_subscription_id if live else ""
    return (customer.stripe_customer_id or "" if customer else "", first)
