"""Saving loan scenarios: what a plan holds, and whose they are."""

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlmodel import col, select

from saas_app.billing.entitlements import FeatureLocked, PlanFull, PlanLocked
from saas_app.billing.models import Subscription
from saas_app.core import db
from saas_app.core.errors import NotFound
from saas_app.core.viewer import Viewer
from saas_app.features.loans import compare, service, sheets
from saas_app.features.loans.forms import LoanForm
from saas_app.features.loans.models import ClientFolder, Scenario
from saas_app.features.loans.payments import plan_of
from saas_app.features.loans.schedule import Kind, Loan, Lump, RateChange
from tests.billing.rows import subscription
from tests.conftest import Hands
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
        compare.compare(session)
    assert names(ada) == []


def test_the_first_screen_goes_on_with_the_three_that_were_saved_last(database: str, hands: Hands) -> None:
    ada, eve = a_pro(), a_user("Eve")
    save(eve, "Not yours")
    for name in ("River", "Hill", "Sea"):
        save(ada, name)
        hands.move(seconds=1)
    with db.session_for(ada) as session:
        falling = replace(a_form("Falling"), loan=Loan(100_000_00, Decimal(5), 30, kind=Kind.LINEAR))
        kept = service.save_scenario(session, falling).id
    with db.session_for(ada, read_only=True) as session:
        found = service.latest(session)
    assert [(each.title, each.words) for each in found] == [
        ("Falling", "€694.44 a month at first, €278.94 at the end · €100,000 at 5 % over 30 years, equal repayment"),
        ("Sea", "€948.42 a month · €200,000 at 3 % over 25 years"),
        ("Hill", "€948.42 a month · €200,000 at 3 % over 25 years"),
    ]
    assert found[0].href == f"/scenarios?show={kept}"


def test_comparison_puts_the_cheapest_interest_first(database: str) -> None:
    ada = a_pro()
    with db.session_for(ada) as session:
        service.save_scenario(session, a_form("dear", rate="5"))
        service.save_scenario(session, a_form("cheap", rate="2"))
    with db.session_for(ada, read_only=True) as session:
        cheap, dear = compare.compare(session)
        assert [cheap.scenario.name, dear.scenario.name] == ["cheap", "dear"]
        assert dear.words == "€96,441.42 more in interest and fees, €321.47 more a month at first than cheap."
        assert "M0.0 0.0L" in cheap.line


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


FULL = Loan(
    *(200_000_00, Decimal(3), 25, 100_00, Kind.INTEREST_FIRST, 2, 1_500_00, True),
    *(RateChange(121, Decimal("4.25")), Lump(60, 10_000_00), True),
)


def test_all_of_a_loan_is_kept(database: str) -> None:
    ada = a_pro()
    with db.session_for(ada) as session:
        service.save_scenario(session, LoanForm("all", "", FULL, "ask the bank"))
    with db.session_for(ada, read_only=True) as session:
        (row,) = service.in_order(session)
        assert (service.loan_of(row), row.notes) == (FULL, "ask the bank")


@pytest.mark.parametrize(
    "loan",
    [
        Loan(200_000_00, Decimal(3), 25, change=RateChange(2, Decimal(5))),
        Loan(200_000_00, Decimal(3), 25, fee=1_00),
        Loan(200_000_00, Decimal(3), 25, lump=Lump(1, 1_00)),
    ],
)
def test_a_new_rate_a_fee_and_a_lump_sum_are_part_of_pro(sqlite: str, loan: Loan) -> None:
    ada = a_user()
    for verb in (service.work_out, service.save_scenario):
        with pytest.raises(FeatureLocked), db.session_for(ada) as session:
            verb(session, LoanForm("x", "", loan))
    assert names(ada) == []


def test_a_scenario_is_renamed_noted_copied_and_deleted(database: str) -> None:
    ada = a_user()
    saved = save(ada, "River")
    with db.session_for(ada) as session:
        service.change_scenario(session, saved, "By the river", "north side", "")
        service.copy_scenario(session, saved)
    assert names(ada) == ["By the river", "Copy of By the river"]
    with pytest.raises(PlanFull), db.session_for(ada) as session:
        service.copy_scenario(session, saved)
    with db.session_for(ada) as session:
        service.delete_scenario(session, saved)
    assert names(ada) == ["Copy of By the river"]


def test_a_scenario_is_given_other_numbers_and_stays_the_same_one(database: str) -> None:
    ada = a_pro()
    saved = save(ada, "River")
    loan = Loan(150_000_00, Decimal("3.25"), 20, lump=Lump(60, 10_000_00), lowers=True, fee=900_00)
    with db.session_for(ada) as session:
        service.change_scenario(session, saved, "", "north side", "")
        service.change_loan(session, saved, loan)
    with db.session_for(ada, read_only=True) as session:
        row = service.find(session, saved)
        assert (service.loan_of(row), row.name, row.notes) == (loan, "River", "north side")


def test_other_numbers_need_the_plan_that_has_their_terms_and_room_for_the_scenario(sqlite: str) -> None:
    ada = a_pro()
    ids = [save(ada, f"Flat {number}") for number in range(3)]
    as_system(lambda session: session.merge(subscription(ada.id, status="canceled")))
    for scenario, loan, refusal in (
        (ids[0], Loan(100_00, Decimal(3), 25, extra=1_00), FeatureLocked),
        (ids[2], Loan(100_00, Decimal(3), 25), PlanFull),
    ):
        with pytest.raises(refusal), db.session_for(ada) as session:
            service.change_loan(session, scenario, loan)
        with db.session_for(ada, read_only=True) as session:
            assert service.loan_of(service.find(session, scenario)).principal == 200_000_00


def test_a_folder_comes_with_its_first_scenario_and_goes_with_its_last(database: str) -> None:
    ada = a_user()
    as_system(lambda session: session.add(subscription(ada.id, plan_key="agent_v1")))
    with db.session_for(ada) as session:
        one = service.save_scenario(session, a_form("one", client="Bob")).id
        service.save_scenario(session, a_form("two", client="Bob"))
        assert service.desk(session).clients == ("Bob",)
        service.change_scenario(session, one, "", "", "Eve")
        assert service.desk(session).clients == ("Bob", "Eve")
        service.delete_scenario(session, one)
        assert service.desk(session).clients == ("Bob",)
    assert len(as_system(lambda session: session.exec(select(ClientFolder.id)).all())) == 1


def test_what_is_beyond_the_plan_is_not_changed_and_can_be_read_and_deleted(sqlite: str) -> None:
    ada = a_pro()
    ids = [save(ada, f"Flat {number}") for number in range(3)]
    as_system(lambda session: session.merge(subscription(ada.id, status="canceled")))
    with pytest.raises(PlanFull), db.session_for(ada) as session:
        service.change_scenario(session, ids[2], "mine", "", "")
    with db.session_for(ada) as session:
        assert plan_of(session, ids[2]).name == "Flat 2"
        service.delete_scenario(session, ids[2])


def test_nothing_of_another_person_is_changed_copied_opened_compared_or_exported(database: str) -> None:
    ada, bob = a_pro("Ada"), a_user("Bob")
    theirs = save(bob, "Bob's flat")
    for verb in (
        lambda session: service.change_scenario(session, theirs, "mine", "", ""),
        lambda session: service.change_loan(session, theirs, Loan(1_00, Decimal(1), 1)),
        lambda session: service.copy_scenario(session, theirs),
        lambda session: plan_of(session, theirs),
        lambda session: compare.compare(session, [theirs]),
        lambda session: sheets.schedule_file(session, theirs),
        lambda session: sheets.comparison_file(session, (theirs,)),
    ):
        with pytest.raises(NotFound), db.session_for(ada) as session:
            verb(session)
    assert names(bob) == ["Bob's flat"]


def test_the_whole_schedule_marks_the_payment_that_turns(sqlite: str) -> None:
    ada = a_user()
    with db.session_for(ada) as session:
        loan = Loan(100_000_00, Decimal(5), 30)
        plan = plan_of(session, service.save_scenario(session, LoanForm("x", "", loan)).id)
    assert [each.number for each in plan.payments if each.turns] == [195]
    assert (len(plan.payments), plan.payments[-1].balance) == (360, "€0.00")


@pytest.mark.parametrize(("lump", "has_one"), [(None, False), (Lump(1, 1_00), True)])
def test_a_schedule_says_whether_anything_is_repaid_early(sqlite: str, lump: Lump | None, has_one: bool) -> None:
    with db.session_for(a_pro()) as session:
        loan = Loan(100_000_00, Decimal(5), 30, lump=lump)
        plan = plan_of(session, service.save_scenario(session, LoanForm("x", "", loan)).id)
    assert plan.repays_early is has_one


def test_a_schedule_as_csv_adds_up_and_a_name_is_no_formula(sqlite: str) -> None:
    ada = a_pro()
    saved = save(ada, "=HYPERLINK(1)")
    with db.session_for(ada, read_only=True) as session:
        lines = list(csv.reader(sheets.schedule_file(session, saved).lstrip("\ufeff").splitlines()))
        sums = list(csv.reader(sheets.comparison_file(session).lstrip("\ufeff").splitlines()))
    assert lines[0] == list(sheets.PAYMENTS)
    assert sum(Decimal(line[2]) for line in lines[1:]) == Decimal(200_000)
    assert sums[1][0] == "'=HYPERLINK(1)"
    assert sums[1][3:7] == ["948.42", "84526.79", "0.00", "284526.79"]


def test_csv_is_part_of_pro(sqlite: str) -> None:
    ada = a_user()
    saved = save(ada, "x")
    with pytest.raises(FeatureLocked), db.session_for(ada, read_only=True) as session:
        sheets.schedule_file(session, saved)
    with pytest.raises(FeatureLocked), db.session_for(ada, read_only=True) as session:
        sheets.comparison_file(session)


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
