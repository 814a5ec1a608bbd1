"""Invoices that are sent, trials given later, first periods that are free, and whom a coupon is for."""

from pathlib import Path
from typing import Any

import pytest
import stripe

from stripe_sandbox import discounts
from stripe_sandbox.store import Store
from tests.sandbox.shop import Shop, errors_of

DAY = 24 * 3600


def sent(shop: Shop, **more: Any) -> Any:
    wanted = {"items": [{"price": shop.monthly.id}], "collection_method": "send_invoice", "days_until_due": 10}
    return shop.api.subscriptions.create({"customer": shop.customer().id, **wanted, **more})


def invoice_of(shop: Shop, subscription: Any) -> Any:
    return shop.api.invoices.retrieve(shop.api.subscriptions.retrieve(subscription.id).latest_invoice)


def test_an_invoice_that_is_sent_waits_an_hour_and_is_due_in_days(shop: Shop) -> None:
    made = sent(shop)
    assert (made.status, made.days_until_due) == ("active", 10)
    assert invoice_of(shop, made).status == "draft"
    shop.advance(seconds=3601)
    invoice = invoice_of(shop, made)
    assert (invoice.status, invoice.amount_due, invoice.next_payment_attempt) == ("open", 1900, None)
    assert invoice.due_date == invoice.status_transitions.finalized_at + 10 * DAY
    assert "invoice.sent" in shop.events()
    assert [each.id for each in shop.api.invoices.list({"due_date": {"lte": invoice.due_date}}).data] == [invoice.id]


def test_it_becomes_late_when_due_comes_back_when_paid_and_ends_when_nobody_pays(shop: Shop) -> None:
    made = sent(shop)
    shop.advance(seconds=3601)
    shop.advance(seconds=10 * DAY)
    assert shop.api.subscriptions.retrieve(made.id).status == "past_due"
    assert shop.api.customers.retrieve(made.customer).delinquent
    invoice = invoice_of(shop, made)
    card = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": made.customer})
    with pytest.raises(stripe.CardError):
        shop.api.invoices.pay(invoice.id, {"payment_method": card.id})
    assert shop.api.subscriptions.retrieve(made.id).status == "past_due"  # a try of their own ends nothing
    shop.api.invoices.pay(invoice.id, {"paid_out_of_band": True})
    assert shop.api.subscriptions.retrieve(made.id).status == "active"

    other = sent(shop)
    shop.advance(seconds=3601)
    shop.advance(seconds=10 * DAY)
    shop.advance(seconds=7 * DAY)  # the last of the days that dunning has
    ended = shop.api.subscriptions.retrieve(other.id)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")


def test_whoever_is_sent_invoices_has_days_and_whoever_is_charged_has_none(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sent(shop, days_until_due=None)
    assert refused.value.param == "days_until_due"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sent(shop, collection_method="charge_automatically")
    assert refused.value.param == "days_until_due"


def test_a_plan_change_of_whoever_is_sent_invoices_is_sent_as_well(shop: Shop) -> None:
    made = sent(shop)
    shop.advance(seconds=3601)
    item = made["items"].data[0].id
    wanted = {"items": [{"id": item, "price": shop.team_monthly.id}], "proration_behavior": "always_invoice"}
    shop.api.subscriptions.update(made.id, wanted)
    invoice = invoice_of(shop, made)
    assert (invoice.status, invoice.billing_reason, invoice.collection_method) == (
        "open",
        "subscription_update",
        "send_invoice",
    )


def test_a_trial_given_to_a_running_subscription_credits_what_was_paid(shop: Shop) -> None:
    customer, made = shop.subscriber()
    shop.advance(seconds=10 * DAY)
    item = made["items"].data[0]
    now = shop.api.subscriptions.retrieve(made.id)["items"].data[0].current_period_start + 10 * DAY
    end = now + 20 * DAY
    moved = shop.api.subscriptions.update(made.id, {"trial_end": end})
    assert (moved.status, moved.trial_end) == ("trialing", end)
    credit = shop.api.customers.retrieve(customer.id).balance
    whole = item.current_period_end - item.current_period_start
    assert credit == pytest.approx(-1900 * (whole - 10 * DAY) / whole, abs=2)
    lines = invoice_of(shop, made).lines.data
    assert [line.amount for line in lines] == [credit, 0]
    shop.renew(moved)
    assert shop.api.customers.retrieve(customer.id).balance == 0
    assert invoice_of(shop, made).amount_due == 1900 + credit


def test_without_proration_a_trial_only_moves_the_day(shop: Shop) -> None:
    customer, made = shop.subscriber()
    end = made["items"].data[0].current_period_end + 5 * DAY
    shop.api.subscriptions.update(made.id, {"trial_end": end, "proration_behavior": "none"})
    assert shop.api.customers.retrieve(customer.id).balance == 0
    shop.renew(made)
    assert invoice_of(shop, made).amount_due == 1900


def test_an_anchor_without_proration_makes_the_first_days_free(shop: Shop) -> None:
    customer = shop.customer()
    card = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    wanted = {"customer": customer.id, "items": [{"price": shop.monthly.id}], "default_payment_method": card.id}
    anchor = customer.created + 10 * DAY
    made = shop.api.subscriptions.create(wanted | {"billing_cycle_anchor": anchor, "proration_behavior": "none"})
    assert (made.status, made.latest_invoice, made["items"].data[0].current_period_end) == ("active", None, anchor)
    assert shop.api.invoices.list({"customer": customer.id}).data == []
    shop.renew(made)
    assert [each.amount_paid for each in shop.api.invoices.list({"customer": customer.id}).data] == [1900]


@pytest.mark.parametrize(("behavior", "less"), [("none", True), ("create_prorations", False)])
def test_checkout_shows_and_takes_what_an_anchor_leaves_to_pay(shop: Shop, behavior: str, less: bool) -> None:
    customer = shop.customer()
    data = {"billing_cycle_anchor": customer.created + 10 * DAY, "proration_behavior": behavior}
    session = shop.session(customer, subscription_data=data)
    assert session.amount_total == 0 if less else 0 < session.amount_total < 1900
    answer = shop.pay(session.url)
    assert answer.status_code == 303, errors_of(answer)
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription.latest_invoice"]})
    assert done.subscription.status == "active"
    invoice = done.subscription.latest_invoice
    assert (invoice is None) if less else abs(invoice.amount_paid - done.amount_total) <= 1


def test_a_preview_of_a_subscription_that_is_not_there_yet(shop: Shop) -> None:
    customer = shop.customer()
    shop.api.customers.update(customer.id, {"balance": -500})
    details = {"items": [{"price": shop.team_monthly.id, "quantity": 2}]}
    preview = shop.api.invoices.create_preview({"customer": customer.id, "subscription_details": details})
    assert (preview.subtotal, preview.amount_due) == (9800, 9300)
    assert shop.api.subscriptions.list({"customer": customer.id}).data == []


def test_a_coupon_for_one_product_takes_nothing_off_another(shop: Shop) -> None:
    coupon = shop.api.coupons.create(
        {"percent_off": 50, "duration": "forever", "applies_to": {"products": [shop.team.id]}}
    )
    assert shop.api.coupons.retrieve(coupon.id, {"expand": ["applies_to"]}).applies_to.products == [shop.team.id]
    customer = shop.customer()
    card = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    items = [{"price": shop.monthly.id}, {"price": shop.team_monthly.id}]
    made = shop.api.subscriptions.create(
        {
            "customer": customer.id,
            "default_payment_method": card.id,
            "items": items,
            "discounts": [{"coupon": coupon.id}],
        }
    )
    assert invoice_of(shop, made).total == 1900 + 2450
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.coupons.create({"percent_off": 5, "applies_to": {"products": ["prod_no"]}})
    assert refused.value.param == "applies_to[products][0]"


def code(shop: Shop, name: str, coupon: dict[str, Any] | None = None, **more: Any) -> Any:
    made = shop.api.coupons.create({"percent_off": 10, "duration": "once", **(coupon or {})})
    return shop.api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": made.id}, "code": name, **more})


def test_codes_are_held_to_their_limits_by_the_api_and_on_the_page(shop: Shop) -> None:
    regular, _ = shop.subscriber()
    few = {"minimum_amount": 5000, "minimum_amount_currency": "usd"}
    made = [
        (code(shop, "BIG", restrictions=few), "minimum amount"),
        (code(shop, "FIRST", restrictions={"first_time_transaction": True}), "prior transactions"),
        (code(shop, "HERS", customer=shop.customer("eve@example.com").id), "by this customer"),
    ]
    team = code(shop, "TEAM", {"applies_to": {"products": [shop.team.id]}})
    for each, why in made:
        with pytest.raises(stripe.InvalidRequestError, match=why):
            shop.session(regular, discounts=[{"promotion_code": each.id}])
    for each in [promotion for promotion, _ in made] + [team]:
        session = shop.session(regular, allow_promotion_codes=True)
        page = shop.browser.post(session.url, data={"action": "apply_code", "code": each.code})
        assert errors_of(page) == {"code": "This code is not valid."}
    newcomer = shop.customer("new@example.com")
    assert shop.session(newcomer, discounts=[{"promotion_code": made[1][0].id}]).amount_total == 1710


def test_a_coupon_from_before_coupons_were_for_products_is_for_all(tmp_path: Path) -> None:
    store = Store(tmp_path / "old.db")
    with store.transaction() as tx:
        old = tx.add({"id": "OLD", "object": "coupon", "percent_off": 50.0})
        assert discounts.covers(old, "prod_any")
        assert discounts.applies_to(tx, old) is None
    store.close()
