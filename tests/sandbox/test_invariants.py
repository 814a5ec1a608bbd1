"""Whatever is called in whatever order, the books stay right."""

import json
import os
from collections import defaultdict
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from stripe_sandbox import operations
from stripe_sandbox.api import Api, Reply, Request
from stripe_sandbox.jobs import Runner
from stripe_sandbox.store import Store
from stripe_sandbox.test_clocks import run

assert operations
DAY = 86400
CARDS = ["pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_threeDSecure2Required", "pm_card_visa_debit"]
"""Which cards customers hold: one that pays, one that is declined, one that asks."""


class Business(RuleBasedStateMachine):
    """Somebody who clicks everything: customers, plans, cards, coupons, time."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store(":memory:")
        self.api = Api(self.store)
        self.runner = Runner(self.store)
        self.subscriptions: list[str] = []
        self.keys = 0

    def teardown(self) -> None:
        self.store.close()

    # -- how it calls

    def send(self, method: str, path: str, form: dict[str, Any] | None = None, key: str | None = None) -> Reply:
        body = "&".join(f"{name}={value}" for name, value in (form or {}).items())
        headers = {"authorization": "Bearer sk_test_x", "stripe-version": "2026-10-28.endive"}
        if key:
            headers["idempotency-key"] = key
        query, text = (body, "") if method == "GET" else ("", body)
        reply = self.api.answer(Request(method, path, query, text, headers, "http://127.0.0.1:4242"))
        assert reply.status < 500, reply.body
        return reply

    def post(self, path: str, **form: Any) -> Any:
        reply = self.send("POST", path, form)
        return json.loads(reply.body)

    def every(self, kind: str) -> list[Any]:
        with self.store.transaction() as tx:
            return tx.select(kind)

    # -- the beginning

    @initialize()
    def open_shop(self) -> None:
        self.prices = []
        for name, amount, interval in (("Pro", 1900, "month"), ("Team", 4999, "month"), ("Year", 19000, "year")):
            product = self.post("/v1/products", name=name)["id"]
            wanted = {"product": product, "unit_amount": amount, "currency": "usd", "recurring[interval]": interval}
            self.prices.append(self.post("/v1/prices", **wanted)["id"])
        self.coupons = [
            self.post("/v1/coupons", percent_off=33.3, duration="forever")["id"],
            self.post("/v1/coupons", amount_off=2500, currency="usd", duration="once")["id"],
        ]
        self.clock = self.post("/v1/test_helpers/test_clocks", frozen_time=1_893_456_000)["id"]
        self.customers = []
        for email in ("ann@example.com", "bob@example.com"):
            customer = self.post("/v1/customers", email=email, test_clock=self.clock)["id"]
            self.customers.append(customer)
            self.use_card(customer, CARDS[0])
            self.subscribe_to(customer, self.prices[0])
        self.use_card(self.customers[1], CARDS[1])

    def subscribe_to(self, customer: str, price: str, **more: Any) -> None:
        made = self.post("/v1/subscriptions", customer=customer, **{"items[0][price]": price, **more})
        if "id" in made:
            self.subscriptions.append(made["id"])

    def use_card(self, customer: str, card: str) -> None:
        saved = self.post(f"/v1/payment_methods/{card}/attach", customer=customer)
        if "id" in saved:
            default = {"invoice_settings[default_payment_method]": saved["id"]}
            self.post(f"/v1/customers/{customer}", **default)

    # -- what may happen

    @rule(who=st.integers(0, 1), card=st.sampled_from(CARDS))
    def change_card(self, who: int, card: str) -> None:
        self.use_card(self.customers[who], card)

    @rule(
        who=st.integers(0, 1),
        price=st.integers(0, 2),
        quantity=st.integers(1, 3),
        coupon=st.sampled_from([None, 0, 1]),
        trial=st.sampled_from([0, 0, 5]),
        behavior=st.sampled_from(["allow_incomplete", "default_incomplete", "error_if_incomplete"]),
    )
    def subscribe(self, who: int, price: int, quantity: int, coupon: int | None, trial: int, behavior: str) -> None:
        form: dict[str, Any] = {"items[0][quantity]": quantity, "payment_behavior": behavior}
        if coupon is not None:
            form["discounts[0][coupon]"] = self.coupons[coupon]
        if trial:
            form["trial_period_days"] = trial
        self.subscribe_to(self.customers[who], self.prices[price], **form)

    @precondition(lambda self: self.subscriptions)
    @rule(
        which=st.integers(0, 99),
        price=st.integers(0, 2),
        quantity=st.integers(1, 3),
        proration=st.sampled_from(["create_prorations", "always_invoice", "none"]),
        behavior=st.sampled_from(["allow_incomplete", "error_if_incomplete", "pending_if_incomplete"]),
    )
    def change_plan(self, which: int, price: int, quantity: int, proration: str, behavior: str) -> None:
        id_ = self.subscriptions[which % len(self.subscriptions)]
        found = json.loads(self.send("GET", f"/v1/subscriptions/{id_}").body)
        form = {
            "items[0][id]": found["items"]["data"][0]["id"],
            "items[0][price]": self.prices[price],
            "items[0][quantity]": quantity,
            "proration_behavior": proration,
            "payment_behavior": behavior,
        }
        self.post(f"/v1/subscriptions/{id_}", **form)

    @precondition(lambda self: self.subscriptions)
    @rule(
        which=st.integers(0, 99),
        what=st.sampled_from(["leave", "stay", "end", "pause", "resume", "hold", "collect", "schedule", "trial_over"]),
    )
    def turn(self, which: int, what: str) -> None:
        path = f"/v1/subscriptions/{self.subscriptions[which % len(self.subscriptions)]}"
        if what == "leave":
            self.post(path, cancel_at_period_end="true")
        elif what == "stay":
            self.post(path, cancel_at_period_end="false")
        elif what == "end":
            self.send("DELETE", path, {"prorate": "true"})
        elif what in ("pause", "resume"):
            self.post(f"{path}/{what}")
        elif what == "hold":
            self.post(path, **{"pause_collection[behavior]": "void"})
        elif what == "collect":
            self.post(path, pause_collection="")
        elif what == "trial_over":
            self.post(path, trial_end="now")
        else:
            self.post("/v1/subscription_schedules", from_subscription=path.rsplit("/", 1)[1])

    @rule()
    def wait_for_the_next_month(self) -> None:
        self.pass_time(31)

    @rule()
    def wait_for_the_bank(self) -> None:
        self.pass_time(8)

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.pass_time(days)

    def pass_time(self, days: int) -> None:
        path = f"/v1/test_helpers/test_clocks/{self.clock}"
        at = json.loads(self.send("GET", path).body)["frozen_time"]
        self.post(f"{path}/advance", frozen_time=at + days * DAY)
        run(self.store, self.runner)
        assert json.loads(self.send("GET", path).body)["status"] == "ready"

    @rule(which=st.integers(0, 99), amount=st.sampled_from(["", "100"]))
    def refund(self, which: int, amount: str) -> None:
        charges = self.every("charge")
        if charges:
            form = {"charge": charges[which % len(charges)]["id"], **({"amount": amount} if amount else {})}
            self.post("/v1/refunds", **form)

    @rule(which=st.integers(0, 99), what=st.sampled_from(["pay", "void", "mark_uncollectible"]))
    def settle_invoice(self, which: int, what: str) -> None:
        open_ones = [each for each in self.every("invoice") if each["status"] == "open"]
        if open_ones:
            self.post(f"/v1/invoices/{open_ones[which % len(open_ones)]['id']}/{what}")

    @rule(who=st.integers(0, 1), amount=st.integers(-5000, 5000))
    def bill_a_thing(self, who: int, amount: int) -> None:
        customer = self.customers[who]
        self.post("/v1/invoiceitems", customer=customer, amount=amount, currency="usd")
        made = self.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")
        self.post(f"/v1/invoices/{made['id']}/finalize")

    @rule(who=st.integers(0, 1))
    def repeat_a_call(self, who: int) -> None:
        """The same key twice: the same answer, and nothing happens again."""
        self.keys += 1
        form = {"customer": self.customers[who], "amount": 700, "currency": "usd"}
        first = self.send("POST", "/v1/payment_intents", form, key=f"key-{self.keys}")
        count = len(self.every("event"))
        second = self.send("POST", "/v1/payment_intents", form, key=f"key-{self.keys}")
        assert (second.status, second.body) == (first.status, first.body)
        assert len(self.every("event")) == count

    # -- what must always be true

    @invariant()
    def invoices_add_up(self) -> None:
        for invoice in self.every("invoice"):
            lines = invoice["lines"]["data"]
            off = sum(part["amount"] for line in lines for part in line["discount_amounts"])
            assert invoice["subtotal"] == sum(line["amount"] for line in lines)
            assert invoice["total"] == invoice["subtotal"] - off
            assert invoice["amount_due"] == max(0, invoice["total"] + invoice["starting_balance"])
            assert all(part["amount"] >= 0 for line in lines for part in line["discount_amounts"])

    @invariant()
    def paid_invoices_were_paid(self) -> None:
        taken: dict[str, int] = defaultdict(int)
        for charge in self.every("charge"):
            if charge["status"] == "succeeded":
                taken[charge["payment_intent"]] += charge["amount_captured"]
                assert 0 <= charge["amount_refunded"] <= charge["amount_captured"]
        for payment in self.every("invoice_payment"):
            intent = payment["payment"]["payment_intent"]
            if payment["status"] == "paid":
                assert taken[intent] == payment["amount_paid"]
            else:
                assert taken[intent] == 0
        paid = {each["invoice"] for each in self.every("invoice_payment") if each["status"] == "paid"}
        for invoice in self.every("invoice"):
            if invoice["status"] == "paid" and invoice["amount_due"]:
                assert invoice["id"] in paid

    @invariant()
    def balances_are_the_sum_of_their_history(self) -> None:
        moved: dict[str, int] = defaultdict(int)
        for each in self.every("customer_balance_transaction"):
            moved[each["customer"]] += each["amount"]
        for customer in self.every("customer"):
            assert customer["balance"] == moved[customer["id"]]

    @invariant()
    def what_has_ended_bills_nothing(self) -> None:
        ended = {each["id"]: each["ended_at"] for each in self.every("subscription") if each["ended_at"]}
        with self.store.transaction() as tx:
            planned = {row[0] for row in tx.db.execute("SELECT object FROM jobs WHERE kind LIKE 'subscription.%'")}
            failed = tx.db.execute("SELECT kind, failed FROM jobs WHERE failed IS NOT NULL").fetchall()
        assert failed == []
        assert not planned & set(ended)
        for invoice in self.every("invoice"):
            parent = invoice["parent"]
            id_ = parent and parent["subscription_details"]["subscription"]
            if id_ in ended:
                assert invoice["created"] <= ended[id_]

    @invariant()
    def events_tell_how_things_are(self) -> None:
        """Whoever only listened knows what a subscription, an invoice, a customer looks like."""
        known: dict[str, Any] = {}
        for event in reversed(self.every("event")):
            told = event["data"]["object"]
            if "id" in told:
                known[told["id"]] = told
        for kind in (
            "subscription",
            "customer",
            "subscription_schedule",
            "invoice",
            "payment_intent",
            "price",
            "product",
        ):
            for thing in self.every(kind):
                silent = ("_", "next_invoice_sequence", "webhooks_delivered_at", "updated")
                public = {key: value for key, value in thing.items() if key not in silent}
                heard = {key: value for key, value in known[thing["id"]].items() if key not in silent}
                differ = {key: (heard.get(key), public.get(key)) for key in public if heard.get(key) != public.get(key)}
                assert (kind, differ) == (kind, {})

    @invariant()
    def each_period_is_billed_once(self) -> None:
        seen: set[tuple[str, int, int]] = set()
        for invoice in self.every("invoice"):
            if invoice["billing_reason"] != "subscription_cycle" or invoice["status"] == "void":
                continue
            for line in invoice["lines"]["data"]:
                details = (line["parent"] or {}).get("subscription_item_details")
                if details and not details["proration"]:
                    key = (details["subscription_item"], line["period"]["start"], line["period"]["end"])
                    assert key not in seen
                    seen.add(key)


def test_the_books_stay_right_whatever_is_called() -> None:
    budget = settings(
        max_examples=int(os.environ.get("EXAMPLES", "40")),
        stateful_step_count=25,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    run_state_machine_as_test(Business, settings=budget)
