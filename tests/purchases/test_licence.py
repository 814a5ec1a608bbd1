"""A licence for good opens the same gates as a plan, and the better of the two counts."""

from collections.abc import AsyncGenerator

import pytest

from saas_app.auth import service as accounts
from saas_app.billing import setup
from saas_app.billing.account import sync_account
from saas_app.billing.entitlements import FeatureLocked, entitlements, require
from saas_app.billing.goods import GOODS, OneTime
from saas_app.billing.plans import Feature, PlanPrice
from saas_app.billing.service import billing
from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.purchases import checkout
from tests.factories import a_user, as_system
from tests.purchases.market import Market

LIFETIME = OneTime(
    key="pro_for_good",
    name="Pro for good",
    description="All of Pro, paid once.",
    sells=("All of Pro",),
    price=PlanPrice("", 19900, "eur", "pro_for_good"),
    unlocks="pro_v1",
)


@pytest.fixture
async def lifetime(market: Market) -> AsyncGenerator[Market]:
    """The shop, selling a licence too."""
    GOODS[LIFETIME.key] = LIFETIME
    await setup.set_up(lambda line: None)
    yield market
    del GOODS[LIFETIME.key]


async def _buy(market: Market, viewer: Viewer) -> str:
    url = await checkout.start_purchase(viewer, LIFETIME.key)
    market.pay(url)
    await market.tell_all()
    return url.rpartition("/")[2]


def _plan(viewer: Viewer) -> str:
    with db.session_for(viewer, read_only=True) as session:
        return entitlements(session).plan.key


async def test_a_licence_opens_the_gates_of_its_plan_until_it_is_refunded(lifetime: Market) -> None:
    ada = a_user()
    session_id = await _buy(lifetime, ada)
    assert _plan(ada) == "pro_v1"
    await db.read(ada, require, Feature.COMPARE)
    view = await db.read(ada, billing)
    assert (view.plan_name, view.status, view.price, view.paid, view.subscribed) == (
        *("Pro", "Yours", "Paid once", True, False),
    )
    lifetime.refund(session_id)
    await lifetime.tell_all()
    assert _plan(ada) == "free"
    with pytest.raises(FeatureLocked):
        await db.read(ada, require, Feature.COMPARE)


@pytest.mark.parametrize(("subscribed", "counts"), [("pro_v1", "pro_v1"), ("agent_v1", "agent_v1")])
async def test_the_better_of_subscription_and_licence_counts(lifetime: Market, subscribed: str, counts: str) -> None:
    ada = a_user()
    await lifetime.subscribe(ada, subscribed, "month")
    await _buy(lifetime, ada)
    await sync_account(ada.id)
    assert _plan(ada) == counts
    assert not (await db.read(ada, entitlements)).for_good


async def test_an_unproved_account_that_has_paid_is_more_than_an_address(market: Market) -> None:
    first = a_user("First", email="same@example.com", email_verified_at=None)
    second = a_user("Second", email="same@example.com", email_verified_at=None)
    await market.buy(second)
    await market.tell_all()
    ranked = as_system(lambda session: [user.id for user in accounts.accounts_of(session, "same@example.com")])
    assert ranked == [second.id, first.id]
