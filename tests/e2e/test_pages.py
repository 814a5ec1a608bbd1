"""Every page, in both colours, on a phone and by keyboard, under the policy that lets nothing else run."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsing import COLOURS, Visitor, barriers
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import ROOT, Stack
from tests.e2e.steps import (
    GOOD_CARD,
    Person,
    confirm_address,
    join,
    open_dashboard,
    save_as,
    sign_up,
    subscribe,
    work_out_a_loan,
)

pytestmark = pytest.mark.e2e

PUBLIC = (
    *("/", "/calculator", "/pricing", "/terms", "/privacy", "/signup", "/login", "/forgot", "/reset", "/verify"),
    *("/login/code", "/login/enter", "/login/link", "/login/second", "/goodbye", "/undo", "/claim", "/locked"),
    *("/rent-or-buy", "/yield", "/library/sample", "/s"),
)
SETTINGS = (
    *("/settings", "/settings/email", "/settings/password", "/settings/delete", "/confirm", "/change"),
    "/terms/changed",
    *("/settings/authenticator", "/settings/passkeys", "/settings/recovery"),
    *("/billing/change", "/billing/cancel"),
    "/library/book",
)
MEMBER = ("/dashboard", "/scenarios", "/library", "/billing", "/billing/return", "/purchases/return")
LOCAL = ("/dev/mailbox", "/dev/kit")


def test_the_pages_listed_here_are_all_there_are(built_app: Path) -> None:
    islands = {path.stem for path in (built_app / "islands").glob("*.html")} - {"404", "welcome"}
    assert islands == {path.strip("/").replace("/", "-") or "landing" for path in (*PUBLIC, *SETTINGS)}
    client = built_app / "client"
    hydrated = {str(path.parent.relative_to(client)) for path in client.rglob("index.html")}
    assert {f"/{name}" for name in hydrated - {"404", "."}} == set(MEMBER)


def _settled(page: Page, path: str) -> None:
    """The page shows what it has to show."""
    expect(page.get_by_role("heading", level=1).or_(page.locator("#unlocked, main h2")).first).to_be_visible()
    if path in ("/dashboard", "/billing"):
        expect(page.locator("#plan-name")).to_be_visible()


def test_no_public_page_breaks_its_own_policy_or_shuts_anybody_out(visitor: Visitor, stack: Stack) -> None:
    page, found = visitor.new_tab(), dict[str, list[str]]()
    for path in PUBLIC:
        page.goto(stack.url + path)
        _settled(page, path)
        found[path] = barriers(page)
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_no_member_page_breaks_its_own_policy_or_shuts_anybody_out(visitor: Visitor, stack: Stack) -> None:
    page, found = visitor.new_tab(), dict[str, list[str]]()
    sign_up(page, stack)
    found["/welcome"] = barriers(page)
    work_out_a_loan(page, stack)
    save_as(page, "River")
    expect(page.locator("#room")).to_have_text("1 of 2 saved")
    found["/scenarios with a loan"] = barriers(page)
    for path in (*MEMBER, *SETTINGS, *LOCAL):
        page.goto(stack.url + path)
        _settled(page, path)
        found[path] = barriers(page)
    assert {path: lines for path, lines in found.items() if lines} == {}
    page.goto(f"{stack.url}/dev/kit")
    for colours in COLOURS:
        page.emulate_media(color_scheme=colours)
        page.screenshot(path=ROOT / "test-results" / f"kit-{colours}.png", full_page=True)


def test_a_page_opened_a_second_time_works_from_the_browsers_own_copy(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    for _ in range(3):
        for path in ("/dashboard", "/billing"):
            page.goto(stack.url + path)
            _settled(page, path)


def test_a_page_that_a_script_fills_says_so_where_none_runs(open_browser: OpenBrowser, stack: Stack) -> None:
    page, silent = open_browser(java_script_enabled=False).new_tab(), list[str]()
    join(page, stack)
    for path in MEMBER:
        page.goto(stack.url + path)
        said = page.locator("noscript p").first  # no words are looked for in there
        if not said.is_visible() or said.inner_text() != "This page needs JavaScript":
            silent.append(path)
    assert silent == []


def test_an_address_that_does_not_exist_is_answered_with_a_page_that_helps(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    visitor.expect_complaint("status of 404")
    answer = page.goto(f"{stack.url}/no/such/page")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 384, 390, 640, 768])
def test_the_menu_of_public_pages_takes_one_line(open_browser: OpenBrowser, stack: Stack, width: int) -> None:
    page = open_browser(viewport={"width": width, "height": 720}).new_tab()
    page.goto(stack.url)
    assert page.locator("header").evaluate("each => each.offsetHeight") <= 80


def test_no_page_scrolls_sideways_on_the_smallest_phone(open_browser: OpenBrowser, stack: Stack) -> None:
    """320 pixels are also what is left of a desk's 1280 at a zoom of 400 % (WCAG 2.2, 1.4.10)."""
    visitor = open_browser(viewport={"width": 320, "height": 720}, has_touch=True)
    visitor.expect_complaint("status of 404")
    page = visitor.new_tab()
    wide = [path for path in (*PUBLIC, "/no/such/page") if _sideways(page, stack, path)]
    ada = sign_up(page, stack, Person("Ada" * 15))
    assert not page.evaluate(_TOO_WIDE), "/welcome"
    confirm_address(page, stack, ada)  # so that the first screen shows what was saved last
    subscribe(page, stack)
    work_out_a_loan(page, stack, "99,999,999")
    save_as(page, f"A name that is quite long, as people give them to {'x' * 30}")
    page.get_by_role("button", name="Compare side by side").click()
    expect(page.locator("#comparison")).to_be_visible()
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator("#schedule")).to_be_visible()
    assert not page.evaluate(_TOO_WIDE), "/scenarios with everything on it"
    wide += [path for path in (*MEMBER, *SETTINGS, *LOCAL) if _sideways(page, stack, path)]
    page.goto(f"{stack.url}/billing")
    page.get_by_role("button", name="Move up to Agent").first.click()
    page.wait_for_url("**/billing/change")
    assert not page.evaluate(_TOO_WIDE), "/billing/change"
    assert wide == []


_TOO_WIDE = "document.scrollingElement.scrollWidth > document.documentElement.clientWidth"


def test_billing_with_an_invoice_fits_every_screen(open_browser: OpenBrowser, stack: Stack) -> None:
    page = open_browser().new_tab()
    join(page, stack)
    subscribe(page, stack)
    page.goto(f"{stack.url}/billing")
    page.get_by_role("link", name="PDF").first.wait_for(state="attached")
    wide = []
    for width in (320, 390, 640, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate(_TOO_WIDE):
            wide.append(width)
    assert wide == []


def _sideways(page: Page, stack: Stack, path: str) -> bool:
    page.goto(stack.url + path)
    _settled(page, path)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    return page.evaluate(_TOO_WIDE)


def test_the_menus_work_on_a_phone(open_browser: OpenBrowser, stack: Stack) -> None:
    page = open_browser(viewport={"width": 390, "height": 844}, has_touch=True).new_tab()
    page.goto(stack.url)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Pricing").tap()
    page.wait_for_url("**/pricing")
    join(page, stack)
    open_dashboard(page, stack)
    for name in ("Scenarios", "Library", "Billing", "Dashboard"):
        page.get_by_role("navigation", name="Main").get_by_role("link", name=name).tap()
        page.wait_for_url(f"**/{name.lower()}")
    page.get_by_role("button", name="Log out").tap()
    expect(page.get_by_role("link", name="Sign up").first).to_be_visible()


def test_a_stranger_becomes_a_subscriber_by_keyboard_alone(visitor: Visitor, stack: Stack) -> None:
    page, ada = visitor.new_tab(), Person("Ada")
    page.goto(stack.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    _press(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Pricing"))
    page.wait_for_url("**/pricing")
    _tab_to(page, page.get_by_label("Yearly"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("€9", exact=True)).to_be_visible()
    page.keyboard.press("ArrowLeft")
    _press(page, page.get_by_role("link", name="Choose Pro"))
    page.wait_for_url("**/signup?plan=pro_v1&billing=year")
    _type(page, {"Name": ada.name, "E-mail": ada.email, "Password": ada.password})
    page.wait_for_url("**/welcome**")
    _press(page, page.get_by_role("button", name="Get Pro for €72 a year"))
    page.wait_for_url("**/c/pay/**")
    _type(page, {"Card number": GOOD_CARD, "Expires": "1234", "Security code": "123", "Name on card": "Ada L"})
    expect(page.locator("#unlocked")).to_be_visible()
    _press(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Dashboard"), back=True)
    page.wait_for_url("**/dashboard")
    expect(page.locator("#plan-name")).to_have_text("Pro")


def _type(page: Page, form: dict[str, str]) -> None:
    """Fill the fields one after the other, and send the form from the last of them."""
    for label, words in form.items():
        _tab_to(page, page.get_by_label(label, exact=True))
        page.keyboard.type(words)
    page.keyboard.press("Enter")


def _press(page: Page, what: Locator, *, back: bool = False) -> None:
    _tab_to(page, what, back=back)
    page.keyboard.press("Enter")


# Where the focus is can be seen on the element, or on the label of one that is drawn by its label.
_SEEN = "each => [each, each.closest('label')].some(part => part && getComputedStyle(part).outlineStyle !== 'none')"


def _tab_to(page: Page, what: Locator, *, back: bool = False) -> None:
    """Press Tab until it has the focus, which shows."""
    for _ in range(40):
        if what.evaluate("each => each === document.activeElement"):
            assert what.evaluate(_SEEN), f"nobody sees that {what} has the focus"
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{what} is not reached by the Tab key")
