"""How long somebody waits for the first page: the app alone, `make run` again, and `make run` in a fresh clone.

    make bench
    .venv/bin/python -m tests.bench.start again      # without the fresh clones, which take a minute

Packages come from the caches of pip and uv, once they have been here before; the first clone on a machine fetches them.
"""

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from stripe_sandbox.testing import free_port
from tests.bench.figures import say
from tests.e2e.stack import ROOT, Stack, surroundings

TIMES = 5


def main() -> None:
    """Print one line per figure."""
    with tempfile.TemporaryDirectory() as folder:
        say("the app, until the first page is here", middle(app_starts(Path(folder) / "app")))
        data = {"DATA_DIR": str(Path(folder) / "data"), **ports()}
        make_run(ROOT, data)  # what is done once
        say("make run again, until it is ready", middle([make_run(ROOT, data) for _ in range(TIMES)]))
        if sys.argv[1:] == ["again"]:
            return
        for tool in ("pip", "uv"):
            if tool == "uv" and shutil.which("uv") is None:
                say("make run in a fresh clone, by uv", "uv is not here: pip install uv")
            else:
                how = "by uv" if tool == "uv" else "where only pip is"
                say(f"make run in a fresh clone, {how}", fresh_clone(Path(folder) / tool, tool))


def middle(waits: list[float]) -> str:
    """The median, and how far they lay apart."""
    return f"{statistics.median(waits):.2f} s ({min(waits):.2f} to {max(waits):.2f})"


def app_starts(folder: Path) -> list[float]:
    """Seconds from the command until `/` has come, in a product that has been started before."""
    stack, waits = Stack(folder), list[float]()
    stack.start()
    try:
        for _ in range(TIMES):
            stack.app.stop()
            began = time.perf_counter()
            stack.app.start()
            httpx.get(stack.url)
            waits.append(time.perf_counter() - began)
    finally:
        stack.stop()
    return waits


def fresh_clone(folder: Path, tool: str) -> str:
    """What came out of which part."""
    took, parts = clone_and_run(folder, {} if tool == "uv" else {"UV": ""})
    return f"{took:.1f} s" + "".join(f"\n{'':<41}{at:4.1f} {line}" for line, at in parts.items())


def clone_and_run(folder: Path, settings: dict[str, str]) -> tuple[float, dict[str, float]]:
    """Seconds from `git clone` until the first page is ready, and when each part of that began."""
    began = time.perf_counter()
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)  # noqa: S603, S607 (ourselves, by git)
    parts: dict[str, float] = {}

    def heard(line: str) -> None:
        if "…" in line:  # what is begun, and not what was done
            parts[line.split("(")[0].strip(" …\n")] = time.perf_counter() - began

    cloned = time.perf_counter() - began
    return cloned + make_run(folder, ports() | settings, heard), parts


def ports() -> dict[str, str]:
    """Where nobody else is."""
    return {"PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}


def make_run(folder: Path, settings: dict[str, str], heard: Callable[[str], None] = lambda line: None) -> float:
    """Seconds of `make run` until it says that it is ready, and has been stopped again by Ctrl-C."""
    began = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 (ourselves)
        ["make", "run", *(f"{name}={value}" for name, value in settings.items())],  # noqa: S607 (make is where people have it)
        cwd=folder,
        env=surroundings(**{name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "UV_", "SSL_"))}),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as made:
        assert made.stdout is not None
        for line in filter(str.strip, made.stdout):
            if line.startswith("Ready after"):
                break
            heard(line)
        took = time.perf_counter() - began
        os.killpg(made.pid, signal.SIGINT)
    if not line.startswith("Ready after"):
        raise SystemExit(f"make run has ended without being ready: {line}")
    return took


if __name__ == "__main__":
    main()
