"""What a subscription will turn into, and when."""

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import Shop

DAY = 86400


def led(shop: Shop, subscription: Any, *later: dict[str, Any], **more: Any) -> Any:
    """A schedule on a subscription: as it is until the period ends, then these phases."""
    made = shop.api.subscription_schedules.create({"from_subscription": subscription.id})
    first = made.phases[0]
    now = {
        "items": [{"price": item.price, "quantity": item.quantity} for item in first["items"]],
        "start_date": first.start_date,
        "end_date": first.end_date,
    }
    return shop.api.subscription_schedules.update(made.id, {"phases": [now, *later], **more})


def bills(shop: Shop, subscription: Any) -> list[tuple[int, str]]:
    found = shop.api.invoices.list({"subscription": subscription.id, "limit": 100}).data
    return [(each.total, each.status) for each in reversed(found)]


def test_a_downgrade_waits_for_the_period_end_and_bills_no_proration(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    shop.api.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": subscription["items"].data[0].id, "price": shop.team_monthly.id}],
            "proration_behavior": "none",
        },
    )
    subscription = shop.api.subscriptions.retrieve(subscription.id)
    made = led(shop, subscription, {"items": [{"price": shop.monthly.id}]})
    assert (made.status, made.subscription, len(made.phases)) == ("active", subscription.id, 2)
    before = shop.api.subscriptions.retrieve(subscription.id)
    assert (before.schedule, before["items"].data[0].price.id) == (made.id, shop.team_monthly.id)
    shop.renew(subscription)
    after = shop.api.subscriptions.retrieve(subscription.id)
    assert after["items"].data[0].price.id == shop.monthly.id
    assert after["items"].data[0].id == before["items"].data[0].id
    assert bills(shop, subscription) == [(1900, "paid"), (1900, "paid")]
    lines = shop.api.invoices.list({"customer": customer.id}).data[0].lines.data
    assert [line.parent.subscription_item_details.proration for line in lines] == [False]
    shop.renew(subscription)
    done = shop.api.subscription_schedules.retrieve(made.id)
    assert (done.status, done.released_subscription, done.subscription) == ("completed", subscription.id, None)
    assert shop.api.subscriptions.retrieve(subscription.id).schedule is None
    assert [name for name in shop.events() if name.startswith("subscription_schedule")] == [
        "subscription_schedule.created",
        "subscription_schedule.updated",
        "subscription_schedule.updated",
        "subscription_schedule.expiring",
        "subscription_schedule.completed",
    ]


def test_a_schedule_moves_from_yearly_to_monthly_at_the_end_of_the_year(shop: Shop) -> None:
    customer = shop.customer()
    session = shop.session(customer, line_items=[{"price": shop.yearly.id, "quantity": 1}])
    shop.pay(session.url)
    subscription = shop.api.subscriptions.list({"customer": customer.id}).data[0]
    led(shop, subscription, {"items": [{"price": shop.monthly.id}]})
    end = subscription["items"].data[0].current_period_end
    shop.renew(subscription)
    item = shop.api.subscriptions.retrieve(subscription.id)["items"].data[0]
    assert (item.price.id, item.current_period_start) == (shop.monthly.id, end)
    assert 28 * DAY <= item.current_period_end - end <= 31 * DAY
    assert bills(shop, subscription) == [(19000, "paid"), (1900, "paid")]


def test_a_released_schedule_changes_nothing_any_more(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    made = led(shop, subscription, {"items": [{"price": shop.team_monthly.id}]})
    released = shop.api.subscription_schedules.release(made.id)
    assert (released.status, released.released_subscription) == ("released", subscription.id)
    shop.renew(subscription)
    assert bills(shop, subscription) == [(1900, "paid"), (1900, "paid")]
    with pytest.raises(stripe.InvalidRequestError, match="status is released"):
        shop.api.subscription_schedules.release(made.id)


def test_a_phase_that_begins_in_the_middle_of_a_period_is_prorated(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    made = shop.api.subscription_schedules.create({"from_subscription": subscription.id})
    first = made.phases[0]
    half = (first.start_date + first.end_date) // 2
    phases = [
        {"items": [{"price": shop.monthly.id}], "start_date": first.start_date, "end_date": half},
        {
            "items": [{"price": shop.team_monthly.id}],
            "end_date": first.end_date,
            "proration_behavior": "always_invoice",
        },
    ]
    shop.api.subscription_schedules.update(made.id, {"phases": phases})
    shop.advance(to=half)
    assert bills(shop, subscription) == [(1900, "paid"), (1500, "paid")]
    assert shop.api.subscriptions.retrieve(subscription.id)["items"].data[0].price.id == shop.team_monthly.id


def test_a_schedule_that_ends_in_cancel_says_so_before_and_cancels(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    end = subscription["items"].data[0].current_period_end
    led(shop, subscription, end_behavior="cancel")
    assert shop.api.subscriptions.retrieve(subscription.id).cancel_at == end
    shop.renew(subscription)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "canceled"
    assert bills(shop, subscription) == [(1900, "paid")]


def test_a_schedule_begins_a_subscription_on_its_day(shop: Shop) -> None:
    customer = shop.customer()
    card = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    shop.api.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
    start = customer.created + 10 * DAY
    month = {"interval": "month", "interval_count": 2}
    made = shop.api.subscription_schedules.create(
        {
            "customer": customer.id,
            "start_date": start,
            "phases": [
                {"items": [{"price": shop.monthly.id, "quantity": 2}], "duration": month, "metadata": {"phase": "one"}}
            ],
        }
    )
    assert (made.status, made.subscription) == ("not_started", None)
    assert [each.id for each in shop.api.subscription_schedules.list({"scheduled": True}).data] == [made.id]
    shop.advance(to=start)
    subscription = shop.api.subscriptions.list({"customer": customer.id}).data[0]
    assert (subscription.status, subscription.start_date, subscription.metadata["phase"]) == ("active", start, "one")
    assert bills(shop, subscription) == [(3800, "draft")]
    shop.advance(seconds=3601)
    assert bills(shop, subscription) == [(3800, "paid")]


def test_cancelling_a_schedule_cancels_its_subscription(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    made = led(shop, subscription, {"items": [{"price": shop.team_monthly.id}]})
    canceled = shop.api.subscription_schedules.cancel(made.id, {"prorate": False, "invoice_now": False})
    assert canceled.status == "canceled"
    assert shop.api.subscriptions.retrieve(subscription.id).status == "canceled"


def test_a_schedule_ends_with_its_subscription(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    made = led(shop, subscription, {"items": [{"price": shop.team_monthly.id}]})
    shop.api.subscriptions.cancel(subscription.id)
    assert shop.api.subscription_schedules.retrieve(made.id).status == "canceled"
    assert shop.events()[-1] == "customer.subscription.deleted"


def test_what_a_schedule_cannot_do_is_refused_and_leaves_nothing(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    create = shop.api.subscription_schedules.create
    one = {"items": [{"price": shop.monthly.id}]}
    for wanted, said in (
        ({"from_subscription": subscription.id, "phases": [one]}, "You cannot set `phases`"),
        ({"customer": customer.id}, "Missing required param: phases"),
        ({"customer": customer.id, "phases": [{"items": [{"price": "price_none"}]}]}, "No such price"),
        ({"customer": customer.id, "phases": [one], "start_date": 1}, "not in the past"),
        ({"customer": customer.id, "phases": [one], "end_behavior": "none"}, "release or cancel"),
    ):
        with pytest.raises(stripe.InvalidRequestError, match=said):
            create(wanted)
    assert shop.api.subscription_schedules.list().data == []
    led(shop, subscription, one)
    with pytest.raises(stripe.InvalidRequestError, match="already attached"):
        create({"from_subscription": subscription.id})
