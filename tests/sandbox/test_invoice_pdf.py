"""Invoices on paper."""

import io
from typing import Any

import pypdf

from tests.sandbox.shop import Shop


def text_of(shop: Shop, invoice: Any) -> tuple[int, str]:
    found = pypdf.PdfReader(io.BytesIO(shop.browser.get(invoice.invoice_pdf).content))
    return len(found.pages), "\n".join(page.extract_text() for page in found.pages)


def test_it_says_who_pays_what_and_goes_over_as_many_pages_as_it_needs(shop: Shop) -> None:
    address = {"line1": "Straße 5", "city": "Köln", "country": "DE", "postal_code": "50667"}
    customer = shop.api.customers.create({"email": "zoe@example.com", "name": "Zoë Łódź", "address": address})
    shop.api.customers.tax_ids.create(customer.id, {"type": "eu_vat", "value": "DE123456789"})
    for number in range(45):
        line = {"customer": customer.id, "amount": 1000 + number, "currency": "eur", "description": f"Hour {number}"}
        shop.api.invoice_items.create(line)
    wanted = {"customer": customer.id, "pending_invoice_items_behavior": "include", "currency": "eur"}
    invoice = shop.api.invoices.finalize_invoice(shop.api.invoices.create(wanted).id)
    pages, text = text_of(shop, invoice)
    assert pages > 1
    for words in (invoice.number, "Zoë", "Straße 5", "50667 Köln DE", "DE123456789", "Hour 0", "Hour 44", "EUR 10.44"):
        assert words in text
    assert "EUR 459.90" in text.split("Amount due")[1]


def test_discounts_and_what_was_paid_stand_on_it(shop: Shop) -> None:
    coupon = shop.api.coupons.create({"percent_off": 25, "duration": "once"})
    shop.pay(shop.session(shop.customer(), discounts=[{"coupon": coupon.id}]).url)
    invoice = shop.api.invoices.list().data[0]
    _, text = text_of(shop, invoice)
    assert "-$4.75" in text
    assert "$14.25" in text.split("Paid")[1]
