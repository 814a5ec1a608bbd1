"""Subscriptions that pause, and changes that wait for their payment."""

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import Shop

HOUR = 3600


def item(subscription: Any) -> Any:
    return subscription["items"].data[0]


def middle(shop: Shop, subscription: Any) -> int:
    """Go to the middle of the period."""
    half = (item(subscription).current_period_start + item(subscription).current_period_end) // 2
    shop.advance(to=half)
    return half


# --- pausing


def test_a_paused_subscription_bills_nothing_and_gives_back_what_was_not_used(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    middle(shop, subscription)
    paused = shop.api.subscriptions.pause(subscription.id)
    assert paused.status == "paused"
    assert [each.amount for each in shop.api.invoice_items.list({"pending": True}).data] == [-950]
    shop.advance(seconds=40 * 24 * HOUR)
    assert len(shop.api.invoices.list({"subscription": subscription.id}).data) == 1
    assert shop.events()[-2:] == ["customer.subscription.updated", "customer.subscription.paused"]


def test_resuming_begins_a_new_period_and_uses_the_credit(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    middle(shop, subscription)
    shop.api.subscriptions.pause(subscription.id)
    shop.advance(seconds=40 * 24 * HOUR)
    resumed = shop.api.subscriptions.resume(subscription.id, {"billing_cycle_anchor": {"type": "now"}})
    invoice = shop.api.invoices.retrieve(resumed.latest_invoice)
    assert (resumed.status, invoice.total, invoice.status) == ("active", 950, "paid")
    assert item(resumed).current_period_start == resumed.billing_cycle_anchor > item(subscription).current_period_end
    assert shop.events()[-1] == "customer.subscription.resumed"


def test_resuming_in_the_old_rhythm_bills_the_rest_of_the_period(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    half = middle(shop, subscription)
    shop.api.subscriptions.pause(subscription.id, {"bill_for": {"unused_time_from": {"type": "none"}}})
    resumed = shop.api.subscriptions.resume(subscription.id, {"billing_cycle_anchor": {"type": "unchanged"}})
    assert item(resumed).current_period_end == item(subscription).current_period_end
    line = shop.api.invoices.retrieve(resumed.latest_invoice).lines.data[0]
    assert (line.amount, abs(line.period.start - half) < 120) == (950, True)


def test_only_a_paused_subscription_resumes_and_only_a_running_one_pauses(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    with pytest.raises(stripe.InvalidRequestError, match="not paused"):
        shop.api.subscriptions.resume(subscription.id)
    shop.api.subscriptions.pause(subscription.id)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be paused"):
        shop.api.subscriptions.pause(subscription.id)


def test_collection_that_is_paused_until_a_day_goes_on_by_itself(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    end = item(subscription).current_period_end
    pause = {"behavior": "void", "resumes_at": end + 5 * HOUR}
    shop.api.subscriptions.update(subscription.id, {"pause_collection": pause})
    shop.renew(subscription)
    assert shop.api.invoices.list({"subscription": subscription.id}).data[0].status == "void"
    shop.advance(seconds=5 * HOUR)
    assert shop.api.subscriptions.retrieve(subscription.id).pause_collection is None
    shop.renew(subscription)
    assert shop.api.invoices.list({"subscription": subscription.id}).data[0].status == "paid"


# --- changes that wait


def bank_declines(shop: Shop, customer: Any, subscription: Any) -> None:
    card = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": card.id})


def upgrade(shop: Shop, subscription: Any, **more: Any) -> Any:
    wanted = {
        "items": [{"id": item(subscription).id, "price": shop.team_monthly.id}],
        "payment_behavior": "pending_if_incomplete",
        "proration_behavior": "always_invoice",
        **more,
    }
    return shop.api.subscriptions.update(subscription.id, wanted)


def test_a_change_that_is_paid_at_once_is_made_at_once(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    after = upgrade(shop, subscription)
    assert (after.pending_update, item(after).price.id) == (None, shop.team_monthly.id)
    assert "customer.subscription.pending_update_applied" not in shop.events()


def test_a_change_that_is_not_paid_waits_and_leaves_the_subscription_as_it_is(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    bank_declines(shop, customer, subscription)
    waiting = upgrade(shop, subscription)
    assert (waiting.status, item(waiting).price.id) == ("active", shop.monthly.id)
    assert waiting.pending_update.subscription_items[0].price.id == shop.team_monthly.id
    invoice = shop.api.invoices.retrieve(waiting.latest_invoice)
    assert (invoice.status, invoice.total, invoice.next_payment_attempt) == ("open", 3000, None)
    good = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    shop.api.invoices.pay(invoice.id, {"payment_method": good.id})
    after = shop.api.subscriptions.retrieve(subscription.id)
    assert (after.pending_update, item(after).price.id) == (None, shop.team_monthly.id)
    assert "customer.subscription.pending_update_applied" in shop.events()


def test_a_change_that_is_never_paid_is_dropped_and_its_invoice_voided(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    bank_declines(shop, customer, subscription)
    waiting = upgrade(shop, subscription)
    shop.advance(seconds=23 * HOUR + 1)
    after = shop.api.subscriptions.retrieve(subscription.id)
    assert (after.pending_update, after.status, item(after).price.id) == (None, "active", shop.monthly.id)
    assert shop.api.invoices.retrieve(waiting.latest_invoice).status == "void"
    assert "customer.subscription.pending_update_expired" in shop.events()


def test_a_second_change_takes_the_place_of_the_first(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    bank_declines(shop, customer, subscription)
    first = upgrade(shop, subscription)
    second = upgrade(shop, subscription, items=[{"id": item(subscription).id, "quantity": 3}])
    assert shop.api.invoices.retrieve(first.latest_invoice).status == "void"
    assert second.pending_update.subscription_items[0].quantity == 3
    shop.api.subscriptions.cancel(subscription.id)
    assert shop.api.invoices.retrieve(second.latest_invoice).status == "void"


def test_nothing_else_may_be_changed_beside_a_pending_change(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    with pytest.raises(stripe.InvalidRequestError, match="metadata"):
        upgrade(shop, subscription, metadata={"a": "b"})
    assert shop.api.subscriptions.retrieve(subscription.id).metadata.to_dict() == {}


NO_CREDIT = {"bill_for": {"unused_time_from": {"type": "none"}}}


def test_going_on_may_wait_for_its_payment(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    bad = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    shop.api.subscriptions.pause(subscription.id, NO_CREDIT)
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    when_paid = {"payment_behavior": "resume_on_payment_success"}
    resumed = shop.api.subscriptions.resume(subscription.id, when_paid)
    assert resumed.status == "paused"
    assert "customer.subscription.resumed" not in shop.events()
    shop.api.invoices.pay(resumed.latest_invoice, {"payment_method": "pm_card_visa"})
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"
    assert "customer.subscription.resumed" in shop.events()

    shop.api.subscriptions.pause(subscription.id, NO_CREDIT)
    resumed = shop.api.subscriptions.resume(subscription.id, when_paid)
    shop.advance(seconds=23 * 3600 + 1)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "paused"
    assert shop.api.invoices.retrieve(resumed.latest_invoice).status == "void"


def test_going_on_at_once_is_late_when_the_card_is_declined(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    bad = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    shop.api.subscriptions.pause(subscription.id, NO_CREDIT)
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    assert shop.api.subscriptions.resume(subscription.id).status == "past_due"
