"""The contracts between the parts of the code hold, and each of them notices when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

# For each contract of pyproject.toml: a file, and the line that breaks it.
PLANTED = {
    "Floors: inside a feature, imports only go down": (
        "saas_app/billing/service.py",
        "from saas_app.billing import state",
    ),
    "Features: each uses only those below it": ("saas_app/core/clock.py", "from saas_app.billing import money"),
    "The book and the reports stand on the loans, and not on each other": (
        "saas_app/features/loans/schedule.py",
        "from saas_app.features.reports import content",
    ),
    "The rules do not know Reflex": ("saas_app/billing/sync.py", "import reflex"),
    "Only the gateway knows Stripe": ("saas_app/billing/checkout.py", "import stripe"),
    "The screen does not query": ("saas_app/features/loans/components.py", "import sqlalchemy"),
    "The app and the sandbox meet only over HTTP": ("saas_app/billing/portal.py", "import stripe_sandbox.ids"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and their contracts, to break things in."""
    for package in ("saas_app", "stripe_sandbox"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _kept_and_broken(folder: Path) -> dict[str, str]:
    """What lint-imports says of each contract: KEPT or BROKEN."""
    done = subprocess.run(  # noqa: S603 (a tool of our own environment)
        [LINT, "--no-cache"], cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True
    )
    lines = done.stdout.splitlines()
    said = {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in lines if line.endswith((" KEPT", " BROKEN"))}
    # a kept contract with exceptions ends in "KEPT (n ignored imports)"
    said |= {line.partition(" KEPT (")[0]: "KEPT" for line in lines if " KEPT (" in line}
    said |= {line.partition(" BROKEN (")[0]: "BROKEN" for line in lines if " BROKEN (" in line}
    assert said, done.stdout + done.stderr
    return said


def test_every_contract_is_kept(copy: Path) -> None:
    assert _kept_and_broken(copy) == dict.fromkeys(PLANTED, "KEPT")


@pytest.mark.parametrize("contract", list(PLANTED))
def test_a_planted_violation_breaks_its_contract(contract: str, copy: Path) -> None:
    file, line = PLANTED[contract]
    with (copy / file).open("a") as source:
        source.write(f"\n{line}\n")
    assert _kept_and_broken(copy)[contract] == "BROKEN"


def test_a_file_that_says_no_floor_breaks_the_contract_of_floors(copy: Path) -> None:
    (copy / "saas_app/auth/extras.py").write_text('"""On no floor."""\n')
    assert _kept_and_broken(copy)["Floors: inside a feature, imports only go down"] == "BROKEN"
