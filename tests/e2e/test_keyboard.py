"""Changing and ending a plan with the keyboard alone, and as a screen reader tells it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import Person, fill_sign_up, join, subscribe, work_out_a_loan

pytestmark = pytest.mark.e2e

MOST_TABS = 60


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus, which then is to be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            outline = wanted.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline != "none", "the focus cannot be seen"
            return
    raise AssertionError(f"no Tab leads to {wanted}")


def _heard(page: Page) -> str:
    """What a screen reader makes of the page's own part."""
    return page.locator("main").aria_snapshot()


def test_signing_up_and_the_way_to_the_checkout_are_told_whole(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/signup?plan=pro_v1&billing=year")
    expect(page.locator("main")).to_match_aria_snapshot("""
      - heading "Create your account" [level=1]
      - paragraph: /Pro, €72 a year/
      - textbox "Name"
      - textbox "E-mail"
      - textbox "Password"
      - button "Show password"
      - paragraph: /At least 12 characters/
      - button "Create my account"
    """)
    fill_sign_up(page, Person(email="ada@nobody"))
    visitor.expect_complaint("status of 422")
    wrong = page.get_by_role("textbox", name="E-mail")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_accessible_description("This is not an e-mail address we can write to.")
    fill_sign_up(page, Person())
    page.wait_for_url("**/welcome**")
    expect(page.locator("main")).to_match_aria_snapshot("""
      - heading "You are registered" [level=1]
      - link "Continue free"
      - heading "Now get more with Pro" [level=2]
      - button "Get Pro for €72 a year"
    """)
    page.get_by_role("button", name="Get Pro").click()
    page.wait_for_url("**/c/pay/**")
    assert {"textbox", "button"} <= set(re.findall(r"- (\w+)", page.locator("body").aria_snapshot()))


def test_every_chart_has_a_name_and_a_table_with_its_figures(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    for path in ("/calculator", "/rent-or-buy", "/yield", "/library/sample"):
        page.goto(stack.url + path)
        assert page.get_by_role("img").count(), path
        for chart in page.get_by_role("img").all():
            assert chart.evaluate("each => (each.getAttribute('aria-label') || each.ariaLabelledByElements).length"), (
                path
            )
        expect(page.get_by_role("table").first).to_be_visible()
    join(page, stack)
    work_out_a_loan(page, stack)
    expect(page.get_by_role("img", name="A column for each of 25 years")).to_be_visible()
    page.get_by_text("Year by year").click()
    expect(page.get_by_role("table").first.get_by_role("row")).to_have_count(26)


def test_a_plan_is_changed_and_canceled_and_kept_by_keyboard(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    subscribe(page, stack, billing="monthly")

    # Up: the choice says plan and price, the page says the sum before its button
    page.goto(f"{stack.url}/billing")
    choice = page.get_by_role("button", name=re.compile("Move up to Agent.*Agent for €29 a month"))
    expect(choice).to_be_enabled()
    _tab_to(page, choice)
    page.keyboard.press("Enter")
    page.wait_for_url("**/billing/change")
    heard = _heard(page)
    assert re.search(r'heading "Change your plan" \[level=1\]', heard)
    assert heard.index("Today you pay") < heard.index("How it is made up") < heard.index('button "Change and pay €')
    _tab_to(page, page.get_by_role("button", name="Change and pay"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/billing?done=change")
    expect(page.locator("#plan-name")).to_have_text("Agent")

    # Cancel: a group of reasons with a name, by the arrow keys; nothing is chosen for anybody
    _tab_to(page, page.get_by_role("link", name="Cancel plan"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/billing/cancel")
    heard = _heard(page)
    assert re.search(r'group "Why, if you like to say so"', heard)
    assert 'textbox "Anything else?' in heard
    assert "[checked]" not in heard
    _tab_to(page, page.get_by_label("It costs too much"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Something I need is missing")).to_be_checked()
    _tab_to(page, page.get_by_label("Anything else?"))
    page.keyboard.type("No keyboard shortcut.")
    _tab_to(page, page.get_by_role("button", name="Cancel Agent"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/billing?done=cancel")
    expect(page.get_by_text("Agent ends on")).to_be_visible()

    # Kept
    _tab_to(page, page.get_by_role("button", name="Keep the plan"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/billing?done=keep")
    expect(page.get_by_text("Agent ends on")).to_be_hidden()
