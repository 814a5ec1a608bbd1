"""Where `make` starts what."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


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
