"""The sandbox's own screens, and the pages that Stripe hosts for others."""

import httpx
from playwright.sync_api import expect

from stripe_sandbox import testing
from tests.e2e.steps import DECLINED, fill_card, go_to_checkout, open_portal, pay, subscribe
from tests.e2e.test_sandbox_screens import addresses
from tests.pictures.studio import Studio, scene
from tests.sandbox.shop import Shop, unchecked

_SCREENS = (
    *("overview", "customers", "customer", "subscriptions", "subscription", "invoices", "invoice", "payments"),
    *("payment", "products", "product new", "product", "price", "coupons", "events", "event", "settings"),
    *("checkout", "checkout of a known card", "payment link", "portal", "portal card", "portal details"),
    *("portal pause", "portal cancel", "portal switch", "portal confirm", "hosted invoice"),
)


def _named(screen: str) -> str:
    return f"sandbox/screens/{screen.replace(' ', '-')}"


@scene("sandbox/screens/empty", *map(_named, _SCREENS))
def every_screen(studio: Studio) -> None:
    with testing.running_sandbox(studio.folder("sandbox") / "stripe.db") as url:
        page = studio.visit()
        page.goto(url)
        studio.shoot(page, "sandbox/screens/empty")
        with httpx.Client(headers={"Origin": url, "Sec-Fetch-Site": "same-origin"}) as browser:
            for name, address in addresses(Shop(unchecked(url), url, browser)).items():
                if studio.album.wants(_named(name)):
                    page.goto(address)
                    studio.shoot(page, _named(name))


@scene("sandbox/checkout/plan", "sandbox/checkout/declined", "sandbox/checkout/empty", "sandbox/portal/home")
def the_hosted_pages_of_the_product(studio: Studio) -> None:
    page = studio.member()
    go_to_checkout(page, studio.stack)
    studio.shoot(page, "sandbox/checkout/plan")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator("#number-error")).to_be_visible()
    studio.shoot(page, "sandbox/checkout/empty")
    pay(page, DECLINED)
    expect(page.locator("#number-error")).to_contain_text("Your card was declined.")
    studio.shoot(page, "sandbox/checkout/declined")
    subscribe(page, studio.stack)
    open_portal(page, studio.stack)
    studio.shoot(page, "sandbox/portal/home")


@scene("sandbox/checkout/book", "sandbox/checkout/thanks")
def something_paid_once(studio: Studio) -> None:
    page = studio.open(studio.member(), "/library")
    page.get_by_role("button", name="Buy").click()
    page.wait_for_url("**/c/pay/**")
    studio.shoot(page, "sandbox/checkout/book")
    page = studio.visit()
    price = studio.stack.ask_stripe("/v1/prices?lookup_keys[]=book_v1")["data"][0]["id"]
    page.goto(
        studio.stack.ask_stripe("/v1/payment_links", f"line_items[0][price]={price}&line_items[0][quantity]=1")["url"]
    )
    page.get_by_label("Email").fill("thanks@example.com")
    fill_card(page)
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    studio.shoot(page, "sandbox/checkout/thanks")
