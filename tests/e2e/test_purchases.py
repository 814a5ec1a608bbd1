"""Something paid once: bought, taken home, refunded, and claimed by whoever paid by a link."""

from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from tests.e2e.bookshop import FILE
from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import Person, fill_card, fill_sign_up, join, newest_mail

pytestmark = pytest.mark.e2e


class Bookshop(Stack):
    """The product with a book to sell: the same server, and one module more."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = self.url.rpartition(":")[2]
        command = [*self.app.command[:1], "-m", "granian", "--interface", "asgi", "--factory"]
        self.app.command = [*command, "--host", "127.0.0.1", "--port", port, "tests.e2e.bookshop:app"]
        self.app.env |= {
            "__REFLEX_SKIP_COMPILE": "true",
            "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
            "REFLEX_ENV_MODE": "prod",
            "REFLEX_TELEMETRY_ENABLED": "false",
        }


@pytest.fixture(scope="module")
def bookshop(built_app: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Bookshop]:
    made = Bookshop(tmp_path_factory.mktemp("bookshop"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


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


def test_a_book_is_bought_from_the_pricing_page_and_taken_home(visitor: Visitor, bookshop: Bookshop) -> None:
    page, billing = visitor.new_tab(), visitor.new_tab()
    ada = join(page, bookshop)
    billing.goto(f"{bookshop.url}/billing")
    expect(billing.get_by_role("heading", name="The flat in numbers")).to_be_visible()
    page.goto(f"{bookshop.url}/pricing")
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
    assert Path(fetched.path()).read_text() == f"The flat in numbers, for {ada.name}."
    newest_mail(page, bookshop, ada, "The flat in numbers is yours")
    expect(page.get_by_text("You have paid €19, once.")).to_be_visible()

    bookshop.ask_stripe("/v1/refunds", urlencode({"payment_intent": _payment(bookshop)["id"], "amount": 500}))
    expect(owned).to_contain_text("€5 of it returned")
    bookshop.ask_stripe("/v1/refunds", urlencode({"payment_intent": _payment(bookshop)["id"]}))
    expect(owned).to_contain_text("Refunded")
    expect(owned.get_by_role("link", name="Download")).to_have_count(0)
    expect(billing.get_by_role("button", name="Buy")).to_be_visible()


def test_an_owner_who_clicks_an_old_button_is_told_and_not_charged(visitor: Visitor, bookshop: Bookshop) -> None:
    page, old = visitor.new_tab(), visitor.new_tab()
    join(page, bookshop)
    old.goto(f"{bookshop.url}/pricing")
    page.goto(f"{bookshop.url}/billing")
    page.get_by_role("button", name="Buy").click()
    page.wait_for_url("**/c/pay/**")
    _pay(page)
    expect(page.locator("#unlocked")).to_be_visible()
    old.get_by_role("button", name="Buy for €19").click()
    expect(old.locator("#billing-problem")).to_contain_text("You own this already, so nothing was charged.")


def test_somebody_elses_payment_shows_nothing(open_browser: OpenBrowser, bookshop: Bookshop) -> None:
    payer, stranger = open_browser().new_tab(), open_browser().new_tab()
    join(payer, bookshop)
    payer.goto(f"{bookshop.url}/billing")
    payer.get_by_role("button", name="Buy").click()
    payer.wait_for_url("**/c/pay/**")
    _pay(payer)
    expect(payer.locator("#unlocked")).to_be_visible()
    join(stranger, bookshop)
    stranger.goto(payer.url)
    expect(stranger.get_by_text("We do not know this payment")).to_be_visible()


def test_a_stranger_pays_by_a_link_and_claims_it_from_the_mail(open_browser: OpenBrowser, bookshop: Bookshop) -> None:
    page, ada = open_browser().new_tab(), Person("Ada")
    eve = open_browser().new_tab()
    join(eve, bookshop, Person("Eve", email=ada.email))  # says the address is hers, and cannot prove it
    item = urlencode({"line_items[0][price]": _price(bookshop), "line_items[0][quantity]": 1})
    page.goto(bookshop.ask_stripe("/v1/payment_links", item)["url"])
    page.get_by_label("Email").fill(ada.email)
    _pay(page)
    expect(page.get_by_text("Thank you")).to_be_visible()
    newest_mail(page, bookshop, ada, "The flat in numbers is paid")
    page.get_by_role("link", name="/claim/").click()
    page.wait_for_url("**/claim")
    expect(page.get_by_role("heading", name="Your purchase is paid")).to_be_visible()
    page.get_by_role("link", name="Create an account").click()
    fill_sign_up(page, ada)
    page.wait_for_url("**/claim")
    page.get_by_role("button", name="Put it into my account").click()
    page.wait_for_url("**/billing")
    expect(page.locator("#purchases")).to_contain_text("Owned")
    eve.goto(f"{bookshop.url}/billing")
    expect(eve.locator("#plan-name")).to_be_visible()
    expect(eve.locator("#purchases")).to_have_count(0)
