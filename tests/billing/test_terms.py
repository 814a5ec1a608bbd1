"""What a product's metadata in Stripe changes of its plan, and what it never can."""

import pytest

from saas_app.billing import catalogue
from saas_app.billing.account import sync_account
from saas_app.billing.entitlements import FeatureLocked, PlanFull, entitlements, require, require_room
from saas_app.billing.plans import AGENT_V1, FREE, PRO_V1, Feature, Limit
from saas_app.billing.setup import sync_catalogue
from saas_app.billing.terms import read_terms, with_terms
from saas_app.core import db
from tests.billing.shop import Stripe
from tests.factories import a_user, as_system


def test_metadata_says_how_many_a_plan_holds_and_what_it_opens() -> None:
    read = read_terms(
        {"limit_scenarios": "5", "feature_compare": "false", "feature_client_folder": "TRUE", "order": "2"}
    )
    assert (read.limits, read.features, read.position) == (
        {"scenarios": 5},
        {"compare": False, "client_folder": True},
        2,
    )
    plan = with_terms(PRO_V1, read.limits, read.features)
    assert plan.limit(Limit.SCENARIOS) == 5
    assert plan.features == PRO_V1.features - {Feature.COMPARE} | {Feature.CLIENT_FOLDER}
    assert with_terms(FREE, {"scenarios": None}, {}).limit(Limit.SCENARIOS) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("limit_scenarios", "many"),
        ("limit_scenarios", "-1"),
        ("limit_scenarios", "5.5"),
        ("limit_scenarios", ""),
        ("limit_scenarios", "9" * 30),
        ("limit_scenarios", "٣"),
        ("limit_moons", "5"),
        ("feature_compare", "maybe"),
        ("feature_compare", "1"),
        ("feature_everything", "true"),
        ("order", "first"),
    ],
)
def test_what_cannot_be_read_is_said_and_changes_nothing(key: str, value: str) -> None:
    read = read_terms({key: value, "plan": "pro_v1", "colour": "red"})
    assert len(read.problems) == 1
    assert with_terms(PRO_V1, read.limits, read.features) == PRO_V1


def test_names_that_an_older_code_does_not_know_grant_nothing() -> None:
    assert with_terms(PRO_V1, {"moons": 5}, {"everything": True}) == PRO_V1


async def test_an_edit_of_the_metadata_reaches_the_gates_of_subscribers(shop: Stripe) -> None:
    ada = a_user()
    await shop.subscribe(ada)
    await sync_account(ada.id)
    pro = next(each for each in shop.all("products") if each["metadata"].get("plan") == "pro_v1")
    shop.change(f"products/{pro['id']}", **{"metadata[limit_scenarios]": "5", "metadata[feature_compare]": "false"})
    await sync_catalogue()
    with db.session_for(ada.id, read_only=True) as session:
        assert entitlements(session).plan.limit(Limit.SCENARIOS) == 5
        with pytest.raises(PlanFull) as full:
            require_room(session, Limit.SCENARIOS, 5)
        assert str(full.value) == "Your plan holds 5 scenarios. Agent holds more."
        with pytest.raises(FeatureLocked) as locked:
            require(session, Feature.COMPARE)
        assert (locked.value.plan.key, locked.value.need) == (AGENT_V1.key, "compare")
    shop.change(f"products/{pro['id']}", **{"metadata[limit_scenarios]": "", "metadata[feature_compare]": "oui"})
    await sync_catalogue()
    with db.session_for(ada.id, read_only=True) as session:
        assert entitlements(session).plan == PRO_V1
    assert as_system(catalogue.misread) == ["Pro: feature_compare is “oui”, and has to be true or false"]


async def test_a_feature_that_no_plan_has_any_more_is_refused_without_an_offer(shop: Stripe) -> None:
    for product in shop.all("products"):
        shop.change(f"products/{product['id']}", **{"metadata[feature_compare]": "false"})
    await sync_catalogue()
    with db.session_for(a_user().id, read_only=True) as session, pytest.raises(FeatureLocked) as locked:
        require(session, Feature.COMPARE)
    assert str(locked.value) == "Compare is part of no plan at the moment."
