"""What Free holds, what it says when it is full, and that paying opens it there and then."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import join, save_as, subscribe, work_out_a_loan

pytestmark = pytest.mark.e2e


def test_the_third_save_is_refused_with_reason_and_price_and_succeeds_after_paying(
    visitor: Visitor, stack: Stack
) -> None:
    page = visitor.new_tab()
    join(page, stack)
    for name in ("River", "Hill"):
        work_out_a_loan(page, stack)
        save_as(page, name)
        expect(_said(page)).to_have_text(f"Saved as {name}.")
    work_out_a_loan(page, stack, "312,500")
    save_as(page, "By the sea")
    expect(page.locator("#paywall-reason")).to_have_text("Your plan holds 2 scenarios. Pro holds more.")
    paywall = page.get_by_role("alert").filter(has=page.locator("#paywall-reason"))
    expect(paywall).to_contain_text("Pro is €6 a month, billed as €72 a year.")
    _still_typed(page)
    subscribe(visitor.new_tab(), stack)
    expect(page.locator("#paywall-reason")).to_be_hidden()
    _still_typed(page)
    page.get_by_role("button", name="Save scenario").click()
    expect(_said(page)).to_have_text("Saved as By the sea.")
    expect(page.locator("#room")).to_have_text("3 saved")


def _said(page: Page) -> object:
    return page.get_by_role("main").get_by_role("status").filter(has_text="Saved as")


def _still_typed(page: Page) -> None:
    expect(page.get_by_label("Loan", exact=True)).to_have_value("312,500")
    expect(page.get_by_label("Name", exact=True)).to_have_value("By the sea")


def test_comparing_is_refused_on_free_and_opens_with_pro(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    for name, amount in (("Dear", "400,000"), ("Cheap", "100,000")):
        work_out_a_loan(page, stack, amount)
        save_as(page, name)
        expect(_said(page)).to_have_text(f"Saved as {name}.")
    page.get_by_role("button", name="Compare side by side").click()
    expect(page.locator("#paywall-reason")).to_have_text("Compare is part of Pro.")
    expect(page.locator("#comparison")).to_be_hidden()
    subscribe(visitor.new_tab(), stack)
    page.get_by_role("button", name="Compare side by side").click()
    expect(page.locator("#comparison").get_by_role("rowheader")).to_contain_text(["Cheap", "Dear"])


def test_a_loan_that_cannot_be_is_explained_by_field_and_what_was_typed_stays(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    page.goto(f"{stack.url}/scenarios")
    page.get_by_label("Loan", exact=True).fill("a lot")
    page.get_by_label("Yearly rate").fill("999")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#principal-error")).to_contain_text("“a lot” is not an amount.")
    expect(page.locator("#rate-error")).to_contain_text("The yearly rate is a number")
    expect(page.get_by_label("Loan", exact=True)).to_have_value("a lot")
    expect(page.locator("#loan-payment")).to_be_hidden()


def test_a_known_loan_comes_to_the_published_sum(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    page.goto(f"{stack.url}/scenarios")
    for label, value in (("Loan", "200,000"), ("Yearly rate", "3"), ("Term", "25")):
        page.get_by_label(label, exact=label == "Loan").fill(value)
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#loan-payment")).to_have_text("€948.42")
    expect(page.locator("#loan-interest")).to_have_text("€84,526.79")
