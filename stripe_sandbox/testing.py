"""A running sandbox for tests: the real process, on a free port, ready when the block begins."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_START_SECONDS = 20.0


@dataclass
class Process:
    """A sandbox process: where it listens, and how to end it kindly or not."""

    url: str
    popen: subprocess.Popen[bytes]

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: what a crash looks like."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.popen.poll() is None:
            self.popen.send_signal(how)
        try:
            self.popen.wait(10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait(10)


def start(db_path: Path, port: int = 0) -> Process:
    """Start a sandbox and wait until it answers."""
    port = port or free_port()
    command = [sys.executable, "-m", "stripe_sandbox", "--port", str(port), "--db", str(db_path)]
    popen = subprocess.Popen(  # noqa: S603 - our own program
        command, cwd=_ROOT, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    process = Process(f"http://127.0.0.1:{port}", popen)
    try:
        _wait(process)
    except BaseException:
        process.kill()
        raise
    return process


@contextlib.contextmanager
def running_sandbox(db_path: Path, port: int = 0) -> Iterator[str]:
    """The base URL of a sandbox that runs as long as the block."""
    process = start(db_path, port)
    try:
        yield process.url
    finally:
        process.stop()


def free_port() -> int:
    """A port that nobody listens on.

    None of those that systems usually give to connections, since one might get it in the next moment, and none below
    11,000, some of which browsers refuse (https://fetch.spec.whatwg.org/#port-blocking).
    """
    for _ in range(100):
        port = 11_000 + secrets.randbelow(21_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("No port between 11,000 and 32,000 of 127.0.0.1 can be listened on.")


def _wait(process: Process) -> None:
    end = time.monotonic() + _START_SECONDS
    pause = contextlib.suppress(urllib.error.URLError, ConnectionError)
    while time.monotonic() < end:
        if process.popen.poll() is not None:
            raise RuntimeError(f"The sandbox ended at once, with code {process.popen.returncode}.")
        with pause, urllib.request.urlopen(f"{process.url}/_sandbox/health", timeout=1):  # noqa: S310
            return
        # a port that is not open yet refuses at once: ask again a moment later
        _moment()
    raise RuntimeError("The sandbox did not become ready.")


def _moment() -> None:
    with socket.socket() as nobody:
        nobody.settimeout(0.02)
        nobody.bind(("127.0.0.1", 0))
        nobody.listen()
        with contextlib.suppress(TimeoutError):
            nobody.accept()
