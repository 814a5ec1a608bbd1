"""A trial is offered once for each person, with a card or without."""

from collections.abc import Callable

import pytest

from saas_app.account import leaving
from saas_app.auth.sessions import Visit
from saas_app.billing import checkout
from saas_app.billing.account import sync_account
from saas_app.billing.entitlements import entitlements
from saas_app.billing.gateway.hosted import Terms
from saas_app.billing.models import Subscription
from saas_app.core import db
from saas_app.core.viewer import Viewer
from stripe_sandbox.contract import contract
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.factories import a_user, as_system

DAY = 86_400


def _plan(viewer: Viewer) -> str:
    with db.session_for(viewer.id, read_only=True) as session:
        return entitlements(session).plan.key


async def test_a_trial_opens_the_plan_and_is_paid_at_its_end(shop: Stripe, configured: Callable[..., None]) -> None:
    configured(TRIAL_DAYS="14")
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    row = rows(Subscription)[0]
    assert (_plan(ada), row.status, shop.all("charges")) == ("pro_v1", "trialing", [])
    shop.let_the_period_end(row.stripe_subscription_id)
    await sync_account(ada.id)
    assert rows(Subscription)[0].status == "active"
    assert shop.all("charges")[0]["amount"] == 7200


async def test_without_a_card_the_plan_is_paused_at_the_end_and_nothing_is_owed(
    shop: Stripe, configured: Callable[..., None]
) -> None:
    configured(TRIAL_DAYS="14", TRIAL_NEEDS_CARD="false")
    ada = a_user()
    url = await checkout.start_checkout(ada, "pro_v1", "year")
    session = shop.ask(f"checkout/sessions/{url.rpartition('/')[2]}")
    assert session["payment_method_collection"] == "if_required"
    shop.pay(url, number="")
    await sync_account(ada.id)
    assert _plan(ada) == "pro_v1"
    shop.let_the_period_end(rows(Subscription)[0].stripe_subscription_id)
    await sync_account(ada.id)
    assert (_plan(ada), rows(Subscription)[0].status) == ("free", "paused")


async def test_whoever_had_a_plan_gets_no_trial(shop: Stripe, configured: Callable[..., None]) -> None:
    configured(TRIAL_DAYS="14")
    ada = a_user()
    await shop.subscribe(ada)
    shop.delete(f"subscriptions/{shop.all('subscriptions')[0]['id']}")
    await shop.subscribe(ada)
    await sync_account(ada.id)
    assert sorted(row.status for row in rows(Subscription)) == ["active", "canceled"]


async def test_signing_up_again_after_deleting_the_account_gives_no_second_trial(
    shop: Stripe, configured: Callable[..., None]
) -> None:
    configured(TRIAL_DAYS="14")
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    as_system(lambda session: leaving.ask(session, ada.id, Visit()))
    await do_waiting_work()
    again, bob = a_user(), a_user("Bob")
    await shop.subscribe(again)
    await shop.subscribe(bob)
    for each in (again, bob):
        await sync_account(each.id)
    statuses = {row.user_id: row.status for row in rows(Subscription)}
    assert (statuses[again.id], statuses[bob.id]) == ("active", "trialing")


async def test_a_promotion_code_is_shown_as_the_discount_it_is(shop: Stripe) -> None:
    coupon = shop.change("coupons", percent_off=20, duration="repeating", duration_in_months=3, name="Spring")
    shop.change("promotion_codes", **{"promotion[type]": "coupon", "promotion[coupon]": coupon["id"], "code": "SPRING"})
    ada = a_user()
    url = await checkout.start_checkout(ada, "pro_v1", "month")
    shop.use_code(url, "SPRING")
    shop.pay(url)
    await sync_account(ada.id)
    row = rows(Subscription)[0]
    assert (row.discount_name, row.discount_percent, row.discount_duration) == ("Spring", "20", "repeating")
    assert row.discount_ends_at is not None


@pytest.mark.parametrize("days", [0, 14])
@pytest.mark.parametrize("needs_card", [True, False])
def test_terms_with_tax_are_terms_that_stripe_takes(days: int, needs_card: bool) -> None:
    given = Terms("price_1", "eur", trial_days=days, trial_needs_card=needs_card, tax=True).parameters()
    sent = {"mode": "subscription", "success_url": "https://example.com", "customer": "cus_1", **given}
    both = contract.from_spec(), contract.from_sdk(r"/v1/checkout")
    body = _encoded(sent)
    assert contract.check_both_requests(*both, "POST", "/v1/checkout/sessions", body) == []
    assert given["automatic_tax"] == {"enabled": True}
    assert given["customer_update"] == {"address": "auto", "name": "auto"}


def _encoded(params: object, name: str = "") -> str:
    if isinstance(params, dict):
        return "&".join(_encoded(value, f"{name}[{key}]" if name else str(key)) for key, value in params.items())
    if isinstance(params, list):
        return "&".join(_encoded(value, f"{name}[{place}]") for place, value in enumerate(params))
    return f"{name}={str(params).lower() if isinstance(params, bool) else params}"
