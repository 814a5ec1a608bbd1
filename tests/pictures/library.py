"""The book: on the shelf, before and after it is bought, and every chapter of it."""

from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from saas_app.features.library.book import book
from tests.e2e.steps import GOOD_CARD, fill_card
from tests.pictures.studio import Studio, scene

_CHAPTERS = {f"library/book/{each.slug}": each.title for each in book().chapters}
_SELECT = """number => {
  const range = document.createRange(), block = document.getElementById("b" + number);
  range.selectNodeContents(block);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def buy(page: Page, studio: Studio, card: str = GOOD_CARD) -> None:
    """From the shelf to the page that says whose it is."""
    studio.open(page, "/library").get_by_role("button", name="Buy").click()
    page.wait_for_url("**/c/pay/**")
    fill_card(page, card)
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url("**/purchases/return**")


@scene("library/sample/stranger", "library/sample/member", "library/to-buy", "library/book/not-yours")
def before_it_is_bought(studio: Studio) -> None:
    studio.shoot(studio.open(studio.visit(), "/library/sample"), "library/sample/stranger")
    page = studio.open(studio.member(), "/library/sample")
    studio.shoot(page, "library/sample/member")
    studio.open(page, "/library")
    expect(page.get_by_role("button", name="Buy")).to_be_visible()
    studio.shoot(page, "library/to-buy")
    studio.shoot(studio.open(page, "/library/book"), "library/book/not-yours")


@scene("library/owned", "library/reading", *(f"{each}/read" for each in _CHAPTERS))
def every_chapter(studio: Studio) -> None:
    page = studio.member()
    buy(page, studio)
    expect(page.locator("#unlocked")).to_be_visible()
    studio.open(page, "/library")
    expect(page.get_by_role("link", name="Begin to read")).to_be_visible()
    studio.shoot(page, "library/owned")
    for path, title in _CHAPTERS.items():
        studio.open(page, f"/{path}")
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        studio.shoot(page, f"{path}/read")
    studio.open(page, "/library")
    expect(page.locator("#place")).to_be_visible()
    studio.shoot(page, "library/reading")


@scene("library/book/offer", "library/book/note", "library/book/no-note", "library/book/contents")
def writing_in_the_margin(studio: Studio) -> None:
    page = studio.member()
    buy(page, studio)
    expect(page.locator("#unlocked")).to_be_visible()
    studio.open(page, "/library/book/the-schedule").evaluate(_SELECT, 5)
    expect(page.get_by_role("button", name="Note this passage")).to_be_visible()
    studio.shoot(page, "library/book/offer", whole=False)
    page.get_by_role("button", name="Keep this note").click()
    expect(page.get_by_text("Write a note, or mark a passage in the text.")).to_be_visible()
    studio.shoot(page, "library/book/no-note")
    studio.open(page, "/library/book/the-schedule").evaluate(_SELECT, 5)
    page.get_by_role("button", name="Note this passage").click()
    page.get_by_label("Note", exact=True).fill("Do this once by hand.\nThen believe it.")
    page.get_by_role("button", name="Keep this note").click()
    expect(page.locator("mark")).to_be_visible()
    studio.shoot(page, "library/book/note")
    studio.open(page, "/library/book/the-schedule")
    page.set_viewport_size({"width": 390, "height": 900})
    page.get_by_text("Contents", exact=True).first.click()
    studio.shoot(page, "library/book/contents", whole=False)


@scene(
    "library/refunded", "billing/purchases", "billing/partly-refunded", "billing/refunded", "purchases/return/active"
)
def given_back(studio: Studio) -> None:
    page = studio.member()
    buy(page, studio)
    expect(page.locator("#unlocked")).to_be_visible()
    studio.shoot(page, "purchases/return/active")
    studio.open(page, "/billing")
    owned = page.locator("#purchases")
    expect(owned).to_contain_text("Owned")
    studio.shoot(page, "billing/purchases")
    payment = studio.stack.ask_stripe("/v1/payment_intents?limit=1")["data"][0]["id"]
    studio.stack.ask_stripe("/v1/refunds", urlencode({"payment_intent": payment, "amount": 500}))
    expect(owned).to_contain_text("€5 of it returned")
    studio.shoot(page, "billing/partly-refunded")
    studio.stack.ask_stripe("/v1/refunds", urlencode({"payment_intent": payment}))
    expect(owned).to_contain_text("Refunded")
    studio.shoot(page, "billing/refunded")
    studio.open(page, "/library")
    expect(page.get_by_role("button", name="Buy")).to_be_visible()
    studio.shoot(page, "library/refunded")


@scene("billing/disputed", "library/disputed")
def asked_back_by_the_bank(studio: Studio) -> None:
    page = studio.member()
    buy(page, studio, "4000000000000259")
    studio.open(page, "/billing")
    expect(page.locator("#purchases")).to_contain_text("Frozen")
    studio.shoot(page, "billing/disputed")
    studio.open(page, "/library")
    expect(page.get_by_role("heading", name="The payment is disputed")).to_be_visible()
    studio.shoot(page, "library/disputed")


@scene(
    "purchases/return/unknown",
    "purchases/return/open",
    "purchases/return/processing",
    "library/under-way",
    "billing/under-way",
)
def a_payment_that_is_not_one_yet(studio: Studio) -> None:
    page = studio.open(studio.member(), "/purchases/return?session_id=cs_test_nothing")
    expect(page.get_by_text("We do not know this payment")).to_be_visible()
    studio.shoot(page, "purchases/return/unknown")
    studio.open(page, "/library").get_by_role("button", name="Buy").click()
    page.wait_for_url("**/c/pay/**")
    session = studio.stack.ask_stripe("/v1/checkout/sessions?limit=1")["data"][0]["id"]
    studio.open(page, f"/purchases/return?session_id={session}")
    expect(page.get_by_text("Not paid")).to_be_visible()
    studio.shoot(page, "purchases/return/open")
    holder = {"billing_details[name]": "Ada", "billing_details[email]": "ada@example.com"}
    account = {"type": "sepa_debit", "sepa_debit[iban]": "AT321904300235473204"}
    method = studio.stack.ask_stripe("/v1/payment_methods", urlencode({**account, **holder}))["id"]
    form = urlencode({"payment_method": method, "expected_amount": 1900})
    studio.stack.ask_stripe(f"/v1/payment_pages/{session}/confirm", form)
    studio.open(page, f"/purchases/return?session_id={session}")
    expect(page.get_by_text("Still being processed")).to_be_visible()
    studio.shoot(page, "purchases/return/processing")
    studio.open(page, "/library")
    expect(page.get_by_text("Your payment is under way")).to_be_visible()
    studio.shoot(page, "library/under-way")
    studio.open(page, "/billing")
    expect(page.locator("#purchases")).to_contain_text("Processing")
    studio.shoot(page, "billing/under-way")


@scene("claim/stranger", "claim/member", "claim/used", "claim/nothing")
def paid_by_a_link(studio: Studio) -> None:
    studio.shoot(studio.open(studio.visit(), "/claim"), "claim/nothing")
    page, ada = studio.visit(), "link@example.com"
    price = studio.stack.ask_stripe("/v1/prices?lookup_keys[]=book_v1")["data"][0]["id"]
    item = urlencode({"line_items[0][price]": price, "line_items[0][quantity]": 1})
    page.goto(studio.stack.ask_stripe("/v1/payment_links", item)["url"])
    page.get_by_label("Email").fill(ada)
    fill_card(page)
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    studio.open(page, f"/dev/mailbox?to={ada}").get_by_role("link", name="The flat in numbers is paid").click()
    link = page.get_by_role("link", name="/claim/")
    address = str(link.get_attribute("href"))
    link.click()
    expect(page.get_by_role("heading", name="Put your purchase into your account")).to_be_visible()
    studio.shoot(page, "claim/stranger")
    member = studio.member()
    member.goto(address)
    studio.shoot(member, "claim/member")
    member.get_by_role("button", name="Put it into my account").click()
    member.wait_for_url("**/billing**")
    member.goto(address)
    if (again := member.get_by_role("button", name="Put it into my account")).is_visible():
        again.click()
    studio.shoot(member, "claim/used")
