"""What a date brings is told before it, once, and only if it is still so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from saas_app.billing import checkout, reconcile
from saas_app.billing.account import sync_account
from saas_app.billing.mails import reminders
from saas_app.billing.models import Customer, Subscription
from saas_app.core import db
from saas_app.core.mailer import Mailbox
from saas_app.core.upkeep import drop_what_is_over
from tests.billing import gallery
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.billing.test_mails import told
from tests.conftest import Hands
from tests.factories import a_user, as_system

DAY = timedelta(days=1)


async def _waiting() -> int:
    return len(await db.read_system("reconcile", reminders.waiting))


def _row() -> Subscription:
    return rows(Subscription)[0]


@pytest.mark.parametrize("missed", [0, 5, 13])
async def test_a_year_is_told_of_two_weeks_before_it_is_charged_also_after_days_of_silence(
    shop: Stripe, hands: Hands, missed: int
) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    end = _row().current_period_end
    hands.at = end - 15 * DAY
    assert (await _waiting(), await reconcile.remind_some()) == (0, 0)
    hands.at = end - 14 * DAY + missed * DAY
    assert (await _waiting(), await reconcile.remind_some()) == (1, 1)
    assert (await _waiting(), await reconcile.remind_some()) == (0, 0)
    await sync_account(ada.id)
    assert told().count("renewal") == 1
    await do_waiting_work()
    mail = next(mail for mail in rows(Mailbox) if mail.subject.startswith("Pro renews on"))
    assert "for €72" in mail.text


async def test_a_clock_that_jumps_past_the_day_tells_nothing_late_and_one_that_goes_back_nothing_twice(
    shop: Stripe, hands: Hands
) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    end = _row().current_period_end
    for at in (end, end + DAY, end - 3 * DAY, end - 13 * DAY, end - 3 * DAY, end + DAY):
        hands.at = at
        await reconcile.remind_some()
    assert told().count("renewal") == 1


async def test_a_reminder_is_remembered_for_longer_than_it_could_be_due(shop: Stripe, hands: Hands) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    end = _row().current_period_end
    hands.at = end - 14 * DAY
    await reconcile.remind_some()
    await do_waiting_work()
    hands.at = end - timedelta(seconds=1)
    as_system(drop_what_is_over)
    assert await _waiting() == 0


async def test_whoever_has_canceled_meanwhile_at_stripe_hears_of_no_renewal(shop: Stripe, hands: Hands) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    shop.change(f"subscriptions/{_row().stripe_subscription_id}", cancel_at_period_end="true")
    hands.at = _row().current_period_end - 3 * DAY
    assert await _waiting() == 1  # as far as we know
    await reconcile.remind_some()
    assert "renewal" not in told()
    assert await _waiting() == 0


async def test_a_month_is_charged_without_a_word_before(shop: Stripe, hands: Hands) -> None:
    ada = a_user()
    await shop.subscribe(ada, "pro_v1", "month")
    await sync_account(ada.id)
    hands.at = _row().current_period_end - DAY
    assert await _waiting() == 0


@pytest.mark.parametrize(("card", "says"), [(True, "for €72 a year"), (False, "no card for it")])
async def test_a_trial_is_told_of_three_days_before_its_end(
    shop: Stripe, configured: Callable[..., None], hands: Hands, card: bool, says: str
) -> None:
    configured(TRIAL_DAYS="14", TRIAL_NEEDS_CARD=str(card).lower())
    ada = a_user()
    url = await checkout.start_checkout(ada, "pro_v1", "year")
    shop.pay(url, **({} if card else {"number": ""}))
    await sync_account(ada.id)
    end = _row().trial_end
    assert end is not None
    hands.at = end - 3 * DAY - timedelta(minutes=1)
    assert await _waiting() == 0
    hands.move(minutes=1)
    for _ in range(2):
        await reconcile.remind_some()
    assert told().count("trial_ending") == 1
    await do_waiting_work()
    mail = next(mail for mail in rows(Mailbox) if mail.subject.startswith("Your trial ends"))
    assert says in mail.text


async def test_stripe_s_own_hint_that_a_trial_ends_is_enough(
    shop: Stripe, configured: Callable[..., None], hands: Hands
) -> None:
    configured(TRIAL_DAYS="14")
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    hands.at = _row().trial_end - 2 * DAY  # type: ignore[operator]
    await sync_account(ada.id)  # what a webhook of any kind leads to
    assert told().count("trial_ending") == 1


@pytest.mark.parametrize(
    ("field", "value", "still"),
    [
        ("ends_at", Hands().at + 10 * DAY, set()),
        ("pause_behavior", "void", set()),
        ("pause_behavior", "keep_as_draft", set()),
        ("status", "paused", set()),
        ("status", "canceled", set()),
        ("status", "past_due", set()),
        ("status", "incomplete", set()),
        ("interval", "month", {"trial_ending"}),
        ("quantity", 2, {"trial_ending", "renewal"}),
    ],
)
def test_nobody_is_reminded_of_what_will_not_be_charged(
    sqlite: str, hands: Hands, field: str, value: Any, still: set[str]
) -> None:
    ada, far = gallery.bound(), hands.at - 351 * DAY
    year = gallery.subscription(hands.at, created=far, current_period_end=hands.at + 10 * DAY)
    trial = replace(year, status="trialing", trial_end=hands.at + 2 * DAY)
    for subscription in (year, trial):
        gallery.hear(ada, gallery.customer(replace(subscription, **{field: value})))
    assert {kind for kind in told() if kind in ("renewal", "trial_ending")} == still


def test_a_trial_of_three_days_needs_no_second_mail(sqlite: str, hands: Hands) -> None:
    end = hands.at + 3 * DAY
    trial = gallery.subscription(hands.at, status="trialing", created=hands.at, trial_end=end, current_period_end=end)
    gallery.hear(gallery.bound(), gallery.customer(trial))
    assert told() == ["subscribed"]


async def test_the_end_of_grace_is_told_by_the_job(shop: Stripe, hands: Hands) -> None:
    shop.tell("settings", retry_days=[3, 20], then="past_due")
    ada = a_user()
    await shop.subscribe(ada, "pro_v1", "month")
    await sync_account(ada.id)
    subscription = shop.all("subscriptions")[0]
    shop.take_card(subscription, "pm_card_chargeCustomerFail")
    shop.let_the_period_end(subscription["id"])
    await sync_account(ada.id)
    since = _row().past_due_since
    assert since is not None
    hands.at = since + 7 * DAY - timedelta(minutes=1)
    assert await _waiting() == 0
    hands.move(minutes=1)
    for _ in range(2):
        await reconcile.remind_some()
    assert [kind for kind in told() if kind in ("failed", "locked")] == ["failed", "locked"]


async def test_a_card_that_does_not_live_to_see_the_next_payment_is_told_of_once(shop: Stripe, hands: Hands) -> None:
    ada = a_user()
    await shop.subscribe(ada, "pro_v1", "month")
    await sync_account(ada.id)
    end = _row().current_period_end
    last = end.replace(day=1) - DAY
    (method,) = shop.all(f"payment_methods?customer={rows(Customer)[0].stripe_customer_id}")
    shop.change(f"payment_methods/{method['id']}", **{"card[exp_month]": last.month, "card[exp_year]": last.year})
    hands.at = end - 22 * DAY
    await sync_account(ada.id)
    assert (await _waiting(), "card" in told()) == (0, False)
    hands.at = end - 20 * DAY
    assert (await _waiting(), await reconcile.remind_some()) == (1, 1)
    assert (await _waiting(), await reconcile.remind_some(), told().count("card")) == (0, 0, 1)
    await do_waiting_work()
    mail = next(mail for mail in rows(Mailbox) if mail.subject == "Your card expires before Pro renews")
    assert f"good to the end of {last:%m/%Y}" in mail.text
    shop.change(f"payment_methods/{method['id']}", **{"card[exp_month]": end.month, "card[exp_year]": end.year})
    await sync_account(ada.id)
    assert await _waiting() == 0
