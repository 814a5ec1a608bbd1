"""Whatever may be behind says how old it is."""

import pytest

from saas_app.billing import service
from saas_app.billing.account import sync_account
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.core import db
from tests.billing.shop import Stripe
from tests.conftest import Hands
from tests.factories import a_user


async def test_what_stripe_told_us_today_needs_no_date_and_what_it_told_us_before_has_one(
    shop: Stripe, hands: Hands
) -> None:
    viewer = a_user()
    await shop.subscribe(viewer)
    await sync_account(viewer.id)
    assert (await db.read(viewer, service.billing)).stale == ""
    seen = service.day(hands.at)
    hands.move(hours=25)
    assert (await db.read(viewer, service.billing)).stale == f"As of {seen}"


async def test_while_stripe_is_silent_it_is_said_of_when_this_is_until_it_answers_again(
    shop: Stripe, hands: Hands
) -> None:
    viewer = a_user()
    await shop.subscribe(viewer)
    await sync_account(viewer.id)
    seen = f"{service.day(hands.at)} at {hands.at:%H:%M} UTC"
    shop.tell("down", seconds=60)
    with pytest.raises(StripeUnavailable):
        await sync_account(viewer.id)
    view = await db.read(viewer, service.billing)
    assert view.stale == f"Our payment provider does not answer right now. This is what it told us on {seen}."
    assert view.paid
    shop.tell("down", seconds=0)
    await sync_account(viewer.id)
    assert (await db.read(viewer, service.billing)).stale == ""
