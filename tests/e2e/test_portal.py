"""Customers manage their billing themselves; what they change there is on the page when they return."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import MASTERCARD, fill_card, join, open_dashboard, open_portal, return_to_billing, subscribe

pytestmark = pytest.mark.e2e


@pytest.fixture
def customer(visitor: Visitor, stack: Stack) -> Page:
    """A tab of somebody who pays for Pro by the year."""
    page = visitor.new_tab()
    join(page, stack)
    subscribe(page, stack)
    return page


def test_a_new_card_is_shown_on_return(customer: Page, stack: Stack) -> None:
    open_portal(customer, stack)
    customer.get_by_role("link", name="Add a card").click()
    fill_card(customer, MASTERCARD)
    customer.get_by_role("button", name="Save card").click()
    return_to_billing(customer)
    expect(customer.locator("#plan-card")).to_have_text("Mastercard ending in 4444")


def test_switching_to_monthly_waits_for_the_end_of_the_year_and_can_be_taken_back(customer: Page, stack: Stack) -> None:
    open_portal(customer, stack)
    customer.get_by_role("link", name="Change plan").click()
    customer.get_by_role("link", name="Choose Pro, €9.00 per month").click()
    customer.get_by_role("button", name="Confirm").click()
    return_to_billing(customer)
    planned = customer.get_by_text("After that it is €9 a month.")
    expect(planned).to_be_visible()
    expect(customer.locator("#plan-price")).to_have_text("€72, yearly")
    customer.get_by_role("button", name="Keep what you have").click()
    customer.wait_for_url("**/billing?done=keep")
    expect(planned).to_be_hidden()
    expect(customer.get_by_text("Renews on")).to_be_visible()


def test_switching_to_yearly_is_paid_at_once_and_shown_on_return(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    subscribe(page, stack, billing="monthly")
    open_portal(page, stack)
    page.get_by_role("link", name="Change plan").click()
    page.get_by_role("link", name="Choose Pro, €72.00 per year").click()
    page.get_by_role("button", name="Confirm and pay").click()
    return_to_billing(page)
    expect(page.locator("#plan-price")).to_have_text("€72, yearly")


def test_moving_up_to_agent_opens_it_at_once(customer: Page, stack: Stack) -> None:
    open_portal(customer, stack)
    customer.get_by_role("link", name="Change plan").click()
    customer.get_by_role("link", name="Choose Agent, €228.00 per year").click()
    customer.get_by_role("button", name="Confirm and pay").click()
    return_to_billing(customer)
    expect(customer.locator("#plan-name")).to_have_text("Agent")


def test_canceling_keeps_the_plan_until_its_date_and_can_be_taken_back(
    customer: Page, visitor: Visitor, stack: Stack
) -> None:
    renews = customer.goto(f"{stack.url}/billing") and customer.locator("#plan-date").inner_text()
    other = visitor.new_tab()
    open_dashboard(other, stack)
    open_portal(customer, stack)
    customer.get_by_role("link", name="Cancel plan").click()
    customer.get_by_role("button", name="Cancel plan").click()
    return_to_billing(customer)
    for tab in (customer, other):
        expect(tab.get_by_text(f"Pro ends on {renews}")).to_be_visible()
        expect(tab.locator("#plan-name")).to_have_text("Pro")
        expect(tab.locator("#plan-date")).to_have_text(str(renews))
    customer.get_by_role("button", name="Keep the plan").click()
    customer.wait_for_url("**/billing?done=keep")
    for tab in (customer, other):
        expect(tab.get_by_text("Pro ends on")).to_be_hidden()
        expect(tab.get_by_text("Renews on")).to_be_visible()


def test_the_invoice_is_listed_and_opens(customer: Page, stack: Stack) -> None:
    customer.goto(f"{stack.url}/billing")
    row = customer.get_by_role("table").get_by_role("row").nth(1)
    expect(row).to_contain_text("€72")
    expect(row).to_contain_text("Paid")
    row.get_by_role("link", name="Open").click()
    customer.wait_for_url(f"{stack.sandbox_url}/**")
    expect(customer.get_by_role("main")).to_contain_text("€72")


def test_a_subscriber_who_clicks_subscribe_again_sees_what_the_change_costs_and_never_a_second_checkout(
    customer: Page, stack: Stack
) -> None:
    customer.goto(f"{stack.url}/pricing")
    customer.get_by_role("button", name="Choose Agent").first.click()
    customer.wait_for_url("**/billing/change")
    expect(customer.locator("#change-title")).to_have_text("Agent, €228 a year")
    customer.goto(f"{stack.url}/pricing")
    # As in a tab that was open before they subscribed: the page of now does not offer what they have.
    customer.locator("form input[name=plan]").evaluate_all("all => all.forEach(each => each.value = 'pro_v1')")
    customer.get_by_role("button", name="Choose Agent").first.click()
    customer.wait_for_url("**/billing?problem=CannotChange**")
    expect(customer.locator("#billing-problem")).to_contain_text("you have it already")


def test_somebody_who_never_subscribed_is_told_so_instead_of_an_error(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    page.goto(f"{stack.url}/billing")
    expect(page.get_by_role("heading", name="Plans")).to_be_visible()
    expect(page.get_by_role("button", name="Manage billing")).to_be_hidden()
    expect(page.get_by_text("No invoices yet")).to_be_visible()


def test_a_problem_without_words_of_its_own_is_still_said(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    page.goto(f"{stack.url}/billing?problem=DatabaseBusy")
    expect(page.locator("#billing-problem")).to_contain_text("That did not work.")
    page.goto(f"{stack.url}/billing")
    expect(page.get_by_role("heading", name="Plans")).to_be_visible()
    expect(page.locator("#billing-problem")).to_be_hidden()
