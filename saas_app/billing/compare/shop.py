"""What the set-up made at Stripe, against what is there now: catalogue, portal configuration, webhook endpoint."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session

from saas_app.billing import catalogue, setup
from saas_app.billing.compare.differences import MISSING, Difference, Report, between, snapshot
from saas_app.billing.endpoint import ensure_endpoint, is_reachable, webhook_url, what_is_wrong
from saas_app.billing.gateway import catalogue as stripe_side
from saas_app.billing.gateway import endpoints
from saas_app.billing.gateway.errors import StripeMissing
from saas_app.billing.gateway.shapes import StripePrice, StripeProduct
from saas_app.billing.models import Price, Product
from saas_app.billing.stripe_account import PORTAL, stripe_object
from saas_app.core import db

TABLES: list[sa.Table] = [each.__table__ for each in cast(list[Any], [Product, Price])]


async def compare_shop(report: Report, *, repair: bool) -> None:
    """Products and prices first, since the portal offers what they say."""
    found, counts = await catalogue_differences()
    for what, number in counts.items():
        report.count(what, number)
    if found and repair:
        await setup.sync_catalogue()
    report.differences += [replace(each, repaired=repair) for each in found]
    wrong = await portal_differences()
    if wrong and repair:
        known = await db.read_system("stripe objects", stripe_object, PORTAL)
        await setup.write_portal("" if wrong[0].there == MISSING else known, anew=True)
    report.differences += [replace(each, repaired=repair) for each in wrong]
    report.differences += await _endpoint(repair=repair)


async def catalogue_differences() -> tuple[list[Difference], dict[str, int]]:
    """Where products and prices are not as mirrored, and how many of each there are here."""
    products, prices = await stripe_side.list_products(), await stripe_side.list_prices()
    return await db.rehearse_system("reconcile", _rehearse, products, prices)


def _rehearse(
    session: Session, products: Sequence[StripeProduct], prices: Sequence[StripePrice]
) -> tuple[list[Difference], dict[str, int]]:
    before = snapshot(session, TABLES)
    catalogue.mirror(session, products, prices)
    after = snapshot(session, TABLES)
    counts = {table.name: sum(key[0] == table.name for key in before) for table in TABLES}
    return [difference for _, difference in between(before, after, {})], counts


async def portal_differences() -> list[Difference]:
    """Where the portal is not as we configured it; nothing is said before the set-up has made one."""
    known = await db.read_system("stripe objects", stripe_object, PORTAL)
    if not known:
        return []
    try:
        there = await stripe_side.fetch_portal_configuration(known)
    except StripeMissing:
        return [Difference(f"portal configuration {known}", "", "there", MISSING)]
    wanted = await setup.portal_wanted()
    if not there.get("active", True):
        return [Difference(f"portal configuration {known}", "active", "True", "False")]
    return [
        Difference(f"portal configuration {known}", path, _in_short(here), _in_short(other))
        for path, here, other in _unlike(wanted, there, "")
    ]


def _unlike(wanted: Any, there: Any, path: str) -> list[tuple[str, Any, Any]]:
    """Every leaf of what we want that Stripe has otherwise; what we do not ask for is Stripe's to choose."""
    if isinstance(wanted, dict):
        inside = cast(dict[str, Any], wanted)
        other = cast(dict[str, Any], there if isinstance(there, dict) else {})
        return [
            found
            for key, value in inside.items()
            for found in _unlike(value, other.get(key), f"{path}.{key}".strip("."))
        ]
    return [] if _plain(wanted) == _plain(there) else [(path, wanted, there)]


def _plain(value: Any) -> Any:
    """Lists at Stripe keep no order, and their entries may say more than we asked for."""
    if not isinstance(value, list):
        return value
    named = ("product", "prices", "type")
    return sorted(
        repr({key: _plain(each[key]) for key in named if key in each}) if isinstance(each, dict) else repr(each)
        for each in cast(list[Any], value)
    )


def _in_short(value: Any) -> str:
    words = str(value) if value not in (None, "") else "nothing"
    return words if len(words) <= 80 else f"{words[:77]}…"


async def _endpoint(*, repair: bool) -> list[Difference]:
    if not is_reachable():
        return []
    found = await endpoints.find_endpoints(webhook_url())
    wrong = what_is_wrong(found[0], setup.EVENTS) if found else ""
    if found and not wrong:
        return []
    if repair:
        await ensure_endpoint(setup.EVENTS, lambda line: None)
    what = f"webhook endpoint {found[0].id}" if found else f"webhook endpoint for {webhook_url()}"
    return [Difference(what, "", "there" if not found else "as set up", wrong or MISSING, repaired=repair)]
