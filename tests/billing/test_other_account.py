"""A key of another account, as after a slip in `.env`: it knows none of our customers, and none is forgotten."""

import pytest

from saas_app.billing import checkout, reconcile, stripe_account
from saas_app.billing.account import bind, open_account, sync_account
from saas_app.billing.models import Customer, Product, Subscription
from saas_app.billing.setup import sync_catalogue
from saas_app.billing.stripe_account import ACCOUNT, OtherAccount, account_in_use, remember, stripe_object
from saas_app.core.viewer import Viewer
from tests.billing.rows import subscription
from tests.billing.shop import Stripe, rows
from tests.factories import a_user, as_system


@pytest.fixture
def ada(shop: Stripe) -> Viewer:
    """She pays in our live account; the key at hand is of another one."""
    viewer = a_user()
    as_system(lambda session: bind(session, open_account(session, viewer.id), "cus_ours"))
    as_system(lambda session: session.add(subscription(viewer.id)))
    _rows_belong_to("live:acct_ours")
    return viewer


def _rows_belong_to(account: str) -> None:
    as_system(lambda session: remember(session, ACCOUNT, account))
    stripe_account._checked.clear()


async def test_a_key_of_another_account_forgets_nobody_who_pays(ada: Viewer) -> None:
    with pytest.raises(OtherAccount, match="live:acct_ours"):
        await sync_account(ada.id)
    assert await reconcile.sync_some() == 0
    assert [row.stripe_customer_id for row in rows(Customer)] == ["cus_ours"]
    assert [row.status for row in rows(Subscription)] == ["active"]


async def test_a_key_of_another_account_sells_nothing(shop: Stripe, ada: Viewer) -> None:
    bob = a_user("Bob")
    for viewer in (ada, bob):
        with pytest.raises(OtherAccount):
            await checkout.start_checkout(viewer, "pro_v1", "year")
    assert shop.all("customers") == shop.all("checkout/sessions") == []


async def test_a_key_of_another_account_changes_neither_prices_nor_what_was_seen(shop: Stripe, ada: Viewer) -> None:
    for product in shop.all("products"):
        shop.change(f"products/{product['id']}", active="false")
    for look in (sync_catalogue, reconcile.catch_up):
        with pytest.raises(OtherAccount):
            await look()
    assert {row.active for row in rows(Product)} == {True}
    assert as_system(lambda session: stripe_object(session, reconcile.WATERMARK)) == ""


async def test_with_the_right_key_everything_goes_on(shop: Stripe) -> None:
    bob = a_user("Bob")
    await shop.subscribe(bob)
    _rows_belong_to("live:acct_of_another")
    with pytest.raises(OtherAccount):
        await sync_account(bob.id)
    _rows_belong_to(await account_in_use())
    await sync_account(bob.id)
    assert [row.status for row in rows(Subscription)] == ["active"]
