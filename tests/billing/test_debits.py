"""Payments that a bank answers days later: nobody is asked twice meanwhile, on our pages or by the sandbox."""

from typing import Any

import pytest

from saas_app.billing import service, statement
from saas_app.billing.account import sync_account
from saas_app.billing.changes import CannotChange
from saas_app.billing.gateway.events import list_events
from saas_app.billing.models import Subscription
from saas_app.billing.webhooks import keep
from saas_app.core import clock, db
from saas_app.core.viewer import Viewer
from tests.billing.shop import Stripe, do_waiting_work, rows
from tests.factories import a_user

DAY = 86400
ANSWERS_LATER = "AT321904300235473204"
IS_REFUSED = "AT861904300235473202"
DECLINES = "pm_card_chargeCustomerFail"


def _account(shop: Stripe, customer: str, iban: str) -> str:
    """A bank account of this customer, to be debited."""
    holder = {"billing_details[name]": "Ada", "billing_details[email]": "ada@example.com"}
    made = shop.change("payment_methods", type="sepa_debit", **{"sepa_debit[iban]": iban}, **holder)
    shop.change(f"payment_methods/{made['id']}/attach", customer=customer)
    return str(made["id"])


async def _a_subscriber(shop: Stripe) -> tuple[Viewer, Any]:
    ada = a_user()
    await shop.subscribe(ada, "pro_v1", "month")
    await sync_account(ada.id)
    return ada, shop.all("subscriptions")[0]


async def _hear(*types: str) -> None:
    """What Stripe has told of these kinds arrives, and the work is done."""
    async for event in list_events([*types], clock.now().replace(year=2020), clock.now()):
        await db.run_system("webhook", keep, event)
    await do_waiting_work()


async def _statuses(viewer: Viewer) -> list[str]:
    return [each.status for each in (await db.read(viewer, statement.invoices)).shown]


async def test_a_renewal_by_debit_is_processing_as_soon_as_stripe_says_so(shop: Stripe) -> None:
    ada, found = await _a_subscriber(shop)
    account = _account(shop, found["customer"], ANSWERS_LATER)
    shop.change(f"subscriptions/{found['id']}", default_payment_method=account)
    shop.let_the_period_end(found["id"])
    assert await _statuses(ada) == ["Paid"]
    await _hear("payment_intent.processing")
    assert await _statuses(ada) == ["Processing", "Paid"]


async def test_who_pays_first_by_debit_subscribes_once(shop: Stripe) -> None:
    ada, found = await _a_subscriber(shop)
    shop.delete(f"subscriptions/{found['id']}")
    account = _account(shop, found["customer"], ANSWERS_LATER)
    price = {"items[0][price]": shop.price("pro_v1_month")["id"]}
    shop.change("subscriptions", customer=found["customer"], default_payment_method=account, **price)
    await sync_account(ada.id)
    assert sorted(row.status for row in rows(Subscription)) == ["canceled", "incomplete"]
    said = (await db.read(ada, service.billing)).notice
    assert (said.title, said.pay) == ("Your payment of €9 is under way", "")
    assert said.words.endswith("Pro opens when it arrives.")
    with pytest.raises(CannotChange):
        await shop.begin(ada)


async def test_a_card_that_declines_after_a_debit_is_a_try_of_its_own(shop: Stripe) -> None:
    """As the sandbox counts, and so when it tries again; it once did not, and tried each second."""
    _ada, found = await _a_subscriber(shop)
    account = _account(shop, found["customer"], IS_REFUSED)
    shop.change(f"subscriptions/{found['id']}", default_payment_method=account)
    shop.let_the_period_end(found["id"])
    shop.wait_for("payment_intent.payment_failed")
    (late,) = shop.all("invoices?status=open")
    assert late["attempt_count"] == 1
    shop.take_card(found, DECLINES)
    shop.tell("advance", to=late["next_payment_attempt"])
    (again,) = shop.all("invoices?status=open")
    assert again["attempt_count"] == 2
    assert again["next_payment_attempt"] - late["next_payment_attempt"] >= DAY


async def test_while_a_bank_has_not_answered_no_second_charge_is_made(shop: Stripe) -> None:
    _ada, found = await _a_subscriber(shop)
    account = _account(shop, found["customer"], ANSWERS_LATER)
    shop.change(f"subscriptions/{found['id']}", default_payment_method=account)
    shop.let_the_period_end(found["id"])
    (open_one,) = shop.all("invoices?status=open")
    charges = len(shop.all("charges"))
    tried = shop.change(f"invoices/{open_one['id']}/pay", payment_method="pm_card_visa")
    assert (tried["status"], tried["attempt_count"]) == ("open", 1)
    assert len(shop.all("charges")) == charges
