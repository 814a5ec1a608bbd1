"""Subscriptions: as Stripe has them, and what is asked of them."""

from __future__ import annotations  # what stands in signatures alone is not loaded: Stripe's classes are many

from typing import Any, Literal, cast

import stripe

from saas_app.billing.gateway.client import ask, ask_with_key, client, each_of, id_of, when
from saas_app.billing.gateway.errors import StripeMissing, StripeRefused
from saas_app.billing.gateway.shapes import StripeDiscount, StripeSubscription

Why = Literal["duplicate", "requested_by_customer"]
ENDED = ("canceled", "incomplete_expired")
EXPAND = ["data.default_payment_method", "data.schedule", "data.discounts.source.coupon"]


async def list_subscriptions(stripe_customer_id: str) -> list[stripe.Subscription]:
    """Every subscription of a customer, ended ones too."""
    asked = client().v1.subscriptions.list_async(
        {"customer": stripe_customer_id, "status": "all", "limit": 100, "expand": EXPAND}
    )
    return [item async for item in each_of(asked)]


async def resume_subscription(subscription_id: str) -> None:
    """Let a paused subscription go on: a new period begins, and Stripe tries to collect it."""
    await ask(client().v1.subscriptions.resume_async(subscription_id))


async def cancel_subscription(subscription_id: str, *, feedback: str = "", comment: str = "") -> None:
    """End a subscription at once, without giving money back (https://docs.stripe.com/api/subscriptions/cancel).

    `feedback` and `comment` stay with it, to say later why it was.
    """
    params: dict[str, Any] = {"prorate": False, "invoice_now": False}
    if feedback or comment:
        params["cancellation_details"] = {"feedback": feedback, "comment": comment}
    try:
        await ask(client().v1.subscriptions.cancel_async(subscription_id, cast(Any, params)))
    except StripeRefused:
        found = await ask(client().v1.subscriptions.retrieve_async(subscription_id))
        if found.status not in ENDED:  # it had ended already
            raise


async def cancel_at_period_end(subscription_id: str, *, feedback: str, comment: str) -> None:
    """Renew it no more, and keep why (https://docs.stripe.com/api/subscriptions/object#cancellation_details).

    A schedule would go on leading the subscription, so it is released first.
    """
    await release_schedule(subscription_id)
    details = {"feedback": feedback, "comment": comment}
    params = {"cancel_at_period_end": True, "cancellation_details": details}
    await ask(client().v1.subscriptions.update_async(subscription_id, cast(Any, params)))


async def keep(subscription_id: str) -> None:
    """Take a cancellation back that has not happened yet, in whichever of the two ways it was said."""
    await release_schedule(subscription_id)
    found = await ask(client().v1.subscriptions.retrieve_async(subscription_id))
    undo: dict[str, Any] = {"cancel_at": ""} if found.cancel_at and not found.cancel_at_period_end else {}
    params = undo or {"cancel_at_period_end": False}
    params["cancellation_details"] = {"feedback": "", "comment": ""}
    await ask(client().v1.subscriptions.update_async(subscription_id, cast(Any, params)))


async def release_schedule(subscription_id: str) -> None:
    """Drop what was planned for later: the subscription goes on as it is."""
    found = await ask(client().v1.subscriptions.retrieve_async(subscription_id))
    if not found.schedule:
        return
    try:
        await ask(client().v1.subscription_schedules.release_async(id_of(found.schedule)))
    except StripeRefused:  # another click released it, or it has ended
        found = await ask(client().v1.subscriptions.retrieve_async(subscription_id))
        if found.schedule:
            raise


async def change_now(key: str, subscription_id: str, item_id: str, price_id: str, prorated_at: int) -> None:
    """Move to another price and pay the difference at once. Unless that is paid, nothing changes: the change waits for
    its invoice, and is dropped after 23 hours (https://docs.stripe.com/billing/subscriptions/pending-updates)."""
    params = {
        "items": [{"id": item_id, "price": price_id}],
        "proration_behavior": "always_invoice",
        "proration_date": prorated_at,
        "payment_behavior": "pending_if_incomplete",
    }
    await _update(key, subscription_id, params)


async def change_and_end_trial(key: str, subscription_id: str, item_id: str, price_id: str) -> None:
    """Move to another price and begin to pay for it now. Raises CardRefused, and nothing has changed then."""
    params = {
        "items": [{"id": item_id, "price": price_id}],
        "proration_behavior": "none",
        "trial_end": "now",
        "payment_behavior": "error_if_incomplete",
    }
    await _update(key, subscription_id, params)


async def _update(key: str, subscription_id: str, params: dict[str, Any]) -> None:
    api = client().v1.subscriptions
    await ask_with_key(
        lambda: api.update_async(subscription_id, cast(Any, params), {"idempotency_key": f"change:{key}"})
    )


async def change_later(key: str, subscription_id: str, price_id: str, interval: str) -> None:
    """Move to another price when what was paid for is used up, by a schedule of two phases
    (https://docs.stripe.com/billing/subscriptions/subscription-schedules)."""
    api = client().v1
    found = await ask(api.subscriptions.retrieve_async(subscription_id))
    schedule_id = id_of(found.schedule)
    if not schedule_id:
        made = await ask_with_key(
            lambda: api.subscription_schedules.create_async(
                {"from_subscription": subscription_id}, {"idempotency_key": f"schedule:{key}"}
            )
        )
        schedule_id = made.id
    schedule = await ask(api.subscription_schedules.retrieve_async(schedule_id))
    running = _running_phase(schedule)
    quantity = found.items.data[0].quantity or 1
    params = {
        "end_behavior": "release",
        "phases": [
            running,
            {
                "items": [{"price": price_id, "quantity": quantity}],
                "duration": {"interval": interval, "interval_count": 1},
                "proration_behavior": "none",
                **({"discounts": running["discounts"]} if "discounts" in running else {}),
            },
        ],
    }
    await ask_with_key(
        lambda: api.subscription_schedules.update_async(
            schedule_id, cast(Any, params), {"idempotency_key": f"phases:{key}"}
        )
    )


def _running_phase(schedule: stripe.SubscriptionSchedule) -> dict[str, Any]:
    """The phase of now, as it is sent back: an update that left it out would end it."""
    start = schedule.current_phase.start_date if schedule.current_phase else 0
    phase = next((each for each in schedule.phases if each.start_date == start), schedule.phases[0])
    discounts: list[Any] = [
        {kind: id_of(value)}
        for each in phase.discounts
        for kind in ("coupon", "discount", "promotion_code")
        if (value := getattr(each, kind, None))
    ]
    return {
        "items": [{"price": id_of(item.price), "quantity": item.quantity} for item in phase["items"]],
        "start_date": phase.start_date,
        "end_date": phase.end_date,
        **({"discounts": discounts} if discounts else {}),
    }


def shaped(found: stripe.Subscription) -> StripeSubscription:
    """A subscription in our words."""
    item = found.items.data[0]
    price = item.price
    end = when(item.current_period_end)
    ends_at = found.ended_at or found.cancel_at
    pause, why = found.pause_collection, found.cancellation_details
    return StripeSubscription(
        id=found.id,
        status=found.status,
        price_id=price.id,
        product_id=id_of(price.product),
        lookup_key=price.lookup_key or "",
        unit_amount=price.unit_amount or 0,
        currency=found.currency,
        price_currency=price.currency,
        interval=price.recurring.interval if price.recurring else "",
        quantity=item.quantity or 1,
        created=when(found.created),
        current_period_start=when(item.current_period_start),
        current_period_end=end,
        cancel_at_period_end=found.cancel_at_period_end,
        ends_at=when(ends_at) if ends_at else (end if found.cancel_at_period_end else None),
        trial_end=when(found.trial_end) if found.trial_end else None,
        pause_behavior=pause.behavior if pause else "",
        pause_resumes_at=when(pause.resumes_at) if pause and pause.resumes_at else None,
        latest_invoice_id=id_of(found.latest_invoice),
        item_id=item.id,
        schedule_id=id_of(found.schedule),
        cancel_reason=(why.reason or "") if why else "",
        cancel_feedback=(why.feedback or "") if why else "",
        cancel_comment=(why.comment or "") if why else "",
        discount=_discount(found),
        **_planned(found, item.current_period_end),
        **_pending(found),
    )


def _planned(found: stripe.Subscription, period_end: int) -> dict[str, Any]:
    """What the schedule of a subscription turns it into, when it has one that does."""
    schedule: Any = found.schedule
    phases: list[Any] = schedule.phases if schedule and schedule.status == "active" else []
    phase = next((each for each in phases if each.start_date >= period_end), None)
    if phase is None or not phase["items"]:
        return {}
    return {"next_price_id": id_of(phase["items"][0].price), "next_at": when(phase.start_date)}


def _pending(found: stripe.Subscription) -> dict[str, Any]:
    """A change that waits for its payment."""
    waiting = found.pending_update
    items: list[Any] = list(waiting.subscription_items or []) if waiting else []
    if waiting is None or not items:
        return {}
    return {"pending_price_id": id_of(items[0].price), "pending_until": when(waiting.expires_at)}


def _discount(found: stripe.Subscription) -> StripeDiscount:
    """The first discount of a subscription; more than one is made by hand only."""
    given: list[Any] = list(cast(Any, found.discounts) or [])
    for discount in given:
        coupon: Any = getattr(getattr(discount, "source", None), "coupon", None)
        if not hasattr(coupon, "duration"):
            continue
        return StripeDiscount(
            name=coupon.name or coupon.id,
            percent=f"{float(coupon.percent_off):g}" if coupon.percent_off else "",
            off=coupon.amount_off or 0,
            duration=coupon.duration,
            ends_at=when(discount.end) if discount.end else None,
        )
    return StripeDiscount()


async def refund_everything(subscription_id: str, stripe_customer_id: str, why: Why = "duplicate") -> int:
    """Give back all that was paid for a subscription, each payment once; returns how many payments there were.

    https://docs.stripe.com/refunds: a payment that was given back before is refused, which is as good.
    """
    api, given = client().v1, 0
    asked = api.invoices.list_async(
        {
            "customer": stripe_customer_id,
            "subscription": subscription_id,
            "limit": 100,
            "expand": ["data.payments"],
        }
    )
    async for invoice in each_of(asked):
        for payment in invoice.payments.data if invoice.payments else []:
            intent = id_of(payment.payment.payment_intent)
            if payment.status == "paid" and intent:
                await refund_payment(intent, why)
                given += 1
    return given


async def refund_payment(intent: str, why: Why) -> None:
    """Give one payment back, once, with the reason that Stripe keeps
    (https://docs.stripe.com/api/refunds/create#create_refund-reason)."""
    params: Any = {"payment_intent": intent, "reason": why}
    try:
        await ask_with_key(lambda: client().v1.refunds.create_async(params, {"idempotency_key": f"{why}:{intent}"}))
    except StripeMissing:
        raise
    except StripeRefused:
        charges = await ask(client().v1.charges.list_async({"payment_intent": intent}))
        if not all(charge.refunded for charge in charges.data if charge.paid):
            raise
