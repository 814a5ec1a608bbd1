"""The door of `/v1`: keys, versions, parameters, idempotency, then one function in one transaction.

Follows docs.stripe.com/api: authentication, versioning, errors, idempotent_requests, expanding_objects.
"""

import base64
import binascii
import hashlib
import json
import logging
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stripe_sandbox import API_VERSION, clock, forms, legacy, spec, wire
from stripe_sandbox import takes as declared
from stripe_sandbox.chaos import Weather
from stripe_sandbox.errors import Invalid, StripeError
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import Object, Store, Tx, real_now

log = logging.getLogger("stripe_sandbox")

Params = dict[str, Any]
Handler = Callable[..., Object]

_OWNERS = ("test_clock", "customer", "subscription", "from_subscription", "invoice", "payment_intent", "charge")
_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    pattern: re.Pattern[str]
    handler: Handler
    takes: declared.Taken


@dataclass(frozen=True)
class Request:
    """What came over the wire, as far as the API cares."""

    method: str
    path: str
    query: str
    body: str
    headers: Mapping[str, str]  # names in lower case
    base_url: str


@dataclass(frozen=True)
class Reply:
    status: int
    body: str
    headers: dict[str, str]


_ROUTES: list[Route] = []


def route(method: str, path: str, takes: Iterable[str] = ()) -> Callable[[Handler], Handler]:
    """Register the function that answers an operation; path ids arrive as keyword arguments.

    `takes`: the parameters it acts on, as `takes.py` reads them. `expand` works everywhere.
    """
    taken = declared.read(takes)

    def register(handler: Handler) -> Handler:
        pattern = re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")
        _ROUTES.append(Route(method, path, pattern, handler, taken))
        _ROUTES.sort(key=lambda each: each.path.count("{"))  # /search wins over /{customer}
        return handler

    return register


class Api:
    """Answers API calls out of a store."""

    def __init__(self, store: Store, weather: Weather | None = None) -> None:
        self.store = store
        self.weather = weather or Weather()
        self.reader = forms.Reader(spec.load())
        self.down_until = 0.0
        self._flying: set[str] = set()
        self._flying_lock = threading.Lock()

    def answer(self, request: Request) -> Reply:
        """One call from start to end; every outcome is a reply."""
        request_id = new_id("req", 14)
        version = request.headers.get("stripe-version", API_VERSION)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        headers = {"Request-Id": request_id, "Stripe-Version": version, "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            self._be_unkind()
            _authenticate(request.headers.get("authorization", ""))
            if key and len(key) > 255:
                raise Invalid("Idempotency keys may be at most 255 characters long.")
            status, text = self._once(request, request_id, key, headers)
        except StripeError as error:
            status, text = error.status, wire.text(error.body())
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            status = 500
            text = wire.text(StripeError(500, "api_error", "The sandbox has a defect; its log says where.").body())
        return Reply(status, text, headers)

    def call(self, method: str, path: str, form: Mapping[str, str], base_url: str) -> Object:
        """An operation for the dashboard: the same door without key, chaos and idempotency. Raises StripeError."""
        asked = Request(method, path, "", urllib.parse.urlencode(form), {}, base_url)
        status, text = self._run(asked, None, None)
        answer = json.loads(text)
        if status >= 400:
            error = answer["error"]
            raise StripeError(status, error["type"], error["message"], code=error.get("code"), param=error.get("param"))
        return answer

    def _be_unkind(self) -> None:
        chaos = self.weather.now
        if real_now() < self.down_until:
            raise StripeError(503, "api_error", "The sandbox was asked to be down for a while.")
        if chaos.slow:
            threading.Event().wait(chaos.slow)  # API calls have threads of their own
        if self.weather.strikes(chaos.limit):
            raise StripeError(429, "invalid_request_error", "Too many requests (chaos).", code="rate_limit")
        if self.weather.strikes(chaos.fail):
            raise StripeError(500, "api_error", "An error occurred (chaos).")

    def _once(self, request: Request, request_id: str, key: str | None, headers: dict[str, str]) -> tuple[int, str]:
        """Run a call, or replay it when its key was seen before."""
        if key is None:
            return self._run(request, request_id, None)
        with self._flying_lock:
            if key in self._flying:
                raise StripeError(
                    409,
                    "idempotency_error",
                    "There is currently another in-progress request using this Idempotent Key.",
                    code="idempotency_key_in_use",
                )
            self._flying.add(key)
        try:
            with self.store.transaction() as tx:
                earlier = _replay(tx, request, key)
            if earlier is not None:
                original, status, text = earlier
                headers |= {"Idempotent-Replayed": "true", "Original-Request": original}
                return status, text
            return self._run(request, request_id, key)
        finally:
            with self._flying_lock:
                self._flying.discard(key)

    def _run(self, request: Request, request_id: str | None, key: str | None) -> tuple[int, str]:
        found, ids = _match(request)
        params = self._params(request, found)
        expand = params.pop("expand", [])
        refused: StripeError | None = None
        text = ""
        with self.store.transaction(base_url=request.base_url, request_id=request_id) as tx:
            tx.idempotency_key = key
            clock.enter(tx, [*ids.values(), *(params.get(name) for name in _OWNERS)])
            try:
                if request.method != "GET":
                    clock.refuse_while_advancing(tx)
                with tx.attempt():
                    answer = _run_keeping_declines(tx, found, params, ids)
                    if isinstance(answer, StripeError):
                        refused = answer
                    else:
                        text = wire.text(wire.expand(tx, wire.public(answer), expand))
            except StripeError as error:
                refused = error
            if refused is not None:
                text = wire.text(refused.body())
            # refused before anything ran = not remembered, so that a corrected call may use the key
            if key and (refused is None or refused.status in (402, 500)):
                status = refused.status if refused else 200
                tx.db.execute(
                    "INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?)",
                    (key, _print(request), request_id, status, text, real_now()),
                )
        return (refused.status if refused else 200), text

    def _params(self, request: Request, found: Route) -> Params:
        operation = spec.load().operations.get((found.method, found.path))
        tree = forms.decode("&".join(part for part in (request.query, request.body) if part))
        if operation is None:  # newer than the published subset
            params = tree
        else:
            schema = operation.parameters
            if request.method == "POST":
                old = legacy.is_old(request.headers.get("stripe-version"))
                schema = legacy.schema_for(found.path, schema, old=old)
            params = legacy.modern(found.path, self.reader.read(schema, tree))
        older = legacy.names(found.path) if request.method == "POST" else frozenset[str]()
        now = {name: value for name, value in params.items() if name != "expand" and name not in older}
        declared.refuse_others(found.takes, now)
        return params


def _run_keeping_declines(tx: Tx, found: Route, params: Params, ids: dict[str, str]) -> Object | StripeError:
    """A decline is an answer whose traces stay; any other refusal undoes what the call wrote."""
    try:
        return found.handler(tx, params, **ids)
    except StripeError as error:
        if error.keep:
            return error
        raise


def _match(request: Request) -> tuple[Route, dict[str, str]]:
    for each in _ROUTES:
        match = each.pattern.match(request.path)
        if match and each.method == request.method:
            return each, match.groupdict()
    raise StripeError(
        404,
        "invalid_request_error",
        f"Unrecognized request URL ({request.method}: {request.path}). The sandbox's README lists what it has.",
    )


def _authenticate(header: str) -> None:
    scheme, _, value = header.partition(" ")
    key = value.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key, validate=True).decode().split(":", 1)[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if key.startswith(("sk_live_", "rk_live_", "pk_live_")):
        log.error("A LIVE Stripe key was sent to the sandbox. Take it out of this environment, and roll it.")
        raise StripeError(
            401,
            "invalid_request_error",
            "This is a sandbox, and the key is a live one. Never use live keys here; consider it exposed and roll it.",
        )
    if not key:
        raise StripeError(
            401,
            "invalid_request_error",
            "You did not provide an API key. Use any key that starts with sk_test_.",
        )
    if not key.startswith(("sk_test_", "rk_test_")):
        raise StripeError(401, "invalid_request_error", f"Invalid API Key provided: {key[:7]}****")


def _replay(tx: Tx, request: Request, key: str) -> tuple[str, int, str] | None:
    tx.db.execute("DELETE FROM replies WHERE at < ?", (real_now() - _KEPT_SECONDS,))
    row = tx.db.execute("SELECT request, request_id, status, body FROM replies WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    if row[0] != _print(request):
        raise StripeError(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{key}' if you meant to execute a different request.",
        )
    return row[1], row[2], row[3]


def _print(request: Request) -> str:
    """A fingerprint of what was asked; the order of parameters does not matter."""
    parts = sorted(part for part in f"{request.query}&{request.body}".split("&") if part)
    return hashlib.sha256("\n".join([request.method, request.path, *parts]).encode()).hexdigest()
