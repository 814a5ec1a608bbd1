"""How long it takes until an open tab shows what happened at Stripe: change, webhook, look, row, push.

make bench
"""

import json
import statistics
import tempfile
import time
from pathlib import Path

import httpx

from tests.bench.figures import say
from tests.billing.shop import _CARD, GOOD_CARD
from tests.e2e.stack import Stack
from tests.socket.handlers import named
from tests.socket.people import ROOT, Account, Socket, connected, open_account

TIMES = 60
PAUSE_SECONDS = 0.3


def main() -> None:
    """Print one line per figure."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            ada = open_account(stack.url, "Ada")
            subscription = subscribe(stack, ada)
            with connected(stack.url, cookie=ada.cookie) as tab:
                tab.ask(f"{ROOT}.hydrate")
                tab.ask(named("account_state.load"))
                waits = [change(stack, tab, subscription, end=number % 2 == 0) for number in range(TIMES)]
        finally:
            stack.stop()
    parts = statistics.quantiles(waits, n=100)
    say("from Stripe's answer to the open tab", f"p50 {parts[49]:.0f} ms, p99 {parts[98]:.0f} ms")


def subscribe(stack: Stack, account: Account) -> str:
    """Pay on the hosted page, and wait until the app knows; gives the subscription's id."""
    headers = {"origin": stack.url, "cookie": f"session={account.cookie}", "x-forwarded-for": account.address}
    form = {"plan": "pro_v1", "billing": "year"}
    page = httpx.post(f"{stack.url}/billing/checkout", data=form, headers=headers).headers["location"]
    card = {"action": "pay", "number": GOOD_CARD, **_CARD}
    own = {"origin": stack.sandbox_url, "sec-fetch-site": "same-origin"}
    assert httpx.post(page, data=card, headers=own).is_redirect
    while not (found := stack.rows("SELECT stripe_subscription_id FROM subscriptions WHERE status = 'active'")):
        time.sleep(0.05)  # noqa: TID251
    return found[0][0]


def change(stack: Stack, tab: Socket, subscription: str, *, end: bool) -> float:
    """Cancel or keep the plan in Stripe; milliseconds until the tab says so."""
    stack.ask_stripe(f"/v1/subscriptions/{subscription}", f"cancel_at_period_end={json.dumps(end)}")
    began = time.perf_counter()
    while ('"Canceling"' in json.dumps(tab.hear())) is not end:
        continue
    waited = (time.perf_counter() - began) * 1000
    time.sleep(PAUSE_SECONDS)  # noqa: TID251  so that one push is over before the next
    return waited


if __name__ == "__main__":
    main()
