"""Every mail of billing, written by the writer from what Stripe would say, to be tested and to be looked at."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from saas_app.billing import sync
from saas_app.billing.account import bind, open_account
from saas_app.billing.gateway.shapes import (
    StripeCard,
    StripeCustomer,
    StripeInvoice,
    StripeSubscription,
    StripeSums,
    StripeUpcoming,
)
from saas_app.billing.models import Price, Product
from saas_app.core.viewer import Viewer
from tests.factories import a_user, as_system

PAGE = "https://invoice.stripe.com/i/acct_1/test_YWNjdF8xLF9QaWVjZU9mQUxvbmdBZGRyZXNz0200abcdefgh?s=ap"
PDF = "https://pay.stripe.com/invoice/acct_1/test_YWNjdF8xLF9QaWVjZU9mQUxvbmdBZGRyZXNz0200abcdefgh/pdf?s=ap"
DAYS = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """What Stripe says first, then, and which mail the second look writes."""

    kind: str
    before: StripeCustomer | None
    after: StripeCustomer


def catalogue(session: Session) -> None:
    """Pro and Agent, by the month and the year."""
    for plan, name, month, year in (("pro", "Pro", 900, 7200), ("agent", "Agent", 2900, 22800)):
        session.add(Product(stripe_product_id=f"prod_{plan}", plan_key=f"{plan}_v1", name=name))
        session.flush()
        for interval, amount in (("month", month), ("year", year)):
            terms = {"unit_amount": amount, "currency": "eur", "interval": interval}
            made = {"stripe_price_id": f"price_{plan}_{interval}", "stripe_product_id": f"prod_{plan}", **terms}
            session.add(Price(**made, created_at=datetime.fromisoformat("2026-01-01T00:00:00+00:00")))


def subscription(at: datetime, **changes: Any) -> StripeSubscription:
    """Pro by the year, begun ten days ago."""
    began = at - 10 * DAYS
    values: dict[str, Any] = {
        "id": "sub_1",
        "status": "active",
        "price_id": "price_pro_year",
        "product_id": "prod_pro",
        "lookup_key": "pro_v1_year",
        "unit_amount": 7200,
        "currency": "eur",
        "interval": "year",
        "quantity": 1,
        "created": began,
        "current_period_start": began,
        "current_period_end": began + 365 * DAYS,
        "cancel_at_period_end": False,
        "ends_at": None,
        "trial_end": None,
        "pause_behavior": "",
        "latest_invoice_id": "in_1",
    }
    return StripeSubscription(**{**values, **changes})


def invoice(at: datetime, **changes: Any) -> StripeInvoice:
    """Of that subscription, just finalized."""
    values: dict[str, Any] = {
        "id": "in_1",
        "number": "LADR-0042",
        "status": "open",
        "total": 7200,
        "amount_due": 7200,
        "amount_paid": 0,
        "currency": "eur",
        "created": at,
        "hosted_invoice_url": PAGE,
        "invoice_pdf": PDF,
        "subscription_id": "sub_1",
        "description": "1 × Pro (at €72.00 / year)",
    }
    return StripeInvoice(**{**values, **changes})


def customer(*subscriptions: StripeSubscription, **changes: Any) -> StripeCustomer:
    """Somebody with a card."""
    card = StripeCard("visa", "0341", 12, 2034)
    return StripeCustomer(**{"id": "cus_1", "card": card, "subscriptions": subscriptions, **changes})


def cases(at: datetime) -> list[Case]:
    """Every mail, each with the change that brings it."""
    pro, tried = subscription(at), {"attempt_count": 1, "next_payment_attempt": at + 3 * DAYS, "failed_at": at}
    well, paid = customer(pro), invoice(at, status="paid", amount_paid=7200)
    late, failed = replace(pro, status="past_due"), invoice(at, **tried)
    last = replace(failed, attempt_count=4, next_payment_attempt=None)
    trial = replace(pro, status="trialing", trial_end=at + 14 * DAYS, current_period_end=at + 14 * DAYS)
    soon = replace(trial, created=at - 11 * DAYS, trial_end=at + 3 * DAYS, current_period_end=at + 3 * DAYS)
    year = replace(pro, created=at - 351 * DAYS, current_period_end=at + 14 * DAYS)
    ending = replace(pro, ends_at=pro.current_period_end)
    agent = {"price_id": "price_agent_month", "product_id": "prod_agent", "unit_amount": 2900, "interval": "month"}
    going_down = replace(pro, next_price_id="price_pro_month", next_at=pro.current_period_end)
    pending = replace(pro, pending_price_id="price_agent_year", pending_until=at + DAYS)
    asked = invoice(at, amount_due=1234, attempt_count=1, needs_action=True)
    second = replace(pro, id="sub_2", created=at)
    sums = StripeSums((("Pro", 7200),), 1440, 0, 5760, 5760, "eur")
    return [
        Case("subscribed", None, customer(replace(pro, created=at))),
        Case("subscribed", None, customer(replace(trial, created=at))),
        Case("subscribed", None, customer(replace(trial, created=at), card=None)),
        Case("receipt", replace(well, invoices=(invoice(at),)), replace(well, invoices=(paid,))),
        Case("failed", well, customer(late, invoices=(failed,))),
        Case("last", customer(late, invoices=(failed,)), customer(late, invoices=(last,))),
        Case("last", customer(late, invoices=(failed,)), customer(replace(pro, status="unpaid"), invoices=(last,))),
        Case("action", well, customer(late, invoices=(replace(failed, needs_action=True),))),
        Case("action", well, customer(pending, invoices=(asked,))),
        Case("recovered receipt", customer(late, invoices=(failed,)), replace(well, invoices=(paid,))),
        Case(
            "recovered", customer(late, invoices=(failed,)), replace(well, invoices=(replace(failed, status="void"),))
        ),
        Case("refunded", replace(well, invoices=(paid,)), _refund(well, paid, 2000)),
        Case("refunded", _refund(well, paid, 2000), _refund(well, paid, 7200)),
        Case("trial_ending", customer(replace(trial, id="sub_1")), customer(soon)),
        Case("trial_ending", customer(trial, card=None), customer(soon, card=None)),
        Case("renewal", None, customer(year, upcoming=StripeUpcoming("sub_1", year.current_period_end, sums))),
        Case("canceled", well, customer(ending)),
        Case("kept", customer(ending), well),
        Case("ended", customer(ending), customer(replace(pro, status="canceled"))),
        Case("ended", customer(late), customer(replace(pro, status="canceled", cancel_reason="payment_failed"))),
        Case("ended", customer(pro, second), customer(pro, replace(second, status="canceled"))),
        Case("paused", customer(trial, card=None), customer(replace(trial, status="paused"), card=None)),
        Case("paused", well, customer(replace(pro, pause_behavior="void", pause_resumes_at=at + 30 * DAYS))),
        Case("resumed", customer(replace(pro, pause_behavior="void")), well),
        Case("changed", well, customer(replace(pro, **agent))),
        Case("planned", well, customer(going_down)),
        Case("unplanned", customer(going_down), well),
        Case("unplanned", customer(pending), well),
        Case(
            "locked",
            customer(late, invoices=(failed,)),
            customer(late, invoices=(replace(failed, failed_at=at - 7 * DAYS),)),
        ),
    ]


def _refund(well: StripeCustomer, paid: StripeInvoice, amount: int) -> StripeCustomer:
    return replace(well, invoices=(replace(paid, amount_refunded=amount),))


def bound(name: str = "Ada") -> Viewer:
    """Somebody whose account is bound to cus_1."""
    viewer = a_user(name)

    def tie(session: Session) -> None:
        bind(session, open_account(session, viewer.id), "cus_1")

    as_system(tie)
    return viewer


def hear(viewer: Viewer, found: StripeCustomer) -> None:
    """Look once, and be told this by Stripe."""

    def write(session: Session) -> None:
        fetch = sync.begin(session, viewer.id)
        assert fetch is not None
        sync.apply(session, fetch, found)

    as_system(write)
