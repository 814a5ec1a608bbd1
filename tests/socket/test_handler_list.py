"""What a browser can call. Whoever adds a handler says here for whom it is, and that they have thought of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.stack import ROOT, surroundings
from tests.socket.handlers import everything

REVIEWED = Path(__file__).with_name("handlers.txt")
HOW = """
The handlers that a browser can call are not those that were reviewed. For each new one, check that it takes nothing
from its caller on trust (docs/decisions/0004), then write it into tests/socket/handlers.txt:
"""


def test_every_handler_that_a_browser_can_call_was_reviewed() -> None:
    found = {f"{mark} {name}" for name, mark in everything().items()}
    known = set(REVIEWED.read_text().splitlines())
    differences = [*(f"+ {line}" for line in sorted(found - known)), *(f"- {line}" for line in sorted(known - found))]
    assert not differences, HOW + "\n".join(differences)


def test_no_handler_of_ours_is_without_a_mark() -> None:
    assert "" not in everything().values()


_UNMARKED = """
import reflex as rx
from saas_app.edge.gate import AppState, Gate, member

class Careless(AppState):
    {decorator}
    def forgotten(self): ...

    @rx.event
    @member
    def remembered(self): ...

Gate(None)
"""


@pytest.mark.parametrize("decorator", ["@rx.event", "@rx.event(background=True)", "# a helper that was not called _so"])
def test_a_handler_without_a_mark_stops_the_start(decorator: str) -> None:
    code = _UNMARKED.format(decorator=decorator)
    if "background" in decorator:
        code = code.replace("def forgotten", "async def forgotten")
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", code], cwd=ROOT, env=surroundings(APP_ENV="test"), capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "UnmarkedHandler" in done.stderr
    assert "careless.forgotten" in done.stderr
    assert "remembered" not in done.stderr.rpartition("UnmarkedHandler")[2]
