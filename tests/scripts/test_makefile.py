"""What `make` does on a machine that lacks something."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

# As on Debian before `apt install python3-venv`: the environment is begun, and then something is missing.
HALF_A_VENV = """#!/bin/sh
[ "$1" = -m ] || exit 0
mkdir -p .venv/bin && touch .venv/bin/python && chmod +x .venv/bin/python
exit 1
"""


def test_half_an_environment_is_removed_so_that_the_next_try_begins_anew(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python"
    python.write_text(HALF_A_VENV)
    python.chmod(0o755)
    done = subprocess.run(["make", ".venv/.runtime", f"PYTHON={python}"], cwd=tmp_path, capture_output=True)  # noqa: S603, S607
    assert done.returncode != 0
    assert not (tmp_path / ".venv").exists()


def test_make_sandbox_opens_its_screens_where_it_was_told_to(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / ".runtime").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    for setting, port in (({}, "4242"), ({"SANDBOX_PORT": "5151"}, "5151")):
        environment = {"PATH": os.environ["PATH"], **setting}
        done = subprocess.run(["make", "sandbox"], cwd=tmp_path, env=environment, capture_output=True, check=True)  # noqa: S607
        assert f"-m stripe_sandbox --port {port} " in done.stdout.decode()
