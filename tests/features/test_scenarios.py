"""Saving loan scenarios: what a plan holds, and whose they are."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlmodel import col, select

from saas_app.billing.entitlements import FeatureLocked, PlanFull, PlanLocked
from saas_app.billing.models import Subscription
from saas_app.core import db
from saas_app.core.errors import NotFound
from saas_app.core.viewer import Viewer
from saas_app.features.loans import service
from saas_app.features.loans.forms import LoanForm
from saas_app.features.loans.models import Scenario
from saas_app.features.loans.schedule import Loan
from tests.billing.rows import subscription
from tests.factories import a_user, as_system


def test_free_saves_two_scenarios_and_the_third_is_refused_with_the_plan_that_holds_more(database: str) -> None:
    ada = a_user()
    for name in ("River flat", "Hill flat"):
        save(ada, name)
    with pytest.raises(PlanFull, match=r"2 scenarios\. Pro holds more"):
        save(ada, "Third flat")
    assert names(ada) == ["River flat", "Hill flat"]


def test_working_out_a_loan_needs_no_more_than_reading(database: str) -> None:
    with db.session_for(a_user(), read_only=True) as session:
        assert service.work_out(session, a_form("x")).payment == "€948.42"


def test_a_plan_that_is_not_paid_leaves_everything_to_read_and_nothing_new_to_make(database: str) -> None:
    ada = a_pro()
    for number in range(4):
        save(ada, f"Flat {number}")
    as_system(lambda session: setattr(session.exec(select(Subscription)).one(), "status", "unpaid"))
    with db.session_for(ada, read_only=True) as session:
        found = service.desk(session)
    assert [each.locked for each in found.scenarios] == [False, False, True, True]
    assert [each.name for each in found.scenarios] == ["Flat 0", "Flat 1", "Flat 2", "Flat 3"]
    with pytest.raises(PlanLocked, match="Pro is locked until it is paid"):
        save(ada, "Flat 5")
    assert len(names(ada)) == 4


def test_pro_saves_without_limit(database: str) -> None:
    ada = a_pro()
    for number in range(5):
        save(ada, f"Flat {number}")
    assert len(names(ada)) == 5


def test_ten_tabs_that_save_at_once_do_not_get_past_the_limit(database: str) -> None:
    ada = a_user()

    def one(number: int) -> bool:
        try:
            save(ada, f"Flat {number}")
        except PlanFull:
            return False
        return True

    with ThreadPoolExecutor(10) as tabs:
        saved = list(tabs.map(one, range(10)))
    assert saved.count(True) == 2
    assert len(names(ada)) == 2


def test_after_a_plan_ends_everything_stays_readable_and_what_is_beyond_free_is_marked(database: str) -> None:
    ada = a_pro()
    for number in range(3):
        save(ada, f"Flat {number}")
    as_system(lambda session: session.merge(subscription(ada.id, status="canceled")))
    with db.session_for(ada, read_only=True) as session:
        desk = service.desk(session)
    assert [view.locked for view in desk.scenarios] == [False, False, True]
    assert desk.full
    with pytest.raises(PlanFull):
        save(ada, "Fourth")


def test_early_repayment_and_comparison_and_clients_are_refused_on_free_and_nothing_is_saved(database: str) -> None:
    ada = a_user()
    for form in (a_form("x", extra=100_00), a_form("x", client="Bob")):
        with pytest.raises(FeatureLocked), db.session_for(ada) as session:
            service.save_scenario(session, form)
    with pytest.raises(FeatureLocked), db.session_for(ada, read_only=True) as session:
        service.compare(session)
    assert names(ada) == []


def test_comparison_puts_the_cheapest_interest_first(database: str) -> None:
    ada = a_pro()
    with db.session_for(ada) as session:
        service.save_scenario(session, a_form("dear", rate="5"))
        service.save_scenario(session, a_form("cheap", rate="2"))
    with db.session_for(ada, read_only=True) as session:
        assert [view.name for view in service.compare(session)] == ["cheap", "dear"]


def test_somebody_elses_scenario_is_as_unknown_as_one_that_never_was(database: str) -> None:
    ada, bob = a_user("Ada"), a_user("Bob")
    theirs = save(bob, "Bob's flat")
    answers = []
    for wanted in (theirs, "scn_never_was"):
        with pytest.raises(NotFound) as refused, db.session_for(ada) as session:
            service.delete_scenario(session, wanted)
        answers.append(str(refused.value))
    assert answers[0] == answers[1]
    assert names(ada) == []
    assert names(bob) == ["Bob's flat"]


def test_the_largest_loan_that_the_form_takes_fits_into_the_database(database: str) -> None:
    ada = a_user()
    with db.session_for(ada) as session:
        saved = service.save_scenario(session, a_form("palace", principal=100_000_000_00))
    assert "€100,000,000" in saved.terms


def a_form(name: str, *, principal: int = 200_000_00, rate: str = "3", extra: int = 0, client: str = "") -> LoanForm:
    return LoanForm(name, client, Loan(principal, Decimal(rate), 25, extra))


def a_pro(name: str = "Ada") -> Viewer:
    viewer = a_user(name)
    as_system(lambda session: session.add(subscription(viewer.id)))
    return viewer


def save(viewer: Viewer, name: str) -> str:
    with db.session_for(viewer) as session:
        return service.save_scenario(session, a_form(name)).id


def names(viewer: Viewer) -> list[str]:
    mine = select(Scenario.name).where(Scenario.user_id == viewer.id).order_by(col(Scenario.created_at))
    with db.system_session("command", read_only=True) as session:
        return list(session.exec(mine).all())
