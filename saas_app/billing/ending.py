"""Canceling for the end of what was paid, with the reason; and taking back what has not happened yet."""

from sqlmodel import Session

from saas_app.billing.account import sync_account
from saas_app.billing.entitlements import entitlements
from saas_app.billing.gateway import subscriptions
from saas_app.billing.gateway.errors import StripeRefused
from saas_app.billing.models import Subscription
from saas_app.billing.words import WHY_LEFT
from saas_app.core import db
from saas_app.core.errors import BadInput, Conflict
from saas_app.core.viewer import Viewer
from saas_app.core.words import _

LONGEST_COMMENT = 500


class NothingToCancel(Conflict):
    """There is no plan that would go on."""

    def __init__(self) -> None:
        super().__init__(_("There is no plan to cancel, or it is canceled already."))


async def cancel(viewer: Viewer, feedback: str, comment: str) -> None:
    """Let the plan end when what was paid is used up. A second click finds it done, which is no failure.

    Raises BadInput, NothingToCancel, StripeUnavailable.
    """
    if feedback and feedback not in WHY_LEFT:
        raise BadInput({"feedback": _("Please choose one of these, or none.")})
    if len(comment) > LONGEST_COMMENT:
        raise BadInput({"comment": _("Please use at most {most} characters.").format(most=LONGEST_COMMENT)})
    await sync_account(viewer.id)
    row = await db.read(viewer, _running)
    if row is None:
        raise NothingToCancel
    if row.ends_at is None:
        id_ = row.stripe_subscription_id
        if row.status in ("unpaid", "paused", "incomplete"):  # it opens nothing, so there is nothing to wait for
            await subscriptions.cancel_subscription(id_, feedback=feedback, comment=comment.strip())
        else:
            await subscriptions.cancel_at_period_end(id_, feedback=feedback, comment=comment.strip())
        await sync_account(viewer.id)


async def keep(viewer: Viewer) -> None:
    """Go on with the plan as it is: no end, and no change later. Raises StripeUnavailable, NothingToCancel."""
    await sync_account(viewer.id)
    row = await db.read(viewer, _running)
    if row is None:
        raise NothingToCancel
    try:
        if row.ends_at is not None:
            await subscriptions.keep(row.stripe_subscription_id)
        elif row.next_price_id:
            await subscriptions.release_schedule(row.stripe_subscription_id)
    except StripeRefused as error:  # it has ended while somebody thought about it
        await sync_account(viewer.id)
        if await db.read(viewer, _running) is None:
            raise NothingToCancel from error
        raise
    await sync_account(viewer.id)


def _running(session: Session) -> Subscription | None:
    row = entitlements(session).subscription
    if row is not None:
        session.expunge(row)
    return row
