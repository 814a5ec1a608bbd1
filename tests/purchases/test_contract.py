"""Everything that purchases say to Stripe is something that Stripe takes."""

from collections.abc import AsyncGenerator, Callable

import pytest

from saas_app.billing.account import sync_account
from saas_app.core.config import settings
from saas_app.purchases import checkout, orders
from stripe_sandbox.contract import contract
from tests.billing.conftest import hang_up
from tests.billing.recorder import Recorder
from tests.billing.test_contract import SPOKEN
from tests.factories import a_user
from tests.purchases.market import Market


@pytest.fixture(scope="session")
def contracts() -> tuple[contract.Contract, contract.Contract]:
    return contract.from_spec(), contract.from_sdk(SPOKEN)


@pytest.fixture
async def recorder(
    market: Market, contracts: tuple[contract.Contract, contract.Contract], configured: Callable[..., None]
) -> AsyncGenerator[Recorder]:
    await hang_up()  # the set-up has spoken to the sandbox itself
    listening = Recorder(market.url, *contracts)
    configured(STRIPE_API_BASE=listening.url)
    yield listening
    listening.close()


async def test_every_call_of_a_purchase_and_its_answer_fit_stripes_contract(market: Market, recorder: Recorder) -> None:
    assert settings().stripe_api_base == recorder.url
    ada = a_user()
    session_id = await market.buy(ada)
    await checkout.finish(ada, session_id)
    market.dispute(session_id)
    await sync_account(ada.id)
    by_link = market.pay_by_link("bob@example.com")
    await orders.look_at_order(by_link)
    await orders.look_at_payment(market.payment(by_link))
    assert recorder.problems == []
    assert recorder.calls >= {
        ("GET", "/v1/checkout/sessions"),
        ("GET", "/v1/checkout/sessions/{session}"),
        ("GET", "/v1/disputes"),
        ("POST", "/v1/checkout/sessions"),
    }
