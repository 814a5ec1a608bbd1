"""Getting anywhere by a few letters: from a page of the app and from an island, by keyboard and by touch."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import join, open_dashboard

pytestmark = pytest.mark.e2e


def _keep_scenario(page: Page, stack: Stack, name: str) -> None:
    page.goto(f"{stack.url}/scenarios")
    page.get_by_role("button", name="Work it out").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("list").get_by_text(name, exact=True).first).to_be_visible()


def _search(page: Page, words: str) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Where to?")).to_be_focused()
    expect(page.get_by_role("option", name="Dashboard")).to_be_visible()
    page.keyboard.type(words)


def test_a_scenario_is_found_by_its_name_and_its_schedule_opens(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    _keep_scenario(page, stack, "Flat in Málaga")
    page.goto(f"{stack.url}/settings")
    _search(page, "malaga flat")
    expect(page.get_by_role("option")).to_have_text(["Flat in MálagaScenario"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/scenarios?show=**")
    expect(page.locator("#schedule")).to_be_focused()
    expect(page.locator("#schedule")).to_contain_text("Every payment of Flat in Málaga")


def test_a_schedule_that_was_closed_stays_so_when_the_connection_was_gone(visitor: Visitor, stack: Stack) -> None:
    page, sockets = visitor.new_tab(), list[WebSocketRoute]()

    def pass_on(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket(re.compile("/_event"), pass_on)
    join(page, stack)
    _keep_scenario(page, stack, "Flat")
    _search(page, "flat scenario")
    page.keyboard.press("Enter")
    page.locator("#schedule").get_by_role("button", name="Close").click()
    expect(page.locator("#schedule")).to_have_count(0)
    before = len(sockets)
    sockets[-1].close()
    page.wait_for_function("() => navigator.onLine")  # gives the routes their turn
    page.get_by_role("button", name="Duplicate").first.click()  # what is answered comes after what was read again
    expect(page.locator("#room")).to_have_text("2 of 2 saved")
    assert len(sockets) > before
    expect(page.locator("#schedule")).to_have_count(0)


def test_arrows_choose_and_escape_leads_back(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    open_dashboard(page, stack)
    _search(page, "password")
    word = page.get_by_role("combobox", name="Where to?")
    expect(page.get_by_role("option", name="Choose a new password")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(word).to_be_hidden()
    _search(page, "")
    for key, at in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
        page.keyboard.press(key)
        expect(word).to_have_attribute("aria-activedescendant", f"finder-{at}")
        expect(page.get_by_role("option").nth(at)).to_have_attribute("aria-selected", "true")


def test_a_name_that_nothing_has_is_said_to_be_none(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    open_dashboard(page, stack)
    _search(page, "zzz")
    expect(page.get_by_role("status").filter(has_text="No page and nothing of yours")).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(0)


def test_on_a_phone_the_glass_opens_it_and_a_touch_goes_there(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.set_viewport_size({"width": 390, "height": 844})
    join(page, stack)
    open_dashboard(page, stack)
    page.get_by_role("button", name="Go to").click()
    page.get_by_role("option", name="Billing").click()
    expect(page.get_by_role("heading", name=re.compile("Billing"), level=1)).to_be_visible()


def test_whoever_was_logged_out_meanwhile_is_led_to_the_log_in(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    open_dashboard(page, stack)
    visitor.context.clear_cookies()
    page.keyboard.press("Control+k")
    page.wait_for_url("**/login?next=/dashboard")
