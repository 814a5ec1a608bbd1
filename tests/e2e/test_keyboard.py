"""Changing and ending a plan with the keyboard alone, and as a screen reader tells it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import join, subscribe

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
