"""What each state of a subscription opens. One row each in the table of Stripe's statuses, and an unknown one."""

from datetime import UTC, datetime, timedelta

import pytest

from saas_app.billing.entitlements import (
    Access,
    FeatureLocked,
    PlanFull,
    access_of,
    entitlements,
    require,
    require_room,
)
from saas_app.billing.models import Subscription
from saas_app.billing.plans import Feature, Limit
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
        ("unpaid", Access.NONE),
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
    assert access_of(row, NOW + timedelta(days=7)) is Access.NONE


def test_a_paused_collection_that_voids_its_invoices_opens_nothing() -> None:
    assert access_of(subscription("usr_1", pause_behavior="void"), NOW) is Access.NONE
    assert access_of(subscription("usr_1", pause_behavior="keep_as_draft"), NOW) is Access.FULL


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
        require(session, Feature.CLIENT_NAMES)
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
