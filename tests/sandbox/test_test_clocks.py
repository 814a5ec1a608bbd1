"""A customer's own time."""

import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from stripe_sandbox import testing
from tests.sandbox.shop import Shop, wait_until

NEW_YEAR = 1_893_456_000  # 2030-01-01
DAY = 86400


def clock_with_subscriber(shop: Shop, at: int = NEW_YEAR, **more: Any) -> tuple[Any, Any, Any]:
    clock = shop.api.test_helpers.test_clocks.create({"frozen_time": at, "name": "Ann's time"})
    customer = shop.api.customers.create({"email": "ann@example.com", "test_clock": clock.id})
    card = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    shop.api.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
    wanted = {"customer": customer.id, "items": [{"price": shop.monthly.id}], **more}
    return clock, customer, shop.api.subscriptions.create(wanted)


def advance(shop: Shop, clock: Any, to: int) -> Any:
    """Ask, and wait until the clock is ready."""
    asked = shop.api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": to})
    assert asked.status == "advancing"
    return ready(shop, clock)


def ready(shop: Shop, clock: Any) -> Any:
    def look() -> Any:
        found = shop.api.test_helpers.test_clocks.retrieve(clock.id)
        return found if found.status != "advancing" else None

    return wait_until(look)


def test_what_belongs_to_the_customer_is_created_in_frozen_time(shop: Shop) -> None:
    clock, customer, subscription = clock_with_subscriber(shop)
    assert (customer.created, subscription.created, subscription.start_date) == (NEW_YEAR, NEW_YEAR, NEW_YEAR)
    invoice = shop.api.invoices.retrieve(subscription.latest_invoice)
    assert (invoice.created, invoice.test_clock, invoice.status) == (NEW_YEAR, clock.id, "paid")
    assert subscription["items"].data[0].current_period_end == NEW_YEAR + 31 * DAY
    other = shop.customer("bob@example.com")
    assert other.created < NEW_YEAR


def test_an_advance_renews_in_order_and_leaves_other_customers_alone(shop: Shop) -> None:
    clock, _, subscription = clock_with_subscriber(shop)
    _, other = shop.subscriber(customer=shop.customer("bob@example.com"))
    advance(shop, clock, NEW_YEAR + 45 * DAY)
    done = advance(shop, clock, NEW_YEAR + 60 * DAY)
    assert (done.status, done.frozen_time) == ("ready", NEW_YEAR + 60 * DAY)
    invoices = shop.api.invoices.list({"subscription": subscription.id}).data
    assert [(each.created, each.status) for each in invoices] == [
        (NEW_YEAR + 59 * DAY, "paid"),
        (NEW_YEAR + 31 * DAY, "paid"),
        (NEW_YEAR, "paid"),
    ]
    assert len(shop.api.invoices.list({"subscription": other.id}).data) == 1
    named = [name for name in shop.events() if "test_clock" in name]
    assert [name.rsplit(".", 1)[1] for name in named] == ["created", *["advancing", "ready"] * 2]


def test_moving_the_common_clock_leaves_test_clocks_alone(shop: Shop) -> None:
    clock, _, subscription = clock_with_subscriber(shop)
    shop.advance(seconds=40 * DAY)
    assert shop.api.test_helpers.test_clocks.retrieve(clock.id).frozen_time == NEW_YEAR
    assert len(shop.api.invoices.list({"subscription": subscription.id}).data) == 1


def test_a_hosted_page_shows_and_does_things_in_the_customers_time(shop: Shop) -> None:
    clock, customer, subscription = clock_with_subscriber(shop)
    portal = shop.portal(customer).url
    assert "1 February 2030" in shop.browser.get(portal).text
    shop.browser.post(f"{portal}/cancel/{subscription.id}", data={})
    advance(shop, clock, NEW_YEAR + 32 * DAY)
    ended = shop.api.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", NEW_YEAR + 31 * DAY)


def test_a_clock_goes_forward_only_and_two_intervals_at_most(shop: Shop) -> None:
    clock, _, _ = clock_with_subscriber(shop)
    clocks = shop.api.test_helpers.test_clocks
    for wrong, said in ((NEW_YEAR, "after its current"), (NEW_YEAR + 60 * DAY, "two intervals")):
        with pytest.raises(stripe.InvalidRequestError, match=said):
            clocks.advance(clock.id, {"frozen_time": wrong if wrong == NEW_YEAR else NEW_YEAR + 70 * DAY})
    assert clocks.retrieve(clock.id).status == "ready"
    empty = clocks.create({"frozen_time": NEW_YEAR})
    with pytest.raises(stripe.InvalidRequestError, match="two years"):
        clocks.advance(empty.id, {"frozen_time": NEW_YEAR + 3 * 366 * DAY})


def test_nothing_on_a_clock_may_be_changed_while_it_advances(shop: Shop) -> None:
    clock, customer, _ = clock_with_subscriber(shop)
    refused: list[Exception] = []

    def change() -> None:
        try:
            shop.api.customers.update(customer.id, {"name": "Now"})
        except stripe.StripeError as error:
            refused.append(error)

    shop.api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": NEW_YEAR + 50 * DAY})
    threads = [threading.Thread(target=change) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ready(shop, clock)
    assert all(isinstance(error, stripe.RateLimitError) for error in refused)
    change()
    assert shop.api.customers.retrieve(customer.id).name == "Now"


def test_lists_leave_out_what_is_on_a_clock_unless_asked(shop: Shop) -> None:
    clock, customer, subscription = clock_with_subscriber(shop)
    bob = shop.customer("bob@example.com")
    assert [each.id for each in shop.api.customers.list().data] == [bob.id]
    assert [each.id for each in shop.api.customers.list({"test_clock": clock.id}).data] == [customer.id]
    assert shop.api.subscriptions.list().data == []
    assert [each.id for each in shop.api.subscriptions.list({"customer": customer.id}).data] == [subscription.id]


def test_deleting_a_clock_takes_its_customers_along(shop: Shop) -> None:
    clock, customer, subscription = clock_with_subscriber(shop)
    assert shop.api.test_helpers.test_clocks.delete(clock.id).deleted
    assert shop.api.customers.retrieve(customer.id).deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        shop.api.subscriptions.retrieve(subscription.id)
    assert shop.api.test_helpers.test_clocks.list().data == []


def test_an_advance_goes_on_after_the_process_was_killed(database: Path) -> None:
    process = testing.start(database)
    auth = {"Authorization": "Bearer sk_test_x"}
    try:
        made = httpx.post(
            f"{process.url}/v1/test_helpers/test_clocks", data={"frozen_time": NEW_YEAR}, headers=auth
        ).json()
        path = f"/v1/test_helpers/test_clocks/{made['id']}"
        asked = httpx.post(f"{process.url}{path}/advance", data={"frozen_time": NEW_YEAR + DAY}, headers=auth)
        assert asked.json()["status"] == "advancing"
    finally:
        process.kill()
    with testing.running_sandbox(database) as url:

        def look() -> Any:
            found = httpx.get(f"{url}{path}", headers=auth).json()
            return found if found["status"] == "ready" else None

        assert wait_until(look)["frozen_time"] == NEW_YEAR + DAY
