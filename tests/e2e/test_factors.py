"""Second factors and passkeys in a real browser, whose authenticator Chromium plays itself."""

import re
from typing import Any

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import Person, join, log_in, newest_mail, open_dashboard

pytestmark = pytest.mark.e2e


_NO_OFFERS = "PublicKeyCredential.isConditionalMediationAvailable = async () => false;"


class Device:
    """The authenticator of one tab, which says yes whenever it is asked.

    With `offers` the browser also offers its passkeys in form fields, and then takes one at once.
    """

    def __init__(self, page: Page, *, offers: bool = False) -> None:
        if not offers:
            page.add_init_script(_NO_OFFERS)
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = made["authenticatorId"]

    def belongs_to(self, *, owner: bool) -> None:
        """Whose finger touches it from now on."""
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": owner})

    def keys(self) -> list[dict[str, Any]]:
        return self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._id})["credentials"]

    def take(self, keys: list[dict[str, Any]]) -> None:
        """Have these passkeys too, as by a password manager."""
        for key in keys:
            self._cdp.send("WebAuthn.addCredential", {"authenticatorId": self._id, "credential": key})


def _member(page: Page, stack: Stack) -> Person:
    """Somebody who is logged in and has proved their address."""
    ada = join(page, stack)
    newest_mail(page, stack, ada, "Confirm your e-mail address")
    page.goto(re.search(r"http://\S+/verify/\S+", page.locator("body").inner_text())[0])  # type: ignore[index]
    page.get_by_role("button", name="Confirm my e-mail address").click()
    page.wait_for_url("**/dashboard")
    return ada


def _add_passkey(page: Page, stack: Stack, name: str = "Laptop") -> None:
    page.goto(f"{stack.url}/settings/passkeys")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)


def _set_up_app(page: Page, stack: Stack) -> tuple[Any, list[str]]:
    """The authenticator app, and the recovery codes that were shown."""
    page.goto(f"{stack.url}/settings")
    page.locator("#factors").get_by_role("link", name="Set up").click()
    expect(page.get_by_alt_text("QR code for your authenticator app")).to_be_visible()
    app = TOTP(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_label("Code").fill(app.generate().token)
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    return app, page.locator("#recovery-codes li").all_inner_texts()


def test_a_passkey_is_added_and_logs_in_by_its_button(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    device = Device(page)
    _member(page, stack)
    _add_passkey(page, stack)
    assert len(device.keys()) == 1
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{stack.url}/login?next=/settings/passkeys")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/settings/passkeys")
    expect(page.get_by_text("last used")).to_be_visible()


def test_the_browser_offers_a_passkey_in_the_first_field(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    device = Device(page, offers=True)
    _member(page, stack)
    _add_passkey(page, stack)
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{stack.url}/login")
    page.wait_for_url("**/dashboard")
    assert device.keys()[0]["signCount"] > 1


def test_a_password_then_asks_for_the_passkey(visitor: Visitor, open_browser: OpenBrowser, stack: Stack) -> None:
    page = visitor.new_tab()
    device = Device(page)
    ada = _member(page, stack)
    _add_passkey(page, stack)
    other = open_browser().new_tab()
    phone = Device(other)
    phone.take(device.keys())
    log_in(other, stack, ada)
    other.wait_for_url("**/login/second**")
    member = other.context.new_page()
    member.goto(f"{stack.url}/dashboard")
    member.wait_for_url("**/login?next=/dashboard")
    other.get_by_role("button", name="Use a passkey").click()
    expect(other.get_by_role("heading", name="Hello, Ada")).to_be_visible()


def test_a_passkey_that_was_removed_is_refused_in_words(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    Device(page)
    _member(page, stack)
    _add_passkey(page, stack)
    page.goto(f"{stack.url}/settings/passkeys")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{stack.url}/login")
    visitor.expect_complaint("status of 422")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This passkey could not be used here.")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_be_visible()


def test_a_finger_that_is_not_the_owners_opens_nothing(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    device = Device(page)
    _member(page, stack)
    _add_passkey(page, stack)
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{stack.url}/login")
    device.belongs_to(owner=False)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Nothing was done")).to_be_visible()
    assert visitor.cookie("session") == ""


def test_an_app_is_scanned_asked_for_and_replaced_by_a_recovery_code_all_without_script(
    open_browser: OpenBrowser, stack: Stack
) -> None:
    with_script = open_browser().new_tab()
    ada = _member(with_script, stack)
    plain = open_browser(java_script_enabled=False)
    page = plain.new_tab()
    log_in(page, stack, ada)
    app, codes = _set_up_app(page, stack)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a file").click()
    assert saved.value.path().read_text().split() == codes
    page.get_by_role("button", name="Log out").click()
    log_in(page, stack, ada)
    page.get_by_label("Code", exact=True).fill("000000")
    plain.expect_complaint("status of 422")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    page.get_by_text("Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill(codes[0])
    page.get_by_role("button", name="Use a recovery code").click()
    page.wait_for_url("**/dashboard")
    page.goto(f"{stack.url}/settings")
    expect(page.locator("#factors")).to_contain_text("9 left")
    assert app.generate().token


def test_an_administrator_gets_the_rights_with_the_second_factor(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    ada = _member(page, stack)
    assert "is an administrator now" in stack.command("make-admin", ada.email)
    page.goto(f"{stack.url}/settings")
    expect(page.get_by_text("Your administrator rights are off")).to_be_visible()
    _set_up_app(page, stack)
    page.goto(f"{stack.url}/settings")
    expect(page.locator("#factors")).to_contain_text("On since")
    expect(page.get_by_text("Your administrator rights are off")).to_have_count(0)
    open_dashboard(page, stack)
