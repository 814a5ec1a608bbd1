"""What the sandbox does not act on, it refuses aloud."""

import re
from typing import Any

import httpx
import pytest
import stripe

from stripe_sandbox import api as door
from stripe_sandbox import operations, spec, takes
from stripe_sandbox.errors import Invalid
from tests.sandbox.shop import Shop

BEYOND = [
    ("POST", "/v1/customers", {"cash_balance[settings][reconciliation_mode]": "manual"}),
    ("POST", "/v1/products", {"name": "x", "default_price_data[currency]": "usd",
                              "default_price_data[custom_unit_amount][enabled]": "true"}),
    ("POST", "/v1/prices", {"currency": "usd", "product_data[name]": "x", "unit_amount": "1",
                            "transform_quantity[divide_by]": "5", "transform_quantity[round]": "up"}),
    ("POST", "/v1/prices", {"currency": "usd", "product_data[name]": "x", "billing_scheme": "tiered"}),
    ("POST", "/v1/coupons", {"percent_off": "5", "currency_options[eur][amount_off]": "5"}),
    ("POST", "/v1/payment_intents", {"amount": "100", "currency": "usd", "application_fee_amount": "1"}),
    ("POST", "/v1/setup_intents", {"attach_to_self": "true"}),
    ("POST", "/v1/refunds", {"reverse_transfer": "true"}),
    ("POST", "/v1/checkout/sessions", {"mode": "setup", "success_url": "http://a",
                                       "branding_settings[display_name]": "x"}),
    ("POST", "/v1/checkout/sessions", {"mode": "payment", "success_url": "http://a",
                                       "payment_intent_data[application_fee_amount]": "1"}),
    ("POST", "/v1/subscriptions", {"customer": "x", "items[0][price_data][currency]": "usd",
                                   "items[0][price_data][product]": "x",
                                   "items[0][price_data][recurring][interval]": "month"}),
    ("GET", "/v1/charges", {"transfer_group": "x"}),
    ("GET", "/v1/subscriptions", {"automatic_tax[enabled]": "true"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "form"), BEYOND)
def test_a_parameter_of_stripes_that_nobody_acts_on_is_refused_by_its_name(
    fresh: str, method: str, path: str, form: dict[str, str]
) -> None:
    params, data = (form, None) if method == "GET" else (None, form)
    key = {"Authorization": "Bearer sk_test_x"}
    answer = httpx.request(method, f"{fresh}{path}", headers=key, params=params, data=data)
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["message"].startswith("The sandbox does "), error
    assert any(name.startswith(error["param"]) for name in form)


def test_what_is_declared_exists_at_stripe() -> None:
    """A misspelt declaration would let nothing through, and nobody would know why."""
    assert len(operations.OPERATIONS) > 20
    published = spec.load()
    beside = {"iterations", "allowed_payment_method_types", "created"}  # older, newer, and not in every list
    for route in door._ROUTES:
        made = re.sub(r"/\{\w+\}$", "", route.path)  # an update may share what the create declares
        known = [published.operations.get((route.method, path)) for path in (route.path, made)]
        if known[0]:
            wrong = _wrong(published, route.takes, {"anyOf": [each.parameters for each in known if each]}, "")
            assert not wrong or wrong.rpartition("[")[2].strip("]") in beside, (route.method, route.path, wrong)


def _wrong(published: spec.Spec, taken: takes.Taken, schema: Any, where: str) -> str | None:
    """The first declared name that the published description does not have."""
    if schema is None:
        return where
    inside = _inside(published, schema)
    wrong = (_wrong(published, each, inside.get(name), f"{where}[{name}]") for name, each in taken.parts.items())
    return next(filter(None, wrong), None)


def _inside(published: spec.Spec, schema: Any) -> dict[str, Any]:
    schema = published.resolve(schema)
    if "anyOf" in schema:
        merged: dict[str, Any] = {}
        for part in schema["anyOf"]:
            for name, each in _inside(published, part).items():
                merged[name] = {"anyOf": [merged[name], each]} if name in merged else each
        return merged
    if schema.get("type") == "array":
        return _inside(published, schema["items"])
    return schema.get("properties", {})


def test_a_declaration_takes_parts_and_values() -> None:
    taken = takes.read(["name", "items[price, quantity]", "mode[type]=flexible|open", "on=false"])
    takes.refuse_others(
        taken, {"name": {"any": "thing"}, "items": [{"price": "p"}], "mode": {"type": "open"}, "on": ""}
    )
    for params, param in (
        ({"other": 1}, "other"),
        ({"items": [{"price": "p"}, {"price": "p", "tax_rates": []}]}, "items[1][tax_rates]"),
        ({"mode": {"type": "classic"}}, "mode[type]"),
        ({"on": True}, "on"),
    ):
        with pytest.raises(Invalid) as refused:
            takes.refuse_others(taken, params)
        assert refused.value.param == param


def test_what_is_taken_is_done(shop: Shop) -> None:
    customer = shop.api.customers.create(
        {
            "email": "b@example.com",
            "invoice_prefix": "ACME",
            "next_invoice_sequence": 41,
            "tax_id_data": [{"type": "eu_vat", "value": "DE123456789"}],
            "invoice_settings": {"footer": "Thank you"},
        }
    )
    assert (customer.invoice_prefix, customer.next_invoice_sequence) == ("ACME", 41)
    assert customer.invoice_settings.footer == "Thank you"
    shop.api.invoice_items.create({"customer": customer.id, "amount": 500, "currency": "usd"})
    invoice = shop.api.invoices.create({"customer": customer.id, "pending_invoice_items_behavior": "include"})
    invoice = shop.api.invoices.finalize_invoice(invoice.id)
    assert invoice.number == "ACME-0041"
    assert [(each.type, each.value) for each in invoice.customer_tax_ids] == [("eu_vat", "DE123456789")]
    entry = shop.api.customers.balance_transactions.create(
        customer.id, {"amount": -100, "currency": "usd", "description": "Sorry", "metadata": {"why": "late"}}
    )
    assert (entry.description, entry.metadata.why) == ("Sorry", "late")


def test_a_draft_told_to_go_on_is_finalized_and_paid_with_its_own_card_in_an_hour(shop: Shop) -> None:
    customer = shop.customer()
    card = shop.api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    shop.api.invoice_items.create({"customer": customer.id, "amount": 500, "currency": "usd"})
    draft = shop.api.invoices.create({"customer": customer.id, "pending_invoice_items_behavior": "include"})
    shop.api.invoices.update(draft.id, {"auto_advance": True, "default_payment_method": card.id})
    shop.advance(seconds=3601)
    assert shop.api.invoices.retrieve(draft.id).status == "paid"


def test_items_keep_their_notes_and_lists_can_be_narrowed(shop: Shop) -> None:
    customer = shop.customer()
    shop.api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    made = shop.api.subscriptions.create(
        {
            "customer": customer.id,
            "default_payment_method": shop.api.customers.payment_methods.list(customer.id).data[0].id,
            "items": [{"price": shop.monthly.id, "metadata": {"seat": "7"}}],
        }
    )
    item = made["items"].data[0]
    assert item.metadata.seat == "7"
    end = item.current_period_end
    listed = shop.api.subscriptions.list
    assert [each.id for each in listed({"current_period_end": {"lte": end}}).data] == [made.id]
    assert listed({"current_period_end": {"lt": end}}).data == []
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.subscriptions.create(
            {"customer": customer.id, "currency": "eur", "items": [{"price": shop.monthly.id}]}
        )
    assert refused.value.param == "currency"
