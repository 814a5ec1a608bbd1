"""What `make run` finds before it starts anything."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest

from saas_app.core.config import settings
from scripts import run


@pytest.fixture
def env_file(tmp_path: Path, configured: Callable[..., None]) -> Path:
    """A `.env` as people write it: the example with its comments behind the values, and a few habits from the shell."""
    example = (run.ROOT / ".env.example").read_text()
    file = tmp_path / "settings.env"
    lines = [line.lstrip("#") for line in example.splitlines() if re.match(r"#(WORKER|TRUSTED_PROXY_HOPS)=", line)]
    lines += ["export DATA_DIR=elsewhere", "MAIL_FROM='Ada # 1 <ada@example.com>'", "SANDBOX_PORT=5000  # moved", "X="]
    file.write_text("\n".join(lines))
    configured(ENV_FILE=str(file), DATA_DIR="")
    return file


def test_the_start_and_the_app_read_the_same_from_the_env_file(env_file: Path) -> None:
    found, app = run.known({"ENV_FILE": str(env_file)}), settings()
    assert found["DATA_DIR"] == str(app.data_dir) == "elsewhere"
    assert int(found["SANDBOX_PORT"]) == app.sandbox_port == 5000
    assert (found["MAIL_FROM"], found["WORKER"]) == (app.mail_from, "false") == ("Ada # 1 <ada@example.com>", "false")
    assert (app.worker, app.trusted_proxy_hops) == (False, 1)


def test_what_is_set_goes_before_the_env_file_unless_it_is_empty(env_file: Path) -> None:
    found = run.known({"ENV_FILE": str(env_file), "SANDBOX_PORT": "6000", "DATA_DIR": ""})
    assert (found["SANDBOX_PORT"], found["DATA_DIR"]) == ("6000", "elsewhere")
    assert "X" not in found


def test_a_port_is_a_number_that_a_port_can_have() -> None:
    assert run.port_in({}, "PORT", 3000) == 3000
    assert run.port_in({"PORT": "65535"}, "PORT", 3000) == 65535
    for wrong in ("abc", "-1", "0", "65536", "30²", "3000.0"):
        with pytest.raises(run.CannotStart, match=f"PORT={re.escape(wrong)} is not a port.*make run PORT=3000"):
            run.port_in({"PORT": wrong}, "PORT", 3000)


def test_app_and_sandbox_do_not_share_a_port() -> None:
    run.check_apart(3000, 4242)
    with pytest.raises(run.CannotStart, match="are both 4242"):
        run.check_apart(4242, 4242)


def test_what_is_tried_out_can_be_reached_from_this_machine_only() -> None:
    assert run.app_place() == ["--host", "127.0.0.1", "--port", "3000"]


@pytest.fixture
def neighbour() -> Generator[str]:
    """A program on this machine that answers; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/README.md"
        server.shutdown()


def test_a_proxy_does_not_stand_between_programs_of_this_machine(
    neighbour: str, configured: Callable[..., None]
) -> None:
    configured(http_proxy="http://127.0.0.1:9", no_proxy="example.com")
    assert run.answers(neighbour)
    ask = "import httpx, sys; httpx.get(sys.argv[1])"  # how the app asks the sandbox
    subprocess.run([sys.executable, "-c", ask, neighbour], env=run.surroundings(), check=True)  # noqa: S603


STARTED = """
import signal
from scripts.run import Programs
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin without it
with Programs() as programs:
    programs.start("the app", ["-c", "import signal; print('ready', flush=True); signal.pause()"], {})
    programs.watch()
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_whatever_ends_the_start_ends_what_it_started(how: signal.Signals) -> None:
    started = subprocess.Popen(  # noqa: S603 (our own)
        [sys.executable, "-c", STARTED],
        cwd=run.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == b"ready\n"
    started.send_signal(how)
    started.communicate(timeout=20)  # whoever is left would keep this open


DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
print(child.pid, flush=True)
child.wait()
"""


def test_a_program_that_does_not_end_goes_with_all_that_it_started() -> None:
    deaf = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603
    assert deaf.stdout
    assert int(deaf.stdout.readline())
    deaf.terminate()
    run._wait_or_kill(deaf, patience=0.2)
    assert deaf.returncode == -signal.SIGKILL
    assert deaf.stdout.read() == b""  # which ends when nobody is left who could write
    deaf.stdout.close()


def _both_ready(script: str) -> tuple[subprocess.Popen[str], IO[str]]:
    """A start that has started two programs, and what it says from then on."""
    started = subprocess.Popen(  # noqa: S603 (our own)
        [sys.executable, "-c", script],
        cwd=run.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert started.stdout is not None
    assert [started.stdout.readline() for _ in range(2)] == ["ready\n"] * 2
    return started, started.stdout


HURRIED = """
from scripts.run import Programs
PROGRAM = '''
import signal
signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
print("ready", flush=True)
while True:
    signal.pause()
'''
with Programs() as programs:
    for name in ("the sandbox", "the app"):
        programs.start(name, ["-c", PROGRAM], {})
    programs.watch()
"""


def test_whoever_says_it_twice_ends_everything_at_once() -> None:
    started, said = _both_ready(HURRIED)
    started.terminate()
    assert said.readline() == "asked\n"  # and the app takes its time
    started.terminate()
    started.communicate(timeout=8)  # whoever is left would keep this open


IN_TURN = """
from scripts.run import Programs
PROGRAM = '''
import signal, subprocess, sys
def end(*_):
    if sys.argv[1] == "the app":  # has something to finish
        subprocess.run([sys.executable, "-c", ""])
    print(sys.argv[1], flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
while True:
    signal.pause()
'''
with Programs() as programs:
    for name in ("the sandbox", "the app"):
        programs.start(name, ["-c", PROGRAM, name], {})
    programs.watch()
"""


def test_the_app_has_ended_before_the_sandbox_that_it_talks_to_is_stopped() -> None:
    started, _ = _both_ready(IN_TURN)
    started.terminate()
    said, _ = started.communicate(timeout=20)
    assert said.split("\n")[:2] == ["the app", "the sandbox"]
