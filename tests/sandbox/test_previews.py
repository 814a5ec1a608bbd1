"""A preview says what the invoice will be: also at the end of a trial, and with a schedule that waits."""

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import Shop


def _on_trial(shop: Shop) -> Any:
    customer = shop.customer()
    method = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    items = [{"price": shop.monthly.id}]
    wanted = {"customer": customer.id, "items": items, "trial_period_days": 14, "default_payment_method": method.id}
    return shop.api.subscriptions.create(wanted)


def test_ending_a_trial_for_another_plan_costs_what_the_preview_says(shop: Shop) -> None:
    made = _on_trial(shop)
    item = [{"id": made["items"].data[0].id, "price": shop.team_monthly.id}]
    details = {"items": item, "trial_end": "now", "proration_behavior": "none"}
    preview = shop.api.invoices.create_preview({"subscription": made.id, "subscription_details": details})
    shop.api.subscriptions.update(made.id, {"items": item, "trial_end": "now", "proration_behavior": "none"})
    paid = shop.api.invoices.list({"subscription": made.id}).data[0]
    assert (preview.total, paid.total, paid.status) == (4900, 4900, "paid")
    assert preview.lines.data[0].period.end == paid.lines.data[0].period.end


def test_a_trial_cannot_be_previewed_where_there_is_none(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    with pytest.raises(stripe.InvalidRequestError, match="running trial"):
        shop.api.invoices.create_preview(
            {"subscription": subscription.id, "subscription_details": {"trial_end": "now"}}
        )


def test_the_next_invoice_is_that_of_the_phase_that_begins_then(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    schedule = shop.api.subscription_schedules.create({"from_subscription": subscription.id})
    now = schedule.phases[0]
    running = {"items": [{"price": shop.monthly.id}], "start_date": now.start_date, "end_date": now.end_date}
    later = {"items": [{"price": shop.yearly.id}], "duration": {"interval": "year", "interval_count": 1}}
    shop.api.subscription_schedules.update(schedule.id, {"phases": [running, later]})
    preview = shop.api.invoices.create_preview({"subscription": subscription.id})
    assert preview.total == 19000
    assert preview.lines.data[0].period.start == now.end_date
