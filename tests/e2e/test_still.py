"""Pages that hold still while they load, and that are half loaded before somebody arrives."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import join, save_as, subscribe, work_out_a_loan

pytestmark = pytest.mark.e2e

# https://web.dev/articles/cls calls 0.1 good.
MOST = 0.02
SLOWER = 4
_WATCH = """
window.shifted = [];
new PerformanceObserver(seen => seen.getEntries().forEach(each => each.hadRecentInput || shifted.push({
  value: each.value, what: each.sources.map(source => source.node?.outerHTML?.slice(0, 90)),
}))).observe({type: "layout-shift", buffered: true});
"""


def _moved(page: Page, stack: Stack, path: str) -> str:
    """What moved by how much on the way to the whole page; '' when that is little."""
    page.goto(stack.url + path)
    expect(page.locator(".late")).to_have_count(0)
    expect(page.locator("#account")).to_contain_text("Pro")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    shifts = page.evaluate("window.shifted")
    return f"{path}: {shifts}" if sum(each["value"] for each in shifts) > MOST else ""


def test_nothing_moves_while_a_page_loads_on_a_slow_machine(open_browser: OpenBrowser, stack: Stack) -> None:
    """Somebody with something of everything, and with a notice above it: that is when most comes in."""
    visitor = open_browser(viewport={"width": 390, "height": 844})
    page = visitor.new_tab()
    join(page, stack)
    subscribe(page, stack)
    work_out_a_loan(page, stack)
    save_as(page, "River")
    page.goto(f"{stack.url}/billing/cancel")
    page.get_by_role("button", name="Cancel Pro").click()
    page.wait_for_url("**/billing?done=cancel")
    expect(page.get_by_text("Pro ends on")).to_be_visible()
    page.add_init_script(_WATCH)
    visitor.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    moved = [_moved(page, stack, path) for path in ("/dashboard", "/scenarios", "/library", "/billing")]
    page.set_viewport_size({"width": 1280, "height": 900})
    moved += [_moved(page, stack, path) for path in ("/scenarios", "/library", "/billing")]
    assert not any(moved), "\n".join(filter(None, moved))


def test_reaching_for_the_way_in_fetches_what_the_app_needs(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(stack.url)
    assert _scripts(page) == {}
    wanted = page.request.get(f"{stack.url}/warm.json").json()
    page.get_by_role("link", name="Log in").hover()
    page.wait_for_function("count => performance.getEntriesByType('resource').length >= count", arg=len(wanted) + 1)
    join(page, stack)
    page.goto(f"{stack.url}/dashboard")
    expect(page.locator("#plan-name")).to_be_visible()
    loaded = _scripts(page)
    assert loaded
    assert set(loaded.values()) == {0}, "nothing of it came over the network again"


def _scripts(page: Page) -> dict[str, int]:
    """The scripts that this page has loaded, with how many bytes of each came over the network."""
    return page.evaluate(
        "Object.fromEntries(performance.getEntriesByType('resource').filter(each => each.name.endsWith('.js'))"
        ".map(each => [each.name, each.transferSize]))"
    )
