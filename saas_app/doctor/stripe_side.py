"""Stripe: is it the account that these rows belong to, and is all there as the set-up made it?"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from saas_app.billing import catalogue, setup
from saas_app.billing.compare import last_run, shop
from saas_app.billing.endpoint import is_reachable, webhook_url, what_is_wrong
from saas_app.billing.gateway import catalogue as products
from saas_app.billing.gateway import client, endpoints
from saas_app.billing.reconcile import WATERMARK
from saas_app.billing.stripe_account import PORTAL, check_account, stripe_object
from saas_app.core import db
from saas_app.core.clock import now
from saas_app.core.config import settings
from saas_app.core.errors import AppError, in_full, in_words
from saas_app.doctor.findings import Finding, ok, warn, wrong

SKEW_SECONDS = 60
SEEN_WITHIN = timedelta(hours=1)
COMPARED_WITHIN = timedelta(days=7)
SET_UP = "run: python -m saas_app stripe-setup"
COMPARE = "run: python -m saas_app reconcile"

Check = Callable[[], Awaitable[Finding]]


async def examine(*, has_rows: bool) -> list[Finding]:
    """What can be told without Stripe, then the key, then whatever the key lets us see."""
    found = [_secret()]
    if has_rows:
        with db.system_session("health", read_only=True) as session:
            found += _rows(session)
    answers = await _checked("Stripe answers", _key)
    found.append(answers)
    if answers.state != "ok":
        return found
    found.append(await _checked("clock", _clock))
    found.append(await _checked("webhook endpoint", _endpoint))
    if has_rows:
        found += [await _checked("customer portal", _portal), await _checked("catalogue at Stripe", _catalogue)]
        found += [each async for each in _reconciled()]
    return found


async def _checked(about: str, check: Check) -> Finding:
    try:
        return await check()
    except AppError as error:
        return wrong(about, in_full(error))


def _secret() -> Finding:
    count = len(settings().webhook_secrets())
    if not count:
        return wrong("webhook secret", "no STRIPE_WEBHOOK_SECRET, so no event is taken", SET_UP)
    return ok("webhook secret", "" if count == 1 else f"{count} are accepted")


def _rows(session: Session) -> list[Finding]:
    _, since = catalogue.version(session)
    return [
        ok("catalogue", f"of {since:%Y-%m-%d %H:%M} UTC") if since else wrong("catalogue", "none is mirrored", SET_UP),
        *[warn("plan terms", each, "edit the product's metadata in Stripe") for each in catalogue.misread(session)],
    ]


async def _key() -> Finding:
    """The key, its mode and its account; a key of another account than these rows' is said by check_account."""
    now_ = settings()
    await check_account()
    account = await products.fetch_account_id()
    words = f"{now_.stripe_mode}, account {account}"
    if now_.is_production and now_.stripe_mode != "live":
        return warn("Stripe answers", words, "no real money is taken with this key")
    return ok("Stripe answers", words)


async def _clock() -> Finding:
    return on_clock(abs((await client.fetch_time()) - time.time()))


def on_clock(skew: float) -> Finding:
    """What it means that our clock is so many seconds away from Stripe's."""
    if skew > SKEW_SECONDS:
        words = f"{in_words(int(skew))} away from Stripe's"
        return warn("clock", words, "let this machine keep time (NTP); signatures older than 5 minutes are refused")
    return ok("clock", f"{skew:.0f} seconds from Stripe's")


async def _endpoint() -> Finding:
    url, about = webhook_url(), "webhook endpoint"
    if not is_reachable():
        return ok(about, f"none: Stripe cannot reach {url}, stripe listen brings its events")
    found = await endpoints.find_endpoints(url)
    if not found:
        return wrong(about, f"Stripe sends nothing to {url}", SET_UP)
    if problem := what_is_wrong(found[0], setup.EVENTS):
        return wrong(about, problem, SET_UP)
    if len([each for each in found if each.enabled]) > 1:
        return warn(about, "there are several for this address", "delete all but one in Stripe: each event comes twice")
    return ok(about, f"{url}, version {found[0].version}, {len(setup.EVENTS)} kinds of event")


async def _portal() -> Finding:
    if not await db.read_system("stripe objects", stripe_object, PORTAL):
        return wrong("customer portal", "none", SET_UP)
    found = await shop.portal_differences()
    if found:
        return wrong("customer portal", str(found[0]), SET_UP)
    return ok("customer portal")


async def _catalogue() -> Finding:
    found, counts = await shop.catalogue_differences()
    if found:
        return wrong("catalogue at Stripe", f"{len(found)} differences, such as {found[0]}", f"{COMPARE} --repair")
    return ok("catalogue at Stripe", f"the same, {counts['products']} products and {counts['prices']} prices")


async def _reconciled() -> AsyncGenerator[Finding]:
    seen = await db.read_system("stripe objects", stripe_object, WATERMARK)
    if not seen:
        yield warn("missed events", "never looked for", "is the app running?")
    elif (late := now() - datetime.fromisoformat(seen)) > SEEN_WITHIN:
        yield wrong(
            "missed events", f"looked for last {in_words(int(late.total_seconds()))} ago", "is the app running?"
        )
    else:
        yield ok("missed events", f"looked for {in_words(int(late.total_seconds()))} ago")
    run = await db.read_system("reconcile", last_run)
    if run is None:
        yield warn("comparison with Stripe", "never done", COMPARE)
    elif run.status:
        yield wrong("comparison with Stripe", f"on {run.at:%Y-%m-%d %H:%M} UTC: {run.summary}", f"{COMPARE} --repair")
    elif now() - run.at > COMPARED_WITHIN:
        yield warn("comparison with Stripe", f"last on {run.at:%Y-%m-%d}: {run.summary}", COMPARE)
    else:
        yield ok("comparison with Stripe", f"on {run.at:%Y-%m-%d %H:%M} UTC: {run.summary}")
