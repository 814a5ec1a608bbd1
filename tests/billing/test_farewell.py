"""Whoever deletes their account is not charged again, and their invoices stay where the tax office finds them."""

import pytest

from saas_app.account import leaving
from saas_app.account.models import AccountDeletion, FormerMember
from saas_app.auth.models import User
from saas_app.auth.sessions import Visit
from saas_app.billing import checkout, farewell
from saas_app.billing.account import sync_account
from saas_app.billing.gateway.errors import StripeUnavailable
from saas_app.billing.models import CheckoutAttempt, Customer, Subscription
from saas_app.core import clock
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.factories import a_user, as_system

assert farewell  # adds its part to leaving


async def test_the_subscription_ends_at_stripe_before_the_rows_go(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    mine = rows(Subscription)[0]
    as_system(lambda session: leaving.ask(session, ada.id, Visit()))
    await do_waiting_work()
    assert shop.ask(f"subscriptions/{mine.stripe_subscription_id}")["status"] == "canceled"
    assert len(shop.all("invoices")) == 1
    assert rows(User) == rows(Subscription) == rows(Customer) == []
    assert [row.had_trial for row in rows(FormerMember)] == [False]


async def test_a_subscription_that_no_webhook_told_of_ends_too(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    assert rows(Subscription) == []
    as_system(lambda session: leaving.ask(session, ada.id, Visit()))
    await do_waiting_work()
    assert [each["status"] for each in shop.all("subscriptions?status=all")] == ["canceled"]


async def test_an_open_checkout_can_no_longer_be_paid(shop: Stripe) -> None:
    ada = a_user()
    await checkout.start_checkout(ada, "pro_v1", "year")
    as_system(lambda session: leaving.ask(session, ada.id, Visit()))
    await do_waiting_work()
    assert [each["status"] for each in shop.all("checkout/sessions")] == ["expired"]
    assert rows(CheckoutAttempt) == []


async def test_while_stripe_is_away_nothing_goes_and_it_goes_on_afterwards(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    as_system(lambda session: leaving.ask(session, ada.id, Visit()))
    shop.tell("down", seconds=600)
    with pytest.raises(StripeUnavailable):
        await farewell.end_at_stripe(ada.id)
    await do_waiting_work()
    assert len(rows(User)) == len(rows(Subscription)) == 1
    shop.tell("down", seconds=0)
    as_system(lambda session: setattr(session.get_one(AccountDeletion, ada.id), "due_at", clock.now()))
    await do_waiting_work()
    assert rows(User) == []
    assert [each["status"] for each in shop.all("subscriptions?status=all")] == ["canceled"]
