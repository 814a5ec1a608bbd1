"""Reports: counted exactly, printed in the background, given back when they fail, and their owner's alone."""

import asyncio
import base64
import io
import json
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlmodel import select

from saas_app.account import leaving, own_data
from saas_app.auth.sessions import Visit
from saas_app.billing import usage
from saas_app.billing.entitlements import FeatureLocked, NotEntitled, PlanLocked
from saas_app.billing.models import Subscription, Usage
from saas_app.billing.plans import Limit
from saas_app.billing.usage import UsedUp
from saas_app.core import clock, db, jobs, live, upkeep
from saas_app.core.errors import BadInput, NotFound
from saas_app.core.viewer import Viewer
from saas_app.features.loans import service as loans
from saas_app.features.loans.models import Scenario
from saas_app.features.reports import letterhead, service, work
from saas_app.features.reports.forms import LONGEST_LINE, Wish, read_wish
from saas_app.features.reports.models import Report, ReportFile
from saas_app.features.reports.service import Shelf
from tests.billing.shop import do_waiting_work, rows
from tests.conftest import Hands
from tests.factories import a_user, as_system
from tests.features.people import a_scenario, on_plan


def ask(viewer: Viewer, scenario: str, **how: object) -> str:
    with db.session_for(viewer) as session:
        return service.ask_for(session, Wish(scenario, **how))  # type: ignore[arg-type]


def shelf(viewer: Viewer) -> Shelf:
    with db.session_for(viewer, read_only=True) as session:
        return service.shelf(session)


def pages(viewer: Viewer, report: str) -> list[str]:
    with db.session_for(viewer, read_only=True) as session:
        made = service.file_of(session, report)
    return [page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages]


def used(viewer: Viewer) -> int:
    with db.session_for(viewer, read_only=True) as session:
        return usage.meter(session, Limit.REPORTS).used


@pytest.fixture
def ada(database: str) -> Viewer:
    """On Pro."""
    return on_plan("pro_v1")


async def test_a_report_is_made_in_the_background_and_says_all_that_a_bank_asks(ada: Viewer) -> None:
    report = ask(ada, a_scenario(ada, "Flat by the river"), title="Our flat", recipient="Bank of Example")
    waiting = shelf(ada)
    assert [(each.status, each.href) for each in waiting.reports] == [("pending", "")]
    assert waiting.room == "19 of 20 left this month"
    with pytest.raises(NotFound):
        pages(ada, report)
    await do_waiting_work()
    (ready,) = shelf(ada).reports
    assert (ready.title, ready.status, ready.href) == ("Our flat", "ready", f"/reports/{report}.pdf")
    first, *others = pages(ada, report)
    words = "\n".join([first, *others])
    for said in ("Our flat", "Prepared for Bank of Example", "€200,000 at 3 % over 25 years", "€948.42", "€84,526.79"):
        assert said in first
    for said in ("Year by year", "What is assumed", "How it is computed", "P × i ÷ (1 − 1 ÷ (1 + i)^n)"):
        assert said in words
    for number, page in enumerate([first, *others], 1):
        assert f"Page {number} of {1 + len(others)}" in page
        assert "Not financial advice." in page
    assert "Every payment" not in words
    assert f"{clock.now():%B} {clock.now().day}, {clock.now():%Y}" in first


async def test_with_the_whole_schedule_every_payment_is_printed_to_the_last(ada: Viewer) -> None:
    report = ask(ada, a_scenario(ada), whole_schedule=True)
    await do_waiting_work()
    words = "\n".join(pages(ada, report))
    assert "Every payment" in words
    assert "a last payment of" in words
    assert any(line.startswith("300 ") for line in words.replace("€", " ").splitlines())


async def test_a_tab_is_told_when_a_report_is_asked_for_and_when_it_is_there(ada: Viewer) -> None:
    told: list[str] = []
    live.listen(told.append)
    try:
        ask(ada, a_scenario(ada))
        assert told == [ada.id]
        await do_waiting_work()
        assert told == [ada.id, ada.id]
    finally:
        live.forget(told.append)


async def test_twenty_five_clicks_at_once_of_twenty_make_exactly_twenty(ada: Viewer) -> None:
    scenario = a_scenario(ada)

    async def click() -> bool:
        try:
            await db.run(ada, service.ask_for, Wish(scenario))
        except UsedUp:
            return False
        return True

    done = await asyncio.gather(*(click() for _ in range(25)))
    assert done.count(True) == 20
    assert len(rows(Report)) == used(ada) == 20
    assert shelf(ada).room == "0 of 20 left this month"
    with pytest.raises(UsedUp, match=r"Your plan includes 20 reports a month\..* Agent includes more"):
        ask(ada, scenario)


def test_on_free_there_is_none_and_nothing_is_counted_or_written(database: str) -> None:
    bob = a_user("Bob")
    scenario = a_scenario(bob)
    with pytest.raises(FeatureLocked, match="Report is part of Pro"):
        ask(bob, scenario)
    assert rows(Report) == []
    assert rows(Usage) == []
    assert rows(jobs.Outbox) == []


def test_a_plan_that_is_not_paid_makes_no_more_and_shows_what_was_made(ada: Viewer) -> None:
    scenario = a_scenario(ada)
    ask(ada, scenario)
    as_system(lambda session: setattr(session.exec(select(Subscription)).one(), "status", "unpaid"))
    with pytest.raises(PlanLocked):
        ask(ada, scenario)
    assert len(shelf(ada).reports) == 1


async def test_a_report_whose_scenario_is_gone_fails_in_words_and_is_given_back(ada: Viewer) -> None:
    scenario = a_scenario(ada)
    ask(ada, scenario)
    with db.session_for(ada) as session:
        loans.delete_scenario(session, scenario)
    await do_waiting_work()
    (failed,) = shelf(ada).reports
    assert (failed.status, failed.error) == ("failed", "This scenario does not exist (any more).")
    assert used(ada) == 0


async def test_what_breaks_is_tried_again_and_given_back_after_the_third_time(ada: Viewer) -> None:
    report = ask(ada, a_scenario(ada))
    as_system(lambda session: setattr(session.exec(select(Scenario)).one(), "years", 0))  # which no form lets through
    job = jobs.Job("job_1", service.JOB, {"user": ada.id, "report": report})
    with pytest.raises(ValueError, match="a loan runs for"):
        await work.print_report(job)
    assert shelf(ada).reports[0].status == "pending"
    with pytest.raises(jobs.Ignore, match="ValueError"):
        await work.print_report(jobs.Job(job.id, job.kind, job.payload, attempts=3))
    with pytest.raises(jobs.Ignore):  # a job that is done twice gives back once
        await work.print_report(job)
    assert (shelf(ada).reports[0].status, shelf(ada).reports[0].error) == ("failed", service.BROKE)
    assert used(ada) == 0


async def test_a_report_printed_twice_is_kept_once(ada: Viewer) -> None:
    report = ask(ada, a_scenario(ada))
    job = jobs.Job("job_1", service.JOB, {"user": ada.id, "report": report})
    await work.print_report(job)
    with pytest.raises(jobs.Ignore):
        await work.print_report(job)
    assert len(rows(ReportFile)) == 1
    assert (shelf(ada).reports[0].status, used(ada)) == ("ready", 1)


async def test_nobody_waits_for_ever_for_a_report_that_never_comes(ada: Viewer, hands: Hands) -> None:
    ask(ada, a_scenario(ada))
    await work.give_up_late_ones()
    assert shelf(ada).reports[0].status == "pending"
    hands.move(minutes=61)
    await work.give_up_late_ones()
    assert (shelf(ada).reports[0].status, used(ada)) == ("failed", 0)


async def test_deleting_gives_back_what_was_not_made_yet_and_only_that(ada: Viewer) -> None:
    scenario = a_scenario(ada)
    made = ask(ada, scenario)
    await do_waiting_work()
    waiting = ask(ada, scenario)
    assert used(ada) == 2
    for report in (made, waiting):
        with db.session_for(ada) as session:
            service.delete_report(session, report)
    assert (used(ada), shelf(ada).reports, rows(ReportFile)) == (1, (), [])
    await do_waiting_work()
    assert rows(Report) == []


async def test_another_persons_report_is_as_unknown_as_one_that_never_was(ada: Viewer) -> None:
    report = ask(ada, a_scenario(ada))
    await do_waiting_work()
    eve = on_plan("pro_v1", "Eve")
    for wanted in (report, "rpt_never", ""):
        with pytest.raises(NotFound, match="This report does not exist"), db.session_for(eve) as session:
            service.file_of(session, wanted)
        with pytest.raises(NotFound, match="This report does not exist"), db.session_for(eve) as session:
            service.delete_report(session, wanted)
    with pytest.raises(NotFound), db.session_for(eve) as session:
        service.ask_for(session, Wish(rows(Report)[0].scenario_id))
    assert used(eve) == 0
    assert pages(ada, report)


async def test_after_thirty_days_a_report_is_gone_with_its_file(ada: Viewer) -> None:
    ask(ada, a_scenario(ada))
    await do_waiting_work()
    later = clock.now() + timedelta(days=30, minutes=1)
    with clock.showing(lambda: later):
        as_system(upkeep.drop_what_is_over)
    assert rows(Report) == rows(ReportFile) == []


async def test_a_report_is_in_the_file_with_ones_data_and_goes_with_the_account(ada: Viewer) -> None:
    ask(ada, a_scenario(ada), title="Our flat")
    await do_waiting_work()
    with db.session_for(ada, read_only=True) as session:
        tables = json.loads(own_data.collect(session))["tables"]
    assert tables["reports"][0]["title"] == "Our flat"
    assert base64.b64decode(tables["report_files"][0]["content"]).startswith(b"%PDF-")
    as_system(lambda session: leaving.ask(session, ada.id, Visit()))
    as_system(lambda session: leaving.erase(session, ada.id))
    assert rows(Report) == rows(ReportFile) == []


async def test_an_agents_letterhead_stands_on_reports_as_long_as_the_plan_has_one(database: str) -> None:
    ada = on_plan("agent_v1")
    with db.session_for(ada) as session:
        letterhead.keep_letterhead(session, "Ada Lovelace, mortgages", "1 Example Street\n10000 City", b"")
    report = ask(ada, a_scenario(ada))
    await do_waiting_work()
    assert all("Ada Lovelace, mortgages" in page for page in pages(ada, report))
    assert "1 Example Street" in pages(ada, report)[0]
    as_system(lambda session: setattr(session.exec(select(Subscription)).one(), "plan_key", "pro_v1"))
    report = ask(ada, a_scenario(ada))
    await do_waiting_work()
    assert "Lovelace" not in "".join(pages(ada, report))
    with pytest.raises(NotEntitled), db.session_for(ada) as session:
        letterhead.keep_letterhead(session, "Ada", "", None)


def test_a_title_that_is_too_long_is_explained_by_field() -> None:
    with pytest.raises(BadInput) as refused:
        read_wish({"scenario": "scn_1", "title": "x" * (LONGEST_LINE + 1), "recipient": "y" * 500})
    assert set(refused.value.errors) == {"title", "recipient"}
    assert read_wish({"title": " Two\n lines "}) == Wish("", "Two lines")
