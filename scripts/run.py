"""Start everything a person needs to try the product: the database, the Stripe sandbox, the app.

Starts our programs as processes: the app and the sandbox meet over HTTP alone. `.env` is read by the library that
the app reads it with, and not passed on, since the app finds it itself.
What has not changed since the last start is not done again.
"""

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import build, pack  # noqa: E402 (after the path is set: this file is run by its name)


class CannotStart(SystemExit):
    """Something outside of the product is in the way; the message says what to do."""


def known(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings as the app will find them: what is set, then `.env`; an empty value is none."""
    places = (dotenv_values(ROOT / environment.get("ENV_FILE", ".env")), environment)
    return {name: value for place in places for name, value in place.items() if value}


def port_in(settings: Mapping[str, str], name: str, usual: int) -> int:
    """The port that this setting names."""
    text = settings.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= LAST_PORT):
        raise CannotStart(f"{name}={text} is not a port. Choose a number up to {LAST_PORT}: make run {name}={usual}")
    return int(text)


LAST_PORT = 65_535
SETTINGS = known(os.environ)
DATA = ROOT / SETTINGS.get("DATA_DIR", "data")
STAMP = DATA / "prepared.json"
PORT = port_in(SETTINGS, "PORT", 3000)
SANDBOX_PORT = port_in(SETTINGS, "SANDBOX_PORT", 4242)
BASE_URL = SETTINGS.get("BASE_URL", f"http://localhost:{PORT}")
WAIT_SECONDS = 60


def main() -> None:
    """Start, wait until somebody stops us or something stops by itself, and stop the rest."""
    began = time.monotonic()
    environment = surroundings()
    sandboxed = "STRIPE_SECRET_KEY" not in SETTINGS
    check_port(PORT, "PORT")
    if sandboxed:
        check_port(SANDBOX_PORT, "SANDBOX_PORT")
        check_apart(PORT, SANDBOX_PORT)
    DATA.mkdir(parents=True, exist_ok=True)
    with Programs() as programs:
        if sandboxed:
            say("Starting the Stripe sandbox …")
            programs.start("the sandbox", ["-m", "stripe_sandbox", *sandbox_place()], environment)
        with built_meanwhile():
            if preparation() != prepared():
                if sandboxed:
                    programs.wait_for(f"http://127.0.0.1:{SANDBOX_PORT}/_sandbox/health")
                prepare(environment)
        say("Starting the app …")
        programs.start("the app", ["-m", "saas_app", "serve", *app_place()], environment)
        programs.wait_for(f"http://127.0.0.1:{PORT}/")
        welcome(sandboxed, time.monotonic() - began)
        pack.pack_meanwhile()
        if "--reload" in sys.argv:
            reload_on_change(programs)
        else:
            programs.watch()


@contextlib.contextmanager
def built_meanwhile() -> Iterator[None]:
    """Build what has to be built beside something else, and be done with both."""
    if build.is_current():
        yield
        return
    say("Building the pages (this is done once, and after each change) …")
    with ThreadPoolExecutor(1) as beside:
        building = beside.submit(build.build)
        yield
        building.result()


def surroundings() -> dict[str, str]:
    """The environment of our programs: what is set, addresses that fit the ports, and no proxy between the two."""
    ours = {"BASE_URL": BASE_URL, "SANDBOX_PORT": str(SANDBOX_PORT), "PYTHONUNBUFFERED": "1"}
    past = ",".join(filter(None, [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "localhost,127.0.0.1,::1"]))
    return {**os.environ, **ours, "no_proxy": past, "NO_PROXY": past}


def check_port(port: int, name: str) -> None:
    """Say who stands in the way before anything is started."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
            if probe.connect_ex((host, port)) == 0:
                raise CannotStart(
                    f"Port {port} is taken by another program. Stop it, or choose another: make run {name}={port + 1}"
                )


def check_apart(port: int, sandbox_port: int) -> None:
    """The server shares a port with others of its kind, so two programs on one would answer in turns."""
    if port == sandbox_port:
        raise CannotStart(f"PORT and SANDBOX_PORT are both {port}. Choose another: make run SANDBOX_PORT={port + 1}")


def app_place() -> list[str]:
    """Where the app listens: for this machine only, since mails and their links lie open in it. HOST widens it."""
    return ["--host", SETTINGS.get("HOST", "127.0.0.1"), "--port", str(PORT)]


def sandbox_place() -> list[str]:
    """Where the sandbox listens and keeps what it knows."""
    return ["--port", str(SANDBOX_PORT), "--db", str(DATA / "sandbox.db")]


def prepared() -> dict[str, str]:
    """What the last preparation was made for; empty when there was none."""
    return json.loads(STAMP.read_text()) if STAMP.is_file() else {}


def prepare(environment: dict[str, str]) -> None:
    """Database schema and Stripe set-up. Both change nothing when all is there."""
    for words, command in (
        ("Preparing the database …", "migrate"),
        ("Setting up products and prices …", "stripe-setup"),
    ):
        say(words)
        done = subprocess.run(
            [sys.executable, "-m", "saas_app", command], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            raise CannotStart(f"{done.stdout}{done.stderr}")
        print(done.stdout, end="", flush=True)
    STAMP.write_text(json.dumps(preparation()))


def preparation() -> dict[str, str]:
    """What the preparation depends on: schema, catalogue, settings, and that the files are the same ones."""
    sources = hashlib.sha256()
    for path in [*sorted((ROOT / "alembic").rglob("*.py")), *sorted((ROOT / "saas_app" / "billing").rglob("*.py"))]:
        sources.update(path.read_bytes())
    names = ("DATABASE_URL", "STRIPE_SECRET_KEY", "STRIPE_API_BASE", "STRIPE_WEBHOOK_SECRET")
    values = [BASE_URL, str(SANDBOX_PORT), *(SETTINGS.get(name, "") for name in names)]
    settings = hashlib.sha256("\0".join(values).encode())
    files = ("app.db", "sandbox.db")
    return {"sources": sources.hexdigest(), "settings": settings.hexdigest()} | {
        name: str((DATA / name).stat().st_ino) if (DATA / name).is_file() else "none" for name in files
    }


def answers(address: str) -> bool:
    """Whether a program of this machine answers, asked past any proxy."""
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(OSError), directly.open(address, timeout=5):
        return True
    return False


class Programs:
    """The processes we started. Leaving stops them all, the newest first: it may still talk to the others.

    Whoever is in a hurry and says it again ends the rest at once.
    """

    def __init__(self) -> None:
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []
        for name in ("SIGTERM", "SIGHUP"):  # the latter when a terminal is closed, and nohup has it ignored
            number = getattr(signal, name, None)
            if number and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop)

    def __enter__(self) -> "Programs":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            for _name, process in reversed(self._running):
                if process.poll() is None:
                    process.terminate()
                _wait_or_kill(process)
        finally:
            for _name, process in self._running:
                _wait_or_kill(process, patience=0)

    def start(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        """Start one of ours, in its own group so that Ctrl-C reaches it through us, once."""
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, start_new_session=True)
        self._running.append((name, process))
        self._last = (name, arguments, environment)

    def restart_last(self) -> None:
        """Stop what was started last and start it again."""
        _, process = self._running.pop()
        process.terminate()
        _wait_or_kill(process)
        self.start(*self._last)

    def wait_for(self, address: str) -> None:
        """Wait until it answers, or one of ours has died."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            self._check()
            if answers(address):
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._running[-1][1].wait(timeout=0.03)
        raise CannotStart(f"{address} does not answer after {WAIT_SECONDS} seconds.")

    def watch(self) -> None:
        """Stay until somebody stops us, or one of ours stops."""
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                self._check()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._running[-1][1].wait(timeout=1)

    def _check(self) -> None:
        for name, process in self._running:
            if process.poll() is not None:
                raise CannotStart(f"{name.capitalize()} has stopped; its last words stand above.")

    def _stop(self, number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt


def _wait_or_kill(process: "subprocess.Popen[bytes]", patience: float = 12) -> None:
    """Wait until it has ended. If it does not, it goes with all that it started, since a worker would keep the port."""
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # each is the head of a group of its own
        process.wait()


def reload_on_change(programs: "Programs") -> None:
    """Build again and start the app again whenever a source is saved; a build that fails leaves the old app running."""
    from watchfiles import watch

    say("Watching for changes …")
    with contextlib.suppress(KeyboardInterrupt):
        for changes in watch(ROOT / "saas_app", ROOT / "assets", ROOT / "rxconfig.py", raise_interrupt=True):
            began = time.monotonic()
            say(f"{', '.join(sorted(Path(path).name for _, path in changes))} changed: building …")
            try:
                build.build()
            except SystemExit as failure:
                say(str(failure))
                continue
            programs.restart_last()
            programs.wait_for(f"http://127.0.0.1:{PORT}/")
            say(f"Ready again after {time.monotonic() - began:.1f} seconds; reload the page.")


def welcome(sandboxed: bool, seconds: float) -> None:
    """Where to go."""
    say(f"\nReady after {seconds:.1f} seconds. Ctrl-C stops everything; nothing you did is lost.\n")
    say(f"  The app              {BASE_URL}")
    if sandboxed:
        say(f"  The Stripe sandbox   http://127.0.0.1:{SANDBOX_PORT}   (card 4242 4242 4242 4242)")
    say(f"  Mails it has sent    {BASE_URL}/dev/mailbox\n")


def say(words: str) -> None:
    """One line for the person at the prompt."""
    print(words, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
