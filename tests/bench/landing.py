"""How many landing pages a second one process and port give away, beside nginx and beside a server that does nothing.

    make bench

wrk asks, nginx holds the same bytes as a file, and the bare server is the one that we use with the same headers and
bytes at hand: what we could reach at most. wrk and nginx come from the system: apt-get install wrk nginx-light.
"""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from stripe_sandbox.testing import free_port
from tests.bench.figures import say
from tests.e2e.stack import Stack

TIMES, SECONDS, CONNECTIONS = 5, 2, 32
PATIENCE_SECONDS = 20  # a peer on a busy machine needs it
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "en-US,en;q=0.9"}
BARE = """
START = {{"type": "http.response.start", "status": 200, "headers": {headers!r}}}
BODY = {{"type": "http.response.body", "body": {body!r}}}

async def app(scope, receive, send):
    await send(START)
    await send(BODY)
"""
NGINX = """
worker_processes 1; daemon off; {user} error_log stderr crit; pid {folder}/pid;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 100000000; open_file_cache max=10; sendfile on; tcp_nopush on;
  server {{
    listen 127.0.0.1:{port}; root {folder};
    location / {{ default_type text/html; add_header Content-Encoding br; try_files /page.br =404; }}
  }}
}}
"""


@dataclass(frozen=True)
class Load:
    """Of several runs the middle one."""

    per_second: float
    p50: float
    p99: float
    spent: float  # microseconds of processor for each, which others on the machine change least

    def __str__(self) -> str:
        return f"{self.per_second:,.0f}/s, p50 {self.p50:.2f} ms, p99 {self.p99:.2f} ms, processor {self.spent:.0f} µs"


def main() -> None:
    """Print one line per figure."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            port = int(stack.url.rpartition(":")[2])
            headers, body = answer(port)
            say("the landing page on the wire, brotli", f"{len(body) / 1000:.1f} kB, headers {size(headers)} bytes")
            again(port, dict(headers)[b"etag"].decode())
            if shutil.which("wrk") is None:
                say("the landing page under load", "wrk is not here: apt-get install wrk")
                return
            ours = under_load(port, stack.app.pid)
            say(f"the landing page, {CONNECTIONS} connections", str(ours))
        finally:
            stack.stop()
        beside(ours, headers, body, Path(folder))


def beside(ours: Load, headers: list[tuple[bytes, bytes]], body: bytes, folder: Path) -> None:
    """What the same bytes cost elsewhere, and what part of that we reach."""
    own = [(name, value) for name, value in headers if name not in (b"server", b"date", b"connection")]
    (folder / "bare.py").write_text(BARE.format(headers=own, body=body))
    (folder / "page.br").write_bytes(body)
    port = free_port()
    user = "" if os.geteuid() else "user root;"  # else its worker is somebody who may not read our folder
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=user))
    bare = [sys.executable, "-m", "granian", "--interface", "asginl", "--log-level", "error", "--port", str(port)]
    servers = {"the bare server": [*bare, "bare:app"]}
    if found := shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        servers["nginx"] = [found, "-c", str(folder / "nginx.conf")]
    for name, command in servers.items():
        with running(command, port, folder) as pid:
            limit = under_load(port, pid)
        say(f"the same bytes from {name}", f"{limit}")
        say(f"ours ÷ {name}", f"{ours.per_second / limit.per_second:.2f}; processor {ours.spent / limit.spent:.2f}")
    if "nginx" not in servers:
        say("the same bytes from nginx", "nginx is not here: apt-get install nginx-light")


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[int]:
    """A server in this folder until we have done, in a session of its own as the app is: Linux shares out by those."""
    with subprocess.Popen(command, cwd=folder, start_new_session=True) as process:  # noqa: S603 (named above)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not is_open(port):
            time.sleep(0.05)  # noqa: TID251  it is not ours to tell us
        try:
            yield process.pid
        finally:
            process.terminate()


def is_open(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def under_load(port: int, session: int) -> Load:
    """The middle of several runs, after one that warms up."""
    runs = [wrk(port, session) for _ in range(TIMES + 1)][1:]
    return Load(*(statistics.median(each) for each in zip(*runs, strict=True)))


def wrk(port: int, session: int) -> tuple[float, float, float, float]:
    """Requests a second, of what one waits the middle and the 99th part in milliseconds, microseconds of processor."""
    asked = [f"-H{name}: {value}" for name, value in BROWSER.items()]
    shape = ["-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", f"--timeout={PATIENCE_SECONDS}", "--latency"]
    command = ["wrk", *shape, *asked, f"http://127.0.0.1:{port}/"]
    before = spent(session)
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 (named above)
    took = spent(session) - before
    if "Non-2xx" in told or "Socket errors" in told:
        raise SystemExit(told)
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    waits = {
        part: float(number) * units[unit] for part, number, unit in re.findall(r"(\d+)%\s+([\d.]+)(us|ms|s)", told)
    }
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    count = re.search(r"(\d+) requests in", told)
    assert rate is not None, told
    assert count is not None, told
    return float(rate[1]), waits["50"], waits["99"], took / int(count[1]) * 1_000_000


def spent(session: int) -> float:
    """Seconds of processor that the processes of this session have used (proc(5))."""
    ticks = 0
    for found in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = found.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12]) if int(fields[3]) == session else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def answer(port: int, **more: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The headers and the bytes of one answer, as they come over the wire."""
    head, _, body = exchange(port, **more).partition(b"\r\n\r\n")
    lines = (line.partition(b": ") for line in head.split(b"\r\n")[1:])
    return [(name, value) for name, _, value in lines], body


def again(port: int, etag: str) -> None:
    """A second visit, in bytes."""
    told = exchange(port, if_none_match=etag)
    assert told.startswith(b"HTTP/1.1 304"), told
    say("the landing page, a second visit", f"one 304 of {len(told)} bytes, body and all")


def exchange(port: int, **more: str) -> bytes:
    """All that the server sends for one request."""
    asked = {"Host": f"localhost:{port}", "Connection": "close", **BROWSER}
    asked |= {name.replace("_", "-"): value for name, value in more.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"GET / HTTP/1.1\r\n{head}\r\n".encode())
        return b"".join(iter(lambda: line.recv(65_536), b""))


def size(headers: list[tuple[bytes, bytes]]) -> int:
    """Bytes of these headers on the wire."""
    return sum(len(name) + len(value) + 4 for name, value in headers)


if __name__ == "__main__":
    main()
