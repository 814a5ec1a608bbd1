"""Whole lives of customers, month by month, in seconds: docs.stripe.com/billing/testing/test-clocks."""

import httpx
import pytest

from tests.sandbox.lives import Life
from tests.sandbox.shop import Shop

RENEWED = (1900, 1900, "paid")


@pytest.fixture
def ann(shop: Shop) -> Life:
    return Life(shop, "2030-01-31")


def test_fourteen_months_with_an_upgrade_in_the_middle(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.monthly)
    ann.until("2030-07-16 00:00")
    ann.move_to(shop.team_monthly, proration_behavior="always_invoice")
    ann.until("2031-03-31 02:00")
    months = ["2030-02-28", "2030-03-31", "2030-04-30", "2030-05-31", "2030-06-30"]
    later = ["2030-07-31", "2030-08-31", "2030-09-30", "2030-10-31", "2030-11-30", "2030-12-31"]
    later += ["2031-01-31", "2031-02-28", "2031-03-31"]
    # half of the 31 days from 30 June to 31 July are left: 15 days of 31 of the difference
    assert ann.bills() == [
        ("2030-01-31", *RENEWED),
        *[(month, *RENEWED) for month in months],
        ("2030-07-16", 1452, 1452, "paid"),
        *[(month, 4900, 4900, "paid") for month in later],
    ]
    assert ann.lines(6) == [
        ("Unused time on Pro after 16 Jul 2030", -919),
        ("Remaining time on Team after 16 Jul 2030", 2371),
    ]
    assert (ann.now().status, ann.balance()) == ("active", 0)
    assert ann.told("invoice.paid").count("invoice.paid") == 16


def test_a_renewal_tells_its_story_in_stripes_order(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.monthly)
    before = len(shop.events())
    ann.until("2030-02-28 02:00")
    told = [name for name in shop.events()[before:] if "test_clock" not in name]
    assert told == [
        "invoice.upcoming",
        "customer.subscription.updated",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]


def test_a_card_that_fails_recovers_on_the_second_retry(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.monthly)
    ann.pay_with("pm_card_chargeCustomerFail")
    ann.until("2030-02-28 02:00")
    first = ann.invoices()[-1]
    assert (ann.now().status, first.status, first.attempt_count) == ("past_due", "open", 1)
    ann.until("2030-03-04")
    assert (ann.now().status, ann.invoices()[-1].attempt_count) == ("past_due", 2)
    ann.pay_with("pm_card_visa")
    ann.until("2030-03-06")
    assert (ann.now().status, ann.invoices()[-1].attempt_count) == ("active", 3)
    assert ann.bills() == [("2030-01-31", *RENEWED), ("2030-02-28", *RENEWED)]
    assert ann.told("invoice.pa") == [
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice.payment_failed",
        "invoice.payment_failed",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]
    ann.until("2030-04-01")
    assert ann.bills()[-1] == ("2030-03-31", *RENEWED)


@pytest.mark.parametrize(
    ("then", "status", "last_event"),
    [
        ("cancel", "canceled", "customer.subscription.deleted"),
        ("unpaid", "unpaid", "customer.subscription.updated"),
        ("past_due", "past_due", "customer.subscription.updated"),
    ],
)
def test_a_card_that_never_recovers_ends_as_the_account_says(
    shop: Shop, ann: Life, then: str, status: str, last_event: str
) -> None:
    httpx.post(f"{shop.url}/_sandbox/settings", json={"retry_days": [1, 2], "then": then}).raise_for_status()
    ann.subscribe(shop.monthly)
    ann.pay_with("pm_card_chargeCustomerFail")
    ann.until("2030-03-05")
    found, invoice = ann.now(), ann.invoices()[-1]
    assert (found.status, invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == (
        status,
        "open",
        3,
        None,
    )
    assert ann.told("customer.subscription")[-1] == last_event
    if then == "cancel":
        assert found.cancellation_details.reason == "payment_failed"
        ann.until("2030-04-15")
        assert len(ann.invoices()) == 2


def test_a_coupon_for_three_months_ends_after_three_months(shop: Shop, ann: Life) -> None:
    coupon = shop.api.coupons.create({"percent_off": 25, "duration": "repeating", "duration_in_months": 3})
    ann.subscribe(shop.monthly, discounts=[{"coupon": coupon.id}])
    ann.until("2030-05-31 02:00")
    assert [total for _, total, _, _ in ann.bills()] == [1425, 1425, 1425, 1900, 1900]
    assert ann.now().discounts == []


def test_a_trial_without_a_card_ends_as_it_was_told_to(shop: Shop) -> None:
    ends = {}
    for choice in ("cancel", "pause", "create_invoice"):
        bob = Life(shop, "2030-01-01", card=None)
        settings = {"end_behavior": {"missing_payment_method": choice}}
        bob.subscribe(shop.monthly, trial_period_days=14, trial_settings=settings)
        assert bob.now().status == "trialing"
        bob.until("2030-01-12")
        assert bob.told("customer.subscription.trial_will_end")
        bob.until("2030-01-15 02:00")
        ends[choice] = (bob.now().status, [bill[1:] for bill in bob.bills()])
    assert ends == {
        "cancel": ("canceled", [(0, 0, "paid")]),
        "pause": ("paused", [(0, 0, "paid")]),
        "create_invoice": ("past_due", [(0, 0, "paid"), (1900, 0, "open")]),
    }


def test_a_trial_with_a_card_becomes_paid_by_itself(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.monthly, trial_period_days=7)
    ann.until("2030-03-08")
    assert ann.bills() == [
        ("2030-01-31", 0, 0, "paid"),
        ("2030-02-07", *RENEWED),
        ("2030-03-07", *RENEWED),
    ]
    assert ann.lines(0) == [("Trial period for Pro", 0)]


def test_a_downgrade_now_becomes_credit_that_later_invoices_use_up(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.team_monthly)
    ann.until("2030-02-14")
    ann.move_to(shop.monthly, proration_behavior="always_invoice")
    # half of February is left: 2450 back, 950 charged
    assert ann.bills()[1] == ("2030-02-14", -1500, 0, "paid")
    assert ann.balance() == -1500
    ann.until("2030-03-31 02:00")
    assert [(total, paid) for _, total, paid, _ in ann.bills()[2:]] == [(1900, 400), (1900, 1900)]
    assert ann.balance() == 0
    history = shop.api.customers.balance_transactions.list(ann.customer.id).data
    assert [each.amount for each in reversed(history)] == [-1500, 1500]


def test_a_downgrade_at_the_period_end_changes_only_what_comes_next(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.team_monthly)
    made = shop.api.subscription_schedules.create({"from_subscription": ann.subscription.id})
    first = made.phases[0]
    now = {"items": [{"price": shop.team_monthly.id}], "start_date": first.start_date, "end_date": first.end_date}
    shop.api.subscription_schedules.update(made.id, {"phases": [now, {"items": [{"price": shop.monthly.id}]}]})
    ann.until("2030-03-31 02:00")
    assert [total for _, total, _, _ in ann.bills()] == [4900, 1900, 1900]


def test_a_cancellation_and_its_undo_change_no_bill(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.monthly)
    ann.until("2030-02-10")
    leaving = ann.change(cancel_at_period_end=True)
    assert leaving.cancel_at == leaving["items"].data[0].current_period_end
    ann.until("2030-02-20")
    ann.change(cancel_at_period_end=False)
    ann.until("2030-02-28 02:00")
    ann.change(cancel_at_period_end=True)
    ann.until("2030-04-15")
    ended = ann.now()
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "cancellation_requested")
    assert ann.bills() == [("2030-01-31", *RENEWED), ("2030-02-28", *RENEWED)]
    assert ann.told("customer.subscription.deleted") == ["customer.subscription.deleted"]


def test_from_monthly_to_yearly_begins_a_new_year_and_gives_back_the_rest(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.monthly)
    ann.until("2030-02-14")
    after = ann.move_to(shop.yearly)
    assert ann.bills()[-1] == ("2030-02-14", 18050, 18050, "paid")
    assert ann.lines(1) == [("Unused time on Pro after 14 Feb 2030", -950), ("1 × Pro (at $190.00 / year)", 19000)]
    item = after["items"].data[0]
    assert item.current_period_end - item.current_period_start == 365 * 86400


def test_what_a_preview_says_is_what_is_billed(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.monthly)
    ann.until("2030-02-11 07:13")
    item = ann.now()["items"].data[0].id
    moment = shop.api.test_helpers.test_clocks.retrieve(ann.clock.id).frozen_time
    for price, behavior in ((shop.team_monthly, "always_invoice"), (shop.yearly, "create_prorations")):
        details = {
            "items": [{"id": item, "price": price.id}],
            "proration_behavior": behavior,
            "proration_date": moment,
        }
        preview = shop.api.invoices.create_preview(
            {"subscription": ann.subscription.id, "subscription_details": details}
        )
        ann.move_to(price, proration_behavior=behavior, proration_date=moment)
        billed = ann.invoices()[-1]
        assert [(line.description, line.amount) for line in preview.lines.data] == ann.lines(-1)
        assert (preview.total, preview.amount_due) == (billed.total, billed.amount_due)


def test_what_a_preview_says_of_the_renewal_is_what_the_renewal_bills(shop: Shop, ann: Life) -> None:
    ann.subscribe(shop.monthly)
    ann.until("2030-02-14")
    ann.move_to(shop.team_monthly, proration_behavior="create_prorations")
    preview = shop.api.invoices.create_preview({"subscription": ann.subscription.id})
    ann.until("2030-02-28 02:00")
    assert [(line.description, line.amount) for line in preview.lines.data] == ann.lines(-1)
    assert (preview.total, ann.bills()[-1]) == (6400, ("2030-02-28", 6400, 6400, "paid"))
