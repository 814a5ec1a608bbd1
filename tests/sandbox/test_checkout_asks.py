"""What a shop asks for on the hosted page beside a card."""

from tests.sandbox.shop import Shop, errors_of

ASKS = {
    "phone_number_collection": {"enabled": True},
    "tax_id_collection": {"enabled": True, "required": "if_supported"},
    "consent_collection": {"terms_of_service": "required"},
    "custom_text": {"terms_of_service_acceptance": {"message": "Yes to the house rules"}},
}
ANSWERS = {"phone": "+1 555 0100", "tax_id_type": "gb_vat", "tax_id": "gb123456789", "terms": "yes"}


def test_each_is_asked_for_at_its_field_and_kept(shop: Shop) -> None:
    session = shop.session(**ASKS)
    page = shop.browser.get(session.url).text
    assert 'autocomplete="tel"' in page
    assert "Yes to the house rules" in page
    answer = shop.pay(session.url, email="eve@example.com")
    assert set(errors_of(answer)) == {"phone", "tax_id", "terms"}
    answer = shop.pay(session.url, email="eve@example.com", **{**ANSWERS, "tax_id": "12"})
    assert errors_of(answer) == {"tax_id": "Enter the number like this: GB123456789."}
    assert "+1 555 0100" in answer.text
    assert shop.pay(session.url, email="eve@example.com", **ANSWERS).status_code == 303
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["customer.tax_ids", "invoice"]})
    assert done.consent.terms_of_service == "accepted"
    assert (done.customer_details.phone, done.customer.phone) == ("+1 555 0100", "+1 555 0100")
    assert [(each.type, each.value) for each in done.customer_details.tax_ids] == [("gb_vat", "GB123456789")]
    assert [each.value for each in done.invoice.customer_tax_ids] == ["GB123456789"]


def test_the_answers_outlive_the_question_of_the_bank(shop: Shop) -> None:
    session = shop.session(**ASKS)
    answer = shop.pay(session.url, "4000002760003184", email="eve@example.com", **ANSWERS)
    assert shop.browser.post(answer.headers["location"], data={"answer": "complete"}).status_code == 303
    done = shop.api.checkout.sessions.retrieve(session.id)
    assert (done.status, done.customer_details.phone, done.consent.terms_of_service) == (
        "complete",
        "+1 555 0100",
        "accepted",
    )


def test_a_card_is_kept_for_the_next_time_when_the_customer_says_so(shop: Shop) -> None:
    price = shop.api.prices.create({"product": shop.pro.id, "unit_amount": 500, "currency": "usd"})
    customer = shop.customer()
    wanted = {
        "mode": "payment",
        "line_items": [{"price": price.id, "quantity": 1, "metadata": {"gift": "yes"}}],
        "saved_payment_method_options": {"payment_method_save": "enabled", "allow_redisplay_filters": ["always"]},
        "submit_type": "donate",
    }
    first = shop.session(customer, **wanted)
    assert shop.api.checkout.sessions.line_items.list(first.id).data[0].metadata.gift == "yes"
    assert "Donate $5.00" in shop.browser.get(first.url).text
    shop.pay(first.url)
    assert shop.api.customers.payment_methods.list(customer.id).data == []
    shop.pay(shop.session(customer, **wanted).url, keep="yes")
    kept = shop.api.customers.payment_methods.list(customer.id).data
    assert [each.allow_redisplay for each in kept] == ["always"]
    assert kept[0].id in shop.browser.get(shop.session(customer, **wanted).url).text
    shop.api.payment_methods.update(kept[0].id, {"allow_redisplay": "limited"})
    assert kept[0].id not in shop.browser.get(shop.session(customer, **wanted).url).text
