"""The hosted portal."""

import re
from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.shop import CARD, Shop, errors_of


def now(shop: Shop) -> int:
    return httpx.get(f"{shop.url}/_sandbox/health").json()["now"]


def test_it_shows_the_plan_the_card_and_the_invoices_of_its_customer(shop: Shop) -> None:
    customer, _ = shop.subscriber()
    page = shop.browser.get(shop.portal(customer).url)
    for words in ("Pro", "$19.00 per month", "Visa ending in 4242", "Change plan", "Cancel plan", "Paid", "PDF"):
        assert words in page.text
    assert "http://app.test/billing" in page.text


def test_it_offers_only_what_the_configuration_allows(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    bare = shop.api.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}})
    url = shop.portal(customer, configuration=bare.id).url
    page = shop.browser.get(url).text
    assert "Cancel plan" not in page
    assert "Change plan" not in page
    for path in ("card", f"cancel/{subscription.id}", f"switch/{subscription.id}", "details"):
        assert shop.browser.get(f"{url}/{path}").status_code == 403
    assert shop.browser.post(f"{url}/cancel/{subscription.id}").status_code == 403


def test_a_switch_shows_the_exact_proration_and_charges_exactly_that(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    item = subscription["items"].data[0]
    shop.advance(seconds=10 * 86400)
    url = shop.portal(customer).url
    page = shop.browser.get(f"{url}/confirm/{subscription.id}?price={shop.team_monthly.id}")
    moment = int(re.findall(r'name="moment" value="(\d+)"', page.text)[0])
    left, whole = item.current_period_end - moment, item.current_period_end - item.current_period_start
    credit, charge = (1900 * left * 2 + whole) // (2 * whole), (4900 * left * 2 + whole) // (2 * whole)
    due = re.findall(r'id="due">\$([\d.]+)<', page.text)[0]
    assert int(due.replace(".", "")) == charge - credit

    data = {"price": shop.team_monthly.id, "quantity": "1", "moment": str(moment)}
    answer = shop.browser.post(f"{url}/confirm/{subscription.id}", data=data)

    assert answer.status_code == 303
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert after["items"].data[0].price.lookup_key == "team_monthly"
    assert after["items"].data[0].current_period_end == item.current_period_end
    assert after.latest_invoice.amount_paid == charge - credit
    assert [line.amount for line in after.latest_invoice.lines.data] == [-credit, charge]
    assert after.latest_invoice.billing_reason == "subscription_update"


def test_a_switch_to_yearly_begins_a_new_year_today(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    shop.advance(seconds=15 * 86400)
    url = shop.portal(customer).url
    shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.yearly.id})
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    item = after["items"].data[0]
    assert abs(item.current_period_start - now(shop)) < 5
    assert 364 * 86400 < item.current_period_end - item.current_period_start < 367 * 86400
    credit, charge = (line.amount for line in after.latest_invoice.lines.data)
    assert charge == 19000
    assert -1000 < credit < -900
    assert after.latest_invoice.amount_paid == charge + credit


def test_a_switch_to_a_cheaper_plan_gives_credit_that_the_next_invoice_uses(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    url = shop.portal(customer).url
    shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.team_monthly.id})
    shop.advance(seconds=86400)
    shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.monthly.id})
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice", "customer"]})
    credit = -after.latest_invoice.total
    assert credit > 2500
    assert (after.latest_invoice.status, after.latest_invoice.amount_due) == ("paid", 0)
    assert after.customer.balance == -credit
    shop.renew(subscription)
    renewed = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice", "customer"]})
    assert renewed.latest_invoice.amount_due == max(0, 1900 - credit)
    assert renewed.customer.balance == min(0, 1900 - credit)


def test_a_switch_that_the_card_refuses_changes_nothing(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    bad = shop.api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": bad.id})
    url = shop.portal(customer).url
    answer = shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.team_monthly.id})
    assert answer.status_code == 422
    assert "Your card was declined." in answer.text
    after = shop.api.subscriptions.retrieve(subscription.id)
    assert (after.status, after["items"].data[0].price.lookup_key) == ("active", "pro_monthly")


def test_a_switch_may_ask_the_bank_first(shop: Shop) -> None:
    customer, subscription = shop.subscriber("4000002760003184")
    url = shop.portal(customer).url
    asked = shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.team_monthly.id})
    assert shop.api.subscriptions.retrieve(subscription.id)["items"].data[0].price.lookup_key == "pro_monthly"
    answer = shop.browser.post(asked.headers["location"], data={"answer": "complete"})
    assert answer.headers["location"].startswith(url)
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (after.status, after.latest_invoice.status) == ("active", "paid")
    assert after["items"].data[0].price.lookup_key == "team_monthly"


def test_canceling_lasts_until_the_period_ends_and_can_be_taken_back(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    url = shop.portal(customer).url
    assert "Why are you leaving?" in shop.browser.get(f"{url}/cancel/{subscription.id}").text
    shop.browser.post(f"{url}/cancel/{subscription.id}", data={"feedback": "unused", "comment": "Thanks"})
    ending = shop.api.subscriptions.retrieve(subscription.id)
    assert (ending.status, ending.cancel_at_period_end) == ("active", True)
    assert ending.cancel_at == ending["items"].data[0].current_period_end
    assert (ending.cancellation_details.feedback, ending.cancellation_details.comment) == ("unused", "Thanks")
    assert "Don’t cancel" in shop.browser.get(url).text

    shop.browser.post(f"{url}/keep/{subscription.id}")
    kept = shop.api.subscriptions.retrieve(subscription.id)
    assert (kept.cancel_at_period_end, kept.cancel_at, kept.canceled_at) == (False, None, None)

    shop.browser.post(f"{url}/cancel/{subscription.id}")
    shop.renew(subscription)
    ended = shop.api.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "cancellation_requested")
    assert shop.events()[-1] == "customer.subscription.deleted"
    assert len(shop.api.invoices.list({"customer": customer.id}).data) == 1


def test_a_new_card_pays_from_now_on(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    url = shop.portal(customer, flow_data={"type": "payment_method_update"}).url
    assert shop.browser.get(url).headers["location"] == f"{url}/card"
    declined = shop.browser.post(f"{url}/card", data={"number": "4000000000000002", **CARD})
    assert "declined" in errors_of(declined)["number"]
    answer = shop.browser.post(f"{url}/card", data={"number": "5555555555554444", **CARD})
    assert answer.headers["location"] == f"{url}?done=card"
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["default_payment_method", "customer"]})
    assert after.default_payment_method.card.last4 == "4444"
    assert after.customer.invoice_settings.default_payment_method == after.default_payment_method.id


@pytest.mark.parametrize("kind", ["subscription_cancel", "subscription_update"])
def test_a_flow_leads_straight_to_its_task_and_back(shop: Shop, kind: str) -> None:
    customer, subscription = shop.subscriber()
    redirect = {"type": "redirect", "redirect": {"return_url": "http://app.test/done"}}
    flow = {"type": kind, kind: {"subscription": subscription.id}, "after_completion": redirect}
    url = shop.portal(customer, flow_data=flow).url
    page = shop.browser.get(url, follow_redirects=True)
    assert page.status_code == 200
    if kind == "subscription_cancel":
        answer = shop.browser.post(f"{url}/cancel/{subscription.id}")
    else:
        answer = shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.team_monthly.id})
    assert answer.headers["location"] == "http://app.test/done"


def test_a_flow_can_confirm_one_given_switch(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    item = {"id": subscription["items"].data[0].id, "price": shop.yearly.id, "quantity": 1}
    details = {"subscription": subscription.id, "items": [item]}
    flow = {"type": "subscription_update_confirm", "subscription_update_confirm": details}
    page = shop.browser.get(shop.portal(customer, flow_data=flow).url, follow_redirects=True)
    assert "$190.00 per year" in page.text


def test_another_customers_subscription_does_not_exist_in_ones_portal(shop: Shop) -> None:
    _, foreign = shop.subscriber()
    stranger, _ = shop.subscriber(customer=shop.customer("eve@example.com"))
    url = shop.portal(stranger).url
    assert foreign.id not in shop.browser.get(url).text
    attacks: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"cancel/{foreign.id}", {}),
        ("POST", f"cancel/{foreign.id}", {}),
        ("POST", f"keep/{foreign.id}", {}),
        ("GET", f"switch/{foreign.id}", {}),
        ("POST", f"confirm/{foreign.id}", {"price": shop.team_monthly.id}),
        ("POST", "use-card", {"card": foreign.default_payment_method, "action": "forget"}),
    ]
    for method, path, data in attacks:
        assert shop.browser.request(method, f"{url}/{path}", data=data or None).status_code == 404
    after = shop.api.subscriptions.retrieve(foreign.id)
    assert (after.cancel_at_period_end, after["items"].data[0].price.id) == (False, shop.monthly.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        shop.portal(
            stranger, flow_data={"type": "subscription_cancel", "subscription_cancel": {"subscription": foreign.id}}
        )


def test_a_price_outside_the_configuration_cannot_be_chosen(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    secret = shop.api.prices.create(
        {"product": shop.pro.id, "unit_amount": 1, "currency": "usd", "recurring": {"interval": "month"}}
    )
    url = shop.portal(customer).url
    answer = shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": secret.id})
    assert answer.headers["location"].endswith(f"/switch/{subscription.id}")
    assert shop.api.subscriptions.retrieve(subscription.id)["items"].data[0].price.id == shop.monthly.id


def test_billing_details_are_saved_as_allowed(shop: Shop) -> None:
    customer, _ = shop.subscriber()
    url = shop.portal(customer).url
    wrong = shop.browser.post(f"{url}/details", data={"email": "no", "name": "Ann"})
    assert "email" in errors_of(wrong)
    data = {"email": "ann@new.example", "name": "Ann New", "line1": "1 Road", "country": "DE", "phone": "123"}
    shop.browser.post(f"{url}/details", data=data)
    after = shop.api.customers.retrieve(customer.id)
    assert (after.email, after.name, after.address.country, after.phone) == ("ann@new.example", "Ann New", "DE", None)


def features_with(shop: Shop, **changed: Any) -> dict[str, Any]:
    return {name: {**feature, **changed.get(name, {})} for name, feature in shop.features().items()} | {
        name: feature for name, feature in changed.items() if name not in shop.features()
    }


def portal_with(shop: Shop, customer: Any, **changed: Any) -> str:
    made = shop.api.billing_portal.configurations.create({"features": features_with(shop, **changed)})
    return shop.portal(customer, configuration=made.id).url


WAITS = {"conditions": [{"type": "decreasing_item_amount"}, {"type": "shortening_interval"}]}


def team(shop: Shop) -> tuple[Any, Any]:
    """A customer of the dearer plan."""
    customer = shop.customer()
    shop.pay(shop.session(customer, line_items=[{"price": shop.team_monthly.id, "quantity": 1}]).url)
    return customer, shop.api.subscriptions.list({"customer": customer.id}).data[0]


def test_a_downgrade_waits_for_the_end_of_what_was_paid_when_the_configuration_says_so(shop: Shop) -> None:
    customer, subscription = team(shop)
    url = portal_with(shop, customer, subscription_update={"schedule_at_period_end": WAITS})
    confirm = f"{url}/confirm/{subscription.id}"
    page = shop.browser.get(f"{confirm}?price={shop.monthly.id}").text
    assert "Your plan of today" in page
    assert 'id="due">$0.00<' in page
    answer = shop.browser.post(confirm, data={"price": shop.monthly.id, "quantity": "1"})
    assert answer.headers["location"].endswith("done=later")
    now_ = shop.api.subscriptions.retrieve(subscription.id)
    assert now_["items"].data[0].price.id == shop.team_monthly.id
    home = shop.browser.get(url).text
    assert "Changes to Pro, $19.00 / month" in home
    assert "Keep my plan" in home
    shop.renew(subscription)
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert after["items"].data[0].price.id == shop.monthly.id
    assert (after.latest_invoice.total, after.latest_invoice.status) == (1900, "paid")


def test_a_planned_downgrade_can_be_taken_back(shop: Shop) -> None:
    customer, subscription = team(shop)
    url = portal_with(shop, customer, subscription_update={"schedule_at_period_end": WAITS})
    shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.monthly.id, "quantity": "1"})
    shop.browser.post(f"{url}/stay/{subscription.id}")
    assert shop.api.subscriptions.retrieve(subscription.id).schedule is None
    shop.renew(subscription)
    after = shop.api.subscriptions.retrieve(subscription.id)
    assert after["items"].data[0].price.id == shop.team_monthly.id


def test_an_upgrade_never_waits(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    url = portal_with(shop, customer, subscription_update={"schedule_at_period_end": WAITS})
    for price in (shop.team_monthly, shop.yearly):
        assert "Your plan of today" not in shop.browser.get(f"{url}/confirm/{subscription.id}?price={price.id}").text
    shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.yearly.id, "quantity": "1"})
    assert shop.api.subscriptions.retrieve(subscription.id)["items"].data[0].price.id == shop.yearly.id
    page = shop.browser.get(f"{url}/confirm/{subscription.id}?price={shop.team_monthly.id}").text
    assert "Your plan of today" in page


def test_a_plan_is_paused_for_a_while_and_goes_on_by_itself(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    months = [{"interval": "month"}, {"interval": "month", "interval_count": 3}]
    pause = {"enabled": True, "duration": {"type": "interval_options", "interval_options": months}}
    url = portal_with(shop, customer, subscription_pause=pause)
    assert "3 months" in shop.browser.get(f"{url}/pause/{subscription.id}").text
    shop.browser.post(f"{url}/pause/{subscription.id}", data={"option": "1"})
    assert shop.api.subscriptions.retrieve(subscription.id).status == "paused"
    assert "Go on" in shop.browser.get(url).text
    shop.advance(seconds=80 * 86400)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "paused"
    shop.advance(seconds=14 * 86400)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"


def test_a_pause_ends_when_its_owner_wants(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    pause = {"enabled": True, "duration": {"type": "indefinite"}}
    url = portal_with(shop, customer, subscription_pause=pause)
    shop.browser.post(f"{url}/pause/{subscription.id}")
    assert shop.api.subscriptions.retrieve(subscription.id).status == "paused"
    shop.browser.post(f"{url}/resume/{subscription.id}")
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"


def test_a_pause_is_refused_where_the_configuration_does_not_allow_it(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    url = shop.portal(customer).url
    for path in ("pause", "resume"):
        assert shop.browser.post(f"{url}/{path}/{subscription.id}").status_code == 403
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"


def test_a_tax_number_is_checked_kept_shown_on_invoices_and_removed(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    update = {"enabled": True, "allowed_updates": ["email", "tax_id"]}
    url = portal_with(shop, customer, customer_update=update)
    wrong = shop.browser.post(f"{url}/tax-id", data={"tax_id_type": "eu_vat", "tax_id": "12"})
    assert (wrong.status_code, "DE123456789" in errors_of(wrong)["tax_id"]) == (422, True)
    assert 'value="12"' in wrong.text
    shop.browser.post(f"{url}/tax-id", data={"tax_id_type": "eu_vat", "tax_id": "de123456789"})
    kept = shop.api.customers.tax_ids.list(customer.id).data[0]
    assert (kept.type, kept.value, kept.country) == ("eu_vat", "DE123456789", "DE")
    assert "DE123456789" in shop.browser.get(url).text
    shop.renew(subscription)
    invoice = shop.api.invoices.list().data[0]
    assert [each.value for each in invoice.customer_tax_ids] == ["DE123456789"]
    assert "DE123456789" in shop.browser.get(invoice.hosted_invoice_url).text
    shop.browser.post(f"{url}/tax-id", data={"remove": kept.id})
    assert shop.api.customers.tax_ids.list(customer.id).data == []
    assert {"customer.tax_id.created", "customer.tax_id.deleted"} <= set(shop.events())


def test_tax_numbers_have_an_api(shop: Shop) -> None:
    customer, other = shop.customer(), shop.customer("other@example.com")
    made = shop.api.customers.tax_ids.create(customer.id, {"type": "us_ein", "value": "12-3456789"})
    assert shop.api.customers.tax_ids.retrieve(customer.id, made.id).value == "12-3456789"
    for wrong in ({"type": "us_ein", "value": "1"}, {"type": "mars_vat", "value": "1"}):
        with pytest.raises(stripe.InvalidRequestError):
            shop.api.customers.tax_ids.create(customer.id, wrong)
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.customers.tax_ids.retrieve(other.id, made.id)
    assert shop.api.customers.tax_ids.delete(customer.id, made.id).deleted


def test_flows_lead_to_the_details_and_to_a_pause(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    made = shop.api.billing_portal.configurations.create(
        {"features": features_with(shop, subscription_pause={"enabled": True, "duration": {"type": "indefinite"}})}
    )
    details = shop.portal(customer, configuration=made.id, flow_data={"type": "customer_update"})
    assert shop.browser.get(details.url).headers["location"].endswith("/details")
    flow = {"type": "subscription_pause", "subscription_pause": {"subscription": subscription.id}}
    pause = shop.portal(customer, configuration=made.id, flow_data=flow)
    assert shop.browser.get(pause.url).headers["location"].endswith(f"/pause/{subscription.id}")


def test_a_plan_that_was_going_to_change_can_be_canceled(shop: Shop) -> None:
    customer, subscription = team(shop)
    url = portal_with(shop, customer, subscription_update={"schedule_at_period_end": WAITS})
    shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.monthly.id, "quantity": "1"})
    shop.browser.post(f"{url}/cancel/{subscription.id}", data={})
    after = shop.api.subscriptions.retrieve(subscription.id)
    assert (after.schedule, after.cancel_at_period_end) == (None, True)
    shop.renew(subscription)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "canceled"


def test_another_way_to_pay_than_a_card_has_its_own_name(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    debit = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
    method = shop.api.payment_methods.create({**debit, "billing_details": {"name": "Bo", "email": "bo@x.test"}})
    shop.api.payment_methods.attach(method.id, {"customer": customer.id})
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": method.id})
    url = shop.portal(customer).url
    assert "Paid with SEPA debit ending in 3000" in shop.browser.get(url).text
    confirm = shop.browser.get(f"{url}/confirm/{subscription.id}?price={shop.team_monthly.id}").text
    assert "Charged to SEPA debit ending in 3000" in confirm
    assert "SEPA debit ending in 3000" in shop.browser.get(shop.session(customer).url).text
    assert "SEPA debit ending in 3000" in shop.browser.get(f"{shop.url}/customers/{customer.id}").text


def test_the_cost_that_is_shown_counts_the_coupon_that_will_count(shop: Shop) -> None:
    customer, subscription = shop.subscriber()
    coupon = shop.api.coupons.create({"percent_off": 50, "duration": "forever"})
    shop.api.subscriptions.update(subscription.id, {"discounts": [{"coupon": coupon.id}]})
    url = shop.portal(customer).url
    page = shop.browser.get(f"{url}/confirm/{subscription.id}?price={shop.yearly.id}").text
    due = re.findall(r'id="due">\$([\d.,]+)<', page)[0]
    moment = re.findall(r'name="moment" value="(\d+)"', page)[0]
    form = {"price": shop.yearly.id, "quantity": "1", "moment": moment}
    assert shop.browser.post(f"{url}/confirm/{subscription.id}", data=form).status_code == 303
    paid = shop.api.invoices.list({"customer": customer.id}).data[0].amount_paid
    assert f"{paid / 100:.2f}" == due.replace(",", "")


def test_a_change_during_a_trial_ends_it_unless_the_configuration_says_otherwise(shop: Shop) -> None:
    customer = shop.customer()
    session = shop.session(customer, subscription_data={"trial_period_days": 14})
    shop.pay(session.url)
    subscription = shop.api.subscriptions.list({"customer": customer.id}).data[0]
    url = shop.portal(customer).url
    page = shop.browser.get(f"{url}/confirm/{subscription.id}?price={shop.team_monthly.id}").text
    assert 'id="due">$49.00<' in page
    shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.team_monthly.id, "quantity": "1"})
    after = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (after.status, after.latest_invoice.amount_paid) == ("active", 4900)
    assert after.trial_end == after["items"].data[0].current_period_start

    features = shop.features()
    features["subscription_update"]["trial_update_behavior"] = "continue_trial"
    configuration = shop.api.billing_portal.configurations.create({"features": features})
    other = shop.customer("eve@example.com")
    shop.pay(shop.session(other, subscription_data={"trial_period_days": 14}).url)
    subscription = shop.api.subscriptions.list({"customer": other.id}).data[0]
    url = shop.portal(other, configuration=configuration.id).url
    shop.browser.post(f"{url}/confirm/{subscription.id}", data={"price": shop.team_monthly.id, "quantity": "1"})
    after = shop.api.subscriptions.retrieve(subscription.id)
    assert (after.status, after["items"].data[0].price.id) == ("trialing", shop.team_monthly.id)
