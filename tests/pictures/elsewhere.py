"""The same product for others: with accounts elsewhere, in another currency, written as others write."""

from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack
from tests.e2e.steps import Person, join
from tests.pictures.studio import Studio, scene
from tests.social.provider import tell


@scene(
    "login/accounts-elsewhere",
    "signup/accounts-elsewhere",
    "settings/accounts-elsewhere",
    "pricing/trial",
    "billing/trial-offered",
)
def with_accounts_elsewhere_and_trials(studio: Studio) -> None:
    page = studio.visit()
    for path in ("login", "signup"):
        page.goto(f"{studio.full.url}/{path}")
        studio.shoot(page, f"{path}/accounts-elsewhere")
    page.goto(f"{studio.full.url}/pricing")
    studio.shoot(page, "pricing/trial")
    join(page, studio.full)
    page.goto(f"{studio.full.url}/settings")
    studio.shoot(page, "settings/accounts-elsewhere")
    page.goto(f"{studio.full.url}/billing")
    expect(page.get_by_text("No invoices yet")).to_be_visible()
    studio.shoot(page, "billing/trial-offered")


@scene(
    "settings/connected",
    "settings/only-elsewhere",
    "login/last-time-elsewhere",
    "login/link/question",
    "login/link/wrong",
    "login/elsewhere-refused",
)
def connected_elsewhere(studio: Studio) -> None:
    stack, page = studio.connected, studio.visit()
    new, ada = Person("Ada Lovelace"), Person()
    tell(studio.issuer, "new", email=new.email)
    _by_example(page, stack, "new")
    page.goto(f"{stack.url}/settings")
    studio.shoot(page, "settings/only-elsewhere")
    page.goto(f"{stack.url}/settings")
    page.get_by_role("button", name="Log out", exact=True).first.click()
    page.goto(f"{stack.url}/login")
    studio.shoot(page, "login/last-time-elsewhere")
    studio.prove(page, join(page, stack, ada), stack)
    page = studio.visit()
    tell(studio.issuer, "ada", email=ada.email)
    _by_example(page, stack, "ada")
    studio.shoot(page, "login/link/question")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Log in and connect").click()
    expect(page.get_by_role("alert").filter(has_text="is wrong")).to_be_visible()
    studio.shoot(page, "login/link/wrong")
    page.get_by_label("Password", exact=True).fill(ada.password)
    page.get_by_role("button", name="Log in and connect").click()
    page.wait_for_url("**/dashboard")
    page.goto(f"{stack.url}/settings")
    studio.shoot(page, "settings/connected")
    page = studio.visit()
    page.goto(f"{stack.url}/login")
    page.get_by_role("link", name="Continue with Example").click()
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url(f"{stack.url}/**")
    studio.shoot(page, "login/elsewhere-refused")


def _by_example(page: Page, stack: Stack, subject: str) -> None:
    """Go to the provider, say there who one is, and come back."""
    page.goto(f"{stack.url}/login")
    page.get_by_role("link", name="Continue with Example").click()
    page.locator("[name=sub]").first.fill(subject)
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{stack.url}/**")


@scene(
    "pricing/written-in-german", "calculator/written-in-german", "yield/written-in-german", "billing/written-in-german"
)
def as_others_write(studio: Studio) -> None:
    page = studio.visit(locale="de-DE")
    for path in ("pricing", "calculator", "yield"):
        studio.shoot(studio.open(page, f"/{path}"), f"{path}/written-in-german")
    join(page, studio.stack)
    studio.open(page, "/pricing").get_by_role("button", name="Choose Pro").first.click()
    studio.pay(page)
    studio.open(page, "/billing")
    expect(page.get_by_role("table")).to_be_visible()
    studio.shoot(page, "billing/written-in-german")


@scene("pricing/dollars", "pricing/choice-of-currency", "landing/dollars")
def in_another_currency(studio: Studio) -> None:
    page, sandbox = studio.visit(locale="en-US"), studio.full
    for price in sandbox.ask_stripe("/v1/prices?limit=100")["data"]:
        form = {"currency_options[usd][unit_amount]": price["unit_amount"] + 100}
        sandbox.ask_stripe(f"/v1/prices/{price['id']}", urlencode(form))
    _wait_for(page, f"{sandbox.url}/pricing?currency=usd", "$")
    studio.shoot(page, "pricing/dollars")
    page.goto(f"{sandbox.url}/pricing?currency=eur")
    studio.shoot(page, "pricing/choice-of-currency")
    page.goto(f"{sandbox.url}/?currency=usd")
    studio.shoot(page, "landing/dollars")


def _wait_for(page: Page, url: str, words: str) -> None:
    """Prices come by a webhook, and a page that is open does not change."""
    for _ in range(40):
        page.goto(url)
        if words in page.get_by_role("main").inner_text():
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{url} never said {words}")
