"""What time does: renewals, failures, trials."""

import httpx

from tests.sandbox.shop import CARD, Shop


def test_a_renewal_drafts_an_invoice_and_is_paid_an_hour_later(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    end = subscription["items"].data[0].current_period_end
    shop.advance(to=end)
    drafted = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert drafted["items"].data[0].current_period_start == end
    assert (drafted.latest_invoice.status, drafted.latest_invoice.billing_reason) == ("draft", "subscription_cycle")
    shop.advance(seconds=3601)
    paid = shop.api.invoices.retrieve(drafted.latest_invoice.id, {"expand": ["payments.data.payment.payment_intent"]})
    assert (paid.status, paid.amount_paid) == ("paid", 1900)
    assert paid.payments.data[0].payment.payment_intent.status == "succeeded"
    assert len(shop.api.invoices.list({"customer": customer.id}).data) == 2
    assert "invoice.upcoming" in shop.events()


def test_a_year_passes_month_by_month(shop: Shop) -> None:
    customer, _ = shop.subscriber()
    shop.advance(seconds=366 * 86400)
    invoices = shop.api.invoices.list({"customer": customer.id, "limit": 100}).data
    assert len(invoices) == 13
    assert {invoice.status for invoice in invoices} <= {"paid", "draft"}


def test_a_failed_renewal_is_tried_again_and_then_cancels(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    bad = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    shop.renew(subscription)
    late = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice", "customer"]})
    assert (late.status, late.customer.delinquent) == ("past_due", True)
    assert (late.latest_invoice.status, late.latest_invoice.attempt_count) == ("open", 1)
    assert late.latest_invoice.next_payment_attempt is not None
    assert {"invoice.payment_failed", "charge.failed"} <= set(shop.events()[-8:])
    shop.advance(seconds=8 * 86400)
    gone = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (gone.status, gone.cancellation_details.reason) == ("canceled", "payment_failed")
    assert (gone.latest_invoice.attempt_count, gone.latest_invoice.next_payment_attempt) == (4, None)


def test_what_follows_the_last_try_is_a_setting(shop: Shop) -> None:
    httpx.post(f"{shop.url}/_sandbox/settings", json={"retry_days": [1], "then": "unpaid"}).raise_for_status()
    customer, subscription = shop.subscriber()
    bad = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    shop.renew(subscription)
    shop.advance(seconds=2 * 86400)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "unpaid"


def test_an_overdue_invoice_can_be_paid_on_its_page(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    bad = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    shop.renew(subscription)
    invoice = shop.api.invoices.list({"customer": customer.id, "status": "open"}).data[0]
    assert "Pay this invoice" in shop.browser.get(invoice.hosted_invoice_url).text
    declined = shop.browser.post(invoice.hosted_invoice_url, data={"number": "4000000000000002", **CARD})
    assert declined.status_code == 422
    shop.browser.post(invoice.hosted_invoice_url, data={"number": "4242424242424242", **CARD})
    assert shop.api.invoices.retrieve(invoice.id).status == "paid"
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"
    assert shop.browser.get(invoice.invoice_pdf).content.startswith(b"%PDF")
    assert shop.browser.get(invoice.hosted_invoice_url.split("?")[0]).status_code == 404


def test_a_renewal_that_wants_the_cardholder_waits_for_them(shop: Shop) -> None:
    _, subscription = shop.subscriber("4000002760003184")
    shop.renew(subscription)
    late = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert late.status == "past_due"
    assert "invoice.payment_action_required" in shop.events()
    url = late.latest_invoice.hosted_invoice_url
    asked = shop.browser.post(url, data={"card": late.default_payment_method})
    assert shop.browser.post(asked.headers["location"], data={"answer": "complete"}).headers["location"] == url
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"


def test_a_trial_turns_into_a_paid_plan(shop: Shop) -> None:
    session = shop.session(shop.customer(), subscription_data={"trial_period_days": 7})
    shop.pay(session.url)
    subscription = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]}).subscription
    assert subscription.status == "trialing"
    shop.advance(seconds=5 * 86400)
    assert "customer.subscription.trial_will_end" in shop.events()
    shop.renew(subscription)
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (after.status, after.latest_invoice.amount_paid) == ("active", 1900)


def test_an_unpaid_first_invoice_expires_after_23_hours(shop: Shop) -> None:
    customer = shop.api.customers.create({"payment_method": "pm_card_chargeCustomerFail"})
    card = shop.api.payment_methods.list({"customer": customer.id}).data[0]
    made = shop.api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.monthly.id}], "default_payment_method": card.id}
    )
    assert made.status == "incomplete"
    shop.advance(seconds=23 * 3600 + 1)
    gone = shop.api.subscriptions.retrieve(made.id, {"expand": ["latest_invoice"]})
    assert (gone.status, gone.latest_invoice.status) == ("incomplete_expired", "void")


def test_prorations_that_wait_come_with_the_next_invoice(shop: Shop) -> None:
    _, subscription = shop.subscriber()
    item = subscription["items"].data[0]
    shop.advance(seconds=10 * 86400)
    shop.api.subscriptions.update(
        subscription.id,
        {"items": [{"id": item.id, "price": shop.team_monthly.id}], "proration_behavior": "create_prorations"},
    )
    preview = shop.api.invoices.create_preview({"subscription": subscription.id})
    shop.renew(subscription)
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert len(after.latest_invoice.lines.data) == 3
    assert after.latest_invoice.total == preview.total > 4900


def test_the_clock_never_goes_back(shop: Shop) -> None:
    assert httpx.post(f"{shop.url}/_sandbox/advance", json={"seconds": -5}).status_code == 400
    assert httpx.post(f"{shop.url}/_sandbox/advance", json={"to": 1}).status_code == 400
