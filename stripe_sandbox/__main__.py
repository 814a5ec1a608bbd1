"""python -m stripe_sandbox --port 4242 --db data/stripe.db"""

import argparse
import asyncio
import logging
import signal
import socket
import sys
import threading
import webbrowser
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server

from stripe_sandbox import app
from stripe_sandbox.guard import is_loopback


def main() -> None:
    """Read the options, then serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m stripe_sandbox", description="A local Stripe. No real money.")
    parser.add_argument("--port", type=int, default=4242)
    parser.add_argument("--host", default="127.0.0.1", help="an address of this machine")
    parser.add_argument("--db", type=Path, default=Path("data/stripe.db"), help="the file it remembers in")
    parser.add_argument(
        "--expose", action="store_true", help="listen beyond this machine; only for private container networks"
    )
    parser.add_argument("--open", action="store_true", help="open the screens in a browser")
    options = parser.parse_args()
    if not options.expose and not is_loopback(options.host):
        sys.exit(f"The sandbox listens on this machine only, and {options.host} is not a loopback address.")
    logging.basicConfig(level=logging.WARNING, format="stripe_sandbox: %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.ERROR)
    asyncio.run(_serve(options.host, options.port, options.db, loopback_only=not options.expose, browser=options.open))


async def _serve(host: str, port: int, db: Path, *, loopback_only: bool, browser: bool) -> None:
    host = "127.0.0.1" if host == "localhost" else host
    url = f"http://{host}:{port}"

    def ready() -> None:
        print(f"Stripe sandbox ready on {url} – no real money, remembers in {db}", flush=True)
        if browser:
            threading.Timer(0.3, webbrowser.open, [url]).start()

    server = Server(
        app.build(db, loopback_only=loopback_only, on_ready=ready, address=url),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        log_enabled=False,
    )
    _require_free(host, port)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, server.stop)
    await server.serve()


def _require_free(host: str, port: int) -> None:
    """The server shares ports with others of its kind; two sandboxes on one port would answer in turns."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            sys.exit(f"Port {port} is taken. Is the sandbox running already?")


if __name__ == "__main__":
    main()
