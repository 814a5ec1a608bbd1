"""Logging in and out, in one browser and in two, and the mails that get people back in."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import Person, confirm_address, join, log_in, newest_mail, open_dashboard, sign_up

pytestmark = pytest.mark.e2e


def _log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(lambda url: url.rstrip("/").count("/") == 2)


def test_a_wrong_password_is_answered_in_general_words_and_the_address_stays(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    ada = join(page, stack)
    open_dashboard(page, stack)
    _log_out(page)
    visitor.expect_complaint("status of 422")
    for person in (ada, Person("Nobody")):
        log_in(page, stack, person, "not-the-password-at-all")
        expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
        expect(page.get_by_label("E-mail")).to_have_value(person.email)
        expect(page.get_by_label("Password", exact=True)).to_have_value("")


def test_logging_in_leads_to_where_the_person_was_going(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    ada = join(page, stack)
    open_dashboard(page, stack)
    _log_out(page)
    page.goto(f"{stack.url}/scenarios")
    page.wait_for_url("**/login?next=/scenarios")
    expect(page.get_by_text("You logged in this way last time.")).to_be_visible()
    page.get_by_label("E-mail").fill(ada.email)
    page.get_by_label("Password", exact=True).fill(ada.password)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/scenarios")
    expect(page.get_by_text("Nothing saved yet")).to_be_visible()


def test_two_browsers_are_logged_in_at_once_and_logging_out_ends_only_one(
    open_browser: OpenBrowser, stack: Stack
) -> None:
    first, second = open_browser().new_tab(), open_browser().new_tab()
    ada = join(first, stack)
    open_dashboard(first, stack)
    log_in(second, stack, ada)
    expect(second.get_by_role("heading", name="Hello, Ada")).to_be_visible()
    _log_out(first)
    first.goto(f"{stack.url}/dashboard")
    first.wait_for_url("**/login?next=/dashboard")
    open_dashboard(second, stack)


def test_logging_out_ends_an_open_tab_at_its_next_click(visitor: Visitor, stack: Stack) -> None:
    open_tab, other = visitor.new_tab(), visitor.new_tab()
    join(open_tab, stack)
    open_tab.goto(f"{stack.url}/scenarios")
    expect(open_tab.get_by_text("Nothing saved yet")).to_be_visible()
    open_dashboard(other, stack)
    _log_out(other)
    open_tab.get_by_role("button", name="Work it out").click()
    open_tab.wait_for_url("**/login**")


def test_after_logging_out_the_next_person_sees_nothing_of_the_last(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack, Person("Ada"))
    open_dashboard(page, stack)
    _log_out(page)
    sign_up(page, stack, Person("Bob"))
    open_dashboard(page, stack)
    expect(page.get_by_role("heading", name="Hello, Bob")).to_be_visible()
    expect(page.get_by_text("Ada")).to_have_count(0)


def test_a_taken_address_gets_the_same_page_and_its_owner_a_mail(open_browser: OpenBrowser, stack: Stack) -> None:
    owner, other = open_browser().new_tab(), open_browser().new_tab()
    ada = join(owner, stack)
    sign_up(other, stack, Person("Eve", email=ada.email, password="another-harbor-lantern-42"))
    expect(other.get_by_role("heading", name="You are registered")).to_be_visible()
    open_dashboard(owner, stack)
    expect(owner.get_by_role("heading", name="Hello, Ada")).to_be_visible()


def test_a_form_with_mistakes_says_which_and_keeps_what_was_typed(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    visitor.expect_complaint("status of 422")
    page.goto(f"{stack.url}/signup")
    page.get_by_label("Name", exact=True).fill("Ada")
    page.get_by_label("E-mail").fill("ada@nowhere")
    page.get_by_label("Password", exact=True).fill("passwordpassword")
    page.get_by_role("button", name="Create my account").click()
    expect(page.locator("#email-error")).to_be_visible()
    expect(page.locator("#password-error")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ada")
    expect(page.get_by_label("E-mail")).to_have_value("ada@nowhere")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")


def test_the_mailed_link_confirms_the_address(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    ada = join(page, stack)
    open_dashboard(page, stack)
    expect(page.get_by_text("Please confirm your address")).to_be_visible()
    confirm_address(page, stack, ada)
    expect(page.locator("#plan-name")).to_be_visible()
    expect(page.get_by_text("Please confirm your address")).to_be_hidden()


def test_a_forgotten_password_is_replaced_by_mail_once_and_the_old_sessions_end(
    open_browser: OpenBrowser, stack: Stack
) -> None:
    logged_in, forgetful = open_browser().new_tab(), open_browser()
    ada = join(logged_in, stack)
    page = forgetful.new_tab()
    page.goto(f"{stack.url}/forgot")
    page.get_by_label("E-mail").fill(ada.email)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_text("If there is an account with this address")).to_be_visible()
    newest_mail(page, stack, ada, "Choose a new password")
    page.get_by_role("link", name=f"{stack.url}/reset/").click()
    link = page.url
    page.get_by_label("Password", exact=True).fill("new-harbor-lantern-77")
    page.get_by_role("button", name="Save my new password").click()
    expect(page.get_by_text("Your new password is saved")).to_be_visible()
    forgetful.expect_complaint("status of 422")
    log_in(page, stack, ada)
    expect(page.get_by_role("alert")).to_be_visible()
    log_in(page, stack, ada, "new-harbor-lantern-77")
    expect(page.locator("#plan-name")).to_be_visible()
    logged_in.goto(f"{stack.url}/dashboard")
    logged_in.wait_for_url("**/login?next=/dashboard")
    forgetful.expect_complaint("status of 410")
    page.goto(f"{stack.url}/reset")
    page.get_by_label("Password", exact=True).fill("other-harbor-lantern-88")
    page.get_by_role("button", name="Save my new password").click()
    expect(page.get_by_role("alert")).to_contain_text("used already")
    expect(page.get_by_role("link", name="Ask for another link")).to_be_visible()
    expect(page.get_by_role("button", name="Save my new password")).to_have_count(0)
    assert "/reset" in link
    assert len(link.rpartition("/")[2]) < 20, "the token stays out of the address bar"
