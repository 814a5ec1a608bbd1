"""From a stranger on the landing page to a paying customer."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import (
    ASKS_THE_BANK,
    DECLINED,
    Person,
    fill_sign_up,
    go_to_checkout,
    join,
    open_dashboard,
    pay,
    save_as,
    sign_up,
    subscribe,
    work_out_a_loan,
)

pytestmark = pytest.mark.e2e


def test_prices_are_in_the_page_before_any_script_and_yearly_ones_come_first(
    open_browser: OpenBrowser, stack: Stack
) -> None:
    page = open_browser(java_script_enabled=False).new_tab()
    page.goto(f"{stack.url}/pricing")
    expect(page.get_by_label("Yearly")).to_be_checked()
    expect(page.get_by_text("€6", exact=True)).to_be_visible()
    expect(page.get_by_text("€72 billed once a year. You save 33%.")).to_be_visible()
    expect(page.get_by_text("€9", exact=True)).to_be_hidden()
    ribbon = page.get_by_role("complementary", name="Sandbox payments")
    expect(ribbon).to_contain_text("no money moves")
    expect(ribbon).to_contain_text("4242 4242 4242 4242")


def test_monthly_prices_are_one_click_or_one_address_away(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/pricing")
    page.get_by_text("Monthly", exact=True).click()
    expect(page.get_by_text("€9", exact=True)).to_be_visible()
    page.goto(f"{stack.url}/pricing?billing=monthly")
    expect(page.get_by_label("Monthly")).to_be_checked()
    page.get_by_role("link", name="Choose Pro").click()
    page.wait_for_url("**/signup?plan=pro_v1&billing=month")
    expect(page.get_by_text("Pro, €9 a month")).to_be_visible()


def test_a_stranger_becomes_a_paying_customer(visitor: Visitor, stack: Stack) -> None:
    page, ada = visitor.new_tab(), Person("Ada")
    page.goto(stack.url)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Pricing").click()
    page.get_by_role("link", name="Choose Pro").click()
    fill_sign_up(page, ada)
    _is_welcomed(page, ada)
    page.get_by_role("button", name="Get Pro for €72 a year").click()
    page.wait_for_url("**/c/pay/**")
    expect(page.get_by_text(ada.email)).to_be_visible()
    expect(page.locator(".price")).to_contain_text("€72")
    pay(page)
    page.wait_for_url("**/billing/return?session_id=cs_*")
    expect(page.locator("#unlocked")).to_have_text("Pro is yours")
    open_dashboard(page, stack)
    expect(page.locator("#plan-name")).to_have_text("Pro")
    expect(page.locator("#plan-price")).to_have_text("€72, yearly")
    expect(page.locator("#plan-card")).to_have_text("Visa ending in 4242")
    expect(page.locator("#plan-date")).to_have_text(_in_a_year(stack))


def _is_welcomed(page: Page, ada: Person) -> None:
    page.wait_for_url("**/welcome**")
    expect(page.get_by_text(f"Congratulations, {ada.name}")).to_be_visible()
    expect(page.get_by_role("heading", name="You are registered")).to_be_visible()
    expect(page.get_by_text("2 saved scenarios")).to_be_visible()
    expect(page.get_by_text("Up to four side by side")).to_be_visible()
    expect(page.get_by_role("link", name="Continue free")).to_be_visible()


def _in_a_year(stack: Stack) -> str:
    """The date of the newest subscription's renewal, as people read it, asked of Stripe itself."""
    newest = stack.ask_stripe("/v1/subscriptions?limit=1")["data"][0]
    return stack.day(newest["items"]["data"][0]["current_period_end"])


def test_who_has_a_plan_is_not_offered_it_again(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    subscribe(page, stack)
    for billing in ("yearly", "monthly"):
        page.goto(f"{stack.url}/pricing?billing={billing}")
        expect(page.get_by_role("link", name="Your plan: see billing")).to_have_attribute("href", "/billing")
        expect(page.get_by_role("button", name="Choose Pro")).to_have_count(0)
        expect(page.get_by_role("button", name="Choose Agent")).to_be_visible()
    page.goto(f"{stack.url}/welcome")
    expect(page.get_by_role("main").get_by_role("link", name="Go to your dashboard")).to_be_visible()
    expect(page.get_by_role("button", name="Get Pro")).to_have_count(0)


def test_continuing_free_ends_on_the_dashboard_without_any_card(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    sign_up(page, stack)
    page.get_by_role("link", name="Continue free").click()
    expect(page.locator("#plan-name")).to_have_text("Free")


def test_paying_unlocks_every_open_tab_without_a_reload(visitor: Visitor, stack: Stack) -> None:
    page, dashboard, scenarios = visitor.new_tab(), visitor.new_tab(), visitor.new_tab()
    join(page, stack)
    open_dashboard(dashboard, stack)
    expect(dashboard.locator("#plan-name")).to_have_text("Free")
    for name in ("River", "Hill"):
        work_out_a_loan(scenarios, stack)
        save_as(scenarios, name)
        expect(scenarios.get_by_role("status").filter(has_text=f"Saved as {name}.")).to_be_visible()
    save_as(scenarios, "Third")
    expect(scenarios.locator("#paywall-reason")).to_be_visible()
    for tab in (dashboard, scenarios):
        tab.evaluate("window.sinceBefore = true")
    go_to_checkout(page, stack)
    pay(page)
    expect(page.locator("#unlocked")).to_be_visible()
    expect(dashboard.locator("#plan-name")).to_have_text("Pro")
    expect(scenarios.locator("#paywall-reason")).to_be_hidden()
    expect(scenarios.locator("#room")).to_have_text("2 saved")
    scenarios.get_by_text("More about this loan").click()
    expect(scenarios.get_by_label("Extra a month")).to_be_visible()
    for tab in (dashboard, scenarios):
        assert tab.evaluate("window.sinceBefore"), "the tab was reloaded"


def test_closing_the_tab_right_after_paying_unlocks_just_the_same(visitor: Visitor, stack: Stack) -> None:
    paying, other = visitor.new_tab(), visitor.new_tab()
    join(paying, stack)
    open_dashboard(other, stack)
    go_to_checkout(paying, stack)
    # The way back never happens: only Stripe's webhook can tell us.
    paying.route("**/billing/return**", lambda route: route.abort())
    visitor.expect_complaint("ERR_FAILED")
    pay(paying)
    paying.close()
    expect(other.locator("#plan-name")).to_have_text("Pro")


def test_a_declined_card_says_why_and_a_good_one_then_pays(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    go_to_checkout(page, stack)
    checkout = page.url
    visitor.expect_complaint("status of 422")
    pay(page, DECLINED)
    expect(page.locator("#number-error")).to_contain_text("Your card was declined.")
    assert page.url == checkout
    pay(page)
    expect(page.locator("#unlocked")).to_be_visible()


def test_the_bank_s_question_answered_well_unlocks(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    go_to_checkout(page, stack)
    pay(page, ASKS_THE_BANK)
    page.get_by_role("button", name="Complete").click()
    expect(page.locator("#unlocked")).to_be_visible()


def test_the_bank_s_question_failed_leads_back_to_the_checkout_and_opens_nothing(
    visitor: Visitor, stack: Stack
) -> None:
    page, other = visitor.new_tab(), visitor.new_tab()
    join(page, stack)
    go_to_checkout(page, stack)
    pay(page, ASKS_THE_BANK)
    visitor.expect_complaint("status of 422")
    page.get_by_role("button", name="Fail").click()
    expect(page.locator("#number-error")).to_contain_text("could not authenticate your card")
    open_dashboard(other, stack)
    expect(other.locator("#plan-name")).to_have_text("Free")
    pay(page)
    expect(other.locator("#plan-name")).to_have_text("Pro")


def test_leaving_the_checkout_changes_nothing(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    go_to_checkout(page, stack)
    page.get_by_role("link", name="Go back").click()
    page.wait_for_url("**/pricing?canceled=1")
    expect(page.get_by_role("status").filter(has_text="nothing was charged")).to_be_visible()
    open_dashboard(page, stack)
    expect(page.locator("#plan-name")).to_have_text("Free")


def test_somebody_elses_payment_shows_nothing(open_browser: OpenBrowser, stack: Stack) -> None:
    payer, stranger = open_browser().new_tab(), open_browser().new_tab()
    join(payer, stack)
    go_to_checkout(payer, stack)
    pay(payer)
    expect(payer.locator("#unlocked")).to_be_visible()
    join(stranger, stack)
    stranger.goto(payer.url)
    expect(stranger.get_by_text("We do not know this payment")).to_be_visible()
