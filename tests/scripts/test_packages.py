"""How packages come into `.venv` on machines that have uv, only pip, or only half of Python.

The programs that fetch are stand-ins which write down how they were called; what decides is the real script.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import packages

# Makes an environment whose python is this one; as `python -m venv` does.
VENV = """
import pathlib, sys
place = pathlib.Path(sys.argv[-1]) / "bin"
place.mkdir(parents=True)
{then}
"""
WHOLE = "(place / 'python').symlink_to(sys.executable)"
HALF = "raise SystemExit(1)"
PIP = """
import os, pathlib, sys
with open(os.environ["HEARD"], "a") as heard:
    print("pip", *sys.argv[1:], file=heard)
if "config" in sys.argv:
    print("" if "--quiet" in sys.argv else os.environ.get("PIP_SAYS", ""))  # as the real one
elif "--target" in sys.argv and os.environ.get("HAS_UV"):
    place = pathlib.Path(sys.argv[sys.argv.index("--target") + 1]) / "bin"
    place.mkdir(parents=True)
    (place / "uv").write_text(os.environ["HAS_UV"])
    (place / "uv").chmod(0o755)
"""
UV = """#!/bin/sh
echo uv "$@" >> "$HEARD"
if [ "$1" = venv ]; then mkdir -p .venv/bin && ln -s "$REAL" .venv/bin/python; fi
"""
DEAF_UV = """#!/bin/sh
echo uv "$@" >> "$HEARD"
exit 2
"""


class Machine:
    """A folder with the script in it, and what its programs were asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.heard = folder, folder / "heard"
        (folder / "scripts").mkdir()
        shutil.copy(packages.__file__, folder / "scripts")
        (folder / "stand-ins").mkdir()
        (folder / "stand-ins" / "pip.py").write_text(PIP)
        self.has_venv(WHOLE)

    def has_venv(self, then: str) -> None:
        """What becomes of a new environment here."""
        (self.folder / "stand-ins" / "venv.py").write_text(VENV.format(then=then))

    def install(self, **settings: str) -> int:
        """Run the script as make does; its exit status."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self.folder / "stand-ins"),
            "HEARD": str(self.heard),
            "REAL": sys.executable,
            "UV": "",
            **settings,
        }
        command = [sys.executable, "scripts/packages.py", "requirements.txt"]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True).returncode  # noqa: S603 (ours)

    def calls(self) -> list[str]:
        """Who was asked to do what, in short."""
        lines = self.heard.read_text().splitlines() if self.heard.is_file() else []
        words = ("uv", "pip", "config", "venv", "install", "--target", packages.PINNED, "requirements.txt")
        return [" ".join(word for word in line.split() if word in words) for line in lines]

    def place(self, script: str) -> str:
        """Put a uv on this machine; its place."""
        path = self.folder / "uv"
        path.write_text(script)
        path.chmod(0o755)
        return str(path)


ALL_BY_UV = ["uv venv", "uv pip install requirements.txt"]
BY_PIP = "pip install requirements.txt"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_where_uv_is_it_does_everything(machine: Machine) -> None:
    assert machine.install(UV=machine.place(UV)) == 0
    assert machine.calls() == ALL_BY_UV


def test_where_only_pip_is_it_fetches_uv_once(machine: Machine) -> None:
    assert machine.install(HAS_UV=UV) == 0
    assert machine.calls() == ["pip config", f"pip install --target {packages.PINNED}", *ALL_BY_UV]
    machine.heard.unlink()
    assert machine.install(HAS_UV=UV) == 0
    assert machine.calls() == ["pip config", *ALL_BY_UV[1:]]


@pytest.mark.parametrize("told", ["global.index-url='https://pip.example.com/simple'", ":env:.no-index='1'"])
def test_a_pip_that_was_told_where_to_fetch_from_fetches_everything_itself(machine: Machine, told: str) -> None:
    assert machine.install(HAS_UV=UV, PIP_SAYS=told) == 0
    assert machine.calls() == ["pip config", BY_PIP]


def test_the_real_pip_says_what_it_was_told_in_the_words_that_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example.com/simple")
    assert packages.brought() is None


def test_another_index_beside_the_usual_one_is_no_reason(machine: Machine) -> None:
    machine.install(HAS_UV=UV, PIP_SAYS="global.extra-index-url='https://more.example.com/simple'")
    assert machine.calls()[-1] == ALL_BY_UV[-1]


def test_where_uv_cannot_be_had_pip_does_everything(machine: Machine) -> None:
    assert machine.install() == 0
    assert machine.calls()[-1] == BY_PIP


def test_where_uv_reaches_nothing_pip_does_everything(machine: Machine) -> None:
    assert machine.install(UV=machine.place(DEAF_UV)) == 0
    assert machine.calls() == ["uv venv", BY_PIP]


def test_half_an_environment_is_removed_so_that_the_next_try_begins_anew(machine: Machine) -> None:
    machine.has_venv(HALF)  # as on Debian before `apt install python3-venv`
    assert machine.install() != 0
    assert not (machine.folder / ".venv").exists()
