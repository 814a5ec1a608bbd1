"""A payment link sells to whoever opens it."""

import re

import httpx
import pytest
import stripe

from tests.sandbox.shop import Shop, errors_of


def link(shop: Shop, **more: object) -> stripe.PaymentLink:
    wanted = {"line_items": [{"price": shop.monthly.id, "quantity": 1}], **more}
    return shop.api.payment_links.create(wanted)


def opened(shop: Shop, address: str) -> str:
    """The checkout page that a link leads to."""
    return f"{shop.url}{shop.browser.get(address).headers['location']}"


def session_of(shop: Shop, page: str) -> stripe.checkout.Session:
    return shop.api.checkout.sessions.retrieve(page.rsplit("/", 1)[1])


def test_everybody_who_opens_a_link_gets_an_own_session_with_their_reference(shop: Shop) -> None:
    made = link(shop, metadata={"campaign": "spring"})
    first = opened(shop, f"{made.url}?client_reference_id=user_7&prefilled_email=bob@example.com")
    second = opened(shop, f"{made.url}?client_reference_id=no%20blanks")
    assert first != second
    assert 'value="bob@example.com"' in shop.browser.get(first).text
    one, two = session_of(shop, first), session_of(shop, second)
    assert (one.payment_link, one.client_reference_id, one.mode) == (made.id, "user_7", "subscription")
    assert one.metadata.to_dict() == {"campaign": "spring"}
    assert two.client_reference_id is None


def test_a_buyer_without_an_account_gets_a_customer_and_a_subscription_and_is_thanked(shop: Shop) -> None:
    said = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "See you on Monday."}}
    page = opened(shop, link(shop, after_completion=said).url)
    paid = shop.pay(page, email="bob@example.com")
    assert paid.status_code == 303
    thanks = shop.browser.get(f"{shop.url}{paid.headers['location']}")
    assert "See you on Monday." in thanks.text
    done = session_of(shop, page)
    assert (done.status, done.payment_status) == ("complete", "paid")
    assert shop.api.customers.retrieve(done.customer).email == "bob@example.com"
    assert shop.api.subscriptions.retrieve(done.subscription).status == "active"


def test_a_link_leads_where_it_was_told_to(shop: Shop) -> None:
    url = "http://app.test/thanks?s={CHECKOUT_SESSION_ID}"
    page = opened(shop, link(shop, after_completion={"type": "redirect", "redirect": {"url": url}}).url)
    paid = shop.pay(page, email="bob@example.com")
    assert paid.headers["location"] == f"http://app.test/thanks?s={page.rsplit('/', 1)[1]}"


def test_a_one_time_price_makes_a_payment_link_in_payment_mode(shop: Shop) -> None:
    data = {"currency": "usd", "unit_amount": 2900, "product_data": {"name": "Book"}}
    made = shop.api.payment_links.create({"line_items": [{"price_data": data, "quantity": 2}]})
    items = shop.api.payment_links.line_items.list(made.id).data
    assert [(item.description, item.quantity, item.amount_total) for item in items] == [("Book", 2, 5800)]
    page = opened(shop, made.url)
    shop.pay(page, email="bob@example.com")
    done = session_of(shop, page)
    assert (done.mode, done.amount_total, done.customer) == ("payment", 5800, None)


def test_a_link_closes_when_it_was_used_as_often_as_allowed(shop: Shop) -> None:
    made = link(shop, restrictions={"completed_sessions": {"limit": 1}}, inactive_message="All sold.")
    late = opened(shop, made.url)
    shop.pay(opened(shop, made.url), email="bob@example.com")
    closed = shop.browser.get(made.url)
    assert closed.status_code == 410
    assert "All sold." in closed.text
    found = shop.api.payment_links.retrieve(made.id)
    assert (found.active, found.restrictions.completed_sessions.count) == (False, 1)
    assert "payment_link.updated" in shop.events()
    assert session_of(shop, late).status == "open"


def test_a_link_that_was_switched_off_says_so_and_an_unknown_one_does_too(shop: Shop) -> None:
    made = link(shop)
    shop.api.payment_links.update(made.id, {"active": False})
    assert "no longer active" in shop.browser.get(made.url).text
    assert shop.browser.get(f"{shop.url}/b/plink_none").status_code == 404
    assert [each.id for each in shop.api.payment_links.list({"active": False}).data] == [made.id]


def test_a_link_refuses_what_it_cannot_keep(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such price"):
        shop.api.payment_links.create({"line_items": [{"price": "price_none", "quantity": 1}]})
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent_data"):
        link(shop, payment_intent_data={"description": "x"})


def test_a_customer_chooses_a_quantity_within_the_range(shop: Shop) -> None:
    range_ = {"enabled": True, "minimum": 1, "maximum": 5}
    items = [{"price": shop.monthly.id, "quantity": 2, "adjustable_quantity": range_}]
    session = shop.session(line_items=items)
    page = shop.browser.get(session.url).text
    item = re.findall(r'name="item" value="(\w+)"', page)[0]

    def ask(quantity: str) -> httpx.Response:
        return shop.browser.post(session.url, data={"action": "quantity", "item": item, "quantity": quantity})

    for wrong in ("0", "6", "-1", "1.5", "", "²", "9" * 30):
        refused = ask(wrong)
        assert refused.status_code == 422, wrong
        assert "(1 to 5)" in errors_of(refused)["quantity"]
    assert "$57.00" in ask("3").text
    shop.pay(session.url, email="bob@example.com")
    done = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert done.amount_total == 5700
    assert done.subscription["items"].data[0].quantity == 3
