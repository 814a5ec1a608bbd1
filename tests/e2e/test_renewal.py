"""What happens at the end of a period, by the sandbox's clock."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Stack
from tests.e2e.steps import FAILS_LATER, fill_card, join, open_dashboard, open_portal, return_to_billing, subscribe

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def stack(built_app: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stack]:
    """A shop of its own: where a year passes, it passes for everybody, and all of them are told one after the other."""
    made = Stack(tmp_path_factory.mktemp("renewal"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def subscriber(visitor: Visitor, stack: Stack) -> Page:
    page = visitor.new_tab()
    join(page, stack)
    subscribe(page, stack)
    return page


def _period_end(stack: Stack) -> int:
    return stack.ask_stripe("/v1/subscriptions?limit=1")["data"][0]["items"]["data"][0]["current_period_end"]


def _let_the_period_end(stack: Stack) -> None:
    """To the renewal, and past the hour in which its invoice is a draft."""
    stack.tell_sandbox("advance", to=_period_end(stack))
    stack.tell_sandbox("advance", seconds=3601)


def test_a_renewal_moves_the_date_in_an_open_tab(subscriber: Page, stack: Stack) -> None:
    first = _period_end(stack)
    open_dashboard(subscriber, stack)
    expect(subscriber.locator("#plan-date")).to_have_text(stack.day(first))
    _let_the_period_end(stack)
    assert _period_end(stack) > first
    expect(subscriber.locator("#plan-date")).to_have_text(stack.day(_period_end(stack)))
    subscriber.goto(f"{stack.url}/billing")
    expect(subscriber.get_by_role("table").get_by_role("row")).to_have_count(3)


def test_a_card_that_fails_at_the_renewal_is_told_without_locking_anything(subscriber: Page, stack: Stack) -> None:
    open_portal(subscriber, stack)
    subscriber.get_by_role("link", name="Add a card").click()
    fill_card(subscriber, FAILS_LATER)
    subscriber.get_by_role("button", name="Save card").click()
    return_to_billing(subscriber)
    _let_the_period_end(stack)
    expect(subscriber.get_by_text("Your payment of €72 did not go through")).to_be_visible()
    expect(subscriber.locator("#plan-name")).to_have_text("Pro")
    subscriber.get_by_role("button", name="Update card").first.click()
    expect(subscriber.get_by_label("Card number")).to_be_visible()


def test_a_canceled_plan_ends_on_its_day_and_what_was_saved_stays(subscriber: Page, stack: Stack) -> None:
    open_portal(subscriber, stack)
    subscriber.get_by_role("link", name="Cancel plan").click()
    subscriber.get_by_role("button", name="Cancel plan").click()
    return_to_billing(subscriber)
    expect(subscriber.get_by_text("Pro ends on")).to_be_visible()
    _let_the_period_end(stack)
    expect(subscriber.locator("#plan-name")).to_have_text("Free")
    expect(subscriber.get_by_text("Your plan ended")).to_be_visible()
