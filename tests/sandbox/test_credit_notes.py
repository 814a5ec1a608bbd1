"""Taking back a part of an invoice, before and after it was paid; and discounts of a customer."""

import httpx
import pytest
import stripe

from tests.sandbox.shop import Shop


def note(shop: Shop, invoice: str, **more: object) -> stripe.CreditNote:
    return shop.api.credit_notes.create({"invoice": invoice, **more})


def open_invoice(shop: Shop, amount: int = 2000) -> tuple[stripe.Customer, stripe.Invoice]:
    customer = shop.customer()
    shop.api.invoice_items.create({"customer": customer.id, "amount": amount, "currency": "usd"})
    made = shop.api.invoices.create({"customer": customer.id, "pending_invoice_items_behavior": "include"})
    return customer, shop.api.invoices.finalize_invoice(made.id)


def test_an_unpaid_invoice_is_lowered_and_the_card_pays_the_rest(shop: Shop) -> None:
    customer, invoice = open_invoice(shop)
    line = {"type": "custom_line_item", "unit_amount": 250, "quantity": 2, "description": "Sorry"}
    made = note(shop, invoice.id, lines=[line], reason="product_unsatisfactory")
    assert (made.type, made.total, made.pre_payment_amount, made.number) == (
        "pre_payment",
        500,
        500,
        f"{invoice.number}-CN-01",
    )
    after = shop.api.invoices.retrieve(invoice.id)
    assert (after.total, after.amount_due, after.amount_remaining, after.pre_payment_credit_notes_amount) == (
        2000,
        1500,
        1500,
        500,
    )
    card = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    paid = shop.api.invoices.pay(invoice.id, {"payment_method": card.id})
    assert (paid.status, paid.amount_paid) == ("paid", 1500)
    assert shop.api.charges.list({"customer": customer.id}).data[0].amount == 1500


def test_an_invoice_lowered_to_nothing_is_paid(shop: Shop) -> None:
    _, invoice = open_invoice(shop)
    note(shop, invoice.id, amount=2000)
    after = shop.api.invoices.retrieve(invoice.id)
    assert (after.status, after.amount_due, after.amount_paid) == ("paid", 0, 0)
    assert "invoice.paid" in shop.events()


def test_a_paid_invoice_gives_back_to_the_card_and_to_the_balance(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    invoice = subscription.latest_invoice
    made = note(shop, invoice, amount=900, refund_amount=400, credit_amount=500)
    assert (made.type, made.post_payment_amount) == ("post_payment", 900)
    assert [part.amount_refunded for part in made.refunds] == [400]
    assert shop.api.refunds.list().data[0].amount == 400
    assert shop.api.customers.retrieve(customer.id).balance == -500
    assert shop.api.invoices.retrieve(invoice).post_payment_credit_notes_amount == 900
    shop.renew(subscription)
    renewal = shop.api.invoices.list({"subscription": subscription.id}).data[0]
    assert (renewal.total, renewal.amount_due, renewal.status) == (1900, 1400, "paid")


def test_a_line_is_given_back_without_the_discount_it_had(shop: Shop) -> None:
    coupon = shop.api.coupons.create({"percent_off": 25})
    customer = shop.customer()
    session = shop.session(customer, discounts=[{"coupon": coupon.id}])
    shop.pay(session.url)
    invoice = shop.api.invoices.list({"customer": customer.id}).data[0]
    line = {"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id, "quantity": 1}
    made = note(shop, invoice.id, lines=[line], refund_amount=1425)
    assert (made.total, made.lines.data[0].amount, made.lines.data[0].discount_amount) == (1425, 1900, 475)


def test_more_than_was_billed_or_an_unclear_way_is_refused_and_leaves_nothing(shop: Shop) -> None:
    _, invoice = open_invoice(shop)
    with pytest.raises(stripe.InvalidRequestError, match="greater than what is left"):
        note(shop, invoice.id, amount=2001)
    with pytest.raises(stripe.InvalidRequestError, match="only lowered"):
        note(shop, invoice.id, amount=100, refund_amount=100)
    _, subscription = shop.subscriber(customer=shop.customer("bob@example.com"))
    with pytest.raises(stripe.InvalidRequestError, match="must equal"):
        note(shop, subscription.latest_invoice, amount=900, refund_amount=100)
    assert shop.api.credit_notes.list().data == []
    assert shop.api.refunds.list().data == []


def test_a_credit_note_is_found_by_its_invoice_and_can_be_noted(shop: Shop) -> None:
    _, invoice = open_invoice(shop)
    made = note(shop, invoice.id, amount=100)
    shop.api.credit_notes.update(made.id, {"memo": "By phone", "metadata": {"who": "ann"}})
    assert [each.memo for each in shop.api.credit_notes.list({"invoice": invoice.id}).data] == ["By phone"]
    assert shop.events()[-2:] == ["credit_note.created", "credit_note.updated"]


def old_call(shop: Shop, path: str, **form: str) -> httpx.Response:
    """As a caller without a version does: the Stripe CLI."""
    return httpx.post(f"{shop.url}{path}", data=form, headers={"Authorization": "Bearer sk_test_x"})


def test_an_old_caller_gives_a_customer_a_coupon_and_it_lowers_what_is_billed(shop: Shop) -> None:
    coupon = shop.api.coupons.create({"percent_off": 50, "duration": "forever"})
    customer = shop.customer()
    assert old_call(shop, f"/v1/customers/{customer.id}", coupon=coupon.id).status_code == 200
    found = shop.api.customers.retrieve(customer.id)
    assert found.discount.source.coupon == coupon.id
    _, subscription = shop.subscriber(customer=customer)
    shop.renew(subscription)
    renewal = shop.api.invoices.list({"subscription": subscription.id}).data[0]
    assert (renewal.subtotal, renewal.total) == (1900, 950)
    gone = shop.api.customers.delete_discount(customer.id)
    assert gone.deleted
    assert shop.api.customers.retrieve(customer.id).discount is None
    names = [name for name in shop.events() if "discount" in name]
    assert names == ["customer.discount.created", "customer.discount.deleted"]


def test_a_discount_of_a_subscription_is_taken_away(shop: Shop) -> None:
    coupon = shop.api.coupons.create({"percent_off": 50, "duration": "forever"})
    _, subscription = shop.subscriber()
    shop.api.subscriptions.update(subscription.id, {"discounts": [{"coupon": coupon.id}]})
    assert shop.api.subscriptions.delete_discount(subscription.id).deleted
    assert shop.api.subscriptions.retrieve(subscription.id).discounts == []
    with pytest.raises(stripe.InvalidRequestError, match="No such discount"):
        shop.api.subscriptions.delete_discount(subscription.id)


def test_new_callers_are_refused_the_words_of_old_ones(shop: Shop) -> None:
    coupon = shop.api.coupons.create({"percent_off": 50})
    headers = {"Authorization": "Bearer sk_test_x", "Stripe-Version": "2026-10-28.endive"}
    for path in ("/v1/customers", "/v1/promotion_codes"):
        refused = httpx.post(f"{shop.url}{path}", data={"coupon": coupon.id}, headers=headers)
        assert refused.json()["error"]["code"] == "parameter_unknown"
        assert old_call(shop, path, coupon=coupon.id).status_code == 200
