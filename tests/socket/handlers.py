"""Every handler that the served app has, asked of the app itself in a process of its own."""

import json
import subprocess
import sys
from functools import cache

from tests.e2e.stack import ROOT, surroundings

_ASK = """
import json
from reflex.state import State
from saas_app import saas_app
from saas_app.billing.gate_state import NEEDS
from saas_app.edge import gate

marks = {**gate.marks(), **dict.fromkeys(gate.HYDRATE | gate.INTERNAL, "reflex")}

def below(state):
    yield state
    for child in state.get_substates():
        yield from below(child)

found = {
    f"{state.get_full_name()}.{name}": each for state in below(State) for name, each in state.event_handlers.items()
}
paid = {name for name, each in found.items() if getattr(each.fn, NEEDS, None)}
print(json.dumps({
    name: "paid" if name in paid and marks[name] == "member" else marks.get(name, "refused")
    for name in sorted(set(found) | set(marks))
}))
"""


@cache
def everything() -> dict[str, str]:
    """Full event name → for whom: public, member, paid, admin; of Reflex's own: reflex (let through) or refused."""
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", _ASK], cwd=ROOT, env=surroundings(APP_ENV="test"), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def ours() -> list[str]:
    """The full names of the app's own handlers."""
    return [name for name, mark in everything().items() if mark in ("public", "member", "paid", "admin")]


def named(ending: str) -> str:
    """The full name of the one handler of ours that ends so: `named("scenarios_state.save")`."""
    (found,) = [name for name in ours() if name.endswith(ending)]
    return found
