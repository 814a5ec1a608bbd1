"""The settings: who one is, how one comes in, and the way out."""

from typing import Any

from passlib.totp import TOTP
from playwright.sync_api import Page, expect

from tests.e2e.steps import Person, join, log_in, newest_mail
from tests.e2e.test_factors import Device
from tests.pictures.accounts import choose_password
from tests.pictures.studio import Studio, scene


@scene("settings/new", "settings/proved", "settings/saved", "settings/wrong")
def oneself(studio: Studio) -> None:
    studio.shoot(studio.open(studio.member(), "/settings"), "settings/new")
    page = studio.visit()
    ada = join(page, studio.stack)
    other = studio.visit(user_agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/17.0 Safari/605.1.15")
    log_in(other, studio.stack, ada)
    studio.prove(page, ada)
    studio.shoot(studio.open(page, "/settings"), "settings/proved")
    page.get_by_label("Name", exact=True).first.fill("Ada\u202eL")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#name-error")).not_to_be_empty()
    studio.shoot(page, "settings/wrong")
    page.get_by_label("Name", exact=True).first.fill("Grace")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    studio.shoot(page, "settings/saved")


@scene(
    "settings/email/first",
    "settings/email/wrong",
    "settings/email/sent",
    "change/open",
    "settings/address-changed",
    "undo/link",
    "undo/used",
)
def another_address(studio: Studio) -> None:
    page = studio.proved()
    studio.shoot(studio.open(page, "/settings/email"), "settings/email/first")
    _ask(page, "ada@nowhere")
    expect(page.locator("#email-error")).not_to_be_empty()
    studio.shoot(page, "settings/email/wrong")
    new, old = Person(), str(page.get_by_role("main").locator("b").first.inner_text())
    _ask(page, new.email)
    expect(page.get_by_role("status").or_(page.get_by_role("main").get_by_text("link")).first).to_be_visible()
    studio.shoot(page, "settings/email/sent")
    newest_mail(page, studio.stack, new, "Confirm your new address")
    page.get_by_role("link", name=f"{studio.stack.url}/change/").click()
    studio.shoot(page, "change/open")
    page.get_by_role("button", name="Use my new address").click()
    page.wait_for_url("**/settings**")
    studio.shoot(page, "settings/address-changed")
    newest_mail(page, studio.stack, Person(email=old), "was changed")
    link = page.get_by_role("link", name=f"{studio.stack.url}/undo/")
    address = str(link.get_attribute("href"))
    link.click()
    studio.shoot(page, "undo/link")
    page.get_by_role("button", name="Take my account back").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(address)
    if (again := page.get_by_role("button", name="Take my account back")).is_visible():
        again.click()
    studio.shoot(page, "undo/used")


def _ask(page: Page, email: str) -> None:
    page.get_by_label("New e-mail address").fill(email)
    page.get_by_role("button", name="Mail me a link there").click()


@scene("settings/password/first", "settings/password/wrong", "settings/password/saved")
def another_password(studio: Studio) -> None:
    page = studio.open(studio.member(), "/settings/password")
    studio.shoot(page, "settings/password/first")
    choose_password(page, "passwordpassword")
    expect(page.locator("#password-error")).not_to_be_empty()
    studio.shoot(page, "settings/password/wrong")
    choose_password(page, "seven-quiet-lanterns-outside")
    expect(page.get_by_text("Your new password is saved")).to_be_visible()
    studio.shoot(page, "settings/password/saved")


@scene("settings/authenticator/unproved", "settings/passkeys/unproved", "settings/recovery/nothing", "change/strange")
def before_the_address_is_proved(studio: Studio) -> None:
    page = studio.member()
    studio.shoot(studio.open(page, "/settings/authenticator"), "settings/authenticator/unproved")
    studio.shoot(studio.open(page, "/settings/passkeys"), "settings/passkeys/unproved")
    studio.shoot(studio.open(page, "/settings/recovery"), "settings/recovery/nothing")
    studio.open(page, "/change").get_by_role("button", name="Use my new address").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    studio.shoot(page, "change/strange")


@scene(
    *("settings/authenticator/setting-up", "settings/authenticator/wrong", "settings/recovery/new"),
    *("settings/authenticator/on", "settings/recovery/left", "settings/protected"),
    *("login/second/app", "login/second/wrong", "login/second/recovery", "confirm/app"),
)
def an_authenticator_app(studio: Studio) -> None:
    page = studio.visit()
    ada = join(page, studio.stack)
    studio.prove(page, ada)
    studio.open(page, "/settings/authenticator")
    expect(page.get_by_alt_text("QR code for your authenticator app")).to_be_visible()
    studio.shoot(page, "settings/authenticator/setting-up")
    _type(page, "000000")
    expect(page.locator("#code-error")).not_to_be_empty()
    studio.shoot(page, "settings/authenticator/wrong")
    app: Any = TOTP(page.locator("code").inner_text().replace(" ", ""))
    _type(page, app.generate().token)
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    studio.shoot(page, "settings/recovery/new")
    studio.shoot(studio.open(page, "/settings/authenticator"), "settings/authenticator/on")
    studio.shoot(studio.open(page, "/settings/recovery"), "settings/recovery/left")
    studio.shoot(studio.open(page, "/settings"), "settings/protected")
    studio.shoot(studio.open(page, "/confirm?next=/settings/delete"), "confirm/app")
    page.request.post(f"{studio.stack.url}/logout")
    log_in(page, studio.stack, ada)
    page.wait_for_url("**/login/second**")
    studio.shoot(page, "login/second/app")
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator("#code-error")).not_to_be_empty()
    studio.shoot(page, "login/second/wrong")
    page.get_by_text("Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill("0000-0000")
    page.get_by_role("button", name="Use a recovery code").click()
    expect(page.get_by_text("Recovery code").first).to_be_visible()
    studio.shoot(page, "login/second/recovery")


def _type(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Turn on").click()


@scene(
    "settings/passkeys/none",
    "settings/passkeys/one",
    "login/second/passkey",
    "login/refused-passkey",
    "settings/administrator",
)
def a_passkey(studio: Studio) -> None:
    page = studio.visit()
    device = Device(page)
    ada = join(page, studio.stack)
    studio.prove(page, ada)
    studio.shoot(studio.open(page, "/settings/passkeys"), "settings/passkeys/none")
    page.get_by_label("Name").fill("The laptop on the desk at work, with the long name")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    studio.shoot(studio.open(page, "/settings/passkeys"), "settings/passkeys/one")
    page.request.post(f"{studio.stack.url}/logout")
    log_in(page, studio.stack, ada)
    page.wait_for_url("**/login/second**")
    studio.shoot(page, "login/second/passkey")
    device.belongs_to(owner=False)
    studio.open(page, "/login").get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Nothing was done")).to_be_visible()
    studio.shoot(page, "login/refused-passkey")
    page = studio.visit()
    eve = join(page, studio.stack)
    studio.prove(page, eve)
    studio.stack.command("make-admin", eve.email)
    studio.open(page, "/settings")
    expect(page.get_by_text("Your administrator rights are off")).to_be_visible()
    studio.shoot(page, "settings/administrator")


@scene("settings/delete/asked", "goodbye/left")
def leaving(studio: Studio) -> None:
    page = studio.open(studio.member(), "/settings/delete")
    studio.shoot(page, "settings/delete/asked")
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", name="Your account is being deleted")).to_be_visible()
    studio.shoot(page, "goodbye/left")
