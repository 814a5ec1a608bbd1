"""The sandbox's own screens: everything is shown, everything can be done, and what is refused is explained."""

import re
from typing import Any

import httpx
import pytest

from tests.sandbox.shop import Receiver, Shop, errors_of, wait_until


class Desk:
    """Somebody at the screens."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def see(self, path: str) -> str:
        answer = self._shop.browser.get(f"{self._shop.url}{path}", follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, **fields: str) -> httpx.Response:
        return self._shop.browser.post(f"{self._shop.url}{path}", data=fields)

    def do(self, path: str, **fields: str) -> str:
        """Send a form that is taken, and read the page it leads to."""
        answer = self.send(path, **fields)
        assert answer.status_code == 303, answer.text
        return self.see(answer.headers["location"])

    def now(self) -> int:
        return httpx.get(f"{self._shop.url}/_sandbox/health").json()["now"]

    def arrived(self) -> bool:
        return not httpx.get(f"{self._shop.url}/pulse").json()["moving"]


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def payment_of(shop: Shop, customer: Any) -> Any:
    return shop.api.payment_intents.list({"customer": customer.id}).data[0]


def test_every_screen_shows_what_there_is(shop: Shop, desk: Desk) -> None:
    customer, subscription = shop.subscriber()
    intent = payment_of(shop, customer)
    invoice = shop.api.invoices.list().data[0]
    event = shop.api.events.list({"type": "invoice.paid"}).data[0]
    shop.api.coupons.create({"percent_off": 25, "duration": "once", "name": "Spring"})
    shown = {
        "/": ["ann@example.com", "Pro", "checkout.session.completed", "4242 4242 4242 4242"],
        "/customers": ["ann@example.com", "Ann Example"],
        f"/customers/{customer.id}": ["Visa ending in 4242", "account_id = 7", invoice.number, "$19.00"],
        "/subscriptions": ["ann@example.com", "$19.00 / month", "Active"],
        f"/subscriptions/{subscription.id}": ["Pro", "Cancel at the period", invoice.number],
        "/invoices": [invoice.number, "Paid"],
        f"/invoices/{invoice.id}": ["1 × Pro", "$19.00", intent.id, "PDF"],
        "/payments": ["ann@example.com", "Succeeded"],
        f"/payments/{intent.id}": ["Visa ending in 4242", "at most 19.00 USD", "Open a dispute"],
        "/products": ["Team", "$190.00 / year"],
        f"/products/{shop.pro.id}": ["pro_monthly", "For one", "Make default"],
        f"/prices/{shop.monthly.id}": ["$19.00 / month", "1 subscription"],
        "/coupons": ["Spring", "25% once"],
        "/events": ["invoice.paid", invoice.id],
        f"/objects/{event.id}": ["invoice.paid", "No endpoint asked", "payment_settings"],
        "/settings": ["3, 5, 7", "Send twice"],
    }
    for path, words in shown.items():
        page = desk.see(path)
        assert [word for word in words if word not in page] == [], path


@pytest.mark.parametrize(
    "path", ["customers", "subscriptions", "invoices", "payments", "products", "prices", "objects"]
)
def test_what_does_not_exist_is_said_so(shop: Shop, path: str) -> None:
    answer = shop.browser.get(f"{shop.url}/{path}/nope")
    assert answer.status_code == 404
    assert "does not exist" in answer.text


def test_empty_screens_say_that_they_are_empty(fresh: str, browser: httpx.Client) -> None:
    for path, words in {
        "/": "Nobody has subscribed yet",
        "/customers": "no customers yet",
        "/invoices?status=void": "No invoice is in this state",
        "/payments": "No payments yet",
        "/products": "no products yet",
        "/events?type=nothing": "No event is like that",
        "/customers?q=nobody": "Nobody is found by",
    }.items():
        assert words in browser.get(f"{fresh}{path}").text, path


def test_customers_and_events_are_found_and_lists_have_pages(shop: Shop, desk: Desk) -> None:
    for number in range(55):
        shop.customer(f"ann{number}@example.com")
    assert "ann7@example.com" in desk.see("/customers?q=ANN7@")
    assert "ann8@example.com" not in desk.see("/customers?q=ANN7@")
    first, second = desk.see("/customers"), desk.see("/customers?page=2")
    assert "ann54@example.com" in first
    assert "ann4@example.com" not in first
    assert "ann4@example.com" in second
    assert 'href="?page=2"' in first
    assert "product.created" in desk.see("/events?type=product.")
    assert "customer.created" not in desk.see("/events?type=product.")


def test_the_clock_goes_to_the_renewal_and_shows_the_way(shop: Shop, desk: Desk) -> None:
    _, subscription = shop.subscriber()
    end = subscription["items"].data[0].current_period_end
    page = desk.do("/clock", step="renewal", back=f"/subscriptions/{subscription.id}")
    assert subscription.id in page
    wait_until(desk.arrived)
    assert desk.now() >= end
    desk.do("/clock", step="hour")
    wait_until(desk.arrived)
    assert [invoice.status for invoice in shop.api.invoices.list().data] == ["paid", "paid"]


def test_the_clock_goes_to_the_end_of_the_trial_and_by_a_day(shop: Shop, desk: Desk) -> None:
    customer = shop.customer()
    shop.pay(shop.session(customer, subscription_data={"trial_period_days": 14}).url)
    subscription = shop.api.subscriptions.list().data[0]
    before = desk.now()
    desk.do("/clock", step="day")
    wait_until(desk.arrived)
    assert 86400 <= desk.now() - before < 86400 + 60
    desk.do("/clock", step="trial")
    wait_until(desk.arrived)
    assert desk.now() >= subscription.trial_end
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"


def test_a_test_clocks_customer_shows_and_moves_their_own_time(shop: Shop, desk: Desk) -> None:
    own = shop.api.test_helpers.test_clocks.create({"frozen_time": 1893456000, "name": "Far away"})
    customer = shop.api.customers.create({"email": "far@example.com", "test_clock": own.id})
    page = desk.see(f"/customers/{customer.id}")
    assert "Test clock Far away" in page
    assert "1 Jan 2030, 00:00" in page
    desk.do("/clock", step="hour", clock=own.id, back=f"/customers/{customer.id}")
    wait_until(lambda: shop.api.test_helpers.test_clocks.retrieve(own.id).status == "ready")
    assert "1 Jan 2030, 01:00" in desk.see(f"/customers/{customer.id}")


@pytest.mark.parametrize("step", ["nonsense", "", "1", "-5", "9" * 40])
def test_the_clock_goes_nowhere_on_nonsense(shop: Shop, desk: Desk, step: str) -> None:
    before = desk.now()
    assert desk.send("/clock", step=step, back="//evil.example").headers["location"] == "/?said=nowhere"
    assert desk.now() - before < 60


def test_the_clock_refuses_to_go_further_than_ten_years(shop: Shop, desk: Desk) -> None:
    answer = desk.send("/clock", step=str(desk.now() + 20 * 366 * 86400))
    assert answer.status_code == 422
    assert "at most ten years" in answer.text


def test_a_payment_is_refunded_in_part_and_then_whole(shop: Shop, desk: Desk) -> None:
    customer, _ = shop.subscriber()
    path = f"/payments/{payment_of(shop, customer).id}"
    page = desk.do(f"{path}/refund", amount="5,50", reason="duplicate")
    assert "Partly refunded" in page
    assert "at most 13.50 USD" in page
    refused = desk.send(f"{path}/refund", amount="13.51", reason="")
    assert refused.status_code == 400
    assert 'value="13.51"' in refused.text
    assert "amount" in errors_of(refused)
    assert errors_of(desk.send(f"{path}/refund", amount="all")) == {"amount": "Write an amount such as 19 or 19.00."}
    desk.do(f"{path}/refund", amount="13.50")
    assert [(refund.amount, refund.reason) for refund in shop.api.refunds.list().data] == [
        (1350, None),
        (550, "duplicate"),
    ]


@pytest.mark.parametrize(("verdict", "status"), [("won", "won"), ("lost", "lost")])
def test_a_dispute_is_opened_and_decided(shop: Shop, desk: Desk, verdict: str, status: str) -> None:
    customer, _ = shop.subscriber()
    path = f"/payments/{payment_of(shop, customer).id}"
    assert "Needs an answer" in desk.do(f"{path}/dispute", do="dispute", reason="product_not_received")
    dispute = shop.api.disputes.list().data[0]
    assert (dispute.reason, dispute.status) == ("product_not_received", "needs_response")
    desk.do(f"{path}/dispute", do=verdict)
    assert shop.api.disputes.retrieve(dispute.id).status == status
    assert desk.send(f"{path}/dispute", do="dispute").status_code == 400


def test_an_inquiry_is_opened_and_closed(shop: Shop, desk: Desk) -> None:
    customer, _ = shop.subscriber()
    path = f"/payments/{payment_of(shop, customer).id}"
    assert "Close the inquiry" in desk.do(f"{path}/dispute", do="inquiry", reason="general")
    desk.do(f"{path}/dispute", do="won")
    assert shop.api.disputes.list().data[0].status == "warning_closed"


def test_the_next_payment_is_declined_once_whatever_the_card(shop: Shop, desk: Desk) -> None:
    customer, subscription = shop.subscriber()
    assert "will be declined" in desk.do(f"/customers/{customer.id}/decline", on="yes")
    shop.renew(subscription)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "past_due"
    shop.advance(seconds=3 * 86400)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"


def test_a_decline_can_be_taken_back(shop: Shop, desk: Desk) -> None:
    customer, subscription = shop.subscriber()
    desk.do(f"/customers/{customer.id}/decline", on="yes")
    desk.do(f"/customers/{customer.id}/decline", on="no")
    shop.renew(subscription)
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"


def test_a_subscription_is_canceled_kept_paused_and_ended(shop: Shop, desk: Desk) -> None:
    _, subscription = shop.subscriber()
    path = f"/subscriptions/{subscription.id}"

    def state() -> Any:
        return shop.api.subscriptions.retrieve(subscription.id)

    assert "Keep it" in desk.do(f"{path}/change", do="cancel-later")
    assert state().cancel_at_period_end
    desk.do(f"{path}/change", do="keep")
    assert not state().cancel_at_period_end
    assert "Not collected" in desk.do(f"{path}/change", do="pause-collection")
    desk.do(f"{path}/change", do="collect")
    assert state().pause_collection is None
    assert "Resume" in desk.do(f"{path}/change", do="pause")
    desk.do(f"{path}/change", do="resume")
    assert state().status == "active"
    assert "It is over" in desk.do(f"{path}/change", do="cancel")
    assert state().status == "canceled"
    assert desk.send(f"{path}/change", do="cancel").status_code in (400, 404)
    assert desk.send(f"{path}/change", do="explode").status_code == 422


def test_a_trial_ends_now(shop: Shop, desk: Desk) -> None:
    shop.pay(shop.session(shop.customer(), subscription_data={"trial_period_days": 14}).url)
    subscription = shop.api.subscriptions.list().data[0]
    desk.do(f"/subscriptions/{subscription.id}/change", do="end-trial")
    assert shop.api.subscriptions.retrieve(subscription.id).status == "active"


def test_an_open_invoice_is_paid_or_voided(shop: Shop, desk: Desk) -> None:
    customer, subscription = shop.subscriber()
    desk.do(f"/customers/{customer.id}/decline", on="yes")
    shop.renew(subscription)
    invoice = shop.api.invoices.list({"status": "open"}).data[0]
    assert "Pay with the kept card" in desk.see(f"/invoices/{invoice.id}")
    desk.do(f"/invoices/{invoice.id}/change", do="pay")
    assert shop.api.invoices.retrieve(invoice.id).status == "paid"
    refused = desk.send(f"/invoices/{invoice.id}/change", do="void")
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text


def test_a_product_is_added_edited_archived_and_sold_again(shop: Shop, desk: Desk) -> None:
    fields = {"name": "Agency", "description": "For many", "amount": "99", "currency": "eur", "interval": "year"}
    page = desk.do("/products/new", **fields)
    assert "€99.00 / year" in page
    product = shop.api.products.list().data[0]
    words = {"name": "Agency 2", "description": "", "features": "Seats\n\nLogo", "metadata": "seats = 5\nkind=big"}
    desk.do(f"/products/{product.id}", **words)
    desk.do(f"/products/{product.id}", **(words | {"metadata": "seats = 7"}))
    product = shop.api.products.retrieve(product.id)
    assert (product.name, product.description) == ("Agency 2", None)
    assert [each.name for each in product.marketing_features] == ["Seats", "Logo"]
    assert product.metadata.to_dict() == {"seats": "7"}
    assert "Sell it again" in desk.do(f"/products/{product.id}/sell", active="false")
    assert not shop.api.products.retrieve(product.id).active
    desk.do(f"/products/{product.id}/sell", active="true")
    assert shop.api.products.retrieve(product.id).active


def test_a_new_price_takes_the_lookup_key_and_becomes_the_default(shop: Shop, desk: Desk) -> None:
    path = f"/products/{shop.pro.id}/prices"
    fields = {"amount": "21.00", "currency": "usd", "interval": "month", "lookup_key": "pro_monthly"}
    refused = desk.send(path, **fields)
    assert "already uses that lookup key" in errors_of(refused)["lookup_key"]
    assert 'value="21.00"' in refused.text
    desk.do(path, **fields, transfer="yes", default="yes")
    price = shop.api.prices.list({"lookup_keys": ["pro_monthly"]}).data[0]
    assert price.unit_amount == 2100
    assert shop.api.products.retrieve(shop.pro.id).default_price == price.id
    desk.do(f"/prices/{shop.monthly.id}/change", do="archive")
    assert not shop.api.prices.retrieve(shop.monthly.id).active
    desk.do(f"/prices/{shop.monthly.id}/change", do="back")
    desk.do(f"/prices/{shop.monthly.id}/change", do="default")
    assert shop.api.products.retrieve(shop.pro.id).default_price == shop.monthly.id


def test_a_price_keeps_its_amount_and_changes_its_words(shop: Shop, desk: Desk) -> None:
    fields = {"nickname": "Old", "lookup_key": "", "metadata": "kept = yes"}
    desk.do(f"/prices/{shop.monthly.id}", **fields)
    price = shop.api.prices.retrieve(shop.monthly.id)
    assert (price.nickname, price.lookup_key, price.metadata.to_dict()) == ("Old", None, {"kept": "yes"})
    taken = desk.send(f"/prices/{shop.monthly.id}", nickname="", lookup_key="pro_yearly")
    assert "lookup_key" in errors_of(taken)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"amount": "19.999"}, "amount"),
        ({"amount": "-3"}, "amount"),
        ({"amount": "", "currency": "jpy"}, "amount"),
        ({"amount": "5.5", "currency": "jpy"}, "amount"),
        ({"currency": "dollars"}, "currency"),
        ({"currency": "xxx"}, "currency"),
    ],
)
def test_a_wrong_product_is_refused_by_field_and_nothing_is_made(
    shop: Shop, desk: Desk, changed: dict[str, str], field: str
) -> None:
    fields = {"name": "Agency", "amount": "99", "currency": "eur", "interval": "year"} | changed
    answer = desk.send("/products/new", **fields)
    assert answer.status_code in (400, 422)
    assert field in errors_of(answer)
    assert len(shop.api.products.list().data) == 2


def test_a_coupon_is_added_with_its_code_or_not_at_all(shop: Shop, desk: Desk) -> None:
    assert "SPRING" in desk.do("/coupons", off="25%", duration="repeating", months="3", code="SPRING", name="Spring")
    coupon = shop.api.coupons.list().data[0]
    assert (coupon.percent_off, coupon.duration_in_months) == (25, 3)
    desk.do("/coupons", off="5.00 usd", duration="once")
    assert shop.api.coupons.list().data[0].amount_off == 500
    taken = desk.send("/coupons", off="10%", duration="once", code="SPRING")
    assert "already exists" in errors_of(taken)["code"]
    assert len(shop.api.coupons.list().data) == 2
    for wrong in ({"off": "much"}, {"off": "200%"}, {"off": "5 usd", "duration": "repeating", "months": ""}):
        answer = desk.send("/coupons", **({"off": "5%", "duration": "once"} | wrong))
        assert answer.status_code in (400, 422)
        assert errors_of(answer)


def test_an_event_is_sent_again(shop: Shop, desk: Desk, receiver: Receiver) -> None:
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"]})
    shop.customer()
    wait_until(lambda: len(receiver.received) == 1)
    event = shop.api.events.list({"type": "customer.created"}).data[0]
    wait_until(lambda: "Delivered" in desk.see(f"/objects/{event.id}"))
    desk.do(f"/objects/{event.id}/resend")
    wait_until(lambda: len(receiver.received) == 2)


def test_the_portal_of_a_customer_opens(shop: Shop, desk: Desk) -> None:
    customer, _ = shop.subscriber()
    shop.portal(customer)
    answer = desk.send(f"/customers/{customer.id}/portal")
    assert "Visa ending in 4242" in shop.browser.get(answer.headers["location"]).text


def test_chaos_dunning_and_being_down_are_set_or_refused_by_field(shop: Shop, desk: Desk) -> None:
    assert "Chaos is on" in desk.do("/settings/chaos", duplicate="0,5", delay="", slow="0", shuffle="on")
    wrong = desk.send("/settings/chaos", duplicate="2", slow="x", drop="0.1")
    assert errors_of(wrong) == {"duplicate": "This lies between 0 and 1.", "slow": "A number."}
    assert 'value="0.1"' in wrong.text
    found = httpx.get(f"{shop.url}/_sandbox/chaos").json()
    assert (found["duplicate"], found["shuffle"]) == (0.5, True)
    desk.do("/settings/chaos")
    assert "Chaos is on" not in desk.see("/")

    desk.do("/settings/dunning", retry_days="1, 2", then="unpaid")
    assert errors_of(desk.send("/settings/dunning", retry_days="2, 1", then="unpaid")).keys() == {"retry_days"}
    assert errors_of(desk.send("/settings/dunning", retry_days="1", then="forget")).keys() == {"then"}
    _, subscription = shop.subscriber()
    desk.do(f"/customers/{subscription.customer}/decline", on="yes")
    shop.renew(subscription)
    assert shop.api.invoices.list({"status": "open"}).data[0].next_payment_attempt

    desk.do("/settings/down", seconds="60")
    assert httpx.get(f"{shop.url}/v1/customers", headers={"Authorization": "Bearer sk_test_x"}).status_code == 503
    desk.do("/settings/down", seconds="0")
    assert errors_of(desk.send("/settings/down", seconds="soon")).keys() == {"seconds"}


def test_a_reset_asks_first_and_then_forgets_everything(shop: Shop, desk: Desk) -> None:
    shop.subscriber()
    shop.advance(seconds=86400)
    assert "Tick this first" in desk.send("/settings/reset").text
    assert shop.api.customers.list().data
    assert "Everything is forgotten" in desk.do("/settings/reset", sure="yes")
    assert shop.api.customers.list().data == []
    assert httpx.get(f"{shop.url}/_sandbox/health").json()["offset"] == 0


def test_what_is_done_here_is_told_by_events_that_no_program_asked_for(shop: Shop, desk: Desk) -> None:
    desk.do(f"/products/{shop.pro.id}/sell", active="false")
    event = shop.api.events.list({"type": "product.updated"}).data[0]
    assert event.request.id is None


def test_other_sites_can_send_no_form(shop: Shop) -> None:
    answer = httpx.post(f"{shop.url}/settings/reset", data={"sure": "yes"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert shop.api.products.list().data


def test_words_typed_by_somebody_are_never_markup(shop: Shop, desk: Desk) -> None:
    nasty = "<script>alert(1)</script>\"'>"
    customer = shop.api.customers.create({"email": "a@example.com", "name": nasty, "metadata": {"x": nasty}})
    shop.api.products.update(shop.pro.id, {"name": nasty})
    paths = [f"/customers/{customer.id}", "/customers", "/products", f"/objects/{customer.id}", f"/customers?q={nasty}"]
    for path in paths:
        assert "<script>alert" not in desk.see(path)
    refused = desk.send("/products/new", name=nasty, amount=nasty, currency="usd", interval="month")
    assert "<script>alert" not in refused.text
    assert re.search(r"&lt;script&gt;", refused.text)
