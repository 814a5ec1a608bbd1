"""From a page of the app, which has a router of its own, to a public page, which only the server can fill."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import join, open_dashboard

pytestmark = pytest.mark.e2e

# What the app's router does when it is told to go somewhere.
GO = """path => {
  history.pushState({ idx: history.state.idx + 1 }, "", path);
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}"""


def test_the_menu_leads_to_the_settings_and_the_way_back_to_the_page_before(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    ada = join(page, stack)
    open_dashboard(page, stack)
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(ada.email)
    expect(page.locator("#account")).to_have_text("AdaFree")  # the frame is the same, though no state fills it
    expect(page.get_by_role("complementary", name="Sandbox payments")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Hello, Ada")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("main")).to_contain_text(ada.email)


def test_who_was_logged_out_elsewhere_is_led_to_a_log_in_that_works_and_back(visitor: Visitor, stack: Stack) -> None:
    page, other = visitor.new_tab(), visitor.new_tab()
    ada = join(page, stack)
    open_dashboard(page, stack)
    other.goto(f"{stack.url}/settings")
    other.get_by_role("button", name="Log out").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Scenarios").click()
    page.wait_for_url("**/login**")
    assert not [url for url in asked if "/assets/_login" in url]  # the router had no part in it
    page.get_by_label("E-mail").fill(ada.email)
    page.get_by_label("Password", exact=True).fill(ada.password)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"{stack.url}/dashboard")
    expect(page.get_by_role("heading", name="Hello, Ada")).to_be_visible()


@pytest.mark.parametrize("path", ["/pricing", "/pricing?billing=monthly", "/pricing#questions"])
def test_whatever_leads_the_app_s_router_to_a_public_page_gets_the_page_of_the_server(
    visitor: Visitor, stack: Stack, path: str
) -> None:
    page = visitor.new_tab()
    join(page, stack)
    open_dashboard(page, stack)
    page.evaluate(GO, path)
    expect(page.get_by_role("heading", name="Start free. Pay when it gets serious.")).to_be_visible()
    expect(page.get_by_role("link", name="Dashboard").first).to_be_visible()
