"""A preview says what the invoice will be: also at the end of a trial, and with a schedule that waits."""

from typing import Any

import pytest
import stripe

from tests.sandbox.lives import Life
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


def _for_three_months(shop: Shop, price: Any) -> Life:
    """Somebody who pays a quarter less until 30 April."""
    ann = Life(shop, "2030-01-31")
    coupon = shop.api.coupons.create({"percent_off": 25, "duration": "repeating", "duration_in_months": 3})
    ann.subscribe(price, discounts=[{"coupon": coupon.id}])
    return ann


def test_a_coupon_for_three_months_takes_nothing_off_a_year_later(shop: Shop) -> None:
    ann = _for_three_months(shop, shop.yearly)
    preview = shop.api.invoices.create_preview({"subscription": ann.subscription.id})
    assert ([each.total for each in ann.invoices()], preview.total) == ([14250], 19000)


def test_a_coupon_is_in_the_previews_of_its_months_only(shop: Shop) -> None:
    ann = _for_three_months(shop, shop.monthly)
    foretold = []
    for moment in ("2030-02-01", "2030-03-01", "2030-04-01", "2030-05-01"):
        ann.until(moment)
        foretold.append(shop.api.invoices.create_preview({"subscription": ann.subscription.id}).total)
    ann.until("2030-06-01")
    upcoming = [each.data.object.total for each in shop.api.events.list({"type": "invoice.upcoming"}).data]
    assert foretold == [1425, 1425, 1900, 1900]
    assert list(reversed(upcoming)) == foretold == [each.total for each in ann.invoices()][1:]


def test_unused_time_comes_back_as_it_was_paid_also_when_the_coupon_has_ended_since(shop: Shop) -> None:
    ann = _for_three_months(shop, shop.yearly)
    ann.until("2030-08-01")
    items = [{"id": ann.subscription["items"].data[0].id, "price": shop.team_monthly.id}]
    details = {"items": items, "proration_behavior": "always_invoice"}
    preview = shop.api.invoices.create_preview({"subscription": ann.subscription.id, "subscription_details": details})
    unused = next(line for line in preview.lines.data if line.amount < 0)
    assert unused.amount == -round(14250 * 183 / 365)
