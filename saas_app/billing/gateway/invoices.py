"""Invoices: those there are, and those there would be."""

from __future__ import annotations  # what stands in signatures alone is not loaded: Stripe's classes are many

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import stripe

from saas_app.billing.gateway.client import ask, client, each_of, id_of, when
from saas_app.billing.gateway.errors import StripeRefused
from saas_app.billing.gateway.plain import each_plain
from saas_app.billing.gateway.shapes import StripeInvoice, StripeQuote, StripeSubscription, StripeSums, StripeUpcoming
from saas_app.core.clock import now

# https://docs.stripe.com/api/refunds/object#refund_object-status
FAILED_REFUNDS = ("failed", "canceled")
# Of these an invoice is to come; of the others only what is due already.
CHARGED_AGAIN = ("active", "trialing", "past_due")


async def list_invoices(stripe_customer_id: str) -> tuple[StripeInvoice, ...]:
    """Every invoice that a customer may see, newest first, with what was given back and what a bank waits for."""
    return tuple(invoice for _, invoice in await _list({"customer": stripe_customer_id}))


async def invoices_of_everybody() -> dict[str, list[StripeInvoice]]:
    """The same for all customers of the account, by customer."""
    found: dict[str, list[StripeInvoice]] = defaultdict(list)
    for customer, invoice in await _list({}):
        found[customer].append(invoice)
    return found


async def _list(whose: dict[str, str]) -> list[tuple[str, StripeInvoice]]:
    """Customer and invoice. Where nothing was tried to be paid there are no payments to ask for."""
    asked = each_plain("/v1/invoices", {**whose, "expand": ["data.payments"]})
    invoices = [item async for item in asked if item.status != "draft"]
    customers = [id_of(item.customer) for item in invoices]
    if not any(item.attempted for item in invoices):
        return list(zip(customers, map(_invoice, invoices), strict=True))
    paid = each_plain("/v1/charges", whose)
    charges = {id_of(charge.payment_intent): charge async for charge in paid if charge.paid}
    with_payments = await asyncio.gather(*[_with_payment(item, charges) for item in invoices])
    return list(zip(customers, with_payments, strict=True))


async def _with_payment(found: stripe.Invoice, charges: dict[str, stripe.Charge]) -> StripeInvoice:
    invoice = _invoice(found)
    intents = [id_of(each.payment.payment_intent) for each in found.payments.data] if found.payments else []
    mine = [charges[intent] for intent in intents if intent in charges]
    if mine:
        receipt = next((charge.receipt_url for charge in mine if charge.receipt_url), "")
        returned = sum([await amount_returned(charge) for charge in mine])
        invoice = replace(invoice, amount_refunded=returned, receipt_url=receipt or "")
    if found.status == "open" and found.attempted:
        tries = await _tries_to_pay(invoice.id)
        if any(each.status == "processing" for each in tries):
            return replace(invoice, being_paid=True)
        return replace(invoice, needs_action=any(map(_asks, tries)))
    return invoice


async def amount_returned(charge: stripe.Charge) -> int:
    """What was given back of a charge and has arrived, in its minor units: a bank may send a refund back days later
    (https://docs.stripe.com/refunds#failed-refunds)."""
    if not charge.amount_refunded:
        return 0
    asked = client().v1.refunds.list_async({"charge": charge.id, "limit": 100})
    return sum([refund.amount async for refund in each_of(asked) if refund.status not in FAILED_REFUNDS])


async def _tries_to_pay(invoice_id: str) -> list[Any]:
    """The payment intents of this invoice."""
    expand = ["payments.data.payment.payment_intent"]
    found = await ask(client().v1.invoices.retrieve_async(invoice_id, {"expand": expand}))
    intents = [cast(Any, each.payment.payment_intent) for each in found.payments.data] if found.payments else []
    return [each for each in intents if each]


def _asks(intent: Any) -> bool:
    """Whether it has stopped at 3-D Secure: with its customer, or refused since it was tried without them
    (https://docs.stripe.com/declines/codes, authentication_required)."""
    status, error = getattr(intent, "status", ""), getattr(intent, "last_payment_error", None)
    refused = status == "requires_payment_method" and getattr(error, "code", "") == "authentication_required"
    return status == "requires_action" or refused


def _invoice(found: stripe.Invoice) -> StripeInvoice:
    parent = found.parent.subscription_details if found.parent else None
    first_try = found.status_transitions.finalized_at or found.created
    late = found.status == "open" and bool(found.attempt_count)
    lines = found.lines.data
    return StripeInvoice(
        id=found.id or "",
        number=found.number or "",
        status=found.status or "",
        total=found.total,
        amount_due=found.amount_due,
        amount_paid=found.amount_paid,
        currency=found.currency,
        created=when(found.created),
        hosted_invoice_url=found.hosted_invoice_url or "",
        invoice_pdf=found.invoice_pdf or "",
        subscription_id=id_of(parent.subscription) if parent else "",
        description=found.description or (lines[-1].description if lines else "") or "",
        billing_reason=found.billing_reason or "",
        attempt_count=found.attempt_count,
        next_payment_attempt=when(found.next_payment_attempt) if found.next_payment_attempt else None,
        failed_at=when(first_try) if late else None,
        due_at=when(found.due_date) if found.due_date else None,
    )


async def preview_next(subscription: StripeSubscription) -> StripeUpcoming | None:
    """What this subscription is charged next, or None (https://docs.stripe.com/api/invoices/create_preview)."""
    ends = subscription.ends_at is not None and subscription.ends_at <= subscription.current_period_end
    if subscription.status not in CHARGED_AGAIN or ends or subscription.pause_behavior:
        return None
    try:
        found = await ask(client().v1.invoices.create_preview_async({"subscription": subscription.id}))
    except StripeRefused:  # there is none to come: it has ended, or changed, since it was listed
        return None
    return StripeUpcoming(subscription.id, subscription.current_period_end, sums_of(found))


async def preview_change(
    subscription_id: str, item_id: str, price_id: str, *, ends_trial: bool, prorated_at: datetime | None = None
) -> StripeQuote:
    """What moving to this price now would be charged today; nothing is stored.

    Without `prorated_at` it is Stripe's own now, read off the lines: its clock may differ from ours, on a test clock by
    months. The same moment given to the change makes the same sums
    (https://docs.stripe.com/billing/subscriptions/prorations#preview-proration).
    """
    details: dict[str, Any] = {"items": [{"id": item_id, "price": price_id}]}
    if ends_trial:
        details |= {"trial_end": "now", "proration_behavior": "none"}
    else:
        details |= {"proration_behavior": "always_invoice"}
        if prorated_at is not None:
            details["proration_date"] = int(prorated_at.timestamp())
    params: Any = {"subscription": subscription_id, "subscription_details": details}
    found = await ask(client().v1.invoices.create_preview_async(params))
    periods = [line.period for line in found.lines.data]
    begins = when(max(period.start for period in periods)) if periods else now()
    ends = when(max(period.end for period in periods)) if periods else begins
    return StripeQuote(sums_of(found), prorated_at or begins, ends)


def sums_of(found: stripe.Invoice) -> StripeSums:
    """An invoice's lines and sums."""
    off: list[Any] = list(found.total_discount_amounts or [])
    taxes: list[Any] = list(cast(Any, found).total_taxes or [])
    return StripeSums(
        lines=tuple((line.description or "", line.amount) for line in found.lines.data),
        discount=sum(each.amount for each in off),
        tax=sum(each.amount for each in taxes if each.tax_behavior == "exclusive"),
        total=found.total,
        amount_due=found.amount_due,
        currency=found.currency,
    )
