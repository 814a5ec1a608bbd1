"""The loan desk by hand: change, copy, open the schedule, delete after a question; folders, files, side by side."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import confirm_address, join, open_dashboard, pay, save_as, work_out_a_loan

pytestmark = pytest.mark.e2e


def test_the_first_screen_leads_back_to_what_was_saved_last(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    confirm_address(page, stack, join(page, stack))
    work_out_a_loan(page, stack)
    save_as(page, "River")
    expect(page.locator("#room")).to_have_text("1 of 2 saved")
    open_dashboard(page, stack)
    page.get_by_role("link", name="River").click()
    expect(page.locator("#schedule")).to_be_visible()


def test_a_scenario_is_changed_copied_opened_and_deleted_after_a_question(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    work_out_a_loan(page, stack, "100,000")
    save_as(page, "River")
    page.get_by_role("button", name="Change River").click()
    page.get_by_label("New name").fill("Hill")
    page.get_by_label("Notes").fill("north side")
    page.get_by_role("button", name="Keep changes").click()
    page.get_by_role("button", name="Change Hill").click()
    page.get_by_role("button", name="Change the numbers").click()
    expect(page.locator("#loan-terms")).to_have_text("€100,000 at 3.5 % over 25 years")
    expect(page.locator("#loan-card")).to_be_focused()
    page.get_by_label("Loan", exact=True).fill("typed by mistake")
    page.get_by_role("button", name="Change Hill", exact=True).click()
    page.get_by_role("button", name="Change the numbers").click()
    expect(page.get_by_label("Loan", exact=True)).to_have_value("100,000")
    page.get_by_label("Loan", exact=True).fill("120,000")
    page.get_by_text("More about this loan").click()
    page.get_by_label("How it is repaid").select_option("linear")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#loan-terms")).to_have_text("€120,000 at 3.5 % over 25 years, equal repayment")
    page.reload()
    expect(page.get_by_label("Loan", exact=True)).to_have_value("120,000")
    expect(page.get_by_label("How it is repaid")).to_have_value("linear")
    page.get_by_role("button", name="Change Hill to this").click()
    expect(page.get_by_text("€120,000 at 3.5 % over 25 years, equal repayment")).to_have_count(2)
    expect(page.locator("#room")).to_have_text("1 of 2 saved")
    page.get_by_role("button", name="Duplicate Hill").click()
    expect(page.locator("#room")).to_have_text("2 of 2 saved")
    page.get_by_role("button", name="Schedule Copy of Hill").click()
    expect(page.locator("#schedule").get_by_role("row")).to_have_count(301)
    page.get_by_role("button", name="Delete Copy of Hill").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Delete Copy of Hill").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator("#room")).to_have_text("1 of 2 saved")
    expect(page.locator("#schedule")).to_be_hidden()


def test_what_was_done_is_not_told_again_on_a_later_visit(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    work_out_a_loan(page, stack)
    save_as(page, "River")
    expect(page.get_by_text("Saved as River.")).to_be_visible()
    page.goto(f"{stack.url}/billing")
    page.get_by_role("link", name="Scenarios").click()
    expect(page.locator("#room")).to_have_text("1 of 2 saved")
    expect(page.locator("#loan-payment")).to_be_visible()
    expect(page.get_by_text("Saved as River.")).to_be_hidden()


def test_an_agent_keeps_folders_takes_files_home_and_compares_on_a_phone(
    open_browser: OpenBrowser, stack: Stack
) -> None:
    page = open_browser(viewport={"width": 390, "height": 844}, accept_downloads=True).new_tab()
    join(page, stack)
    page.goto(f"{stack.url}/pricing")
    page.get_by_role("button", name="Choose Agent").click()
    page.wait_for_url("**/c/pay/**")
    pay(page)
    expect(page.locator("#unlocked")).to_be_visible()
    for amount, name, client in (("100,000", "River", "Bob"), ("200,000", "Hill", "Bob"), ("300,000", "Sea", "Eve")):
        work_out_a_loan(page, stack, amount)
        page.get_by_label("Client", exact=True).fill(client)
        save_as(page, name)
        expect(page.get_by_role("button", name=f"Delete {name}")).to_be_visible()
    page.get_by_role("button", name="Bob", exact=True).click()
    expect(page.get_by_role("button", name="Delete Sea")).to_be_hidden()
    for name in ("River", "Hill"):
        page.get_by_label(f"Compare {name}").click()
        expect(page.get_by_label(f"Compare {name}")).to_be_checked()
    page.get_by_role("button", name="Compare side by side").click()
    table = page.locator("#comparison table")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table).to_contain_text("more in interest and fees")
    assert table.evaluate("each => each.scrollWidth <= each.parentElement.clientWidth"), "readable without scrolling"
    page.set_viewport_size({"width": 768, "height": 900})
    assert table.get_by_role("rowheader").first.evaluate("each => each.clientWidth") > 300, "room for the words"
    with page.expect_download() as waiting:
        page.get_by_role("link", name="All as CSV").click()
    lines = list(csv.reader(Path(waiting.value.path()).read_text("utf-8-sig").splitlines()))
    assert [line[:2] for line in lines[1:]] == [["River", "Bob"], ["Hill", "Bob"], ["Sea", "Eve"]]
    page.get_by_role("button", name="Schedule River").click()
    with page.expect_download() as waiting:
        page.locator("#schedule").get_by_role("link", name="As CSV").click()
    assert len(Path(waiting.value.path()).read_text("utf-8-sig").splitlines()) == 301
    said = {
        page.request.get(f"{stack.url}/scenarios/comparison.csv", headers={"accept-language": each}).text()
        for each in ("en-US", "en-IN", "en-DE")
    }
    assert len(said) == 1, "a program may read it"
    headers = page.request.get(f"{stack.url}/scenarios/comparison.csv").headers
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == 'attachment; filename="comparison.csv"'
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("private, no-store", "nosniff")
