"""The hosted checkout page."""

from typing import Any

import httpx

from tests.sandbox.shop import CARD, Shop, errors_of


def test_a_card_that_pays_makes_a_subscription_and_leads_to_the_success_page(shop: Shop) -> None:
    customer = shop.customer()
    session = shop.session(customer, client_reference_id="7", subscription_data={"metadata": {"account_id": "7"}})
    page = shop.browser.get(session.url)
    assert "Pro" in page.text
    assert "$19.00" in page.text
    assert "Sandbox – no real money" in page.text

    answer = shop.pay(session.url)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://app.test/welcome?session={session.id}"
    done = shop.api.checkout.sessions.retrieve(
        session.id, {"expand": ["line_items", "subscription.default_payment_method", "customer", "invoice.payments"]}
    )
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.subscription.status == "active"
    assert done.subscription.metadata.to_dict() == {"account_id": "7"}
    assert done.subscription.default_payment_method.card.last4 == "4242"
    assert done.invoice.amount_paid == 1900
    assert done.line_items.data[0].price.lookup_key == "pro_monthly"


def test_subscribing_tells_what_happened_in_stripes_order(shop: Shop) -> None:
    shop.subscriber()
    assert shop.events()[-14:] == [
        "payment_method.attached",
        "customer.subscription.created",
        "customer.updated",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
        "checkout.session.completed",
    ]


def test_a_declined_card_keeps_the_page_open_and_everything_typed_but_the_secrets(shop: Shop) -> None:
    session = shop.session()
    answer = shop.pay(session.url, "4000000000000002", email="new@example.com")
    assert answer.status_code == 422
    assert "declined" in errors_of(answer)["number"]
    assert 'value="new@example.com"' in answer.text
    assert 'value="Ann Example"' in answer.text
    assert "4000000000000002" not in answer.text
    assert 'value="123"' not in answer.text
    assert shop.api.checkout.sessions.retrieve(session.id).status == "open"
    assert shop.api.subscriptions.list({"status": "all"}).data == []
    assert shop.api.customers.list({"email": "new@example.com"}).data == []
    assert shop.events()[-3:] == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]


def test_after_a_decline_another_card_pays(shop: Shop) -> None:
    session = shop.session(shop.customer())
    shop.pay(session.url, "4000000000009995")
    assert shop.pay(session.url).status_code == 303


def test_each_declining_card_says_why(shop: Shop) -> None:
    session = shop.session(shop.customer())
    said = {
        number: next(iter(errors_of(shop.pay(session.url, number)).items()))
        for number in ("4000000000009995", "4000000000000069", "4000000000000127", "4000000000000341")
    }
    assert said["4000000000009995"] == ("number", "Your card has insufficient funds. Try another card.")
    assert said["4000000000000069"][0] == "expiry"
    assert said["4000000000000127"] == ("cvc", "Your card&#39;s security code is incorrect.")
    assert "declined" in said["4000000000000341"][1]


def test_what_is_missing_is_said_at_each_field(shop: Shop) -> None:
    session = shop.session()
    answer = shop.browser.post(session.url, data={"action": "pay", "number": "4242 4242 4242 4241"})
    errors = errors_of(answer)
    assert set(errors) == {"email", "number", "expiry", "cvc", "name"}
    assert answer.text.count("autofocus") == 1
    assert 'aria-describedby="number-error"' in answer.text


def test_what_is_typed_is_shown_as_text_never_as_markup(shop: Shop) -> None:
    session = shop.session()
    answer = shop.pay(session.url, "4000000000000002", email='"><script>alert(1)</script>@example.com')
    assert "<script>alert" not in answer.text


def test_three_d_secure_completed_subscribes(shop: Shop) -> None:
    session = shop.session(shop.customer())
    question = shop.pay(session.url, "4000000000003220").headers["location"]
    assert "/3ds/" in question
    assert shop.api.checkout.sessions.retrieve(session.id).status == "open"
    assert shop.api.subscriptions.list({"status": "all"}).data == []

    answer = shop.browser.post(question, data={"answer": "complete"})

    assert answer.headers["location"] == f"http://app.test/welcome?session={session.id}"
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription.latest_invoice"]})
    assert done.subscription.status == "active"
    assert done.subscription.latest_invoice.status == "paid"
    assert shop.browser.post(question, data={"answer": "complete"}).status_code == 410


def test_three_d_secure_failed_subscribes_nobody(shop: Shop) -> None:
    session = shop.session(shop.customer())
    question = shop.pay(session.url, "4000002500003155").headers["location"]
    answer = shop.browser.post(question, data={"answer": "fail"})
    # The form stands at the address of the question, which is over; what it sends must go to the checkout.
    assert answer.text.count(f'action="/c/pay/{session.id}"') == answer.text.count("<form")
    assert "authenticate" in errors_of(answer)["number"]
    assert shop.api.subscriptions.list({"status": "all"}).data == []
    for reloaded in (shop.browser.post(question, data={"answer": "fail"}), shop.browser.get(question)):
        assert (reloaded.status_code, reloaded.headers["location"]) == (303, session.url)
    assert shop.pay(session.url).status_code == 303


def test_a_card_that_is_declined_after_three_d_secure_leaves_no_subscription(shop: Shop) -> None:
    session = shop.session(shop.customer())
    question = shop.pay(session.url, "4000008400001629").headers["location"]
    answer = shop.browser.post(question, data={"answer": "complete"})
    assert "declined" in errors_of(answer)["number"]
    assert shop.api.subscriptions.list({"status": "all"}).data == []


def test_a_saved_card_of_the_customer_can_be_chosen_and_nobody_elses(shop: Shop) -> None:
    customer, other = shop.customer(), shop.customer("other@example.com")
    own = shop.api.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})
    foreign = shop.api.payment_methods.attach("pm_card_visa", {"customer": other.id})
    session = shop.session(customer)
    assert "Mastercard ending in 4444" in shop.browser.get(session.url).text
    assert shop.browser.post(session.url, data={"action": "pay", "card": foreign.id}).status_code == 422
    assert shop.browser.post(session.url, data={"action": "pay", "card": own.id}).status_code == 303


def test_a_promotion_code_lowers_the_first_payment(shop: Shop) -> None:
    coupon = shop.api.coupons.create({"percent_off": 25, "duration": "once"})
    shop.api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "SAVE25"})
    session = shop.session(shop.customer(), allow_promotion_codes=True)
    wrong = shop.browser.post(session.url, data={"action": "apply_code", "code": "nope"})
    assert errors_of(wrong)["code"] == "This code is not valid."
    right = shop.browser.post(session.url, data={"action": "apply_code", "code": "save25"})
    assert "−$4.75" in right.text
    shop.pay(session.url)
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["invoice", "subscription"]})
    assert (done.amount_total, done.invoice.amount_paid) == (1425, 1425)
    assert done.subscription.discounts == []


def test_a_trial_without_a_card_costs_nothing_today(shop: Shop) -> None:
    session = shop.session(
        shop.customer(),
        payment_method_collection="if_required",
        subscription_data={
            "trial_period_days": 14,
            "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
        },
    )
    assert "number" not in shop.browser.get(session.url).text.split("Cards to try")[0].split("<form")[-1]
    shop.browser.post(session.url, data={"action": "pay"})
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (done.payment_status, done.subscription.status) == ("no_payment_required", "trialing")
    shop.advance(seconds=15 * 86400)
    assert shop.api.subscriptions.retrieve(done.subscription.id).status == "paused"
    assert "customer.subscription.paused" in shop.events()


def test_a_single_purchase_is_paid_and_can_be_refunded(shop: Shop) -> None:
    book = shop.api.prices.create({"product_data": {"name": "Book"}, "unit_amount": 2900, "currency": "usd"})
    session = shop.session(
        shop.customer(),
        mode="payment",
        line_items=[{"price": book.id, "quantity": 2}],
        invoice_creation={"enabled": True},
    )
    shop.pay(session.url)
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge", "invoice"]})
    assert (done.payment_intent.amount_received, done.invoice.status) == (5800, "paid")
    shop.api.refunds.create({"payment_intent": done.payment_intent.id, "amount": 2900})
    charge = shop.api.charges.retrieve(done.payment_intent.latest_charge.id)
    assert (charge.amount_refunded, charge.refunded) == (2900, False)


def test_finished_expired_and_unknown_sessions_have_pages_of_their_own(shop: Shop) -> None:
    finished = shop.session(shop.customer())
    shop.pay(finished.url)
    assert "all done" in shop.browser.get(finished.url).text
    assert shop.pay(finished.url).status_code == 200
    assert len(shop.api.subscriptions.list().data) == 1

    expired = shop.session(shop.customer())
    shop.api.checkout.sessions.expire(expired.id)
    page = shop.browser.get(expired.url)
    assert page.status_code == 410
    assert "http://app.test/pricing" in page.text
    assert shop.pay(expired.url).status_code == 410
    assert shop.browser.get(f"{shop.url}/c/pay/cs_test_nothing").status_code == 404


def test_a_form_sent_from_another_site_is_refused(shop: Shop, fresh: str) -> None:
    session = shop.session(shop.customer())
    data = {"action": "pay", "number": "4242424242424242", **CARD}
    for headers in ({"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert httpx.post(session.url, data=data, headers=headers).status_code == 403
    assert httpx.get(session.url, headers={"Host": "evil.test"}).status_code == 403
    assert shop.api.checkout.sessions.retrieve(session.id).status == "open"


def test_the_address_of_the_email_is_asked_only_when_it_is_not_known(shop: Shop) -> None:
    def asks(session: Any) -> bool:
        return 'name="email"' in shop.browser.get(session.url).text

    assert asks(shop.session())
    assert not asks(shop.session(customer_email="known@example.com"))
    assert not asks(shop.session(shop.customer()))
