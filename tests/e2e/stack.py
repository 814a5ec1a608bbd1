"""The whole product as a person runs it: the Stripe sandbox and the built app, each a process of its own."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stripe_sandbox import testing

ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 60.0


def surroundings(**values: str) -> dict[str, str]:
    """An environment with nothing of the developer's in it, but what a program needs to start."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "ENV_FILE": os.devnull, "PYTHONUNBUFFERED": "1", **values}


class Server:
    """A process that answers on an address, with its output in a file. It can be stopped, killed and started again."""

    def __init__(self, command: list[str], address: str, *, env: dict[str, str], log: Path, cwd: Path = ROOT) -> None:
        self.command, self.address, self.env, self.log, self.cwd = command, address, env, log, cwd
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Come back when it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 (our own programs)
                self.command, cwd=self.cwd, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.command} has ended:\n{self.log.read_text()[-3000:]}")
            with contextlib.suppress(OSError), urllib.request.urlopen(self.address, timeout=5):  # noqa: S310
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.03)
        raise RuntimeError(f"{self.address} does not answer:\n{self.log.read_text()[-3000:]}")

    @property
    def pid(self) -> int:
        """Its number, which is that of its session too."""
        assert self._process is not None
        return self._process.pid

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ask it to end, as an operator or a container does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """What a crash looks like: nothing is said to it, nothing is finished."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how) if how is signal.SIGKILL else process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


class Stack:
    """One sandbox and one app that know each other, and nothing of anybody else."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(parents=True)
        port, sandbox_port = testing.free_port(), testing.free_port()
        self.url = f"http://localhost:{port}"
        self.sandbox_url = f"http://127.0.0.1:{sandbox_port}"
        self.env = surroundings(
            APP_ENV="test",
            BASE_URL=self.url,
            DATA_DIR=str(self.data),
            SANDBOX_PORT=str(sandbox_port),
            # Each browser of a test says where it comes from, so that limits by address do not meet across tests.
            TRUSTED_PROXY_HOPS="1",
            **settings,
        )
        place = ["--port", str(sandbox_port), "--db", str(folder / "stripe.db")]
        self.sandbox = self._server("stripe_sandbox", place, f"{self.sandbox_url}/_sandbox/health")
        self.app = self._server(
            "saas_app", ["serve", "--host", "127.0.0.1", "--port", str(port)], f"{self.url}/healthz"
        )

    def _server(self, module: str, arguments: list[str], address: str) -> Server:
        command = [sys.executable, "-m", module, *arguments]
        return Server(command, address, env=self.env, log=self.folder / f"{module}.log")

    def start(self) -> None:
        """From nothing to a shop that is open: the commands of the documentation, in their order."""
        self.sandbox.start()
        self.command("migrate")
        self.command("stripe-setup")
        self.app.start()

    def stop(self) -> None:
        """Newest first."""
        self.app.stop()
        self.sandbox.stop()

    def command(self, name: str, *arguments: str) -> str:
        """Run `python -m saas_app NAME`; its output, or an error with it."""
        done = subprocess.run(  # noqa: S603 (our own)
            [sys.executable, "-m", "saas_app", name, *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tell_sandbox(self, what: str, **how: object) -> dict[str, Any]:
        """Use the sandbox's control plane: `tell_sandbox("advance", seconds=3600)`."""
        return self._call(f"/_sandbox/{what}", json.dumps(how).encode(), {"content-type": "application/json"})

    def ask_stripe(self, path: str, form: str | None = None) -> dict[str, Any]:
        """Look at what Stripe has, or with a form change it: `ask_stripe("/v1/customers")`."""
        return self._call(path, None if form is None else form.encode(), {"authorization": "Bearer sk_test_of_a_test"})

    def _call(self, path: str, body: bytes | None, headers: dict[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(self.sandbox_url + path, data=body, headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error

    @staticmethod
    def day(at: int) -> str:
        """A Unix time as the product writes dates: March 4, 2027."""
        moment = datetime.fromtimestamp(at, UTC)
        return f"{moment:%B} {moment.day}, {moment.year}"

    def logs(self) -> str:
        """Everything both have said so far."""
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Look into the app's database from outside."""
        database = sqlite3.connect(f"file:{self.data / 'app.db'}?mode=ro", uri=True)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()
