"""Stripe's own command line finds nothing to complain about."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox import stripe_cli
from tests.sandbox.shop import Receiver, wait_until

PROGRAM, why = stripe_cli.find()
if PROGRAM is None:  # said once for all of them; everything else runs
    pytest.skip(f"Stripe CLI {stripe_cli.VERSION} cannot be had from the npm registry: {why}", allow_module_level=True)

# what a subscription business never meets: other products of Stripe's
ELSEWHERE = (
    "account.application",
    "account.updated",
    "balance",
    "cash_balance",
    "credit_note.voided",
    "customer.source",
    "customer_cash",
    "identity",
    "issuing",
    "payment_intent.partially_funded",
    "plan.",
    "payout",
    "quote",
    "reporting",
    "tax_rate",
    "topup",
    "transfer",
    "v1.billing",
)
FITTING = [
    "billing_portal.configuration.created",
    "billing_portal.configuration.updated",
    "billing_portal.session.created",
    "charge.captured",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.failed",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "coupon.created",
    "coupon.deleted",
    "coupon.updated",
    "credit_note.created",
    "credit_note.updated",
    "customer.created",
    "customer.deleted",
    "customer.discount.created",
    "customer.discount.deleted",
    "customer.discount.updated",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.updated",
    "invoice.created",
    "invoice.deleted",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.sent",
    "invoice.updated",
    "invoice.voided",
    "invoiceitem.created",
    "invoiceitem.deleted",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_link.created",
    "payment_link.updated",
    "payment_method.attached",
    "payment_method.detached",
    "payment_method.updated",
    "price.created",
    "price.updated",
    "product.created",
    "product.deleted",
    "product.updated",
    "promotion_code.created",
    "promotion_code.updated",
    "setup_intent.canceled",
    "setup_intent.created",
    "setup_intent.requires_action",
    "setup_intent.setup_failed",
    "setup_intent.succeeded",
    "subscription.payment_failed",
    "subscription.payment_succeeded",
    "subscription_schedule.aborted",
    "subscription_schedule.canceled",
    "subscription_schedule.completed",
    "subscription_schedule.created",
    "subscription_schedule.expiring",
    "subscription_schedule.released",
    "subscription_schedule.updated",
    "test_helpers.test_clock.advancing",
    "test_helpers.test_clock.created",
    "test_helpers.test_clock.deleted",
    "test_helpers.test_clock.ready",
]
OTHER_NAME = {
    "subscription.payment_failed": "invoice.payment_failed",
    "subscription.payment_succeeded": "invoice.payment_succeeded",
}


def asked(url: str, path: str, **params: str) -> Any:
    return httpx.get(f"{url}{path}", params=params, headers={"Authorization": f"Bearer {stripe_cli.KEY}"}).json()


def test_the_list_of_triggers_is_the_programs_own() -> None:
    said = subprocess.run([PROGRAM, "trigger", "--help"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    names = said.split("Supported events:")[1].split("Usage:")[0].split()
    assert [name for name in names if not name.startswith(ELSEWHERE)] == FITTING
    assert len(FITTING) == 81


@pytest.mark.parametrize("name", FITTING)
def test_a_trigger_passes_and_its_event_happened(fresh: str, name: str) -> None:
    if name.startswith("billing_portal.session"):  # as in Stripe, somebody sets the portal up first
        stripe_cli.run(fresh, "trigger", "billing_portal.configuration.created")
    done = stripe_cli.run(fresh, "trigger", name)
    assert done.returncode == 0, done.stderr
    wanted = OTHER_NAME.get(name, name)
    assert wait_until(lambda: asked(fresh, "/v1/events", type=wanted)["data"])


@contextmanager
def listening(url: str, forward_to: str) -> Iterator[str]:
    """`stripe listen`, ready; the secret that it names."""
    words = ["listen", "--all-snapshot", "--skip-update", "--no-wss", "--forward-to", forward_to]
    line, env = stripe_cli.command(url, *words)
    process = subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603
    try:
        assert process.stdout is not None
        said = next(text for text in process.stdout if "signing secret" in text)
        yield re.findall(r"whsec_\w+", said)[0]
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_listen_forwards_what_happens_and_resend_sends_it_again(fresh: str, receiver: Receiver) -> None:
    with listening(fresh, receiver.url) as secret:
        assert stripe_cli.run(fresh, "trigger", "customer.created").returncode == 0
        wait_until(lambda: receiver.received)
        event = stripe.Webhook.construct_event(*receiver.received[0], secret)
        assert event.type == "customer.created"
        assert stripe_cli.run(fresh, "events", "resend", event.id).returncode == 0
        wait_until(lambda: len(receiver.received) > 1)
        assert stripe.Webhook.construct_event(*receiver.received[1], secret).id == event.id
        log = wait_until(lambda: httpx.get(f"{fresh}/_sandbox/deliveries?event={event.id}").json()["data"])
    assert (log[0]["endpoint"], log[0]["state"]) == ("stripe listen", "delivered")


def test_listen_shows_an_app_that_refuses(fresh: str, receiver: Receiver) -> None:
    receiver.answers = [500]
    with listening(fresh, receiver.url):
        stripe_cli.run(fresh, "trigger", "product.created")
        log = wait_until(lambda: httpx.get(f"{fresh}/_sandbox/deliveries").json()["data"])
    assert (log[0]["state"], log[0]["attempts"][0]["status"]) == ("failed", 500)


def test_a_stranger_cannot_listen(fresh: str) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    for more in ({}, {"Websocket-Id": "guess"}, {"Origin": "http://evil.test"}, {"Origin": fresh}):
        answer = httpx.get(f"{fresh}/stripecli/listen", headers={**upgrade, **more})
        assert answer.status_code == 403, more


def test_get_list_and_fixtures_work(fresh: str, tmp_path: Path) -> None:
    seed = {
        "_meta": {"template_version": 0},
        "fixtures": [
            {"name": "who", "path": "/v1/customers", "method": "post", "params": {"email": "seed@example.com"}},
            {"name": "what", "path": "/v1/products", "method": "post", "params": {"name": "Seed"}},
            {
                "name": "price",
                "path": "/v1/prices",
                "method": "post",
                "params": {"product": "${what:id}", "currency": "usd", "unit_amount": 900},
            },
        ],
    }
    (tmp_path / "seed.json").write_text(json.dumps(seed))
    assert stripe_cli.run(fresh, "fixtures", str(tmp_path / "seed.json")).returncode == 0
    listed = json.loads(stripe_cli.run(fresh, "customers", "list").stdout)
    assert [each["email"] for each in listed["data"]] == ["seed@example.com"]
    price = json.loads(stripe_cli.run(fresh, "get", "/v1/prices").stdout)["data"][0]
    assert price["unit_amount"] == 900
    assert json.loads(stripe_cli.run(fresh, "get", price["id"]).stdout)["id"] == price["id"]
