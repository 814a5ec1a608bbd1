"""Something paid once: bought, taken home, refunded, and claimed by whoever paid by a link."""

from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Download, Locator, Page, expect
from pypdf import PdfReader

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import Person, fill_card, fill_sign_up, join, newest_mail

pytestmark = pytest.mark.e2e

FILE = "the-flat-in-numbers.pdf"


def _price(stack: Stack) -> str:
    return stack.ask_stripe("/v1/prices?lookup_keys[]=book_v1")["data"][0]["id"]


def _payment(stack: Stack) -> dict[str, Any]:
    """The newest payment."""
    return stack.ask_stripe("/v1/payment_intents?limit=1")["data"][0]


def _click_download(page: Page, link: Locator) -> Download:
    """It comes in a tab of its own, which closes at once; Playwright tells the tab that is left."""
    with page.expect_download() as fetched:
        link.click()
    return fetched.value


def _pay(page: Page) -> None:
    fill_card(page)
    page.get_by_role("button", name="Pay").click()


def test_a_book_is_bought_from_the_pricing_page_and_taken_home(visitor: Visitor, stack: Stack) -> None:
    page, billing = visitor.new_tab(), visitor.new_tab()
    ada = join(page, stack)
    billing.goto(f"{stack.url}/billing")
    expect(billing.get_by_role("heading", name="The flat in numbers")).to_be_visible()
    page.goto(f"{stack.url}/pricing")
    page.get_by_role("button", name="Buy for €19").click()
    page.wait_for_url("**/c/pay/**")
    _pay(page)
    page.wait_for_url("**/purchases/return?session_id=cs_*")
    expect(page.locator("#unlocked")).to_have_text("The flat in numbers is yours")
    owned = billing.locator("#purchases")  # in the other tab, without a reload
    expect(owned).to_contain_text("Owned")
    expect(owned).to_contain_text("€19")
    expect(billing.get_by_role("button", name="Buy")).to_be_hidden()
    fetched = _click_download(billing, owned.get_by_role("link", name=f"Download {FILE}"))
    assert fetched.suggested_filename == FILE
    assert f"Made for {ada.name} ({ada.email})" in PdfReader(fetched.path()).pages[2].extract_text()
    newest_mail(page, stack, ada, "The flat in numbers is yours")
    expect(page.get_by_text("You have paid €19, once.")).to_be_visible()

    stack.ask_stripe("/v1/refunds", urlencode({"payment_intent": _payment(stack)["id"], "amount": 500}))
    expect(owned).to_contain_text("€5 of it returned")
    stack.ask_stripe("/v1/refunds", urlencode({"payment_intent": _payment(stack)["id"]}))
    expect(owned).to_contain_text("Refunded")
    expect(owned.get_by_role("link", name="Download")).to_have_count(0)
    expect(billing.get_by_role("button", name="Buy")).to_be_visible()


def test_an_owner_who_clicks_an_old_button_is_told_and_not_charged(visitor: Visitor, stack: Stack) -> None:
    page, old = visitor.new_tab(), visitor.new_tab()
    join(page, stack)
    old.goto(f"{stack.url}/pricing")
    page.goto(f"{stack.url}/billing")
    page.get_by_role("button", name="Buy").click()
    page.wait_for_url("**/c/pay/**")
    _pay(page)
    expect(page.locator("#unlocked")).to_be_visible()
    old.get_by_role("button", name="Buy for €19").click()
    expect(old.locator("#billing-problem")).to_contain_text("You own this already, so nothing was charged.")


def test_somebody_elses_payment_shows_nothing(open_browser: OpenBrowser, stack: Stack) -> None:
    payer, stranger = open_browser().new_tab(), open_browser().new_tab()
    join(payer, stack)
    payer.goto(f"{stack.url}/billing")
    payer.get_by_role("button", name="Buy").click()
    payer.wait_for_url("**/c/pay/**")
    _pay(payer)
    expect(payer.locator("#unlocked")).to_be_visible()
    join(stranger, stack)
    stranger.goto(payer.url)
    expect(stranger.get_by_text("We do not know this payment")).to_be_visible()


def test_a_stranger_pays_by_a_link_and_claims_it_from_the_mail(open_browser: OpenBrowser, stack: Stack) -> None:
    mine, ada = open_browser(), Person("Ada")
    page = mine.new_tab()
    eve = open_browser().new_tab()
    join(eve, stack, Person("Eve", email=ada.email))  # says the address is hers, and cannot prove it
    item = urlencode({"line_items[0][price]": _price(stack), "line_items[0][quantity]": 1})
    page.goto(stack.ask_stripe("/v1/payment_links", item)["url"])
    page.get_by_label("Email").fill(ada.email)
    _pay(page)
    expect(page.get_by_text("Thank you")).to_be_visible()
    newest_mail(page, stack, ada, "The flat in numbers is paid")
    page.get_by_role("link", name="/claim/").click()
    page.wait_for_url("**/claim")
    expect(page.get_by_role("heading", name="Put your purchase into your account")).to_be_visible()
    page.get_by_role("link", name="Create an account").click()
    fill_sign_up(page, ada)
    page.wait_for_url("**/claim")
    page.get_by_role("button", name="Put it into my account").click()
    page.wait_for_url("**/billing")
    expect(page.locator("#purchases")).to_contain_text("Owned")
    mine.expect_complaint("status of 410")
    page.goto(f"{stack.url}/claim")
    page.get_by_role("button", name="Put it into my account").click()
    expect(page.get_by_role("alert")).to_contain_text("used already")
    expect(page.get_by_role("link", name="See your purchases")).to_be_visible()
    expect(page.get_by_role("button", name="Put it into my account")).to_have_count(0)
    eve.goto(f"{stack.url}/billing")
    expect(eve.locator("#plan-name")).to_be_visible()
    expect(eve.locator("#purchases")).to_have_count(0)
