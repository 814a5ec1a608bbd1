"""Make a Stripe account ready for us, or find that it is. A second run changes nothing.

The same steps run against the sandbox and against Stripe.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from saas_app.billing import catalogue as mirror
from saas_app.billing.endpoint import ensure_endpoint
from saas_app.billing.gateway import catalogue as stripe_side
from saas_app.billing.goods import GOODS
from saas_app.billing.models import MIRRORED, Customer, StripeObject
from saas_app.billing.plans import SOLD
from saas_app.billing.push import push_catalogue
from saas_app.billing.stripe_account import (
    ACCOUNT,
    PORTAL,
    OtherAccount,
    account_in_use,
    check_account,
    remember,
    stripe_object,
)
from saas_app.core import db
from saas_app.core.config import settings

TAG = "ladrillo"
PORTAL_WRITTEN = "portal_configuration_written"
EVENTS = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.discount.created",
    "customer.discount.updated",
    "customer.discount.deleted",
    "customer.tax_id.created",
    "customer.tax_id.updated",
    "customer.tax_id.deleted",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "refund.failed",
    "payment_intent.processing",
    "payment_method.attached",
    "payment_method.detached",
    "payment_method.automatically_updated",
    "product.created",
    "product.updated",
    "product.deleted",
    "price.created",
    "price.updated",
    "price.deleted",
]


@dataclass(frozen=True)
class Report:
    """What the set-up did, one line for a person each; empty when everything was there."""

    lines: tuple[str, ...]


async def set_up(say: Callable[[str], None]) -> Report:
    """Account, catalogue, portal configuration and webhook endpoint, in this order."""
    done: list[str] = []

    def did(line: str) -> None:
        done.append(line)
        say(line)

    await _adopt_account(did)
    await push_catalogue((*SOLD, *GOODS.values()), did, say, follow=settings().stripe_mode == "sandbox")
    await _mirror_catalogue()
    await _portal(did)
    await ensure_endpoint(EVENTS, did)
    return Report(tuple(done))


async def sync_catalogue() -> None:
    """Mirror Stripe's products and prices, and let the portal sell the same. Raises OtherAccount."""
    await check_account()
    await _mirror_catalogue()
    if configuration := await db.read_system("stripe objects", stripe_object, PORTAL):
        await write_portal(configuration)


async def _mirror_catalogue() -> None:
    products, prices = await stripe_side.list_products(), await stripe_side.list_prices()
    await db.run_system("catalogue", mirror.mirror, products, prices)


async def _adopt_account(did: Callable[[str], None]) -> None:
    """Another account knows none of our customers: forget what we mirrored of the old one, unless it was live."""
    account = await account_in_use()
    known = await db.read_system("stripe objects", stripe_object, ACCOUNT)
    if known == account:
        return
    if known.startswith("live:"):
        raise OtherAccount(known, account)
    if known:
        await db.run_system("stripe set-up", forget_account)
        did("This is another Stripe account: what was mirrored of the last one is forgotten.")
    await db.run_system("stripe set-up", remember, ACCOUNT, account)
    mode, _, id_ = account.partition(":")
    did(f"Using the Stripe account {id_} ({mode}).")


def forget_account(session: Session) -> None:
    """Drop everything that only the old account knows; users and what they made stay."""
    for table in MIRRORED:
        session.exec(sa.delete(table))
    session.exec(
        sa.update(Customer)
        .where(col(Customer.id).is_not(None))
        .values(stripe_customer_id=None, generation=Customer.generation + 1, card_brand="", card_last4="")
    )
    session.exec(sa.delete(StripeObject))


async def _portal(did: Callable[[str], None]) -> None:
    """A configuration of ours, found by its tag or made."""
    known = await db.read_system("stripe objects", stripe_object, PORTAL)
    found = await stripe_side.find_portal_configuration(TAG)
    if await write_portal(found, anew=found != known):
        did("Configured the customer portal.")


async def portal_wanted() -> dict[str, Any]:
    """The portal configuration as it has to be for what is sold now."""
    return stripe_side.portal_parameters(
        tag=TAG,
        headline="Ladrillo: your plan and your invoices",
        return_url=f"{settings().base_url}/billing/back",
        products=await db.read_system("catalogue", mirror.switchable),
    )


async def write_portal(configuration_id: str, *, anew: bool = False) -> bool:
    """Write the portal configuration if it differs from what was written last."""
    parameters = await portal_wanted()
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
    if not anew and digest == await db.read_system("stripe objects", stripe_object, PORTAL_WRITTEN):
        return False
    made = await stripe_side.write_portal_configuration(configuration_id, parameters)
    await db.run_system("stripe set-up", remember, PORTAL, made)
    await db.run_system("stripe set-up", remember, PORTAL_WRITTEN, digest)
    return True


def has_catalogue(session: Session) -> bool:
    """Whether anything was ever mirrored."""
    return session.exec(select(StripeObject).where(StripeObject.name == mirror.VERSION)).first() is not None
