"""Put packages into .venv: `python3 scripts/packages.py requirements.txt`. Run by any Python, with nothing installed.

uv does in three seconds what pip does in thirty. Where it is not on the machine, pip fetches it into build/uv; where
that cannot be done, or pip was told of an index of its own, which uv does not know, pip does all of it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
BROUGHT = ROOT / "build" / "uv"
PINNED = "uv==0.13.9"
PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
NEW = ["venv", "--quiet", "--seed", "--clear"]


def main(requirements: str) -> None:
    """Make the environment if there is none, and put into it what this file lists. Half of one is removed."""
    found = uv()
    if not PYTHON.exists() and not (found and run(found, *NEW, "--python", sys.executable, FOLDER)):
        found = None  # what cannot fetch pip for it will not fetch the rest
        if not run(sys.executable, "-m", "venv", "--clear", FOLDER):
            shutil.rmtree(FOLDER, ignore_errors=True)  # half of one would pass for a whole at the next try
            raise SystemExit(1)
    by_uv = found and run(found, "pip", "install", "--quiet", "--python", PYTHON, "-r", requirements)
    # Nothing is compiled that is not used: most files never are.
    if not by_uv and not run(PYTHON, *PIP, "install", "--no-compile", "--root-user-action=ignore", "-r", requirements):
        raise SystemExit(1)


def uv() -> "str | None":
    """The uv of this machine, or the one that pip brings. `UV=` in the environment names another, or none."""
    here = os.environ["UV"] if "UV" in os.environ else shutil.which("uv")
    return here or brought()


def brought() -> "str | None":
    """Let the pip of this Python fetch it, once. None where that is not wanted or does not work."""
    place = BROUGHT / "bin" / "uv"
    if not place.is_file():
        told = subprocess.run([sys.executable, *PIP, "config", "list"], capture_output=True, text=True)
        if told.returncode or ".index-url=" in told.stdout or ".no-index=" in told.stdout:
            return None
        run(sys.executable, *PIP, "install", "--no-compile", "--root-user-action=ignore", "--target", BROUGHT, PINNED)
    return str(place) if place.is_file() else None


def run(*command: "str | Path") -> bool:
    """Whether this went well; what it says is shown."""
    return subprocess.run([str(each) for each in command], cwd=ROOT).returncode == 0


if __name__ == "__main__":
    main(sys.argv[1])
