"""Put packages into .venv: `python3 scripts/packages.py requirements.txt`. Run by any Python, with nothing installed.

uv does in three seconds what pip does in thirty. Where it is not on the machine, pip fetches it into build/uv. Where
that cannot be done, or pip was told of an index of its own, which a uv that nobody set up does not know, pip does all.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
BROUGHT = ROOT / "build" / "uv"
PINNED = "uv==0.13.9"
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input"]
INSTALL = [*PIP, "install", "--quiet", "--root-user-action=ignore"]
NEW = ["venv", "--quiet", "--seed", "--clear"]


def main(requirements: str) -> None:
    """Put what this file lists into .venv; most of it is never needed compiled."""
    install(FOLDER, requirements)


def install(folder: Path, requirements: "str | Path", *, compiled: bool = False) -> None:
    """Make the environment if there is none, and put into it what this file lists. Half of one is removed."""
    found, python = uv(), folder / "bin" / "python"
    if not python.exists() and not (found and run(found, *NEW, "--python", sys.executable, folder)):
        found = None  # what cannot fetch pip for it will not fetch the rest
        if not run(sys.executable, "-m", "venv", "--clear", folder):
            shutil.rmtree(folder, ignore_errors=True)  # half of one would pass for a whole at the next try
            raise SystemExit(1)
    compile = "--compile-bytecode" if compiled else "--no-compile-bytecode"
    by_uv = found and run(found, "pip", "install", "--quiet", compile, "--python", python, "-r", requirements)
    if not by_uv and not run(python, *INSTALL, "--compile" if compiled else "--no-compile", "-r", requirements):
        raise SystemExit(1)


def uv() -> "str | None":
    """The uv of this machine, or else the one that pip brings. `UV=` makes it a machine that has none."""
    here = os.environ["UV"] if "UV" in os.environ else shutil.which("uv")
    return here or brought()


def brought() -> "str | None":
    """Let the pip of this Python fetch it, once. None where that is not wanted or does not work."""
    place = BROUGHT / "bin" / "uv"
    told = subprocess.run([sys.executable, *PIP, "config", "list"], capture_output=True, text=True)
    if told.returncode or ".index-url=" in told.stdout or ".no-index=" in told.stdout:
        return None
    if not place.is_file():
        run(sys.executable, *INSTALL, "--no-compile", "--target", BROUGHT, PINNED)
    return str(place) if place.is_file() else None


def run(*command: "str | Path") -> bool:
    """Whether this went well; what it says is shown."""
    return subprocess.run([str(each) for each in command], cwd=ROOT).returncode == 0


if __name__ == "__main__":
    main(sys.argv[1])
