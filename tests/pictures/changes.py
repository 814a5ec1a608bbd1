"""Changing a plan in each direction, with the exact sums, and ending it."""

from playwright.sync_api import Page, expect

from tests.e2e.steps import FAILS_LATER, fill_card, return_to_billing, subscribe
from tests.pictures.billing import billing
from tests.pictures.studio import Studio, scene


def choose(page: Page, words: str) -> None:
    """Ask what this change would cost."""
    page.get_by_role("button", name=words).first.click()
    page.wait_for_url("**/billing/change")


def confirm(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()
    page.wait_for_url("**/billing?*")
    expect(page.locator("#plan-name")).to_be_visible()


def put_in_a_card(page: Page, number: str) -> None:
    """Another card, on Stripe's own page."""
    page.get_by_role("button", name="Add a card").or_(page.get_by_role("button", name="Update card")).first.click()
    fill_card(page, number)
    page.get_by_role("button", name="Save card").click()
    return_to_billing(page)


@scene(
    "billing/change/nothing",
    "billing/change/yearly",
    "billing/change/up",
    "billing/changed",
    "billing/change/down",
    "billing/planned",
)
def up_and_down(studio: Studio) -> None:
    page = studio.open(studio.member(), "/billing/change")
    studio.shoot(page, "billing/change/nothing")
    subscribe(page, studio.stack, billing="monthly")
    billing(page, studio, "Change your plan")
    choose(page, "Pay by the year")
    studio.shoot(page, "billing/change/yearly")
    billing(page, studio, "Change your plan")
    choose(page, "Move up to Agent")
    studio.shoot(page, "billing/change/up")
    confirm(page, "Change and pay")
    expect(page.locator("#plan-name")).to_have_text("Agent")
    studio.shoot(page, "billing/changed")
    choose(page, "Move down to Pro")
    studio.shoot(page, "billing/change/down")
    confirm(page, "Change on that day")
    expect(page.get_by_text("Pro from").first).to_be_visible()
    studio.shoot(page, "billing/planned")


@scene("billing/change/monthly", "billing/change-waits")
def a_change_that_is_not_paid(studio: Studio) -> None:
    page = studio.member()
    subscribe(page, studio.stack)
    billing(page, studio, "Change your plan")
    choose(page, "Pay by the month")
    studio.shoot(page, "billing/change/monthly")
    billing(page, studio, "Change your plan")
    put_in_a_card(page, FAILS_LATER)
    choose(page, "Agent for €228 a year")
    confirm(page, "Change and pay")
    expect(page.get_by_text("waits for its payment").first).to_be_visible()
    studio.shoot(page, "billing/change-waits")


@scene("billing/cancel/nothing", "billing/cancel/asked", "billing/canceling", "dashboard/canceling", "billing/kept")
def ending_it(studio: Studio) -> None:
    page = studio.open(studio.member(), "/billing/cancel")
    studio.shoot(page, "billing/cancel/nothing")
    subscribe(page, studio.stack)
    studio.open(page, "/billing/cancel").get_by_label("It is hard to use").check()
    page.get_by_label("Anything else?").fill("The sums confuse me.")
    studio.shoot(page, "billing/cancel/asked")
    confirm(page, "Cancel Pro")
    expect(page.get_by_text("Pro ends on")).to_be_visible()
    studio.shoot(page, "billing/canceling")
    studio.open(page, "/dashboard")
    expect(page.get_by_text("Pro ends on")).to_be_visible()
    studio.shoot(page, "dashboard/canceling")
    billing(page, studio)
    confirm(page, "Keep the plan")
    expect(page.get_by_text("Pro ends on")).to_be_hidden()
    studio.shoot(page, "billing/kept")
