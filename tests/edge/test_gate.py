"""Whose a tab is: the gate between the socket and the event handlers."""

from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
from reflex.event import Event

from saas_app.billing.state import AccountState
from saas_app.core.viewer import Viewer
from saas_app.edge import gate
from saas_app.edge.gate import BURST, EVENTS_PER_SECOND, ROOT, Gate

LOAD = f"{AccountState.get_full_name()}.load"
HYDRATE = f"{ROOT}.hydrate"
PEOPLE = {letter * 64: Viewer(f"usr_{letter}", f"{letter}@example.com", letter) for letter in "ab"}
NOBODY = ""


async def find_viewer(digest: str) -> Viewer | None:
    return PEOPLE.get(digest)


class Tab:
    """A tab's state, and what the gate says to its events; `forget` is what Reflex does after an idle hour."""

    def __init__(self) -> None:
        self._gate = Gate(find_viewer)
        self.forget()

    def forget(self) -> None:
        self.root = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]

    async def says(self, name: str, letter: str) -> str:
        """Where an event of this person leads: '' when its handler may run."""
        cookie = f"session={letter * 64}" if letter else ""
        arrived: dict[str, Any] = {"headers": {"cookie": cookie}, "token": "t", "pathname": "/dashboard", "query": {}}
        self.root._update_router_vars(arrived, self.root.router_data)
        self.root.router_data = arrived
        update = await self._gate.preprocess(None, self.root, Event(name=name))  # type: ignore[arg-type]
        return "/login" if update and "/login" in repr(update.events) else "" if update is None else "nowhere"


@pytest.fixture
def tab() -> Tab:
    return Tab()


async def test_a_tab_that_was_forgotten_while_idle_goes_on_at_the_next_click(tab: Tab) -> None:
    assert [await tab.says(HYDRATE, "a"), await tab.says(LOAD, "a")] == ["", ""]
    tab.forget()
    assert await tab.says(LOAD, "a") == ""
    assert await tab.says(LOAD, "b") == "/login"


@pytest.mark.parametrize("before", ["b", NOBODY])
async def test_a_tab_of_somebody_else_is_handed_over_only_when_it_loads(tab: Tab, before: str) -> None:
    await tab.says(HYDRATE, before)
    (await tab.root.get_state(AccountState)).name = "theirs"
    assert await tab.says(LOAD, "a") == "/login"
    assert await tab.says(HYDRATE, "a") == ""
    assert (await tab.root.get_state(AccountState)).name == ""
    assert await tab.says(LOAD, "a") == ""


async def test_a_stranger_s_forgotten_tab_leads_to_log_in(tab: Tab) -> None:
    assert await tab.says(LOAD, NOBODY) == "/login"
    assert await tab.says(LOAD, "a") == "/login"


async def test_a_tab_has_a_burst_and_then_its_share_of_each_second(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=100.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(gate, "time", clock)

    async def answered(number: int) -> int:
        return [await tab.says(HYDRATE, "a") for _ in range(number)].count("")

    assert await answered(BURST + 50) == BURST
    clock.now += 1.0
    assert await answered(EVENTS_PER_SECOND + 50) == EVENTS_PER_SECOND
    clock.now += 3600.0
    assert await answered(BURST + 50) == BURST
