"""The settings in a real browser: two browsers of one person, a mailed code, and the way out."""

import re

from playwright.sync_api import expect

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import Person, join, log_in, newest_mail, open_dashboard, sign_up, subscribe


def _code(visitor: Visitor, stack: Stack, person: Person) -> str:
    page = visitor.new_tab()
    newest_mail(page, stack, person, "is your code")
    found = re.search(r"\b\d{6}\b", page.locator("body").inner_text())
    page.close()
    assert found
    return found[0]


def test_a_code_from_the_mailbox_logs_in_without_a_password(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    ada = join(page, stack)
    page.request.post(f"{stack.url}/logout")
    page.goto(f"{stack.url}/login?next=/billing")
    page.get_by_role("link", name="E-mail me a code instead").click()
    page.get_by_label("E-mail").fill(ada.email)
    page.get_by_role("button", name="E-mail me a code").click()
    expect(page.get_by_role("button", name=re.compile(r"Send another code \(\d+ s\)"))).to_be_disabled()
    page.get_by_label("Code").fill(_code(visitor, stack, ada))
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/billing")


def test_a_browser_that_is_logged_out_from_another_loses_its_page_at_the_next_click(
    visitor: Visitor, open_browser: OpenBrowser, stack: Stack
) -> None:
    page = visitor.new_tab()
    ada = join(page, stack)
    other = open_browser().new_tab()
    log_in(other, stack, ada)
    open_dashboard(other, stack)
    page.goto(f"{stack.url}/settings")
    expect(page.get_by_text("this device")).to_be_visible()
    page.get_by_role("button", name="Log out", exact=True).last.click()
    expect(page.get_by_role("button", name="Log out everywhere else")).to_have_count(0)
    other.get_by_role("link", name="Billing", exact=True).click()
    other.wait_for_url("**/login**")


def test_a_new_address_is_proved_by_its_mail_and_told(visitor: Visitor, stack: Stack) -> None:
    page, new = visitor.new_tab(), Person()
    join(page, stack)
    page.goto(f"{stack.url}/settings/email")
    page.get_by_label("New e-mail address").fill(new.email)
    page.get_by_role("button", name="Mail me a link there").click()
    newest_mail(page, stack, new, "Confirm your new address")
    page.get_by_role("link", name=f"{stack.url}/change/").click()
    page.get_by_role("button", name="Use my new address").click()
    expect(page.get_by_role("status").filter(has_text="Your new address is saved")).to_be_visible()
    expect(page.get_by_role("main").get_by_text(new.email)).to_be_visible()


def test_a_name_is_changed_and_shown(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    page.goto(f"{stack.url}/settings")
    page.get_by_label("Name").fill("Grace")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    page.goto(f"{stack.url}/dashboard")
    expect(page.get_by_role("heading", name="Hello, Grace")).to_be_visible()


def test_a_new_password_says_how_good_it_is_while_it_is_typed_and_what_is_wrong_when_left(
    visitor: Visitor, stack: Stack
) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/signup")
    field, words = page.get_by_label("Password", exact=True), page.locator("#password-strength")
    field.press_sequentially("aaaa")
    expect(words).to_contain_text("8 more characters")
    field.fill("aaaaaaaaaaaa")
    expect(words).to_contain_text("Too easy to guess")
    page.get_by_label("Name", exact=True).focus()
    expect(page.locator("#password-error")).to_contain_text("easy to guess")
    field.fill("quiet-harbor-lantern-42")
    expect(words).to_contain_text("Strong")
    page.get_by_label("E-mail").fill("nobody")
    page.get_by_label("Name", exact=True).focus()
    expect(page.locator("#email-error")).to_contain_text("not an e-mail address")
    expect(page.locator("#password-error")).to_be_empty()


def test_whoever_pays_and_leaves_is_charged_no_more_and_gone(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    ada = sign_up(page, stack)
    subscribe(page, stack)
    page.goto(f"{stack.url}/settings")
    page.get_by_role("link", name="Delete my account").click()
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", name="Your account is being deleted")).to_be_visible()
    newest_mail(page, stack, ada, "account is deleted")
    assert stack.rows(f"select count(*) from users where email = '{ada.email}'") == [(0,)]  # noqa: S608 (our own address)
    found = stack.ask_stripe("/v1/customers/search?query=" + f"email:'{ada.email}'")["data"]
    (customer,) = found
    running = stack.ask_stripe(f"/v1/subscriptions?customer={customer['id']}&status=all")["data"]
    assert [each["status"] for each in running] == ["canceled"]
    visitor.expect_complaint("422")
    log_in(page, stack, ada)
    expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")


def test_settings_work_without_script(open_browser: OpenBrowser, stack: Stack) -> None:
    page = open_browser(java_script_enabled=False).new_tab()
    join(page, stack)
    page.goto(f"{stack.url}/settings/password")
    page.get_by_label("Password", exact=True).fill("seven-quiet-lanterns-outside")
    page.get_by_role("button", name="Save my new password").click()
    expect(page.get_by_text("Your new password is saved")).to_be_visible()
