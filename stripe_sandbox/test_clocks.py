"""Test clocks: a customer's own time, moved forward on request (docs.stripe.com/billing/testing/test-clocks).

An advance answers at once; the work is done behind it, piece by piece in the order of time, and the clock is
`ready` afterwards. A process that dies in the middle goes on where it was.
"""

from stripe_sandbox import events, lists, periods
from stripe_sandbox.api import Params, route
from stripe_sandbox.clock import DAY
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.jobs import Runner
from stripe_sandbox.store import PRIVATE, Object, Store, Tx, real_now

_KIND = "test_helpers.test_clock"
_LIVES = 30 * DAY
_RESOURCES = ("subscription", "subscription_schedule", "invoice", "invoiceitem")
_TWO_YEARS = {"interval": "year", "interval_count": 1}


@route("POST", "/v1/test_helpers/test_clocks", takes=["frozen_time", "name", "customer"])
def create(tx: Tx, params: Params) -> Object:
    made = {
        "id": new_id("clock"),
        "object": _KIND,
        "created": int(real_now()),
        "deletes_after": int(real_now()) + _LIVES,
        "frozen_time": params["frozen_time"],
        "livemode": False,
        "name": params.get("name"),
        "status": "ready",
        "status_details": {},
        PRIVATE: {"at": params["frozen_time"]},
    }
    events.created(tx, made, f"{_KIND}.created")
    if params.get("customer"):
        customer = tx.get("customer", params["customer"], param="customer")
        if customer["test_clock"] or tx.of_customer("subscription", customer["id"]):
            raise Invalid("This customer has a clock or subscriptions already.", param="customer")
        customer["test_clock"] = made["id"]
        tx.save(customer)
    return made


@route("GET", "/v1/test_helpers/test_clocks", takes=lists.PAGE)
def list_all(tx: Tx, params: Params) -> Object:
    return lists.page(tx, _KIND, "/v1/test_helpers/test_clocks", params)


@route("GET", "/v1/test_helpers/test_clocks/{test_clock}")
def retrieve(tx: Tx, params: Params, test_clock: str) -> Object:
    return tx.at(_KIND, test_clock)


@route("POST", "/v1/test_helpers/test_clocks/{test_clock}/advance", takes=["frozen_time"])
def advance(tx: Tx, params: Params, test_clock: str) -> Object:
    found = tx.at(_KIND, test_clock)
    target = params["frozen_time"]
    if target <= found["frozen_time"]:
        raise Invalid(
            "The test clock can only be advanced to a time after its current frozen time.", param="frozen_time"
        )
    if target > _furthest(tx, found):
        raise Invalid(
            "A test clock can be advanced by at most two intervals of its shortest subscription, "
            "or two years when it has none.",
            param="frozen_time",
        )
    found |= {"status": "advancing", "status_details": {"advancing": {"target_frozen_time": target}}}
    tx.save(found)
    events.emit(tx, f"{_KIND}.advancing", found)
    tx.woke.append("clock")
    return found


def _furthest(tx: Tx, found: Object) -> int:
    """Two of the shortest interval on this clock."""
    living = [
        each
        for each in tx.select("subscription", "json_extract(body, '$.test_clock') = ?", (found["id"],))
        if each["status"] not in ("canceled", "incomplete_expired")
    ]
    rhythms = [each["items"]["data"][0]["price"]["recurring"] for each in living] or [_TWO_YEARS]
    return min(periods.step(found["frozen_time"], rhythm, 2) for rhythm in rhythms)


def run(store: Store, runner: Runner) -> None:
    """Bring every clock that was asked to advance to its target."""
    with store.transaction() as tx:
        waiting = tx.select(_KIND, "json_extract(body, '$.status') = 'advancing'", order="ASC")
    for each in waiting:
        target = each["status_details"]["advancing"]["target_frozen_time"]
        good = runner.advance_test_clock(each["id"], target)
        with store.transaction() as tx:
            found = tx.find(each["id"], _KIND)
            if found is None or found.get("deleted"):
                continue
            found |= {"frozen_time": target, "status": "ready" if good else "internal_failure", "status_details": {}}
            found[PRIVATE]["at"] = target
            tx.save(found)
            events.emit(tx, f"{_KIND}.{found['status']}", found)


@route("DELETE", "/v1/test_helpers/test_clocks/{test_clock}")
def delete(tx: Tx, params: Params, test_clock: str) -> Object:
    found = tx.at(_KIND, test_clock)
    tx.db.execute("DELETE FROM jobs WHERE clock = ?", (test_clock,))
    for kind in (*_RESOURCES, "customer"):
        for each in tx.select(kind, "json_extract(body, '$.test_clock') = ?", (test_clock,)):
            tx.bury(each)
    events.emit(tx, f"{_KIND}.deleted", found)
    return tx.bury(found)
