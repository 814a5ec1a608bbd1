"""What people do, in their words."""

import itertools
import secrets
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack

GOOD_CARD = "4242424242424242"
MASTERCARD = "5555555555554444"
DECLINED = "4000000000000002"
ASKS_THE_BANK = "4000000000003220"
FAILS_LATER = "4000000000000341"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an address of their own."""

    name: str = "Ada"
    email: str = field(default_factory=lambda: f"person-{next(_numbers)}-{secrets.token_hex(4)}@example.com")
    password: str = "quiet-harbor-lantern-42"


# --- Coming in


def fill_sign_up(page: Page, person: Person) -> None:
    page.get_by_label("Name", exact=True).fill(person.name)
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Create my account").click()


def sign_up(page: Page, stack: Stack, person: Person | None = None) -> Person:
    """Open an account from the front door; ends on the welcome page."""
    person = person or Person()
    page.goto(f"{stack.url}/signup")
    fill_sign_up(page, person)
    page.wait_for_url("**/welcome**")
    return person


def join(page: Page, stack: Stack, person: Person | None = None) -> Person:
    """Open an account for this browser by posting the form alone, where signing up is not what a test is about."""
    person = person or Person()
    form = {"name": person.name, "email": person.email, "password": person.password}
    answer = page.request.post(f"{stack.url}/signup", form=form, max_redirects=0)
    assert answer.status == 303, answer.text()
    return person


def log_in(page: Page, stack: Stack, person: Person, password: str | None = None) -> None:
    page.goto(f"{stack.url}/login")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(password or person.password)
    page.get_by_role("button", name="Log in", exact=True).click()


def open_dashboard(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/dashboard")
    expect(page.locator("#plan-name")).to_be_visible()


# --- Paying


def fill_card(page: Page, number: str = GOOD_CARD) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expires").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on card").fill("Ada L")


def go_to_checkout(page: Page, stack: Stack, billing: str = "yearly") -> None:
    """From the pricing page; ends on the hosted checkout."""
    page.goto(f"{stack.url}/pricing?billing={billing}")
    page.get_by_role("button", name="Choose Pro").click()
    page.wait_for_url("**/c/pay/**")


def pay(page: Page, number: str = GOOD_CARD) -> None:
    """Fill the hosted checkout and press its button; what comes next depends on the card."""
    fill_card(page, number)
    page.get_by_role("button", name="Subscribe").click()


def subscribe(page: Page, stack: Stack, number: str = GOOD_CARD, billing: str = "yearly") -> None:
    """Become a Pro subscriber; ends where it says that Pro is unlocked."""
    go_to_checkout(page, stack, billing)
    pay(page, number)
    expect(page.locator("#unlocked")).to_be_visible()


# --- Managing


def open_portal(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/billing")
    page.get_by_role("button", name="Manage billing").click()
    page.wait_for_url("**/p/session/**")


def return_to_billing(page: Page) -> None:
    page.get_by_role("link", name="Return to your account").click()
    page.wait_for_url("**/billing")
    expect(page.locator("#plan-name")).to_be_visible()


# --- Using


def work_out_a_loan(page: Page, stack: Stack, amount: str = "250,000") -> None:
    page.goto(f"{stack.url}/scenarios")
    page.get_by_label("Loan", exact=True).fill(amount)
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#loan-payment")).to_be_visible()


def save_as(page: Page, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save scenario").click()


def newest_mail(page: Page, stack: Stack, person: Person, subject: str) -> None:
    """Open a mail of this person in the local mailbox, waiting until it is there."""
    page.goto(f"{stack.url}/dev/mailbox?to={person.email}")
    page.get_by_role("link", name=subject).first.click()


def confirm_address(page: Page, stack: Stack, person: Person) -> None:
    """Prove one's address by the link in its mail; ends on the dashboard."""
    newest_mail(page, stack, person, "Confirm your e-mail address")
    page.get_by_role("link", name=f"{stack.url}/verify/").click()
    page.get_by_role("button", name="Confirm my e-mail address").click()
    page.wait_for_url("**/dashboard")
