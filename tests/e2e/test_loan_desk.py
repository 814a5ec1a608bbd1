"""The loan desk by hand: change, copy, open the schedule, delete after a question."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import join, save_as, work_out_a_loan

pytestmark = pytest.mark.e2e


def test_a_scenario_is_changed_copied_opened_and_deleted_after_a_question(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    work_out_a_loan(page, stack, "100,000")
    save_as(page, "River")
    page.get_by_role("button", name="Change River").click()
    page.get_by_label("New name").fill("Hill")
    page.get_by_label("Notes").fill("north side")
    page.get_by_role("button", name="Keep changes").click()
    page.get_by_role("button", name="Copy Hill").click()
    expect(page.locator("#room")).to_have_text("2 of 2 saved")
    page.get_by_role("button", name="Schedule Copy of Hill").click()
    expect(page.locator("#schedule").get_by_role("row")).to_have_count(301)
    page.get_by_role("button", name="Delete Copy of Hill").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Delete Copy of Hill").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator("#room")).to_have_text("1 of 2 saved")
    expect(page.locator("#schedule")).to_be_hidden()
