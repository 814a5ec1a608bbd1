"""What a customer may do in the portal, bound to that one customer and to what the configuration allows."""

from dataclasses import dataclass

from stripe_sandbox import (
    catalog,
    discounts,
    events,
    invoice_lines,
    jobs,
    pauses,
    payment_methods,
    payments,
    periods,
    proration,
    schedules,
    schedules_api,
    setups,
    subscriptions,
    subscriptions_api,
)
from stripe_sandbox.errors import CardDeclined, Invalid
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx

_UPDATED = "customer.subscription.updated"


@dataclass(frozen=True)
class Visit:
    """One customer in the portal, and what they may do there."""

    session: Object
    configuration: Object
    customer: Object

    def may(self, feature: str) -> bool:
        return self.configuration["features"][feature]["enabled"]

    def subscription(self, tx: Tx, id_: str) -> Object | None:
        """A living subscription of this customer; anybody else's does not exist here."""
        found = tx.find(id_, "subscription")
        if found is None or found["customer"] != self.customer["id"]:
            return None
        return None if found["status"] in subscriptions.ENDED else found


@dataclass(frozen=True)
class Offer:
    """A price that the customer may switch to."""

    price: Object
    product: Object
    current: bool


@dataclass(frozen=True)
class Switch:
    """A change of plan with its exact cost, before it is done."""

    subscription: Object
    price: Object
    quantity: int
    moment: int
    lines: list[Object]
    discount: int  # what coupons take off these lines
    total: int
    credit: int  # of the customer's balance that is used
    due: int
    later: bool  # nothing is charged now; it comes with the next invoice
    at_end: bool  # nothing changes now: the new plan begins with the next period
    next_renewal: int


def offers(tx: Tx, visit: Visit, subscription: Object) -> list[Offer]:
    """The prices of the configuration that this subscription can move to, and its own."""
    item = subscription["items"]["data"][0]
    found = []
    for entry in visit.configuration["features"]["subscription_update"]["products"] or []:
        product = tx.find(entry["product"], "product")
        if not product or not product.get("active"):
            continue
        for price in filter(None, (tx.find(id_, "price") for id_ in entry["prices"])):
            currency = subscription["currency"]
            if price["active"] and (price["currency"] == currency or currency in catalog.options_of(price)):
                price = catalog.in_currency(price, currency)
                found.append(Offer(price, product, price["id"] == item["price"]["id"]))
    return sorted(found, key=lambda each: (each.price["recurring"]["interval"] != "month", each.price["unit_amount"]))


def preview(tx: Tx, visit: Visit, subscription: Object, price: Object, quantity: int, moment: int) -> Switch:
    """What a switch costs at a moment. Nothing is stored."""
    behavior = visit.configuration["features"]["subscription_update"]["proration_behavior"]
    item = subscription["items"]["data"][0]
    if _waits(visit, subscription, price, quantity):
        end = item["current_period_end"]
        return Switch(subscription, price, quantity, moment, [], 0, 0, 0, 0, later=True, at_end=True, next_renewal=end)
    given = [{"id": item["id"], "price": price["id"], "quantity": quantity}]
    items = proration.edit_items(tx, subscription, given)
    change = proration.change(tx, subscription, items, moment, behavior, restart=_ends_trial(visit, subscription))
    later = behavior != "always_invoice" and not change.restarts
    lines = change.lines
    if not later:
        waiting = invoice_lines.waiting(tx, visit.customer["id"], subscription["id"])
        lines = [each[PRIVATE]["line"] for each in waiting] + lines
        invoice_lines.discounted(lines, discounts.active(tx, subscription))
    off = sum(part["amount"] for each in lines for part in each["discount_amounts"])
    total = sum(each["amount"] for each in lines) - off
    due = max(0, total + visit.customer["balance"])
    return Switch(
        subscription,
        price,
        quantity,
        moment,
        lines,
        off,
        total,
        credit=max(0, total - due) if total > 0 else 0,
        due=0 if later else due,
        later=later,
        at_end=False,
        next_renewal=change.items[0]["current_period_end"],
    )


def switch(tx: Tx, visit: Visit, wanted: Switch) -> Outcome:
    """Do it when it can be paid; otherwise the plan stays what it was."""
    if wanted.at_end:
        _plan(tx, wanted)
        return Outcome("paid")
    method = subscriptions.source(tx, wanted.subscription)
    if wanted.due and method is None:
        return Outcome("declined", CardDeclined("There is no card on file. Add one first."))
    if wanted.due and method and payments.foresee(tx, method) != "paid":
        intent = payments.new_intent(
            tx,
            wanted.due,
            wanted.subscription["currency"],
            visit.customer["id"],
            given={"description": "Subscription update", "setup_future_usage": "off_session"},
        )
        outcome = payments.confirm(tx, intent, method, on_session=True, return_url=visit.session["url"])
        visit.session[PRIVATE]["attempt"] = {
            "intent": intent["id"],
            "kind": "switch",
            "subscription": wanted.subscription["id"],
            "price": wanted.price["id"],
            "quantity": wanted.quantity,
            "moment": wanted.moment,
        }
        tx.save(visit.session)
        return outcome
    return _apply(tx, visit, wanted, None)


def _ends_trial(visit: Visit, subscription: Object) -> bool:
    """Does a change during the trial begin the first paid period?"""
    rule = visit.configuration["features"]["subscription_update"]["trial_update_behavior"]
    return subscription["status"] == "trialing" and rule == "end_trial"


def _waits(visit: Visit, subscription: Object, price: Object, quantity: int) -> bool:
    """Does this change wait for the period's end? The configuration names what does."""
    if subscription["status"] != "active":
        return False
    rules = visit.configuration["features"]["subscription_update"]["schedule_at_period_end"]["conditions"]
    item = subscription["items"]["data"][0]
    before, after = item["price"], price
    cheaper = after["unit_amount"] * quantity < before["unit_amount"] * item["quantity"]
    shorter = periods.step(0, after["recurring"], 1) < periods.step(0, before["recurring"], 1)
    fits = {"decreasing_item_amount": cheaper, "shortening_interval": shorter}
    return any(fits[rule["type"]] for rule in rules)


def _plan(tx: Tx, wanted: Switch) -> None:
    """A schedule: what was paid for to its end, then the new plan."""
    made = schedules_api.take_over(tx, wanted.subscription)
    made["metadata"]["made_by"] = "portal"
    item = {"price": wanted.price["id"], "quantity": wanted.quantity}
    then = {"items": [item], "iterations": 1, "proration_behavior": "none"}
    made["phases"] += schedules.build_phases(tx, [then], made["phases"][0]["end_date"])
    schedules.plan(tx, made)
    events.updated(tx, made)


def planned(tx: Tx, subscription: Object) -> Object | None:
    """The plan that a schedule leads to, as its phase."""
    found = tx.find(subscription["schedule"], "subscription_schedule") if subscription["schedule"] else None
    if found is None or found["status"] != "active":
        return None
    return next((phase for phase in found["phases"] if phase["start_date"] > tx.now), None)


def stay(tx: Tx, subscription: Object) -> None:
    """Keep the plan after all: what was planned is off."""
    found = tx.get("subscription_schedule", subscription["schedule"])
    schedules.release(tx, found)


def pause_for(tx: Tx, visit: Visit, subscription: Object, choice: int) -> None:
    """Pause at once; with a duration, it goes on by itself after that."""
    duration = visit.configuration["features"]["subscription_pause"]["duration"]
    pauses.pause(tx, subscription, credit=True, invoice_now=False)
    if duration["interval_options"]:
        option = duration["interval_options"][choice]
        tx.later("portal.resume", subscription["id"], periods.step(tx.now, option, 1))


@jobs.job("portal.resume")
def resume_paused(tx: Tx, id_: str) -> None:
    """The pause is over."""
    found = tx.find(id_, "subscription")
    if found and found["status"] == "paused":
        pauses.resume(tx, found, restart=True)


def resume(tx: Tx, subscription: Object) -> Outcome:
    """Go on before the pause is over."""
    tx.never("portal.resume", subscription["id"])
    return pauses.resume(tx, subscription, restart=True)


def _apply(tx: Tx, visit: Visit, wanted: Switch, intent: Object | None) -> Outcome:
    item = wanted.subscription["items"]["data"][0]
    given = [{"id": item["id"], "price": wanted.price["id"], "quantity": wanted.quantity}]
    behavior = visit.configuration["features"]["subscription_update"]["proration_behavior"]
    try:
        with tx.attempt():
            outcome = subscriptions.change_plan(
                tx,
                wanted.subscription,
                given,
                behavior=behavior,
                moment=wanted.moment,
                intent=intent,
                end_trial=_ends_trial(visit, wanted.subscription),
            )
            if outcome.error:
                raise outcome.error
            return outcome
    except CardDeclined as error:
        return Outcome("declined", error)


def switch_answered(tx: Tx, visit: Visit, intent: Object) -> Outcome:
    """The bank said yes: now the switch is made, with the payment that was asked about."""
    attempt = visit.session[PRIVATE]["attempt"]
    subscription = visit.subscription(tx, attempt["subscription"])
    price = tx.find(attempt["price"], "price")
    if subscription is None or price is None:
        return Outcome("declined", CardDeclined("This subscription can no longer be changed."))
    price = catalog.in_currency(price, subscription["currency"])
    wanted = preview(tx, visit, subscription, price, attempt["quantity"], attempt["moment"])
    if wanted.due != intent["amount"]:
        payments.cancel(tx, {"cancellation_reason": "abandoned"}, intent["id"])
        error = CardDeclined("Something changed meanwhile. Look at the new amount and confirm again.")
        return Outcome("declined", error)
    return _apply(tx, visit, wanted, intent)


def save_card(tx: Tx, visit: Visit, method: Object) -> Outcome:
    """Save a new card and let it pay from now on."""
    setup = setups.new_setup(tx, visit.customer["id"])
    outcome = setups.confirm(tx, setup, method, return_url=visit.session["url"])
    if outcome.paid:
        make_default(tx, visit.customer["id"], method["id"])
    elif outcome.result == "action":
        visit.session[PRIVATE]["attempt"] = {"intent": setup["id"], "kind": "card", "method": method["id"]}
        tx.save(visit.session)
    return outcome


def make_default(tx: Tx, customer_id: str, method_id: str) -> None:
    """This card pays: for the customer, and for every subscription that had a card of its own."""
    customer = tx.get("customer", customer_id)
    customer["invoice_settings"]["default_payment_method"] = method_id
    events.updated(tx, customer)
    for subscription in tx.of_customer("subscription", customer_id):
        if subscription["status"] not in subscriptions.ENDED and subscription["default_payment_method"]:
            subscription["default_payment_method"] = method_id
            events.updated(tx, subscription, _UPDATED)


def forget_card(tx: Tx, visit: Visit, method_id: str) -> None:
    """Take a card away that pays for nothing."""
    method = tx.find(method_id, "payment_method")
    if method and method["customer"] == visit.customer["id"] and not pays(tx, visit, method_id):
        payment_methods.detach(tx, {}, method_id)


def pays(tx: Tx, visit: Visit, method_id: str) -> bool:
    """Is this the card that pays for something?"""
    if visit.customer["invoice_settings"]["default_payment_method"] == method_id:
        return True
    return any(
        each["default_payment_method"] == method_id and each["status"] not in subscriptions.ENDED
        for each in tx.of_customer("subscription", visit.customer["id"])
    )


def cancel(tx: Tx, visit: Visit, subscription: Object, feedback: str | None, comment: str | None) -> None:
    """Cancel as the configuration says: at the end of the period, or now."""
    if planned(tx, subscription):
        stay(tx, subscription)  # there is nothing to change to any more
        subscription = tx.fresh(subscription)
    feature = visit.configuration["features"]["subscription_cancel"]
    allowed = feature["cancellation_reason"]["options"]
    details = subscription["cancellation_details"]
    details |= {"feedback": feedback if feedback in allowed else None, "comment": comment or None}
    if feature["mode"] == "immediately":
        subscriptions_api.end_now(
            tx,
            subscription,
            prorate=feature["proration_behavior"] != "none",
            invoice_now=feature["proration_behavior"] == "always_invoice",
        )
        return
    subscriptions.schedule_cancel(tx, subscription, at_period_end=True)
    events.updated(tx, subscription, _UPDATED)
    subscriptions.plan_jobs(tx, subscription)


def keep(tx: Tx, subscription: Object) -> None:
    """Don't cancel after all."""
    if subscription["cancel_at"] is None:
        raise Invalid("This subscription is not going to be canceled.")
    subscriptions.keep(subscription)
    events.updated(tx, subscription, _UPDATED)
    subscriptions.plan_jobs(tx, subscription)


def invoices_of(tx: Tx, visit: Visit) -> list[Object]:
    """The customer's invoices that have a number, newest first."""
    return [each for each in tx.of_customer("invoice", visit.customer["id"]) if each["status"] != "draft"]
