"""However the events of one thing that happened arrive, the same rows and the same mails come of it.

An event is a hint to look, so what can differ is when we look, and what an event does beside the look. Every order in
which the kinds of hints can come is played, every neighbour swapped, every beginning lost, every event repeated; beyond
that, orders drawn at random.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from saas_app.billing import webhooks
from saas_app.billing.portal import open_portal
from saas_app.billing.reconcile import keep_events
from saas_app.core import clock
from saas_app.core.viewer import Viewer
from tests.factories import a_user
from tests.proofs.conftest import OpenScene
from tests.proofs.scene import Picture, Scene, picture

Events = list[dict[str, Any]]
Story = Callable[[Scene], Callable[[], object]]  # what came before; then what happens, of which nothing is told
FAILS_LATER = "pm_card_chargeCustomerFail"


def _subscriber(scene: Scene, plan: str = "pro_v1") -> Viewer:
    ada = a_user()
    scene.run(scene.stripe.subscribe(ada, plan, "month"))
    _all_arrives(scene)
    return ada


def _all_arrives(scene: Scene) -> None:
    scene.tell(scene.events())
    scene.work()


def _only(scene: Scene) -> Any:
    return scene.stripe.all("subscriptions?status=all")[0]


def a_checkout(scene: Scene) -> Callable[[], object]:
    ada = a_user()
    url = scene.run(scene.stripe.begin(ada, "pro_v1", "year"))
    return lambda: scene.stripe.pay(url)


def a_renewal(scene: Scene) -> Callable[[], object]:
    _subscriber(scene)
    return lambda: scene.stripe.let_the_period_end(_only(scene)["id"])


def a_failed_renewal(scene: Scene) -> Callable[[], object]:
    _subscriber(scene)
    scene.stripe.take_card(_only(scene), FAILS_LATER)
    _all_arrives(scene)
    return lambda: scene.stripe.let_the_period_end(_only(scene)["id"])


def a_recovery(scene: Scene) -> Callable[[], object]:
    _subscriber(scene)
    scene.stripe.take_card(_only(scene), FAILS_LATER)
    scene.stripe.let_the_period_end(_only(scene)["id"])
    _all_arrives(scene)
    due = scene.stripe.all("invoices?status=open")[0]["hosted_invoice_url"]
    return lambda: scene.stripe.pay(due)


def a_change_of_plan(scene: Scene) -> Callable[[], object]:
    portal = scene.run(open_portal(_subscriber(scene)))
    return lambda: scene.stripe.switch(portal, _only(scene)["id"], "agent_v1_month")


def a_cancellation(scene: Scene) -> Callable[[], object]:
    _subscriber(scene)
    return lambda: scene.stripe.change(f"subscriptions/{_only(scene)['id']}", cancel_at_period_end="true")


def an_end(scene: Scene) -> Callable[[], object]:
    _subscriber(scene)
    scene.stripe.change(f"subscriptions/{_only(scene)['id']}", cancel_at_period_end="true")
    _all_arrives(scene)
    return lambda: scene.stripe.let_the_period_end(_only(scene)["id"])


def a_book(scene: Scene) -> Callable[[], object]:
    ada = a_user()
    url = scene.run(scene.stripe.begin_buying(ada))
    return lambda: scene.stripe.pay(url)


def a_refund(scene: Scene) -> Callable[[], object]:
    session_id = scene.run(scene.stripe.buy(a_user()))
    _all_arrives(scene)
    return lambda: scene.stripe.refund(session_id)


STORIES = [a_checkout, a_renewal, a_failed_renewal, a_change_of_plan, a_cancellation]
STORIES_TOO = [a_recovery, an_end, a_book, a_refund]
EACH = [*STORIES, *(pytest.param(each, marks=pytest.mark.long) for each in STORIES_TOO)]
SOME = 3
HOW_MANY = [pytest.param(SOME, id="some"), pytest.param(300, id="many", marks=pytest.mark.long)]


def _told_and_kept(scene: Scene, story: Story) -> tuple[Events, Picture]:
    """Play what came before, then the thing itself, of which nothing has arrived yet; what in order comes of it."""
    happen = story(scene)
    before = {each["id"] for each in scene.events()}
    scene.keep()
    happen()
    fresh = [each for each in scene.events() if each["id"] not in before]
    assert fresh
    seen = scene.play([])
    in_order = scene.play(fresh)
    assert in_order.mirror != seen.mirror  # it is something that we have to hear of
    return fresh, in_order


def _kind(event: dict[str, Any]) -> str:
    """What beside a look this type of event leads to."""
    if event["type"].startswith("checkout.session."):
        return event["type"]
    return next((str(types) for types, _ in webhooks.elsewhere if event["type"].startswith(types)), "a look")


def _orders_of_kinds(events: Events) -> Iterator[Events]:
    """One order of events for each order of their kinds."""
    left: dict[str, Events] = {}
    for event in events:
        left.setdefault(_kind(event), []).append(event)

    def go_on(so_far: Events) -> Iterator[Events]:
        if len(so_far) == len(events):
            yield so_far
        for some in left.values():
            if some:
                event = some.pop(0)
                yield from go_on([*so_far, event])
                some.insert(0, event)

    yield from go_on([])


@pytest.mark.parametrize("how_many", HOW_MANY)
@pytest.mark.parametrize("story", EACH)
def test_in_any_order_the_same_comes_of_it(open_scene: OpenScene, story: Story, how_many: int) -> None:
    scene = open_scene()
    events, expected = _told_and_kept(scene, story)
    dice = random.Random(story.__name__)  # noqa: S311
    orders = [list(reversed(events))]
    if how_many > SOME:
        orders += _orders_of_kinds(events)
        orders += [[*events[:at], events[at + 1], events[at], *events[at + 2 :]] for at in range(len(events) - 1)]
    orders += [dice.sample(events, len(events)) for _ in range(how_many)]
    for order in orders:
        between = dice.random() < 0.5
        assert scene.play(order, work_between=between) == expected, [each["type"] for each in order]


@pytest.mark.parametrize("story", EACH)
def test_twice_is_as_good_as_once(open_scene: OpenScene, story: Story) -> None:
    scene = open_scene()
    events, expected = _told_and_kept(scene, story)
    assert scene.play([*events, *events]) == expected
    each_twice = [again for event in events for again in (event, event)]
    assert scene.play(each_twice, work_between=False) == expected


@pytest.mark.parametrize("how_many", HOW_MANY)
@pytest.mark.parametrize("story", EACH)
def test_what_was_lost_at_the_beginning_is_made_up_for(open_scene: OpenScene, story: Story, how_many: int) -> None:
    """The mirror and the mails need the last event only; what we asked for is settled by the next list of events."""
    scene = open_scene()
    events, expected = _told_and_kept(scene, story)
    lost = [1, len(events) - 1] if how_many == SOME else range(1, len(events) + 1)
    for first in lost:
        found = scene.play(events[first:])
        if events[first:]:
            assert (found.mirror, found.mails) == (expected.mirror, expected.mails), events[first]["type"]
        scene.run(keep_events(clock.now().replace(year=2020), clock.now()))
        scene.work()
        assert picture() == expected
