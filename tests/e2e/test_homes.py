"""Rent or buy, what a flat earns, and the way from the calculator to the desk."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import Person, fill_sign_up, save_as

pytestmark = pytest.mark.e2e


def test_rent_or_buy_answers_without_a_script_and_keeps_what_was_typed(open_browser: OpenBrowser, stack: Stack) -> None:
    page = open_browser(java_script_enabled=False).new_tab()
    page.goto(f"{stack.url}/rent-or-buy")
    expect(page.locator("#verdict")).to_contain_text("buying is ahead from year 9 on.")
    page.get_by_label("Rent a month").fill("600")
    page.get_by_label("The price grows by").fill("-1")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#verdict")).to_contain_text("renting stays ahead for all 25 years.")
    page.get_by_label("Your own money, €").fill("a lot")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#own-error")).to_contain_text("“a lot” is not an amount.")
    expect(page.get_by_label("Your own money, €")).to_have_value("a lot")
    expect(page.get_by_label("Rent a month")).to_have_value("600")


def test_every_year_below_follows_what_is_typed(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/rent-or-buy")
    years = page.get_by_role("region", name="What each has at the end of each year").get_by_role("row")
    expect(years).to_have_count(26)
    page.get_by_label("Years", exact=True).fill("12")
    expect(years).to_have_count(13)
    expect(years.last).to_contain_text("€")


def test_the_answer_follows_what_is_typed_in_the_readers_own_writing(open_browser: OpenBrowser, stack: Stack) -> None:
    page = open_browser(locale="de-DE").new_tab()
    page.goto(f"{stack.url}/yield")
    expect(page.locator("#verdict")).to_contain_text("2,44 %")
    page.get_by_label("Price").fill("1.451,00 €")
    page.get_by_label("Rent a month").fill("9,30")
    page.get_by_label("Tax, notary").fill("")
    page.get_by_label("Owner’s costs").fill("0")
    page.get_by_label("Your own money, €").fill("1000")
    expect(page.locator("#formulas")).to_contain_text("7,69 %")
    expect(page.locator("#formulas")).to_contain_text(re.compile(r"12 × 9,30\s€ ÷ 1\.451\s€"))
    page.get_by_label("Your own money, €").fill("1452")
    expect(page.locator("#own-error")).to_contain_text("no more goes into it")
    expect(page.get_by_text("This is still the answer to your last valid numbers")).to_be_visible()
    expect(page.locator("#formulas")).to_contain_text("7,69 %")
    page.get_by_label("Your own money, €").fill("1451")
    expect(page.locator("#verdict")).to_contain_text("both returns are the same")
    expect(page.locator("#picture")).to_contain_text("Nothing is borrowed")
    expect(page.locator("#own-error")).to_be_empty()
    expect(page.get_by_text("This is still the answer to your last valid numbers")).to_be_hidden()
    expect(page).to_have_url(re.compile("own=1451"))
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("#formulas")).to_contain_text("7,69 %")


@pytest.mark.parametrize(
    ("path", "last", "answer"),
    [
        ("/rent-or-buy", "A sale costs", "#verdict"),
        ("/yield", "Interest, %", "#verdict"),
        ("/calculator", "Years", "#quick-payment"),
    ],
)
def test_on_a_phone_the_answer_stays_in_sight_while_somebody_types(
    path: str, last: str, answer: str, open_browser: OpenBrowser, stack: Stack
) -> None:
    page = open_browser(viewport={"width": 390, "height": 500}).new_tab()
    page.goto(stack.url + path)
    field = page.get_by_label(last, exact=path == "/calculator")
    before = page.locator(answer).inner_text()
    field.scroll_into_view_if_needed()
    field.fill("9")
    expect(page.locator(answer)).not_to_have_text(before)
    expect(page.locator(answer)).to_be_in_viewport(ratio=1)
    expect(field).to_be_in_viewport(ratio=1)


def test_a_loan_from_the_calculator_is_kept_by_way_of_signing_up(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/calculator")
    page.get_by_label("Loan in €").fill("120.000,50 €")
    page.get_by_label("Interest in %").fill("6")
    page.get_by_label("Years", exact=True).fill("12")
    page.get_by_label("Interest only at first").check()
    page.get_by_label("Years of interest only").fill("2")
    page.get_by_role("button", name="Save it, free").click()
    page.wait_for_url("**/signup?**")
    fill_sign_up(page, Person())
    page.wait_for_url("**/scenarios?**")
    expect(page.locator("#loan-payment")).to_have_text("€600.00")
    expect(page.get_by_label("Loan", exact=True)).to_have_value("120.000,50 €")
    expect(page.get_by_label("How it is repaid")).to_have_value("interest_first")
    save_as(page, "From the calculator")
    expect(page.locator("#room")).to_have_text("1 of 2 saved")
    expect(page.get_by_text("€120,000.50 at 6 % over 12 years, 2 years interest only")).to_have_count(2)
    page.goto(f"{stack.url}/calculator?amount=a+lot&rate=5&years=30")
    page.get_by_role("button", name="Save it as a scenario").click()
    expect(page.locator("#principal-error")).to_contain_text("“a lot” is not an amount.")
    expect(page.get_by_label("Loan", exact=True)).to_have_value("a lot")


def test_an_answer_of_before_is_spoken_of_only_where_there_is_one(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/yield?price=abc&rent=950&vacancy=5&costs=0&own=1000&rate=3")
    expect(page.locator("#price-error")).not_to_be_empty()
    page.get_by_label("Tax, notary").fill("x")
    expect(page.locator("#fees-error")).not_to_be_empty()
    expect(page.get_by_text("This is still the answer")).to_be_hidden()
    page.get_by_label("Tax, notary").fill("")
    page.get_by_label("Price").fill("250000")
    expect(page.locator("#verdict")).to_contain_text("%")
    page.get_by_label("Price").fill("abc")
    expect(page.get_by_text("This is still the answer")).to_be_visible()
