"""Build the front end, unless what it is made of has not changed since the last build."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = ROOT / ".web" / "build" / "stamp.json"


def sources() -> Iterator[Path]:
    """Every file that the built pages depend on."""
    yield from (ROOT / name for name in ("rxconfig.py", "requirements.txt"))
    for folder, pattern in (("saas_app", "*.py"), ("assets", "*"), ("reflex.lock", "*")):
        yield from sorted(path for path in (ROOT / folder).rglob(pattern) if path.is_file())


def digest() -> str:
    """One digest of all sources, names included."""
    found = hashlib.sha256()
    for path in sources():
        found.update(f"{path.relative_to(ROOT)}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def is_current(now: str) -> bool:
    """Whether the build on disk was made of exactly these sources."""
    return STAMP.is_file() and json.loads(STAMP.read_text()).get("digest") == now


def build() -> bool:
    """Build if anything changed; True when it did. Exits with Reflex's own words when the build fails."""
    now = digest()
    if is_current(now):
        return False
    # The binaries of the environment come first, so that the JavaScript toolchain is the one that came by pip.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PATH": path, "WORKER": "false"}, capture_output=True, text=True
    )
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise SystemExit("The front end could not be built; the reason stands above.")
    STAMP.write_text(json.dumps({"digest": now}))
    return True


if __name__ == "__main__":
    print("Front end built." if build() else "The front end is up to date.")
