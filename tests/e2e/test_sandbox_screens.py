"""The sandbox's screens and hosted pages in a browser: alive, usable by keyboard, readable by everybody."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from stripe_sandbox import testing
from tests.e2e.browsing import barriers
from tests.e2e.conftest import OpenBrowser
from tests.sandbox.shop import Shop, unchecked

WIDTHS = (320, 390, 768, 1440)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with testing.running_sandbox(tmp_path_factory.mktemp("sandbox") / "stripe.db") as url:
        yield url


@pytest.fixture
def shop(sandbox: str) -> Iterator[Shop]:
    httpx.post(f"{sandbox}/_sandbox/reset").raise_for_status()
    with httpx.Client(headers={"Origin": sandbox, "Sec-Fetch-Site": "same-origin"}) as browser:
        yield Shop(unchecked(sandbox), sandbox, browser)


def addresses(shop: Shop) -> dict[str, str]:
    """Every page there is, by a name."""
    customer, subscription = shop.subscriber()
    shop.api.coupons.create({"percent_off": 25, "duration": "once", "name": "Spring"})
    intent = shop.api.payment_intents.list().data[0]
    event = shop.api.events.list().data[0]
    features = shop.features() | {"subscription_pause": {"enabled": True, "duration": {"type": "indefinite"}}}
    features["customer_update"]["allowed_updates"] = ["email", "name", "address", "phone", "tax_id"]
    configuration = shop.api.billing_portal.configurations.create({"features": features}).id
    portal = shop.portal(customer, configuration=configuration).url
    link = shop.api.payment_links.create({"line_items": [{"price": shop.monthly.id, "quantity": 1}]})
    invoice = shop.api.invoices.retrieve(subscription.latest_invoice)
    return {
        "overview": f"{shop.url}/",
        "customers": f"{shop.url}/customers",
        "customer": f"{shop.url}/customers/{customer.id}",
        "subscriptions": f"{shop.url}/subscriptions",
        "subscription": f"{shop.url}/subscriptions/{subscription.id}",
        "invoices": f"{shop.url}/invoices",
        "invoice": f"{shop.url}/invoices/{invoice.id}",
        "payments": f"{shop.url}/payments",
        "payment": f"{shop.url}/payments/{intent.id}",
        "products": f"{shop.url}/products",
        "product new": f"{shop.url}/products/new",
        "product": f"{shop.url}/products/{shop.pro.id}",
        "price": f"{shop.url}/prices/{shop.monthly.id}",
        "coupons": f"{shop.url}/coupons",
        "events": f"{shop.url}/events",
        "event": f"{shop.url}/objects/{event.id}",
        "settings": f"{shop.url}/settings",
        "checkout": shop.session(shop.customer("new@example.com")).url,
        "checkout of a known card": shop.session(customer).url,
        "payment link": link.url,
        "portal": portal,
        "portal card": f"{portal}/card",
        "portal details": f"{portal}/details",
        "portal pause": f"{portal}/pause/{subscription.id}",
        "portal cancel": f"{portal}/cancel/{subscription.id}",
        "portal switch": f"{portal}/switch/{subscription.id}",
        "portal confirm": f"{portal}/confirm/{subscription.id}?price={shop.team_monthly.id}",
        "hosted invoice": invoice.hosted_invoice_url,
    }


def test_axe_finds_nothing_on_any_page(shop: Shop, open_browser: OpenBrowser) -> None:
    page, found = open_browser().new_tab(), dict[str, list[str]]()
    for name, url in addresses(shop).items():
        page.goto(url)
        found[name] = barriers(page)
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_page_is_wider_than_the_screen(shop: Shop, open_browser: OpenBrowser) -> None:
    page = open_browser().new_tab()
    wide: list[tuple[str, int]] = []
    for name, url in addresses(shop).items():
        page.goto(url)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append((name, width))
    assert wide == []


def test_a_screen_follows_what_happens_without_a_reload(shop: Shop, open_browser: OpenBrowser) -> None:
    page = open_browser().new_tab()
    page.goto(f"{shop.url}/subscriptions")
    page.evaluate("window.kept = true")
    expect(page.get_by_text("Nobody has subscribed yet")).to_be_visible()
    shop.subscriber()
    expect(page.get_by_role("link", name="ann@example.com")).to_be_visible()
    assert page.evaluate("window.kept")


def test_the_clock_is_moved_by_keyboard_and_says_when_it_has_arrived(shop: Shop, open_browser: OpenBrowser) -> None:
    for number in range(15):
        shop.subscriber(customer=shop.customer(f"ann{number}@example.com"))
    page = open_browser().new_tab()
    page.goto(f"{shop.url}/invoices")
    before = page.locator("#clock strong").inner_text()
    page.get_by_role("button", name="Next renewal").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="The clock has arrived.")).to_have_count(1)
    expect(page.get_by_text("Draft").first).to_be_visible()
    assert page.locator("#clock strong").inner_text() != before
    assert page.url.startswith(f"{shop.url}/invoices")


def test_every_screen_works_without_script(shop: Shop, open_browser: OpenBrowser) -> None:
    customer, subscription = shop.subscriber()
    page = open_browser(java_script_enabled=False).new_tab()
    page.goto(f"{shop.url}/subscriptions/{subscription.id}")
    page.get_by_role("button", name="Cancel at the period’s end").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_visible()
    page.get_by_role("link", name="ann@example.com").click()
    page.get_by_role("button", name="Decline the next payment").click()
    expect(page.get_by_text("will be declined").first).to_be_visible()
    assert shop.api.subscriptions.retrieve(subscription.id).cancel_at_period_end
    assert customer.id in page.url


def test_what_was_typed_stays_on_a_refused_form_though_the_world_moves(shop: Shop, open_browser: OpenBrowser) -> None:
    visitor = open_browser()
    visitor.expect_complaint("422")
    page = visitor.new_tab()
    page.goto(f"{shop.url}/products/{shop.pro.id}")
    page.get_by_label("Amount").fill("twenty")
    page.get_by_label("Nickname").fill("Twenty a month")
    page.get_by_role("button", name="Add the price").click()
    field = page.get_by_label("Amount")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description("Write an amount such as 19 or 19.00.")
    shop.customer("another@example.com")
    expect(page.get_by_label("Nickname")).to_have_value("Twenty a month")
    field.fill("20")
    page.get_by_role("button", name="Add the price").click()
    expect(page.get_by_role("link", name="$20.00 / month")).to_be_visible()


def test_a_screen_says_when_the_sandbox_is_gone(tmp_path: Any, open_browser: OpenBrowser) -> None:
    process = testing.start(tmp_path / "stripe.db")
    visitor = open_browser()
    visitor.expect_complaint("ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET")
    page: Page = visitor.new_tab()
    page.goto(process.url)
    process.stop()
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
