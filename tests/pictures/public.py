"""What strangers see: selling, working out, reading, and the pages of the law."""

from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.e2e.steps import join, subscribe
from tests.pictures.studio import Studio, page_of, scene


@scene("landing/stranger", "landing/on-a-phone", "landing/member")
def the_front_door(studio: Studio) -> None:
    page = studio.open(studio.visit(), "/")
    studio.shoot(page, "landing/stranger")
    studio.shoot(page, "landing/on-a-phone", whole=False)
    studio.shoot(studio.open(studio.member(), "/"), "landing/member")


@scene("pricing/yearly", "pricing/monthly")
def prices(studio: Studio) -> None:
    page = studio.open(studio.visit(), "/pricing")
    studio.shoot(page, "pricing/yearly")
    page.get_by_text("Monthly", exact=True).click()
    expect(page.get_by_text("€9", exact=True)).to_be_visible()
    studio.shoot(page, "pricing/monthly")


@scene("pricing/member", "pricing/canceled", "pricing/subscribed", "welcome/subscribed")
def prices_for_members(studio: Studio) -> None:
    page = studio.open(studio.member(), "/pricing")
    studio.shoot(page, "pricing/member")
    studio.shoot(studio.open(page, "/pricing?canceled=1"), "pricing/canceled")
    subscribe(page, studio.stack)
    studio.shoot(studio.open(page, "/pricing"), "pricing/subscribed")
    studio.shoot(studio.open(page, "/welcome"), "welcome/subscribed")


@scene("calculator/first", "calculator/wrong", "calculator/interest-first", "calculator/on-a-phone")
def a_loan_is_worked_out(studio: Studio) -> None:
    page = studio.open(studio.visit(), "/calculator")
    studio.shoot(page, "calculator/first")
    page.get_by_label("Years", exact=True).scroll_into_view_if_needed()
    studio.shoot(page, "calculator/on-a-phone", whole=False)
    loan = {"amount": "120000", "rate": "6", "years": "12", "kind": "interest_first", "resting": "2"}
    studio.shoot(studio.open(page, f"/calculator?{urlencode(loan)}"), "calculator/interest-first")
    wrong = {"amount": "a lot", "rate": "many", "years": "100"}
    studio.shoot(studio.open(page, f"/calculator?{urlencode(wrong)}"), "calculator/wrong")


@scene("rent-or-buy/first", "rent-or-buy/renting-ahead", "rent-or-buy/wrong", "rent-or-buy/typing")
def rent_against_buy(studio: Studio) -> None:
    page = studio.open(studio.visit(), "/rent-or-buy")
    studio.shoot(page, "rent-or-buy/first")
    page.get_by_label("A sale costs").scroll_into_view_if_needed()
    studio.shoot(page, "rent-or-buy/typing", whole=False)
    _answered(page, {"Rent a month": "600", "The price grows by": "-1"}, "renting stays ahead")
    studio.shoot(page, "rent-or-buy/renting-ahead")
    page.get_by_label("Your own money, €").fill("a lot")
    page.get_by_label("Interest, %").fill("999")
    expect(page.locator("#own-error")).to_contain_text("is not an amount")
    studio.shoot(page, "rent-or-buy/wrong")


@scene("yield/first", "yield/own-money-only", "yield/wrong")
def what_a_flat_earns(studio: Studio) -> None:
    page = studio.open(studio.visit(), "/yield")
    studio.shoot(page, "yield/first")
    figures = {"Price": "1451", "Tax, notary": "", "Owner’s costs": "0", "Your own money, €": "1451"}
    _answered(page, {**figures, "Rent a month": "9.30"}, "both returns are the same")
    studio.shoot(page, "yield/own-money-only")
    page.get_by_label("Price").fill("nothing")
    page.get_by_label("Rent a month").fill("-3")
    expect(page.locator("#price-error")).to_contain_text("is not an amount")
    studio.shoot(page, "yield/wrong")


def _answered(page: Page, typed: dict[str, str], says: str) -> None:
    for label, value in typed.items():
        page.get_by_label(label).fill(value)
    expect(page.locator("#verdict")).to_contain_text(says)


@scene(
    *("landing/no-script", "pricing/no-script", "calculator/no-script", "signup/no-script", "dashboard/no-script"),
    *("rent-or-buy/no-script", "billing/no-script", "settings/no-script", "library/no-script"),
)
def pages_without_script(studio: Studio) -> None:
    page = studio.visit(java_script_enabled=False)
    for name in ("landing", "pricing", "calculator", "rent-or-buy", "signup"):
        path = page_of(f"{name}/no-script")
        studio.shoot(studio.open(page, path), f"{name}/no-script")
    join(page, studio.stack)
    for name in ("dashboard", "billing", "library", "settings"):
        studio.shoot(studio.open(page, f"/{name}"), f"{name}/no-script")


@scene("terms/stranger", "privacy/stranger", "goodbye/stranger", "undo/stranger", "locked/stranger", "s/nothing")
def pages_that_need_nobody(studio: Studio) -> None:
    page = studio.visit()
    for name in ("terms", "privacy", "goodbye", "undo", "locked"):
        studio.shoot(studio.open(page, f"/{name}"), f"{name}/stranger")
    studio.shoot(studio.open(page, "/s/there-is-no-such-link"), "s/nothing")


@scene("no/such/page/stranger", "no/such/page/member")
def an_address_that_does_not_exist(studio: Studio) -> None:
    studio.shoot(studio.open(studio.visit(), "/no/such/page"), "no/such/page/stranger")
    studio.shoot(studio.open(studio.member(), "/no/such/page"), "no/such/page/member")
