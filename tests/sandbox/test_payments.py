"""Payments that are held, that take their time, and that their payers ask the bank about."""

import json
from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.checked import CheckedClient
from tests.sandbox.shop import Shop, wait_until

PAYS = "AT611904300234573201"
IS_REFUSED = "AT861904300235473202"


def paid(api: Any, method: str = "pm_card_visa", **more: Any) -> Any:
    wanted = {"amount": 2000, "currency": "usd", "payment_method": method, "confirm": True, **more}
    return api.payment_intents.create(wanted)


def by_debit(api: Any, iban: str) -> Any:
    method = api.payment_methods.create(
        {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": {"name": "Bo", "email": "bo@x.test"}}
    )
    return paid(api, method.id, currency="eur")


# --- held


def test_money_that_is_held_is_taken_when_it_is_captured(api: Any, shop: Shop) -> None:
    held = paid(api, capture_method="manual")
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 2000, 0)
    assert api.charges.retrieve(held.latest_charge).captured is False
    taken = api.payment_intents.capture(held.id, {"amount_to_capture": 1500})
    charge = api.charges.retrieve(held.latest_charge)
    assert (taken.status, taken.amount_received) == ("succeeded", 1500)
    assert (charge.captured, charge.amount_captured, charge.amount_refunded) == (True, 1500, 500)
    assert shop.events()[-5:] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]


def test_a_hold_can_be_let_go_and_is_not_taken_twice(api: Any) -> None:
    held = paid(api, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        api.payment_intents.capture(held.id, {"amount_to_capture": 2001})
    assert (too_much.value.code, too_much.value.param) == ("amount_too_large", "amount_to_capture")
    gone = api.payment_intents.cancel(held.id)
    assert (gone.status, api.charges.retrieve(held.latest_charge).refunded) == ("canceled", True)
    with pytest.raises(stripe.InvalidRequestError) as over:
        api.payment_intents.capture(held.id)
    assert over.value.code == "payment_intent_unexpected_state"


# --- delayed


def test_a_debit_is_processing_until_the_bank_answers(api: Any, shop: Shop) -> None:
    begun = by_debit(api, PAYS)
    assert begun.status == "processing"
    wait_until(lambda: api.payment_intents.retrieve(begun.id).status == "succeeded")
    charge = api.charges.retrieve(begun.latest_charge)
    assert (charge.status, charge.amount_captured, charge.payment_method_details.type) == (
        "succeeded",
        2000,
        "sepa_debit",
    )
    assert shop.events()[-5:] == [
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


def test_a_debit_that_the_bank_refuses_asks_for_another_way_to_pay(api: Any, shop: Shop) -> None:
    begun = by_debit(api, IS_REFUSED)
    wait_until(lambda: api.payment_intents.retrieve(begun.id).status == "requires_payment_method")
    after = api.payment_intents.retrieve(begun.id)
    assert after.last_payment_error.code == "payment_intent_payment_attempt_failed"
    assert shop.events()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"type": "sepa_debit"}, "billing_details[name]"),
        ({"type": "sepa_debit", "billing_details": {"name": "B", "email": "b@x.test"}}, "sepa_debit[iban]"),
        (
            {
                "type": "sepa_debit",
                "billing_details": {"name": "B", "email": "b@x.test"},
                "sepa_debit": {"iban": "DE00"},
            },
            "sepa_debit[iban]",
        ),
        ({"type": "boleto"}, "type"),
    ],
)
def test_an_account_that_cannot_be_debited_is_refused_by_field(
    api: Any, http: CheckedClient, given: dict[str, Any], param: str
) -> None:
    http.expect_bad_requests = True
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_methods.create(given)
    assert refused.value.param == param


def _confirm(url: str, session: Any, method: str, amount: int) -> httpx.Response:
    """As the Stripe CLI does, which plays the hosted page."""
    form = {"payment_method": method, "expected_amount": amount}
    return httpx.post(f"{url}/v1/payment_pages/{session.id}/confirm", data=form, auth=("sk_test_x", ""))


@pytest.mark.parametrize(("iban", "event", "status"), [(PAYS, "succeeded", "paid"), (IS_REFUSED, "failed", "unpaid")])
def test_an_order_paid_by_debit_is_complete_first_and_paid_later(
    api: Any, fresh: str, shop: Shop, iban: str, event: str, status: str
) -> None:
    book = api.prices.create({"product": shop.pro.id, "currency": "eur", "unit_amount": 2900})
    session = shop.session(mode="payment", line_items=[{"price": book.id, "quantity": 1}])
    method = api.payment_methods.create(
        {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": {"name": "Bo", "email": "bo@x.test"}}
    )
    assert _confirm(fresh, session, method.id, 2800).status_code == 400
    done = _confirm(fresh, session, method.id, 2900).json()
    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
    wait_until(lambda: f"checkout.session.async_payment_{event}" in shop.events())
    assert api.checkout.sessions.retrieve(session.id).payment_status == status


@pytest.mark.parametrize(("iban", "status", "told"), [(PAYS, "paid", 0), (IS_REFUSED, "open", 1)])
def test_an_invoice_that_a_bank_was_asked_for_was_tried_once_whatever_comes_back(
    api: Any, fresh: str, shop: Shop, iban: str, status: str, told: int
) -> None:
    book = api.prices.create({"product": shop.pro.id, "currency": "eur", "unit_amount": 2900})
    item = {"price": book.id, "quantity": 1}
    session = shop.session(
        mode="payment", line_items=[item], customer_creation="always", invoice_creation={"enabled": True}
    )
    method = api.payment_methods.create(
        {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": {"name": "Bo", "email": "bo@x.test"}}
    )
    assert _confirm(fresh, session, method.id, 2900).is_success
    wait_until(lambda: f"checkout.session.async_payment_{'succeeded' if told == 0 else 'failed'}" in shop.events())
    asked = next(each for each in reversed(api.events.list({"limit": 100}).data) if each.type == "invoice.updated")
    assert (asked.data.object["status"], asked.data.object["attempt_count"]) == ("open", 1)
    answered = api.invoices.retrieve(asked.data.object["id"])
    assert (answered.status, answered.attempted, answered.attempt_count) == (status, True, 1)
    assert shop.events().count("invoice.payment_failed") == told


# --- disputed


def test_a_disputed_charge_is_won_with_evidence_and_the_money_comes_back(api: Any, shop: Shop) -> None:
    intent = paid(api, "pm_card_createDispute")
    dispute = api.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.status, dispute.amount, dispute.reason) == ("needs_response", 2000, "fraudulent")
    assert api.charges.retrieve(intent.latest_charge).disputed is True
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"
    api.disputes.update(dispute.id, {"evidence": {"product_description": "A plan"}, "submit": False})
    assert api.disputes.retrieve(dispute.id).status == "needs_response"
    won = api.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert won.status == "won"
    assert shop.events()[-7:] == [
        "payment_intent.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]


def test_a_dispute_can_be_given_up_and_an_inquiry_withdraws_nothing(api: Any, shop: Shop) -> None:
    lost, asked = paid(api, "pm_card_createDispute"), paid(api, "pm_card_createDisputeInquiry")
    of = {each.payment_intent: each for each in api.disputes.list().data}
    assert api.disputes.close(of[lost.id].id).status == "lost"
    assert of[asked.id].status == "warning_needs_response"
    assert api.disputes.close(of[asked.id].id).status == "warning_closed"
    assert shop.events().count("charge.dispute.funds_withdrawn") == 1
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        api.disputes.close(of[lost.id].id)


def test_the_events_of_a_dispute_name_the_charge_and_the_payment(api: Any) -> None:
    intent = paid(api, "pm_card_createDispute")
    event = api.events.list({"type": "charge.dispute.created"}).data[0]
    about = json.loads(str(event.data.object))
    assert (about["charge"], about["payment_intent"]) == (intent.latest_charge, intent.id)


def test_a_payment_has_a_receipt_that_shows_what_was_given_back(shop: Shop) -> None:
    customer, _ = shop.subscriber(number="4000000000005126")
    charge = shop.api.charges.list({"customer": customer.id}).data[0]
    page = shop.browser.get(charge.receipt_url).text
    assert "$19.00" in page
    assert "Visa ending in 5126" in page
    shop.api.refunds.create({"charge": charge.id, "amount": 500})
    assert "−$5.00" in shop.browser.get(charge.receipt_url).text
    shop.advance(seconds=3601)
    assert "A refund that came back" in shop.browser.get(charge.receipt_url).text
    assert shop.api.charges.retrieve(charge.id).amount_refunded == 0
    assert shop.events()[-1] == "refund.failed"
    assert shop.browser.get(f"{shop.url}/receipts/ch_unknown").status_code == 404
