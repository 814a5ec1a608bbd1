"""What public pages show of the catalogue, kept in memory until the catalogue changes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from sqlmodel import Session

from saas_app.billing import catalogue
from saas_app.billing.catalogue import Offer
from saas_app.billing.plans import PLANS
from saas_app.core import db, live
from saas_app.core.config import settings
from saas_app.core.errors import Unavailable
from saas_app.edge.islands import Slots

# Another process may have written a new catalogue; ours is announced at once.
LOOK_AGAIN_SECONDS = 2.0
SANDBOX_CARD = "4242 4242 4242 4242"

# What else public pages show of the catalogue, as slots. A feature adds its own.
more_slots: list[Callable[[Session], dict[str, Any]]] = []


class Storefront:
    """The slots of the public pages: `fill` answers from memory, and looks at the database when it may have changed.

    `fixed` are further slots, which stay as they are while the app runs.
    """

    def __init__(self, fixed: dict[str, Any] | None = None) -> None:
        self._fixed = fixed or {}
        self._slots: Slots | None = None
        self._in_currency: dict[str, dict[str, Any]] = {}
        self._looked_at = 0.0
        self._lock = asyncio.Lock()
        live.listen(self._hear)

    def _hear(self, what: str) -> None:
        if what == live.CATALOGUE:
            self._looked_at = 0.0

    async def fill(self) -> Slots:
        """The slots as of now; the last known ones while the database does not answer."""
        if self._slots is not None and time.monotonic() < self._looked_at + LOOK_AGAIN_SECONDS:
            return self._slots
        async with self._lock:
            if self._slots is None or time.monotonic() >= self._looked_at + LOOK_AGAIN_SECONDS:
                try:
                    await self._look()
                except Unavailable:
                    if self._slots is None:
                        return Slots("unavailable", {**_values((), "Prices cannot be shown right now."), **self._fixed})
                self._looked_at = time.monotonic()
        assert self._slots is not None  # noqa: S101 (narrowed by _look)
        return self._slots

    def derive(self, typed: dict[str, str]) -> dict[str, Any]:
        """Yearly prices come first, unless somebody asked for monthly ones; another currency if all is sold in it."""
        found = self._in_currency.get(typed["currency"].lower(), {})
        return {"billing_month": typed["billing"] in ("month", "monthly"), **found}

    async def _look(self) -> None:
        version, _ = await db.read_system("catalogue", catalogue.version)
        if self._slots is not None and self._slots.version == version:
            return
        sold_in = await db.read_system("catalogue", catalogue.currencies)
        offers = await db.read_system("catalogue", catalogue.offers)
        note = "" if version else "Prices are being prepared. Please come back in a minute."
        more = {name: value for read in more_slots for name, value in (await db.read_system("catalogue", read)).items()}
        self._in_currency = {
            each: {**_plans(await db.read_system("catalogue", catalogue.offers, each)), "chosen_currency": each}
            for each in sold_in
            if len(sold_in) > 1
        }
        values = {**_values(offers, note), "currencies": [*self._in_currency], **more, **self._fixed}
        self._slots = Slots(version, values)


def _plans(offers: tuple[Offer, ...]) -> dict[str, Any]:
    currency = next((offer.year.currency for offer in offers if offer.year.available), "")
    return {
        **({"currency": currency} if currency else {}),
        "plans": {offer.key: _with_empty(offer) for offer in offers} or _no_plans(),
        "order": [{offer.key: True} for offer in offers] or [{key: True} for key in PLANS],  # slots hold no quotes
    }


def _values(offers: tuple[Offer, ...], note: str) -> dict[str, Any]:
    now = settings()
    return {
        **_plans(offers),
        "chosen_currency": "",
        "currencies": [],
        "prices_note": note,
        "sandbox": now.stripe_mode == "sandbox",
        "sandbox_card": SANDBOX_CARD,
        "test_mode": now.stripe_mode == "test",
        "mailbox": not now.is_production and not now.smtp_url,
        "base_url": now.base_url,
        "password_min_length": now.password_min_length,
    }


def _with_empty(offer: Offer) -> dict[str, Any]:
    return asdict(replace(offer, features=tuple(offer.features)))


def _no_plans() -> dict[str, Any]:
    return {
        plan.key: _with_empty(Offer(plan.key, plan.name, plan.description, plan.sells, **catalogue.held_by(plan)))
        for plan in PLANS.values()
    }
