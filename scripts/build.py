"""Build the front end, unless what it is made of has not changed since the last build. `scripts.pack` packs it."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from saas_app.core import words

ROOT = Path(__file__).resolve().parent.parent
# Python looks for garbage all the time while pages are made, and there is none: an eighth of a build.
REFLEX = "import gc; gc.disable(); from reflex.reflex import cli; cli()"
STAMP = ROOT / ".web" / "build" / "stamp.json"


def sources() -> Iterator[Path]:
    """Every file that the built pages may depend on: what pages carry need not be Python."""
    yield from (ROOT / name for name in ("rxconfig.py", "requirements.txt"))
    for folder in ("saas_app", "assets"):
        found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        yield from sorted(path for path in found if path.suffix != ".pyc" and not path.name.startswith("."))


def locked() -> Iterator[Path]:
    """The versions of the JavaScript packages; a build may bring them up to date."""
    yield from sorted((ROOT / "reflex.lock").iterdir())


def digest(paths: Iterator[Path]) -> str:
    """One digest of all these files, names included."""
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{path.relative_to(ROOT)}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def is_current() -> bool:
    """Whether the build on disk was made of exactly what is here now."""
    return STAMP.is_file() and STAMP.read_text() == stamp(digest(sources()))


def stamp(made_of: str) -> str:
    """What a finished build says of itself."""
    return json.dumps({"sources": made_of, "locked": digest(locked()), "language": words.language()})


def build() -> bool:
    """Build if anything changed; True when it did. Nothing is packed yet.

    Exits with Reflex's own words when the build fails.
    """
    if is_current():
        return False
    STAMP.unlink(missing_ok=True)  # what is cut off in the middle is nobody's build
    made_of = digest(sources())  # before the build: what is saved meanwhile is not in it
    # The binaries of the environment come first, so that the JavaScript toolchain is the one that came by pip.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": path, "WORKER": "false", "PACKED_LATER": "true"}
    command = [sys.executable, "-c", REFLEX, "export", "--frontend-only", "--no-zip"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise SystemExit("The front end could not be built; the reason stands above.")
    STAMP.write_text(stamp(made_of))
    return True


if __name__ == "__main__":
    from scripts import pack

    print("Front end built." if build() else "The front end is up to date.")
    pack.pack()
