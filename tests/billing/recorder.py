"""A listener on the line between our gateway and Stripe, which holds every word against Stripe's contract."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import httpx

from stripe_sandbox.contract import contract

PASSED_ON = ("authorization", "content-type", "idempotency-key", "stripe-version")


class Recorder:
    """Passes each call on to the sandbox; `problems` are what was wrong with it, `calls` which ones there were."""

    def __init__(self, target: str, *contracts: contract.Contract) -> None:
        self.calls: set[tuple[str, str]] = set()
        self.problems: list[str] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
                answer = httpx.request(self.command, target + self.path, content=body, headers=headers)
                recorder._hold(contracts, self.command, self.path, body.decode(), answer)
                self.send_response(answer.status_code)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def do_GET(self) -> None:
                self._pass_on()

            def do_POST(self) -> None:
                self._pass_on()

            def do_DELETE(self) -> None:
                self._pass_on()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def _hold(
        self, contracts: tuple[contract.Contract, ...], method: str, path: str, body: str, answer: httpx.Response
    ) -> None:
        parts = urlsplit(path)
        published, sdk = contracts
        self.calls.add((method, sdk.route(method, parts.path) or parts.path))
        asked = contract.check_both_requests(published, sdk, method, parts.path, body or parts.query)
        answered = contract.check_both(
            published, sdk, method, parts.path, answer.status_code, json.loads(answer.content)
        )
        self.problems += [f"{method} {parts.path}: {problem}" for problem in (*asked, *answered)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
