"""The same refusal wherever a gate stands: what is needed, why, what it costs and the way."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from saas_app.auth.models import User
from saas_app.auth.sessions import Visit, find_viewer, open_session
from saas_app.billing import locked
from saas_app.billing.account import sync_account
from saas_app.billing.entitlements import NotEntitled, PlanNeeded, require_plan
from saas_app.billing.gate_state import in_words, needs
from saas_app.billing.gates import Refusal, admitted, is_open_by_now
from saas_app.billing.plans import AGENT_V1, PRO_V1, Feature, Limit
from saas_app.billing.usage import Meter
from saas_app.core import db
from saas_app.core.errors import AppError
from saas_app.core.viewer import Viewer
from saas_app.edge import gate, who
from saas_app.edge.broken import refused
from tests.billing.shop import Stripe
from tests.factories import a_user, as_system


async def _export(request: Request) -> Response:
    viewer = await admitted(request, Feature.COMPARE)
    return PlainTextResponse(f"for {viewer.name}")


@pytest.fixture
async def browser(shop: Stripe) -> AsyncGenerator[httpx.AsyncClient]:
    who.install(find_viewer)
    app = Starlette(
        routes=[Route("/export", _export)], exception_handlers={NotEntitled: locked.refused, AppError: refused}
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:9") as client:
        yield client


def _log_in(browser: httpx.AsyncClient, viewer: Viewer) -> None:
    opened = as_system(lambda session: open_session(session, session.get_one(User, viewer.id), Visit()))
    browser.cookies.set("session", opened.token)


async def test_a_route_refuses_strangers_and_those_who_have_not_paid(browser: httpx.AsyncClient, shop: Stripe) -> None:
    assert (await browser.get("/export")).status_code == 401
    ada = a_user("Ada")
    _log_in(browser, ada)
    answer = await browser.get("/export")
    assert answer.status_code == 402
    assert answer.json() == {
        "need": "compare",
        "reason": "Compare is part of Pro.",
        "plan": "pro_v1",
        "price_per_month": "€6",
        "way": "http://localhost:9/pricing",
        "resets": "",
    }
    assert answer.headers["cache-control"] == "no-store"
    await shop.subscribe(ada)
    await sync_account(ada.id)
    assert (await browser.get("/export")).text == "for Ada"


class _Tab:
    """A state as `needs` sees one."""

    refusal = Refusal()
    done = 0

    @needs(Feature.COMPARE, PRO_V1)
    async def compare(self) -> None:
        self.done += 1


async def test_a_handler_does_nothing_for_those_who_have_not_paid_and_says_why(shop: Stripe) -> None:
    ada, tab = a_user(), _Tab()
    gate._viewer.set(ada)
    await tab.compare()
    assert (tab.done, tab.refusal.words, tab.refusal.offer.year.per_month) == (0, "Compare is part of Pro.", "€6")
    await shop.subscribe(ada)
    await sync_account(ada.id)
    await tab.compare()
    assert (tab.done, tab.refusal) == (1, Refusal())


async def test_a_refusal_is_over_as_soon_as_the_plan_holds_what_was_refused(shop: Stripe) -> None:
    ada = a_user()
    refused = [Refusal(Feature.REPORT, "x"), Refusal(Limit.SCENARIOS, "x"), Refusal(PRO_V1.key, "x")]
    agents, full = Refusal(Feature.SHARE, "x"), Refusal(Limit.REPORTS, "x")

    def over(*found: Refusal) -> list[bool]:
        with db.session_for(ada, read_only=True) as session:
            return [is_open_by_now(session, each) for each in found]

    assert over(refused[0], refused[2], agents, full) == [False] * 4
    await shop.subscribe(ada)
    await sync_account(ada.id)
    assert over(*refused, full) == [True] * 4
    assert over(agents, Refusal("what nobody knows", "x")) == [False, False]


def test_a_handler_that_cannot_be_held_is_refused_at_the_start() -> None:
    async def yields(self: Any) -> AsyncGenerator[None]:
        yield

    with pytest.raises(TypeError, match="plain coroutine"):
        needs(Feature.COMPARE)(yields)  # type: ignore[type-var]


async def test_a_plan_can_be_asked_for_and_a_bigger_one_will_do(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada, "agent_v1")
    await sync_account(ada.id)
    with db.session_for(ada.id, read_only=True) as session:
        require_plan(session, PRO_V1)
        require_plan(session, AGENT_V1)
    with db.session_for(a_user("Bob").id, read_only=True) as session, pytest.raises(PlanNeeded) as error:
        require_plan(session, AGENT_V1)
    assert (str(error.value), error.value.need) == ("This is part of Agent.", "agent_v1")


def test_a_meter_in_words() -> None:
    assert in_words(Meter(Limit.SCENARIOS, 3, 4)).percent == 75
    assert in_words(Meter(Limit.SCENARIOS, 3, None)).words == "3, without limit"
    full = in_words(Meter(Limit.SCENARIOS, 9, 2))
    assert (full.words, full.percent, full.is_full) == ("9 of 2", 100, True)
    assert in_words(Meter(Limit.SCENARIOS, 0, 0)).is_full
