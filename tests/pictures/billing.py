"""Billing as it stands on an ordinary day, and the page between paying and having."""

from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack
from tests.e2e.steps import go_to_checkout, subscribe
from tests.pictures.studio import Studio, scene


def subscription(stack: Stack) -> dict[str, Any]:
    """The newest, as Stripe has it."""
    return stack.ask_stripe("/v1/subscriptions?status=all&limit=1")["data"][0]


def at_stripe(studio: Studio, what: str, **form: object) -> str:
    """Change or make something there; gives its id."""
    return studio.stack.ask_stripe(f"/v1/{what}", urlencode(form))["id"]


def billing(page: Page, studio: Studio, says: str = "") -> Page:
    """Open billing, and wait until it says this."""
    studio.open(page, "/billing")
    expect(page.locator("#plan-name")).to_be_visible()
    if says:
        expect(page.get_by_text(says).first).to_be_visible()
    return page


@scene("billing/free", "billing/problem", "billing/owned-already", "billing/pro", "billing/monthly", "billing/agent")
def with_and_without_a_plan(studio: Studio) -> None:
    page = studio.member()
    billing(page, studio, "No invoices yet")
    studio.shoot(page, "billing/free")
    studio.open(page, "/billing?problem=StripeUnavailable&plan=pro_v1&billing=year")
    expect(page.locator("#billing-problem")).to_be_visible()
    studio.shoot(page, "billing/problem")
    studio.open(page, "/billing?problem=CannotChange")
    expect(page.locator("#billing-problem")).to_be_visible()
    studio.shoot(page, "billing/owned-already")
    subscribe(page, studio.stack)
    billing(page, studio, "On your invoices")
    studio.shoot(page, "billing/pro")
    page = studio.member()
    subscribe(page, studio.stack, billing="monthly")
    billing(page, studio, "Paid")
    studio.shoot(page, "billing/monthly")
    page = studio.member()
    studio.open(page, "/pricing").get_by_role("button", name="Choose Agent").click()
    studio.pay(page)
    billing(page, studio, "Paid")
    studio.shoot(page, "billing/agent")


@scene("billing/discount", "billing/details", "billing/suspended")
def what_stripe_may_add(studio: Studio) -> None:
    page = studio.member()
    subscribe(page, studio.stack)
    mine = subscription(studio.stack)
    coupon = at_stripe(studio, "coupons", percent_off=25, duration="repeating", duration_in_months=3, name="Spring")
    at_stripe(studio, f"subscriptions/{mine['id']}", **{"discounts[0][coupon]": coupon})
    billing(page, studio)
    expect(page.locator("#plan-discount")).to_be_visible()
    studio.shoot(page, "billing/discount")
    where = {"line1": "1 Example Street", "postal_code": "10000", "city": "Brno", "country": "CZ"}
    address = {f"address[{key}]": value for key, value in where.items()}
    at_stripe(
        studio, f"customers/{mine['customer']}", name="Ada Lovelace, Analytical Engines", balance=-1500, **address
    )
    billing(page, studio, "Brno")
    studio.shoot(page, "billing/details")
    page = studio.member()
    subscribe(page, studio.stack)
    mine = subscription(studio.stack)
    at_stripe(studio, f"subscriptions/{mine['id']}", **{"pause_collection[behavior]": "void"})
    billing(page, studio, "Your plan is paused")
    studio.shoot(page, "billing/suspended")


@scene("billing/invoice-sent")
def an_invoice_to_pay_by_oneself(studio: Studio) -> None:
    page = studio.member()
    go_to_checkout(page, studio.stack)
    customer = studio.stack.ask_stripe("/v1/customers?limit=1")["data"][0]["id"]
    price = studio.stack.ask_stripe("/v1/prices?lookup_keys[]=agent_v1_year")["data"][0]["id"]
    sent = {"collection_method": "send_invoice", "days_until_due": 14, "items[0][price]": price}
    at_stripe(studio, "subscriptions", customer=customer, **sent)
    invoice = studio.stack.ask_stripe(f"/v1/invoices?customer={customer}&limit=1")["data"][0]
    if invoice["status"] == "draft":
        at_stripe(studio, f"invoices/{invoice['id']}/finalize")
    billing(page, studio, "is due on")
    studio.shoot(page, "billing/invoice-sent")


@scene("billing/return/unknown", "billing/return/open", "billing/return/active")
def coming_back_from_the_checkout(studio: Studio) -> None:
    page = studio.open(studio.member(), "/billing/return?session_id=cs_test_nothing")
    expect(page.get_by_text("We do not know this payment")).to_be_visible()
    studio.shoot(page, "billing/return/unknown")
    go_to_checkout(page, studio.stack)
    session = studio.stack.ask_stripe("/v1/checkout/sessions?limit=1")["data"][0]["id"]
    studio.open(page, f"/billing/return?session_id={session}")
    expect(page.get_by_text("Not paid")).to_be_visible()
    studio.shoot(page, "billing/return/open")
    subscribe(page, studio.stack)
    studio.shoot(page, "billing/return/active")


@scene("billing/paid-twice")
def a_second_subscription(studio: Studio) -> None:
    page = studio.member()
    subscribe(page, studio.stack)
    billing(page, studio, "Paid")
    mine = subscription(studio.stack)
    price = mine["items"]["data"][0]["price"]["id"]
    card = mine["default_payment_method"]
    at_stripe(
        studio, "subscriptions", customer=mine["customer"], default_payment_method=card, **{"items[0][price]": price}
    )
    expect(page.get_by_role("cell", name="Refunded")).to_be_visible()
    studio.shoot(page, "billing/paid-twice")
