"""Giving a running subscription a trial, or moving the end of one
(docs.stripe.com/billing/subscriptions/billing-cycle)."""

from stripe_sandbox import invoice_lines, proration, subscriptions
from stripe_sandbox.clock import DAY
from stripe_sandbox.errors import Invalid
from stripe_sandbox.store import Object, Tx


def move(tx: Tx, subscription: Object, end: int, *, prorate: bool, on_session: bool) -> Object:
    """It is free until `end`. What was paid for that time already comes back as credit. Answers it as it is then."""
    if end <= tx.now:
        raise Invalid("The trial end must be in the future.", param="trial_end")
    if subscription["status"] not in ("trialing", "active"):
        raise Invalid("The sandbox gives a trial only to a subscription that is active.", param="trial_end")
    begins = subscription["status"] == "active"
    credit = proration.credits(tx, subscription, tx.now) if begins and prorate else []
    subscription |= {
        "trial_end": end,
        "trial_start": tx.now if begins else subscription["trial_start"],
        "status": "trialing",
        "billing_cycle_anchor": end,
    }
    for item in subscription["items"]["data"]:
        item["current_period_end"] = end
        if begins:
            item["current_period_start"] = tx.now
    tx.later("subscription.trial_will_end", subscription["id"], max(tx.now, end - 3 * DAY))
    if begins:
        free = [
            invoice_lines.of_period(tx, subscription, item, (tx.now, end), trial=True)
            for item in subscription["items"]["data"]
        ]
        subscriptions.bill_now(tx, subscription, credit + free, on_session=on_session)
        return tx.fresh(subscription)
    return tx.save(subscription)
