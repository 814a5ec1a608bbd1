"""The line between the app and Stripe, as bad as one likes: cut, halved, slow, refused."""

import json
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx

PASSED_ON = ("authorization", "content-type", "idempotency-key", "stripe-version")
SENT_BACK = ("idempotent-replayed", "request-id", "stripe-should-retry", "date")


class Fault(StrEnum):
    """What befalls one call."""

    NEVER_ARRIVED = "cut before Stripe heard of it"
    NEVER_ANSWERED = "cut after Stripe has acted"
    HALVED = "cut in the middle of the answer"
    BROKEN = "a 500 in place of what Stripe did, which is said again to the same key"
    DOWN = "a 503, and nothing was done"
    TOO_MANY = "a 429"
    IN_USE = "a 409: the key is under way elsewhere"
    NO_JSON = "the page of a proxy in between"


class _Quiet(ThreadingHTTPServer):
    """Callers who hang up are what this is for."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Line:
    """Passes each call on, unless a fault waits for it. `calls` are method, path and idempotency key, in order."""

    def __init__(self, target: str) -> None:
        self.faults: deque[Fault] = deque()
        self.calls: list[tuple[str, str, str]] = []
        self.broken = set[str]()  # keys; what failed once under one of these fails for a day
        self.wait_seconds = 0.0
        self._bell: tuple[int, Callable[[], object]] | None = None
        self._let_go = threading.Event()
        self._behind = httpx.Client(timeout=30, trust_env=False)
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                line._heard(self.command, self.path, self.headers.get("idempotency-key", ""))
                fault = line.faults.popleft() if line.faults else None
                if line.wait_seconds:
                    line._let_go.wait(line.wait_seconds)
                key = self.headers.get("idempotency-key", "")
                if key in line.broken:
                    self._answer(500, _BROKEN)
                elif fault is Fault.NEVER_ARRIVED:
                    self._hang_up()
                elif refusal := _refusal(fault):
                    self._answer(*refusal)
                else:
                    headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
                    answer = line._behind.request(self.command, target + self.path, content=body, headers=headers)
                    kept = {name: answer.headers[name] for name in SENT_BACK if name in answer.headers}
                    self._after(fault, answer, kept)

            def _after(self, fault: Fault | None, answer: httpx.Response, kept: dict[str, str]) -> None:
                if fault is Fault.NEVER_ANSWERED:
                    self._hang_up()
                elif fault is Fault.BROKEN:
                    line.broken |= {self.headers["idempotency-key"]} if "idempotency-key" in self.headers else set()
                    self._answer(500, _BROKEN)
                elif fault is Fault.HALVED:
                    self._begin(answer.status_code, kept, len(answer.content))
                    self.wfile.write(answer.content[: len(answer.content) // 2])
                    self._hang_up()
                else:
                    self._begin(answer.status_code, kept, len(answer.content))
                    self.wfile.write(answer.content)

            def _answer(self, status: int, content: bytes) -> None:
                self._begin(status, {}, len(content))
                self.wfile.write(content)

            def _begin(self, status: int, headers: dict[str, str], length: int) -> None:
                self.send_response_only(status)
                for name, value in {**headers, "content-type": "application/json"}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(length))
                self.end_headers()

            def _hang_up(self) -> None:
                self.wfile.flush()
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def do_GET(self) -> None:
                self._pass_on()

            def do_POST(self) -> None:
                self._pass_on()

            def do_DELETE(self) -> None:
                self._pass_on()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def at_call(self, number: int, bell: Callable[[], object]) -> None:
        """Ring when the so-manieth call from now on comes in."""
        self._bell = (number, bell) if number else None

    def be_kind(self) -> None:
        """From now on nothing goes wrong."""
        self.faults.clear()
        self.broken.clear()
        self.wait_seconds, self._bell = 0.0, None

    def _heard(self, method: str, path: str, key: str) -> None:
        self.calls.append((method, path.partition("?")[0], key))
        if self._bell is not None:
            left, bell = self._bell[0] - 1, self._bell[1]
            self._bell = (left, bell) if left else None
            if not left:
                bell()

    def keys(self, path: str) -> list[str]:
        """The idempotency keys with which something was made there."""
        return [key for method, found, key in self.calls if method == "POST" and found == path]

    def close(self) -> None:
        self._let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._behind.close()


def _refusal(fault: Fault | None) -> tuple[int, bytes] | None:
    """What is answered without asking Stripe."""
    match fault:
        case Fault.DOWN:
            return 503, _error("api_error", "We are away for a moment")
        case Fault.TOO_MANY:
            return 429, _error("invalid_request_error", "Too many requests", code="rate_limit")
        case Fault.IN_USE:
            words = "There is currently another in-progress request using this key"
            return 409, _error("idempotency_error", words, code="idempotency_key_in_use")
        case Fault.NO_JSON:
            return 502, b"<html>Bad gateway</html>"
        case _:
            return None


def _error(kind: str, words: str, **more: str) -> bytes:
    return json.dumps({"error": {"type": kind, "message": words, **more}}).encode()


_BROKEN = _error("api_error", "An unknown error occurred")
