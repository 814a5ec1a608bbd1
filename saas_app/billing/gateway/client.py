"""The connection to Stripe, and names of ours for its failures."""

from __future__ import annotations  # what stands in signatures alone is not loaded: Stripe's classes are many

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar, cast

import stripe

from saas_app.billing.gateway.errors import (
    CardRefused,
    StripeBroken,
    StripeBusy,
    StripeLockedOut,
    StripeMissing,
    StripeRefused,
    StripeUnavailable,
)
from saas_app.core.config import settings
from saas_app.core.errors import AppError

T = TypeVar("T")
S = TypeVar("S", bound=stripe.StripeObject)

# A person waits for these, and a tab's state is locked for ten seconds at most.
TIMEOUT_SECONDS = 8
RETRIES = 1
# https://docs.stripe.com/error-codes
ASKS_THE_BANK = ("authentication_required", "subscription_payment_intent_requires_action")
PAUSES_SECONDS = (0.2, 0.4, 0.8, 1.6)

_PASSING: dict[int, type[StripeUnavailable]] = {
    HTTPStatus.CONFLICT: StripeBusy,
    HTTPStatus.INTERNAL_SERVER_ERROR: StripeBroken,
}


@cache
def _client(key: str, base: str) -> stripe.StripeClient:
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else {},
        max_network_retries=RETRIES,
        http_client=stripe.HTTPXClient(timeout=TIMEOUT_SECONDS),
    )


def client() -> stripe.StripeClient:
    """The SDK's client for the account that the settings name."""
    now = settings()
    return _client(now.stripe_secret_key, now.stripe_api_base)


@dataclass
class _Line:
    """Whether the last call of this process was answered."""

    silent: bool = False


_line = _Line()


def is_silent() -> bool:
    """Whether Stripe did not answer when this process asked last, so that what we know may be behind."""
    return _line.silent


async def ask(call: Awaitable[T]) -> T:
    """Await one API call and give its failures names of ours."""
    try:
        answer = await _named(call)
    except AppError as error:
        _line.silent = isinstance(error, StripeUnavailable) and not isinstance(error, StripeBusy)
        raise
    _line.silent = False
    return answer


async def _named(call: Awaitable[T]) -> T:
    try:
        return await call
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise StripeMissing(str(error.user_message)) from error
        raise StripeRefused(str(error.user_message)) from error
    except stripe.CardError as error:
        raise CardRefused(str(error.user_message), needs_action=error.code in ASKS_THE_BANK) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise StripeLockedOut(str(error.user_message)) from error
    except stripe.IdempotencyError as error:
        raise StripeRefused(str(error.user_message)) from error
    except stripe.StripeError as error:  # network, 5xx, 429
        raise _PASSING.get(error.http_status or 0, StripeUnavailable)() from error


async def each_of(call: Awaitable[stripe.ListObject[S]]) -> AsyncGenerator[S]:
    """Every item of a list, page by page; a later page fails by the same names as the first."""
    items = (await ask(call)).auto_paging_iter()
    while True:
        try:
            item = await ask(anext(items))
        except StopAsyncIteration:
            return
        yield item


async def ask_with_key(call: Callable[[], Awaitable[T]]) -> T:
    """As `ask`, for a request with an idempotency key: while another click's is under way, wait for its answer."""
    for pause in PAUSES_SECONDS:
        try:
            return await ask(call())
        except StripeBusy:
            await asyncio.sleep(pause)
    return await ask(call())


async def fetch_time() -> float:
    """What time it is at Stripe, in Unix seconds, by the date on an answer of its."""
    answer: Any = await ask(cast(Any, client()).raw_request_async("get", "/v1/account"))
    said = {name.lower(): value for name, value in dict(answer.headers).items()}.get("date")
    return parsedate_to_datetime(str(said)).timestamp() if said else time.time()


def id_of(thing: Any) -> str:
    """The id of a field that Stripe may expand."""
    return thing if isinstance(thing, str) else str(thing.id) if thing else ""


def when(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
