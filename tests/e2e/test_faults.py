"""Whatever stops in the middle: nothing paid is lost, nothing is half-written, and the next try works."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import go_to_checkout, join, log_in, open_dashboard, pay, subscribe

pytestmark = pytest.mark.e2e

GONE = "ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket"
RETRIED_WITHIN = 60_000  # Stripe sends again after 1, 5 and 30 seconds
PAGES = ("/", "/pricing", "/terms", "/privacy", "/welcome", "/dashboard", "/scenarios", "/billing")


def test_a_restart_of_the_app_loses_nothing(visitor: Visitor, fragile: Stack) -> None:
    page = visitor.new_tab()
    join(page, fragile)
    subscribe(page, fragile)
    visitor.expect_complaint(GONE)
    fragile.app.stop()
    fragile.app.start()
    open_dashboard(page, fragile)
    expect(page.locator("#plan-name")).to_have_text("Pro")


def test_an_open_tab_says_that_the_connection_is_gone_and_goes_on_when_it_is_back(
    visitor: Visitor, fragile: Stack
) -> None:
    page = visitor.new_tab()
    join(page, fragile)
    page.goto(f"{fragile.url}/scenarios")
    page.get_by_label("Loan", exact=True).fill("123,456")
    visitor.expect_complaint(GONE)
    fragile.app.kill()
    expect(page.get_by_text("The connection is gone.")).to_be_visible()
    fragile.app.start()
    expect(page.get_by_text("The connection is gone.")).to_be_hidden(timeout=RETRIED_WITHIN)
    expect(page.get_by_label("Loan", exact=True)).to_have_value("123,456")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#loan-payment")).to_be_visible()


def test_an_app_that_is_dead_while_somebody_pays_has_unlocked_them_when_it_is_back(
    visitor: Visitor, fragile: Stack
) -> None:
    page = visitor.new_tab()
    join(page, fragile)
    go_to_checkout(page, fragile)
    fragile.app.kill()
    visitor.expect_complaint(GONE)
    pay(page)
    _paid_at_stripe(fragile)
    fragile.app.start()
    other = visitor.new_tab()
    open_dashboard(other, fragile)
    expect(other.locator("#plan-name")).to_have_text("Pro", timeout=RETRIED_WITHIN)


def _paid_at_stripe(stack: Stack) -> None:
    """The payment is through when the newest checkout says so; asking waits for the sandbox's transaction."""
    for _ in range(200):
        if stack.ask_stripe("/v1/checkout/sessions?limit=1")["data"][0]["status"] == "complete":
            return
    raise AssertionError("the checkout was not paid")


def test_coming_back_after_the_crash_shows_the_plan_on_the_return_page(visitor: Visitor, fragile: Stack) -> None:
    page = visitor.new_tab()
    join(page, fragile)
    go_to_checkout(page, fragile)
    fragile.app.kill()
    visitor.expect_complaint(GONE)
    pay(page)
    _paid_at_stripe(fragile)
    fragile.app.start()
    session = fragile.ask_stripe("/v1/checkout/sessions?limit=1")["data"][0]["id"]
    page.goto(f"{fragile.url}/billing/return?session_id={session}")
    expect(page.locator("#unlocked")).to_have_text("Pro is yours")


def test_with_stripe_down_every_page_opens_and_subscribing_works_again_afterwards(
    visitor: Visitor, fragile: Stack
) -> None:
    page = visitor.new_tab()
    join(page, fragile)
    attempts = fragile.rows("SELECT count(*) FROM checkout_attempts")
    fragile.sandbox.stop()
    for path in PAGES:
        opened = page.goto(fragile.url + path)
        assert opened is not None
        assert opened.ok, path
    expect(page.locator("#plan-name")).to_have_text("Free")
    page.goto(f"{fragile.url}/pricing")
    expect(page.get_by_text("€6", exact=True)).to_be_visible()
    page.get_by_role("button", name="Choose Pro").click()
    expect(page.locator("#billing-problem")).to_contain_text("does not answer right now.")
    expect(page.locator("#billing-problem")).to_contain_text("Nothing was charged.")
    assert fragile.rows("SELECT count(*) FROM checkout_attempts") == attempts
    fragile.sandbox.start()
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/c/pay/**")
    expect(page.locator(".price")).to_contain_text("€72")
    pay(page)
    expect(page.locator("#unlocked")).to_be_visible()


def test_with_stripe_down_a_subscriber_keeps_working(visitor: Visitor, fragile: Stack) -> None:
    page = visitor.new_tab()
    person = join(page, fragile)
    subscribe(page, fragile)
    fragile.sandbox.stop()
    log_in(page, fragile, person)
    _shows_pro(page, fragile)
    page.goto(f"{fragile.url}/billing")
    page.get_by_role("button", name="Manage billing").click()
    expect(page.locator("#billing-problem")).to_be_visible()
    expect(page.locator("#plan-name")).to_have_text("Pro")


def test_with_stripe_down_the_pages_say_how_old_what_they_show_is_until_it_is_back(
    visitor: Visitor, fragile: Stack
) -> None:
    page, other = visitor.new_tab(), visitor.new_tab()
    join(page, fragile)
    subscribe(page, fragile)
    open_dashboard(other, fragile)
    silence = "Our payment provider does not answer right now. This is what it told us on "
    fragile.sandbox.stop()
    page.goto(f"{fragile.url}/billing")
    for tab in (page, other):
        expect(tab.get_by_text(silence)).to_be_visible()
    fragile.sandbox.start()
    page.reload()
    for tab in (page, other):
        expect(tab.get_by_text(silence)).to_be_hidden()


def _shows_pro(page: Page, stack: Stack) -> None:
    open_dashboard(page, stack)
    expect(page.locator("#plan-name")).to_have_text("Pro")
    expect(page.locator("#plan-card")).to_have_text("Visa ending in 4242")
