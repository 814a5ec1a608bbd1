"""Whatever stops in the middle: nothing paid is lost, nothing is half-written, and the next try works."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import go_to_checkout, log_in, open_dashboard, pay, sign_up, subscribe

pytestmark = pytest.mark.e2e

GONE = "ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket"
RETRIED_WITHIN = 60_000  # Stripe sends again after 1, 5 and 30 seconds
PAGES = ("/", "/pricing", "/terms", "/privacy", "/welcome", "/dashboard", "/scenarios", "/billing")


@pytest.fixture
def whole(own_stack: Stack) -> Generator[Stack]:
    """The stack, with everything up again afterwards."""
    yield own_stack
    for server in (own_stack.sandbox, own_stack.app):
        if not server.is_running():
            server.start()


def test_a_restart_of_the_app_loses_nothing(visitor: Visitor, whole: Stack) -> None:
    page = visitor.new_tab()
    sign_up(page, whole)
    subscribe(page, whole)
    visitor.expect_complaint(GONE)
    whole.app.stop()
    whole.app.start()
    open_dashboard(page, whole)
    expect(page.locator("#plan-name")).to_have_text("Pro")


def test_an_open_tab_says_that_the_connection_is_gone_and_goes_on_when_it_is_back(
    visitor: Visitor, whole: Stack
) -> None:
    page = visitor.new_tab()
    sign_up(page, whole)
    page.goto(f"{whole.url}/scenarios")
    page.get_by_label("Loan", exact=True).fill("123,456")
    visitor.expect_complaint(GONE)
    whole.app.kill()
    expect(page.get_by_text("The connection is gone.")).to_be_visible()
    whole.app.start()
    expect(page.get_by_text("The connection is gone.")).to_be_hidden(timeout=RETRIED_WITHIN)
    expect(page.get_by_label("Loan", exact=True)).to_have_value("123,456")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#loan-payment")).to_be_visible()


def test_an_app_that_is_dead_while_somebody_pays_has_unlocked_them_when_it_is_back(
    visitor: Visitor, whole: Stack
) -> None:
    page = visitor.new_tab()
    sign_up(page, whole)
    go_to_checkout(page, whole)
    whole.app.kill()
    visitor.expect_complaint(GONE)
    pay(page)
    _paid_at_stripe(whole)
    whole.app.start()
    other = visitor.new_tab()
    open_dashboard(other, whole)
    expect(other.locator("#plan-name")).to_have_text("Pro", timeout=RETRIED_WITHIN)


def _paid_at_stripe(stack: Stack) -> None:
    """The payment is through when the newest checkout says so; asking waits for the sandbox's transaction."""
    for _ in range(200):
        if stack.ask_stripe("/v1/checkout/sessions?limit=1")["data"][0]["status"] == "complete":
            return
    raise AssertionError("the checkout was not paid")


def test_coming_back_after_the_crash_shows_the_plan_on_the_return_page(visitor: Visitor, whole: Stack) -> None:
    page = visitor.new_tab()
    sign_up(page, whole)
    go_to_checkout(page, whole)
    whole.app.kill()
    visitor.expect_complaint(GONE)
    pay(page)
    _paid_at_stripe(whole)
    whole.app.start()
    session = whole.ask_stripe("/v1/checkout/sessions?limit=1")["data"][0]["id"]
    page.goto(f"{whole.url}/billing/return?session_id={session}")
    expect(page.locator("#unlocked")).to_have_text("Pro is yours")


def test_with_stripe_down_every_page_opens_and_subscribing_works_again_afterwards(
    visitor: Visitor, whole: Stack
) -> None:
    page = visitor.new_tab()
    sign_up(page, whole)
    attempts = whole.rows("SELECT count(*) FROM checkout_attempts")
    whole.sandbox.stop()
    for path in PAGES:
        opened = page.goto(whole.url + path)
        assert opened is not None
        assert opened.ok, path
    expect(page.locator("#plan-name")).to_have_text("Free")
    page.goto(f"{whole.url}/pricing")
    expect(page.get_by_text("€6", exact=True)).to_be_visible()
    page.get_by_role("button", name="Choose Pro").click()
    expect(page.locator("#billing-problem")).to_contain_text("does not answer right now. Nothing was charged.")
    assert whole.rows("SELECT count(*) FROM checkout_attempts") == attempts
    whole.sandbox.start()
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/c/pay/**")
    expect(page.locator(".price")).to_contain_text("€72")
    pay(page)
    expect(page.locator("#unlocked")).to_be_visible()


def test_with_stripe_down_a_subscriber_keeps_working(visitor: Visitor, whole: Stack) -> None:
    page = visitor.new_tab()
    person = sign_up(page, whole)
    subscribe(page, whole)
    whole.sandbox.stop()
    log_in(page, whole, person)
    _shows_pro(page, whole)
    page.get_by_role("button", name="Manage billing").click()
    expect(page.locator("#billing-problem")).to_be_visible()
    expect(page.locator("#plan-name")).to_have_text("Pro")


def _shows_pro(page: Page, stack: Stack) -> None:
    open_dashboard(page, stack)
    expect(page.locator("#plan-name")).to_have_text("Pro")
    expect(page.locator("#plan-card")).to_have_text("Visa ending in 4242")
