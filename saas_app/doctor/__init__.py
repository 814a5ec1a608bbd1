"""How an installation stands, in lines a person can act on: `python -m saas_app doctor [--json]`."""

import json
from collections.abc import Sequence

from saas_app import models, work
from saas_app.doctor import database, machine, stripe_side
from saas_app.doctor.findings import Finding

assert models, work  # noqa: S101 (imported for the tables that they map, and for what is done with them)


async def examine() -> list[Finding]:
    """This machine, its database and background work, then Stripe. What fails hides nothing of what comes after."""
    found = [machine.settings_in_use(), *machine.texts(), *machine.disk(), database.isolation()]
    has_rows = found[-1].state == "ok"
    if has_rows:
        found += database.background_work()
    return [*found, machine.mail(), *await stripe_side.examine(has_rows=has_rows)]


def status(found: Sequence[Finding]) -> int:
    """The exit status: 1 when something is wrong; a warning is none."""
    return int(any(each.state == "wrong" for each in found))


def in_json(found: Sequence[Finding]) -> str:
    """The same for machines: an object with `ok` and the `findings`."""
    return json.dumps({"ok": not status(found), "findings": [each.as_dict() for each in found]}, indent=2)
