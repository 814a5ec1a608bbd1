"""What each state of a subscription opens. One row each in the table of Stripe's statuses, and an unknown one."""

from datetime import UTC, datetime, timedelta

import pytest

from saas_app.billing.entitlements import (
    Access,
    FeatureLocked,
    PlanFull,
    PlanLocked,
    access_of,
    entitlements,
    require,
    require_room,
)
from saas_app.billing.models import Subscription
from saas_app.billing.plans import PRO_V1, Feature, Limit
from saas_app.core import db
from tests.billing.rows import subscription
from tests.factories import a_user, as_system

NOW = datetime(2027, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "access"),
    [
        ("active", Access.FULL),
        ("trialing", Access.FULL),
        ("past_due", Access.GRACE),
        ("unpaid", Access.READ_ONLY),
        ("paused", Access.NONE),
        ("incomplete", Access.NONE),
        ("incomplete_expired", Access.NONE),
        ("canceled", Access.NONE),
        ("a_status_stripe_will_invent", Access.NONE),
    ],
)
def test_each_status_has_a_decided_access(status: str, access: Access) -> None:
    assert access_of(subscription("usr_1", status=status, past_due_since=NOW), NOW) is access


def test_a_failed_renewal_keeps_its_features_for_seven_days() -> None:
    row = subscription("usr_1", status="past_due", past_due_since=NOW)
    assert access_of(row, NOW + timedelta(days=6, hours=23)) is Access.GRACE
    assert access_of(row, NOW + timedelta(days=7)) is Access.READ_ONLY


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "unpaid"])
def test_a_paused_collection_that_voids_its_invoices_opens_nothing(status: str) -> None:
    row = subscription("usr_1", status=status, past_due_since=NOW, pause_behavior="void")
    assert access_of(row, NOW) is Access.NONE


@pytest.mark.parametrize("behavior", ["keep_as_draft", "mark_uncollectible"])
def test_a_collection_that_waits_takes_nothing_away(behavior: str) -> None:
    assert access_of(subscription("usr_1", pause_behavior=behavior), NOW) is Access.FULL


@pytest.mark.parametrize("status", ["unpaid", "past_due"])
def test_a_plan_that_was_not_paid_is_read_only_and_says_what_opens_it(database: str, status: str) -> None:
    user = a_user()
    _add(subscription(user.id, status=status, past_due_since=datetime(2020, 1, 1, tzinfo=UTC)))
    with db.session_for(user.id, read_only=True) as session:
        found = entitlements(session)
        assert (found.plan.key, found.access, found.locked) == ("free", Access.READ_ONLY, PRO_V1)
        require_room(session, Limit.SCENARIOS, 1)
        with pytest.raises(PlanLocked, match="Pro is locked until it is paid"):
            require(session, Feature.COMPARE)
        with pytest.raises(PlanLocked):
            require_room(session, Limit.SCENARIOS, 2)
        with pytest.raises(FeatureLocked):  # paying would not open it
            require(session, Feature.CLIENT_FOLDER)


def test_of_two_subscriptions_the_oldest_that_opens_something_counts(database: str) -> None:
    user = a_user()
    _add(subscription(user.id, id="sub_3", plan_key="agent_v1", created_at=NOW + timedelta(days=2)))
    _add(subscription(user.id, id="sub_2", created_at=NOW + timedelta(days=1)))
    _add(subscription(user.id, id="sub_1", status="unpaid", created_at=NOW))
    with db.session_for(user.id, read_only=True) as session:
        found = entitlements(session)
    assert found.subscription is not None
    assert found.subscription.stripe_subscription_id == "sub_2"


def test_somebody_without_a_subscription_is_on_free(database: str) -> None:
    user = a_user()
    with db.session_for(user.id, read_only=True) as session:
        assert entitlements(session).plan.key == "free"


def test_an_unknown_plan_grants_nothing(database: str) -> None:
    user = a_user()
    _add(subscription(user.id, plan_key="gold_v9"))
    with db.session_for(user.id, read_only=True) as session:
        assert entitlements(session).plan.key == "free"


def test_a_canceled_subscription_does_not_hide_a_later_live_one(database: str) -> None:
    user = a_user()
    _add(subscription(user.id, id="sub_old", status="canceled", created_at=NOW))
    _add(subscription(user.id, id="sub_new", created_at=NOW + timedelta(days=1)))
    with db.session_for(user.id, read_only=True) as session:
        found = entitlements(session)
    assert found.plan.key == "pro_v1"
    assert found.subscription is not None
    assert found.subscription.stripe_subscription_id == "sub_new"


def test_somebody_elses_subscription_opens_nothing_for_me(database: str) -> None:
    payer, other = a_user("Ada"), a_user("Bob")
    _add(subscription(payer.id))
    with db.session_for(other.id, read_only=True) as session, pytest.raises(FeatureLocked):
        require(session, Feature.COMPARE)


def test_a_locked_feature_names_the_cheapest_plan_that_has_it(database: str) -> None:
    user = a_user()
    with db.session_for(user.id, read_only=True) as session, pytest.raises(FeatureLocked) as refused:
        require(session, Feature.CLIENT_FOLDER)
    assert refused.value.plan.key == "agent_v1"
    assert "Agent" in str(refused.value)


def test_a_full_plan_says_how_many_it_holds_and_which_plan_holds_more(database: str) -> None:
    user = a_user()
    with db.session_for(user.id, read_only=True) as session:
        require_room(session, Limit.SCENARIOS, 1)
        with pytest.raises(PlanFull, match="2 scenarios") as refused:
            require_room(session, Limit.SCENARIOS, 2)
    assert refused.value.plan.key == "pro_v1"


def _add(row: Subscription) -> None:
    as_system(lambda session: session.add(row))
