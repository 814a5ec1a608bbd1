"""One customer's life on the sandbox's clock, all in their browser: what they see is what Stripe has.

trial → paid → up → payment failed → recovered → down → canceled → kept → ended
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import FAILS_LATER, fill_card, go_to_checkout, join, open_dashboard, return_to_billing

pytestmark = pytest.mark.e2e

HOUR = 3601


@pytest.fixture
def trying(built_app: Path, tmp_path: Path) -> Generator[Stack]:
    """The product as somebody runs it who offers fourteen days free, without a card. Its clock is this test's own."""
    made = Stack(tmp_path, TRIAL_DAYS="14", TRIAL_NEEDS_CARD="false")
    made.start()
    yield made
    made.stop()


def _subscription(stack: Stack) -> dict[str, Any]:
    return stack.ask_stripe("/v1/subscriptions?status=all&limit=1")["data"][0]


def _end_of_period(stack: Stack) -> int:
    return _subscription(stack)["items"]["data"][0]["current_period_end"]


def _let_the_period_end(stack: Stack) -> None:
    """To the renewal, and past the hour in which its invoice is a draft."""
    stack.tell_sandbox("advance", to=_end_of_period(stack))
    stack.tell_sandbox("advance", seconds=HOUR)


def _put_in_a_card(page: Page, number: str = "4242424242424242") -> None:
    page.get_by_role("button", name="Add a card").or_(page.get_by_role("button", name="Update card")).first.click()
    fill_card(page, number)
    page.get_by_role("button", name="Save card").click()
    return_to_billing(page)


def _choose(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).first.click()
    page.wait_for_url("**/billing/change")


def _confirm(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()
    page.wait_for_url("**/billing?done=*")


def _paid(stack: Stack) -> list[int]:
    found = stack.ask_stripe("/v1/invoices?limit=100&status=paid")["data"]
    return [invoice["amount_paid"] for invoice in found if invoice["amount_paid"]]


def test_the_life_of_a_customer(trying: Stack, visitor: Visitor) -> None:
    stack, page, other = trying, visitor.new_tab(), visitor.new_tab()
    join(page, stack)

    # A trial, without a card
    go_to_checkout(page, stack, "monthly")
    page.get_by_role("button", name="Start free trial").click()
    expect(page.locator("#unlocked")).to_be_visible()
    page.goto(f"{stack.url}/billing")
    expect(page.get_by_text("Your trial ends in 14 days")).to_be_visible()
    expect(page.locator("#next-charge")).to_have_text("First charge after the trial")
    _put_in_a_card(page)
    expect(page.locator("#plan-card")).to_have_text("Visa ending in 4242")
    open_dashboard(other, stack)

    # Paid
    _let_the_period_end(stack)
    expect(page.locator("#next-charge")).to_have_text("Next charge")
    expect(page.locator("#plan-date")).to_have_text(stack.day(_end_of_period(stack)))
    assert _paid(stack) == [900]

    # Up: what is shown is what is paid, and the other tab has it too
    _choose(page, "Move up to Agent")
    today = page.locator("#change-today").inner_text()
    _confirm(page, f"Change and pay {today}")
    expect(page.locator("#plan-name")).to_have_text("Agent")
    expect(other.locator("#plan-name")).to_have_text("Agent")
    assert f"€{_paid(stack)[0] / 100:.2f}" == today

    # Failed, and nothing is locked yet
    _put_in_a_card(page, FAILS_LATER)
    _let_the_period_end(stack)
    for tab in (page, other):
        expect(tab.get_by_text("Your payment of €29 did not go through")).to_be_visible()
        expect(tab.locator("#plan-name")).to_have_text("Agent")

    # Recovered, by Stripe's page of the invoice
    page.get_by_role("link", name="Pay €29 now").click()
    page.get_by_label("Visa ending in 4242").check()
    page.get_by_role("button", name="Pay €29").click()
    expect(page.get_by_text("Paid on")).to_be_visible()
    expect(other.get_by_text("did not go through")).to_be_hidden()
    page.goto(f"{stack.url}/billing")
    _put_in_a_card(page)

    # Down, when what was paid is used up
    _choose(page, "Move down to Pro")
    expect(page.locator("#change-today")).to_have_text("Nothing")
    ends = stack.day(_end_of_period(stack))
    expect(page.locator("#change-then")).to_have_text(f"€9 a month from {ends}")
    _confirm(page, "Change on that day")
    expect(other.get_by_text(f"Pro from {ends}")).to_be_visible()
    expect(page.locator("#next-amount")).to_have_text("€9")
    _let_the_period_end(stack)
    expect(page.locator("#plan-name")).to_have_text("Pro")
    assert _paid(stack)[0] == 900

    # Canceled, with a reason
    page.get_by_role("link", name="Cancel plan").click()
    expect(page.locator("#ends-on")).to_have_text(stack.day(_end_of_period(stack)))
    page.get_by_label("It is hard to use").check()
    page.get_by_label("Anything else?").fill("The sums confuse me.")
    page.get_by_role("button", name="Cancel Pro").click()
    page.wait_for_url("**/billing?done=cancel")
    expect(other.get_by_text("Pro ends on")).to_be_visible()
    expect(page.locator("#next-charge")).to_be_hidden()
    why = _subscription(stack)["cancellation_details"]
    assert (why["feedback"], why["comment"]) == ("too_complex", "The sums confuse me.")

    # Kept
    page.get_by_role("button", name="Keep the plan").click()
    page.wait_for_url("**/billing?done=keep")
    expect(other.get_by_text("Pro ends on")).to_be_hidden()
    expect(page.locator("#next-amount")).to_have_text("€9")

    # Ended
    page.get_by_role("link", name="Cancel plan").click()
    page.get_by_role("button", name="Cancel Pro").click()
    page.wait_for_url("**/billing?done=cancel")
    _let_the_period_end(stack)
    for tab in (page, other):
        expect(tab.locator("#plan-name")).to_have_text("Free")
        expect(tab.get_by_text("Your plan ended")).to_be_visible()
    expect(page.get_by_role("heading", name="Plans", exact=True)).to_be_visible()
    assert _subscription(stack)["status"] == "canceled"
