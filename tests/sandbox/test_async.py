"""Stripe's SDK as asynchronous programs use it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import stripe

from tests.sandbox.shop import Shop


@pytest.fixture
async def ours(shop: Shop) -> AsyncIterator[Any]:
    """The asynchronous client, in front of a shop that has something to sell."""
    client = stripe.HTTPXClient(timeout=20)
    yield stripe.StripeClient("sk_test_anything", base_addresses={"api": shop.url}, http_client=client).v1
    await client.close_async()


async def test_everything_works_without_blocking(shop: Shop, ours: Any) -> None:
    made = await asyncio.gather(*(ours.customers.create_async({"email": f"a{n}@example.com"}) for n in range(25)))
    assert len({each.id for each in made}) == 25
    listed = [each.email async for each in (await ours.customers.list_async({"limit": 10})).auto_paging_iter()]
    assert len(listed) == 25
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = await ours.customers.create_async({"email": "payer@example.com", **card})
    items = [{"price": shop.monthly.id}]
    subscription = await ours.subscriptions.create_async({"customer": customer.id, "items": items})
    assert subscription.status == "active"
    changed = await ours.subscriptions.update_async(subscription.id, {"cancel_at_period_end": True})
    assert changed.cancel_at_period_end
    assert (await ours.subscriptions.cancel_async(subscription.id)).status == "canceled"
    found = await ours.customers.search_async({"query": "email:'payer@example.com'"})
    assert [each.id for each in found.data] == [customer.id]


async def test_refusals_and_replays_are_the_same(shop: Shop, ours: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await ours.customers.retrieve_async("cus_nope")
    assert refused.value.code == "resource_missing"
    twice = [await ours.customers.create_async({"email": "a@b.co"}, {"idempotency_key": "one"}) for _ in range(2)]
    assert twice[0].id == twice[1].id
    with pytest.raises(stripe.CardError):
        await ours.payment_intents.create_async(
            {"amount": 500, "currency": "usd", "payment_method": "pm_card_chargeDeclined", "confirm": True}
        )
