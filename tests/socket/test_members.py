"""A member who writes events by hand gets what their own plan and rows hold, and nothing else."""

import time
from typing import Any

import pytest

from saas_app.edge.gate import BURST, EVENTS_PER_SECOND
from tests.e2e.stack import Stack
from tests.socket.handlers import everything, named, ours
from tests.socket.people import ROOT, Account, HungUp, Socket, connected

LOAN = {"principal": "100000", "rate": "5", "years": "30"}
NEVER = "scn_00000000000000000000"


def _scenarios(stack: Stack, who: Account) -> list[tuple[str, str]]:
    return stack.rows(
        f"SELECT s.id, s.name FROM scenarios s JOIN users u ON u.id = s.user_id WHERE u.email = '{who.email}'"  # noqa: S608
    )


def _save(tab: Socket, name: str, **loan: str) -> dict[str, Any]:
    tab.ask(named("scenarios_state.work_out"), {"form": {**LOAN, **loan}})
    return tab.ask(named("scenarios_state.save"), {"form": {"name": name}})


@pytest.fixture
def bobs_scenario(stack: Stack, bob: Account) -> str:
    with connected(stack.url, cookie=bob.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        _save(tab, "Bob's flat")
    return _scenarios(stack, bob)[0][0]


def test_somebody_elses_scenario_is_answered_like_one_that_never_was(
    stack: Stack, ada: Account, bob: Account, bobs_scenario: str
) -> None:
    answers = []
    for id in (bobs_scenario, NEVER):
        with connected(stack.url, cookie=ada.cookie) as tab:
            tab.ask(f"{ROOT}.hydrate")
            tab.ask(named("scenarios_state.load"))
            answers.append(repr(tab.ask(named("scenarios_state.delete"), {"scenario_id": id})).replace(id, "…"))
            assert "Bob's flat" not in "".join(tab.frames)
    assert answers[0] == answers[1]
    assert _scenarios(stack, bob) == [(bobs_scenario, "Bob's flat")]


@pytest.mark.parametrize(
    ("extra", "why"),
    [({"extra": "500"}, "Early repayment is part of Pro."), ({"client": "Smith"}, "is part of Agent.")],
)
def test_what_the_plan_does_not_hold_is_refused_over_the_socket_too(
    stack: Stack, ada: Account, extra: dict[str, str], why: str
) -> None:
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        assert why in repr(_save(tab, "Sneaky", **extra))
        assert "'payment': '€" not in repr(tab.frames)
    assert _scenarios(stack, ada) == []


def test_comparing_is_refused_on_free_and_computes_nothing(stack: Stack, ada: Account) -> None:
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        _save(tab, "One")
        answer = repr(tab.ask(named("scenarios_state.compare")))
    assert "Compare is part of Pro." in answer
    assert "compared" not in answer


def test_a_third_save_is_refused_however_many_tabs_try_at_once(stack: Stack, ada: Account) -> None:
    tabs = [Socket(stack.url, cookie=ada.cookie) for _ in range(6)]
    for tab in tabs:
        tab.open()
        tab.ask(f"{ROOT}.hydrate")
        tab.ask(named("scenarios_state.work_out"), {"form": LOAN})
    for tab in tabs:
        tab.say(named("scenarios_state.save"), {"form": {"name": "Me too"}})
    answers = [repr(tab.hear()) for tab in tabs]
    for tab in tabs:
        tab.close()
    assert len(_scenarios(stack, ada)) == 2
    assert sum("Your plan holds 2 scenarios." in answer for answer in answers) == 4


WRONG: tuple[Any, ...] = (
    {"form": None},
    {"form": []},
    {"form": "text"},
    {"form": {"principal": ["1"], "rate": {"a": 1}, "years": None}},
    {"form": {**LOAN, "principal": "9" * 5000}},
    {"form": {**LOAN, "rate": "NaN"}},
    {"form": {**LOAN, "rate": "Infinity"}},
    {"form": {**LOAN, "years": "١٢"}},
    {"form": {**LOAN, "name": "x" * 81}},
    {"scenario_id": None},
    {"scenario_id": ["scn_1"]},
    {"scenario_id": {"id": "scn_1"}},
    {"scenario_id": "' OR 1=1 --"},
    {"unknown": 1},
    {},
)


def test_arguments_of_any_kind_write_nothing_and_break_nothing(stack: Stack, ada: Account) -> None:
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        _save(tab, "Mine")
    kept = _scenarios(stack, ada)
    for name in ours():
        with connected(stack.url, cookie=ada.cookie) as tab:
            tab.ask(f"{ROOT}.hydrate")
            for payload in WRONG:
                tab.say(name, payload)
            assert tab.ask(named("billing_state.load"))
            assert "Traceback" not in "".join(tab.frames)
    assert _scenarios(stack, ada) == kept


def test_reflexs_setters_change_nothing(stack: Stack, ada: Account) -> None:
    state = named("scenarios_state.load").rpartition(".")[0]
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        tab.ask(named("scenarios_state.load"))
        for name in (name for name, mark in everything().items() if mark == "refused"):
            tab.say(name, {"var_name": "said", "value": "forged"})
        update = next(name for name in everything() if name.endswith("update_vars_internal"))
        tab.say(update, {"vars": {f"{state}.said": "forged", f"{state}.loaded": False}})
        tab.say("no_such_state.no_such_handler", {"value": "forged"})
        tab.ask(named("account_state.load"))
        tab.ask(f"{ROOT}.hydrate")
        assert "forged" not in "".join(tab.frames)


def test_of_a_flood_of_events_of_one_tab_no_more_than_its_share_is_answered(stack: Stack, ada: Account) -> None:
    began = time.monotonic()
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        for number in range(300):
            tab.say(named("scenarios_state.work_out"), {"form": {**LOAN, "years": str(number % 40 + 1)}})
        tab.until_silent()
    answered = sum("result_rx_state_" in frame for frame in tab.frames)
    assert 0 < answered <= BURST + EVENTS_PER_SECOND * (time.monotonic() - began)


def test_a_frame_of_a_hundred_kilobytes_ends_the_connection(stack: Stack, ada: Account) -> None:
    with connected(stack.url, cookie=ada.cookie) as tab:
        tab.ask(f"{ROOT}.hydrate")
        tab.say(named("scenarios_state.work_out"), {"form": {"principal": "1" * 100_000}})
        with pytest.raises(HungUp):
            _two_answers(tab)


def _two_answers(tab: Socket) -> None:
    for _ in range(2):
        tab.ask(named("scenarios_state.load"))
