"""Every address at which the served app answers something of its own, asked of the app itself."""

import json
import subprocess
import sys
from functools import cache

from tests.e2e.stack import ROOT, surroundings

_ASK = """
import json
from saas_app import saas_app
from saas_app.edge.pages import declared

found = [f"{method} {route.path}" for route in saas_app.api.routes for method in sorted(route.methods - {"HEAD"})]
found += [f"PAGE {route.path}" for route in {**declared.islands, **declared.members}.values()]
print(json.dumps(sorted(found)))
"""


@cache
def every_door() -> list[str]:
    """ "METHOD path", with PAGE for what is drawn."""
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", _ASK], cwd=ROOT, env=surroundings(APP_ENV="test"), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
