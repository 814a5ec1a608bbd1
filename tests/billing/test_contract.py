"""Everything our gateway says to Stripe is something that Stripe takes."""

from collections.abc import Callable, Generator

import pytest

from saas_app.billing import changes, checkout, compare, ending, inbox, portal, reconcile, setup
from saas_app.billing.account import resume, sync_account
from saas_app.billing.gateway import client
from saas_app.billing.models import PlanChange
from saas_app.core.config import settings
from saas_app.core.viewer import Viewer
from stripe_sandbox.contract import contract
from tests.billing.recorder import Recorder
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.factories import a_user

SPOKEN = (
    r"/v1/(account|billing_portal|charges|checkout|customers|disputes|e(ntitlem|v)ents|invoices|prices|products|refunds|"
    r"subscription_schedules|subscriptions|webhook)"
)


@pytest.fixture(scope="session")
def contracts() -> tuple[contract.Contract, contract.Contract]:
    return contract.from_spec(), contract.from_sdk(SPOKEN)


@pytest.fixture
def recorder(
    stripe: Stripe, contracts: tuple[contract.Contract, contract.Contract], configured: Callable[..., None]
) -> Generator[Recorder]:
    listening = Recorder(stripe.url, *contracts)
    configured(STRIPE_API_BASE=listening.url)
    yield listening
    listening.close()


async def test_every_call_of_ours_and_its_answer_fit_stripes_contract(stripe: Stripe, recorder: Recorder) -> None:
    ada = a_user()
    await setup.set_up(lambda line: None)
    settings().stripe_file.unlink()
    await setup.set_up(lambda line: None)
    await checkout.start_checkout(ada, "agent_v1", "month")
    session_id = await stripe.subscribe(ada)
    await checkout.finish(ada, session_id)
    for flow in portal.FLOWS:
        await portal.open_portal(ada, flow=flow)
    await sync_account(ada.id)
    await reconcile.catch_up()
    await inbox.replay(stripe.all("events")[0]["id"])
    hook = stripe.all("webhook_endpoints")[0]["id"]
    stripe.change(f"webhook_endpoints/{hook}", disabled="true")
    await compare.compare(repair=True, settled=False)
    await client.fetch_time()
    stripe.change(f"subscriptions/{stripe.all('subscriptions')[0]['id']}/pause")
    await sync_account(ada.id)
    await resume(ada)
    await _change_and_end(stripe, ada)
    assert recorder.problems == []
    assert recorder.calls == {
        ("GET", "/v1/account"),
        ("GET", "/v1/billing_portal/configurations"),
        ("GET", "/v1/billing_portal/configurations/{configuration}"),
        ("GET", "/v1/charges"),
        ("GET", "/v1/checkout/sessions"),
        ("GET", "/v1/checkout/sessions/{session}"),
        ("GET", "/v1/customers/{customer}"),
        ("GET", "/v1/customers"),
        ("GET", "/v1/entitlements/features"),
        ("GET", "/v1/events"),
        ("GET", "/v1/events/{id}"),
        ("GET", "/v1/invoices"),
        ("GET", "/v1/invoices/{invoice}"),
        ("GET", "/v1/prices"),
        ("GET", "/v1/refunds"),
        ("GET", "/v1/products"),
        ("GET", "/v1/products/{product}/features"),
        ("GET", "/v1/subscription_schedules/{schedule}"),
        ("GET", "/v1/subscriptions"),
        ("GET", "/v1/subscriptions/{subscription_exposed_id}"),
        ("GET", "/v1/webhook_endpoints"),
        ("POST", "/v1/billing_portal/configurations"),
        ("POST", "/v1/billing_portal/sessions"),
        ("POST", "/v1/checkout/sessions"),
        ("POST", "/v1/checkout/sessions/{session}/expire"),
        ("POST", "/v1/customers"),
        ("POST", "/v1/customers/{customer}"),
        ("POST", "/v1/entitlements/features"),
        ("POST", "/v1/invoices/create_preview"),
        ("POST", "/v1/prices"),
        ("POST", "/v1/products"),
        ("POST", "/v1/products/{product}/features"),
        ("POST", "/v1/refunds"),
        ("POST", "/v1/subscription_schedules"),
        ("POST", "/v1/subscription_schedules/{schedule}"),
        ("POST", "/v1/subscription_schedules/{schedule}/release"),
        ("POST", "/v1/subscriptions/{subscription_exposed_id}"),
        ("POST", "/v1/subscriptions/{subscription}/resume"),
        ("POST", "/v1/webhook_endpoints"),
        ("POST", "/v1/webhook_endpoints/{webhook_endpoint}"),
        ("DELETE", "/v1/subscriptions/{subscription_exposed_id}"),
        ("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}"),
    }


async def _change_and_end(stripe: Stripe, ada: Viewer) -> None:
    """Up, a change that waits for the bank, down and back, an end and back, and a second subscription."""
    await _change(ada, "agent_v1", "year")
    await _change(ada, "agent_v1", "month")
    await ending.keep(ada)
    await ending.cancel(ada, "too_complex", "I got lost")
    await ending.keep(ada)
    mine = stripe.all("subscriptions")[0]
    values = {"customer": mine["customer"], "default_payment_method": mine["default_payment_method"]}
    stripe.tell("advance", seconds=60)
    stripe.change("subscriptions", **values, **{"items[0][price]": stripe.price("pro_v1_month")["id"]})
    await sync_account(ada.id)
    await do_waiting_work()
    stripe.take_card(mine, "pm_card_chargeCustomerFail")
    stripe.let_the_period_end(mine["id"])
    await sync_account(ada.id)


async def _change(viewer: Viewer, plan: str, interval: str) -> None:
    await changes.work_out(viewer, plan, interval)
    shown = next(row for row in rows(PlanChange) if row.status == "shown")
    await changes.confirm(viewer, shown.id)
