"""The forms that lead to Stripe's pages, and the ways back: what a person is told, and what is not claimed."""

from collections.abc import Callable
from datetime import datetime

from saas_app.billing import checkout
from saas_app.billing.checkout import Outcome
from saas_app.billing.gateway.errors import StripeRefused, StripeUnavailable
from saas_app.billing.limits import ASKS_BY_USER
from saas_app.billing.state import NOT_SEEN, Problem, problem_of
from tests.billing.conftest import LogIn
from tests.billing.shop import Stripe
from tests.factories import a_user


async def test_a_checkout_that_could_not_be_opened_comes_back_with_what_was_chosen(shop: Stripe, log_in: LogIn) -> None:
    shop.tell("down", seconds=600)
    sent = await log_in(a_user()).post("/billing/checkout", data={"plan": "pro_v1", "billing": "month"})
    assert sent.headers["location"] == "/billing?problem=StripeUnavailable&plan=pro_v1&billing=month"


async def test_the_way_back_from_the_portal_leads_to_billing_even_with_stripe_down(shop: Stripe, log_in: LogIn) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    shop.tell("down", seconds=600)
    assert (await log_in(ada).get("/billing/back")).headers["location"] == "/billing"


async def test_nobody_can_spend_what_stripe_lets_us_ask_for_everybody(
    shop: Stripe, log_in: LogIn, hands: Callable[[], datetime]
) -> None:
    ada = a_user()
    browser = log_in(ada)
    for _ in range(ASKS_BY_USER.limit):
        assert "NothingToManage" in (await browser.post("/billing/portal")).headers["location"]
    for path in ("/billing/checkout", "/billing/portal", "/billing/resume", "/billing/refresh"):
        sent = await browser.post(path, data={"plan": "pro_v1", "billing": "month"})
        assert "problem=TooManyTries" in sent.headers["location"]
    assert (await browser.get("/billing/back")).headers["location"] == "/billing"
    assert await checkout.look_at(ada, "cs_test_1") is Outcome.LATE
    assert shop.all("customers") == []
    assert "NothingToManage" in (await log_in(a_user("Bob")).post("/billing/portal")).headers["location"]


def test_only_whoever_had_chosen_a_plan_is_told_that_nothing_was_charged() -> None:
    chosen, other = (problem_of("StripeUnavailable", plan, "month") for plan in ("pro_v1", ""))
    assert chosen.words == "Nothing was charged. You can try again in a moment."
    assert "charged" not in f"{other} {problem_of('DatabaseBusy', '', 'year')}"
    assert all("charged" not in words for words in (*NOT_SEEN.values(), str(StripeUnavailable()), str(StripeRefused())))


def test_trying_again_is_offered_where_it_may_help() -> None:
    assert problem_of("StripeUnavailable", "pro_v1", "month").plan == "pro_v1"
    for named in ("StripeRefused", "StripeMissing", "OtherAccount", "NothingToManage", "BadInput"):
        problem = problem_of(named, "pro_v1", "month")
        assert problem.title
        assert (problem.plan, problem.words) == ("", "Nothing was charged.")
    assert problem_of("", "pro_v1", "month") == Problem()
