"""What the calendar brings: a trial that ends, a renewal that fails, a plan that is over. The clock is moved here."""

from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack
from tests.e2e.steps import (
    FAILS_LATER,
    GOOD_CARD,
    MASTERCARD,
    go_to_checkout,
    join,
    pay,
    save_as,
    subscribe,
    work_out_a_loan,
)
from tests.pictures.billing import billing, subscription
from tests.pictures.changes import put_in_a_card
from tests.pictures.studio import Studio, scene

HOUR = 3601
ALWAYS_ASKS = "4000002760003184"


def _let_the_period_end(stack: Stack) -> None:
    """To the renewal of the newest subscription, and past the hour in which its invoice is a draft."""
    mine = subscription(stack)
    stack.tell_sandbox("advance", to=mine["items"]["data"][0]["current_period_end"])
    stack.tell_sandbox("advance", seconds=HOUR)


@scene(
    *("sandbox/checkout/trial", "billing/trial", "dashboard/trial", "billing/trial-ending", "billing/trial-with-card"),
    *("billing/paused", "billing/paused-with-card", "dashboard/paused"),
)
def a_trial(studio: Studio) -> None:
    page, stack = studio.visit(), studio.full
    join(page, stack)
    go_to_checkout(page, stack, "monthly")
    studio.shoot(page, "sandbox/checkout/trial")
    page.get_by_role("button", name="Start free trial").click()
    expect(page.locator("#unlocked")).to_be_visible()
    _shows(page, stack, "/billing", "Your trial ends in 14 days")
    studio.shoot(page, "billing/trial")
    _shows(page, stack, "/dashboard", "Your trial ends")
    studio.shoot(page, "dashboard/trial")
    mine = subscription(stack)
    soon = stack.tell_sandbox("advance", seconds=0)["now"] + 2 * 24 * HOUR
    stack.ask_stripe(f"/v1/subscriptions/{mine['id']}", f"trial_end={soon}&proration_behavior=none")
    _shows(page, stack, "/billing", "Your trial ends in 2 days")
    studio.shoot(page, "billing/trial-ending")
    _let_the_period_end(stack)
    _shows(page, stack, "/billing", "Your plan is paused")
    studio.shoot(page, "billing/paused")
    _shows(page, stack, "/dashboard", "Your plan is paused")
    studio.shoot(page, "dashboard/paused")
    page.goto(f"{stack.url}/billing")
    put_in_a_card(page, GOOD_CARD)
    _shows(page, stack, "/billing", "When you resume it")
    studio.shoot(page, "billing/paused-with-card")
    page = studio.visit()
    join(page, stack)
    go_to_checkout(page, stack)
    page.get_by_role("button", name="Start free trial").click()
    expect(page.locator("#unlocked")).to_be_visible()
    page.goto(f"{stack.url}/billing")
    put_in_a_card(page, MASTERCARD)
    _shows(page, stack, "/billing", "Trial ends on")
    studio.shoot(page, "billing/trial-with-card")


def _shows(page: Page, stack: Stack, path: str, says: str) -> None:
    page.goto(f"{stack.url}{path}")
    expect(page.get_by_text(says).first).to_be_visible()


@scene(
    *("billing/past-due", "dashboard/past-due", "scenarios/past-due", "billing/locked", "scenarios/read-only"),
    *("billing/invoices", "sandbox/invoice/open"),
)
def a_card_that_fails(studio: Studio) -> None:
    stack, page = studio.stack, studio.member()
    subscribe(page, stack, billing="monthly")
    for name in ("River", "Hill", "Sea"):
        work_out_a_loan(page, stack)
        save_as(page, name)
        expect(page.get_by_role("button", name=f"Delete {name}")).to_be_visible()
    _let_the_period_end(stack)
    billing(page, studio)
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(3)
    studio.shoot(page, "billing/invoices")
    put_in_a_card(page, FAILS_LATER)
    stack.tell_sandbox("settings", then="unpaid")
    _let_the_period_end(stack)
    billing(page, studio, "did not go through")
    studio.shoot(page, "billing/past-due")
    for path in ("dashboard", "scenarios"):
        studio.open(page, f"/{path}")
        expect(page.get_by_text("did not go through")).to_be_visible()
        studio.shoot(page, f"{path}/past-due")
    billing(page, studio).get_by_role("link", name="Pay €9 now").click()
    studio.shoot(page, "sandbox/invoice/open")
    for _ in range(4):
        stack.tell_sandbox("advance", seconds=7 * 24 * HOUR)
    stack.tell_sandbox("settings", then="cancel")
    billing(page, studio, "is locked until it is paid")
    studio.shoot(page, "billing/locked")
    studio.open(page, "/scenarios")
    expect(page.get_by_text("Read only on your plan").first).to_be_visible()
    studio.shoot(page, "scenarios/read-only")


@scene("billing/asks-the-bank", "sandbox/bank/question")
def a_bank_that_asks(studio: Studio) -> None:
    page = studio.member()
    go_to_checkout(page, studio.stack, "monthly")
    pay(page, ALWAYS_ASKS)
    expect(page.get_by_role("button", name="Complete")).to_be_visible()
    studio.shoot(page, "sandbox/bank/question")
    page.get_by_role("button", name="Complete").click()
    expect(page.locator("#unlocked")).to_be_visible()
    _let_the_period_end(studio.stack)
    billing(page, studio, "Your bank wants you to confirm")
    studio.shoot(page, "billing/asks-the-bank")


@scene("billing/ended", "dashboard/ended")
def a_plan_that_is_over(studio: Studio) -> None:
    page = studio.member()
    subscribe(page, studio.stack, billing="monthly")
    studio.open(page, "/billing/cancel").get_by_role("button", name="Cancel Pro").click()
    page.wait_for_url("**/billing?done=cancel")
    _let_the_period_end(studio.stack)
    assert subscription(studio.stack)["status"] == "canceled"
    billing(page, studio, "Your plan ended")
    studio.shoot(page, "billing/ended")
    studio.open(page, "/dashboard")
    expect(page.get_by_text("Your plan ended")).to_be_visible()
    studio.shoot(page, "dashboard/ended")
