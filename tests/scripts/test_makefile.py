"""What `make` does on a machine that lacks something, and where it starts what."""

import shutil
import subprocess
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(("asked", "place"), [([], ""), (["SANDBOX_PORT=5000"], "--port 5000 ")])
def test_the_sandbox_alone_starts_at_its_own_port_or_at_the_one_that_is_asked_for(asked: list[str], place: str) -> None:
    done = subprocess.run(  # noqa: S603
        ["make", "--dry-run", "sandbox", "SANDBOX_PORT=", *asked],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"-m stripe_sandbox {place}--db data/sandbox.db --open" in " ".join(done.stdout.split())
