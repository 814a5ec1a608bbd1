"""Coming in, and coming back in: every form of it, and what each says when it is wrong."""

from playwright.sync_api import Page, expect

from tests.e2e.steps import Person, fill_sign_up, log_in, newest_mail, sign_up
from tests.pictures.studio import Studio, scene


@scene("signup/first", "signup/with-a-plan", "signup/strength", "signup/wrong", "welcome/free", "welcome/monthly")
def signing_up(studio: Studio) -> None:
    page = studio.open(studio.visit(), "/signup")
    studio.shoot(page, "signup/first")
    page.get_by_label("Password", exact=True).press_sequentially("aaaaaaaaaaaa")
    page.get_by_label("Name", exact=True).focus()
    expect(page.locator("#password-error")).to_contain_text("easy to guess")
    studio.shoot(page, "signup/strength")
    studio.open(page, "/signup?plan=pro_v1&billing=year")
    studio.shoot(page, "signup/with-a-plan")
    fill_sign_up(page, Person(email="ada@nowhere", password="passwordpassword"))
    expect(page.locator("#email-error")).to_be_visible()
    studio.shoot(page, "signup/wrong")
    sign_up(page, studio.stack)
    studio.shoot(page, "welcome/free")
    studio.shoot(studio.open(page, "/welcome?plan=agent_v1&billing=month"), "welcome/monthly")


@scene("login/first", "login/wrong", "login/again", "login/too-many")
def logging_in(studio: Studio) -> None:
    page = studio.open(studio.visit(), "/login")
    studio.shoot(page, "login/first")
    ada = sign_up(page, studio.stack)
    studio.open(page, "/dashboard").get_by_role("button", name="Log out").click()
    studio.open(page, "/scenarios").wait_for_url("**/login?next=/scenarios")
    studio.shoot(page, "login/again")
    log_in(page, studio.stack, ada, "not-the-password-at-all")
    expect(page.get_by_role("alert")).to_be_visible()
    studio.shoot(page, "login/wrong")
    for _ in range(20):
        if page.get_by_text("Too many tries").is_visible():
            break
        log_in(page, studio.stack, ada, "not-the-password-at-all")
        expect(page.get_by_role("alert")).to_be_visible()
    studio.shoot(page, "login/too-many")


@scene("login/code/first", "login/code/wrong", "login/enter/stranger", "login/enter/sent", "login/enter/wrong")
def logging_in_by_a_code(studio: Studio) -> None:
    page = studio.open(studio.visit(), "/login/code")
    studio.shoot(page, "login/code/first")
    page.get_by_label("E-mail").fill("ada@nowhere")
    page.get_by_role("button", name="E-mail me a code").click()
    expect(page.locator("#email-error")).to_be_visible()
    studio.shoot(page, "login/code/wrong")
    studio.shoot(studio.open(page, "/login/enter"), "login/enter/stranger")
    ada = sign_up(page, studio.stack)
    page.request.post(f"{studio.stack.url}/logout")
    studio.open(page, "/login/code?next=/billing").get_by_label("E-mail").fill(ada.email)
    page.get_by_role("button", name="E-mail me a code").click()
    expect(page.get_by_role("heading", name="Type your code")).to_be_visible()
    studio.shoot(page, "login/enter/sent")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator("#code-error")).to_be_visible()
    studio.shoot(page, "login/enter/wrong")


@scene("forgot/first", "forgot/wrong", "forgot/sent", "reset/open", "reset/wrong", "reset/saved", "reset/used")
def a_lost_password(studio: Studio) -> None:
    page = studio.visit()
    ada = sign_up(page, studio.stack)
    page.request.post(f"{studio.stack.url}/logout")
    studio.shoot(studio.open(page, "/forgot"), "forgot/first")
    _send(page, "ada@nowhere")
    expect(page.locator("#email-error")).to_be_visible()
    studio.shoot(page, "forgot/wrong")
    _send(page, ada.email)
    expect(page.get_by_text("If there is an account with this address")).to_be_visible()
    studio.shoot(page, "forgot/sent")
    newest_mail(page, studio.stack, ada, "Choose a new password")
    link = page.get_by_role("link", name=f"{studio.stack.url}/reset/")
    address = str(link.get_attribute("href"))
    link.click()
    studio.shoot(page, "reset/open")
    choose_password(page, "passwordpassword")
    expect(page.locator("#password-error")).to_be_visible()
    studio.shoot(page, "reset/wrong")
    choose_password(page, "new-harbor-lantern-77")
    expect(page.get_by_text("Your new password is saved")).to_be_visible()
    studio.shoot(page, "reset/saved")
    page.goto(address)
    if page.get_by_label("Password", exact=True).is_visible():
        choose_password(page, "other-harbor-lantern-78")
    studio.shoot(page, "reset/used")


def _send(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send me a link").click()


def choose_password(page: Page, password: str) -> None:
    """Type a new one, and send it."""
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Save my new password").click()


@scene("verify/stranger", "verify/member", "verify/link", "verify/used", "verify/wrong-code", "verify/sent-again")
def proving_an_address(studio: Studio) -> None:
    studio.shoot(studio.open(studio.visit(), "/verify"), "verify/stranger")
    page = studio.visit()
    ada = sign_up(page, studio.stack)
    studio.shoot(studio.open(page, "/verify"), "verify/member")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Confirm by code").click()
    expect(page.locator("#code-error")).to_be_visible()
    studio.shoot(page, "verify/wrong-code")
    newest_mail(page, studio.stack, ada, "Confirm your e-mail address")
    link = page.get_by_role("link", name=f"{studio.stack.url}/verify/")
    address = str(link.get_attribute("href"))
    link.click()
    studio.shoot(page, "verify/link")
    page.get_by_role("button", name="Send me a new link").click()
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_be_visible()
    studio.shoot(page, "verify/sent-again")
    page.goto(address)
    page.get_by_role("button", name="Confirm my e-mail address").click()
    expect(page.get_by_role("alert")).to_be_visible()
    studio.shoot(page, "verify/used")


@scene("confirm/password", "confirm/wrong", "confirm/code", "terms/changed/asked")
def asked_again(studio: Studio) -> None:
    page = studio.proved()
    studio.shoot(studio.open(page, "/confirm?next=/settings/delete"), "confirm/password")
    page.get_by_label("Password", exact=True).fill("not-the-password-at-all")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#password-error").or_(page.get_by_role("alert")).first).to_be_visible()
    studio.shoot(page, "confirm/wrong")
    page.get_by_role("button", name="E-mail me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    studio.shoot(page, "confirm/code")
    studio.shoot(studio.open(page, "/terms/changed?next=/dashboard"), "terms/changed/asked")


@scene("login/link/nothing", "login/link/waiting")
def connecting_an_account_elsewhere(studio: Studio) -> None:
    page = studio.open(studio.visit(), "/login/link")
    studio.shoot(page, "login/link/nothing")
    studio.shoot(studio.open(page, "/login/link?email=ada@example.com&provider=Google"), "login/link/waiting")
