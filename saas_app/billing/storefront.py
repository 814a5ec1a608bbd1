"""What public pages show of the catalogue, kept in memory until the catalogue changes."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from sqlmodel import Session
from starlette.requests import cookie_parser

from saas_app.billing import catalogue
from saas_app.billing.catalogue import Offer
from saas_app.billing.checkout import currency_of
from saas_app.billing.entitlements import entitlements
from saas_app.billing.money import money
from saas_app.billing.plans import PLANS
from saas_app.billing.regions import likely_currencies
from saas_app.billing.trials import trial_of
from saas_app.core import db, habits, live
from saas_app.core.config import settings
from saas_app.core.errors import Unavailable
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.edge.islands import Blank, Slots
from saas_app.edge.who import cookie_name

# Another process may have written a new catalogue; ours is announced at once.
LOOK_AGAIN_SECONDS = 2.0
MOST_WRITINGS = 256  # currencies times habits that prices are kept in; readers choose both
SANDBOX_CARD = "4242 4242 4242 4242"

# What else public pages show of the catalogue, as slots, in a currency or the usual one. A feature adds its own.
more_slots: list[Callable[[Session, str], dict[str, Any]]] = []


class Shown(NamedTuple):
    """In which currency a page shows its prices, '' for the usual one; `lasting` where nobody can choose any more."""

    currency: str = ""
    lasting: bool = False


class Storefront:
    """The slots of the public pages: `fill` answers from memory, and looks at the database when it may have changed.

    `fixed` are further slots, which stay as they are while the app runs.
    """

    def __init__(self, fixed: dict[str, Any] | None = None) -> None:
        self._fixed = fixed or {}
        self._slots: Slots | None = None
        self._version = ""
        self._in_currency: dict[str, dict[str, Any]] = {}
        self._written: dict[tuple[str, str], dict[str, Any]] = {}  # for other habits than the installation's
        self._looked_at = 0.0
        self._lock = asyncio.Lock()
        live.listen(self._hear)

    def _hear(self, what: str) -> None:
        if what == live.CATALOGUE:
            self._looked_at = 0.0

    def current(self) -> Slots | None:
        """The slots, unless it is time to look whether they still are."""
        return self._slots if time.monotonic() < self._looked_at + LOOK_AGAIN_SECONDS else None

    async def fill(self) -> Slots:
        """The slots as of now; the last known ones while the database does not answer."""
        if (known := self.current()) is not None:
            return known
        async with self._lock:
            if self.current() is None:
                try:
                    with habits.of_the_installation():
                        await self._look()
                except Unavailable:
                    if self._slots is None:
                        return Slots(
                            "unavailable", {**_values((), _("Prices cannot be shown right now.")), **self._fixed}
                        )
                self._looked_at = time.monotonic()
        assert self._slots is not None  # noqa: S101 (narrowed by _look)
        return self._slots

    async def vary(self, headers: Mapping[str, str], viewer: Viewer | None, typed: Mapping[str, str]) -> Shown:
        """In which currency to show prices to somebody: the one in which they are billed already, the one they have
        chosen, or the one of where they probably are; if all is sold in it. They are written as this reader does, or as
        the installation does while the database does not answer."""
        shown = await self._shown(headers, viewer, typed)
        try:
            ready = await self._write(shown.currency)
        except Unavailable:
            ready = False
        if not ready:
            habits.follow("")
        return shown

    async def _shown(self, headers: Mapping[str, str], viewer: Viewer | None, typed: Mapping[str, str]) -> Shown:
        if not self._in_currency:
            return Shown()
        if viewer is not None and (billed_in := await _billed_in(viewer)):
            return Shown(billed_in if billed_in in self._in_currency else "", lasting=True)
        kept = cookie_parser(headers.get("cookie", "")).get(cookie_name(settings().base_url, "currency"), "")
        wanted = [typed["currency"].lower(), kept, *likely_currencies(headers.get("accept-language", ""))]
        return Shown(next((each for each in wanted if each in self._in_currency), ""))

    def derive(self, typed: dict[str, str], shown: Shown) -> dict[str, Any]:
        """Yearly prices come first, unless somebody asked for monthly ones."""
        found = self._in_currency.get(shown.currency, {}) | self._written.get((shown.currency, habits.current()), {})
        choice = {"currencies": []} if shown.lasting else {}
        return {"billing_month": typed["billing"] in ("month", "monthly"), **found, **choice}

    async def _write(self, currency: str) -> bool:
        """Have the prices in this currency ready as the reader writes them; False while they are changing."""
        slots, key = self._slots, (currency, habits.current())
        if slots is None or not habits.current() or key in self._written:
            return True
        found = {**_plans(await db.read_system("catalogue", catalogue.offers, currency)), **await _more(currency)}
        version, _since = await db.read_system("catalogue", catalogue.version)
        if self._slots is not slots or version != self._version:
            return False
        if len(self._written) >= MOST_WRITINGS:
            self._written.clear()
        self._written[key] = found
        return True

    async def _look(self) -> None:
        version, _since = await db.read_system("catalogue", catalogue.version)
        if self._slots is not None and self._version == version:
            return
        sold_in = await db.read_system("catalogue", catalogue.currencies)
        offers = await db.read_system("catalogue", catalogue.offers)
        note = "" if version else _("Prices are being prepared. Please come back in a minute.")
        in_currency = {
            each: {
                **_plans(await db.read_system("catalogue", catalogue.offers, each)),
                **await _more(each),
                "chosen_currency": each,
                "currencies": [other for other in sold_in if other != each],
            }
            for each in sold_in
            if len(sold_in) > 1
        }
        values = {**_values(offers, note), "currencies": sold_in[1:], **await _more(""), **self._fixed}
        self._version = version
        if self._slots is None or (values, in_currency) != (self._slots.values, self._in_currency):
            # Other slots make every page that is kept ready anew; to have looked at Stripe again does not.
            self._slots, self._in_currency, self._written = Slots(version, values), in_currency, {}


async def _billed_in(viewer: Viewer) -> str:
    try:
        return await db.read(viewer, currency_of)
    except Unavailable:
        return ""


async def _more(currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for read in more_slots:
        found |= await db.read_system("catalogue", read, currency)
    return found


def _plans(offers: tuple[Offer, ...]) -> dict[str, Any]:
    currency = next((offer.year.currency for offer in offers if offer.year.available), "")
    return {
        **({"currency": currency} if currency else {}),
        "nothing": money(0, currency) if currency else _("Free"),
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
        "mine": Blank(),  # until somebody is known: `plan_held`
        "mailbox": not now.is_production and not now.smtp_url,
        "base_url": now.base_url,
        "password_min_length": now.password_min_length,
        "taxed": now.stripe_tax,
        "trials": {key: trial_of(key).words for key in PLANS},
    }


def _with_empty(offer: Offer) -> dict[str, Any]:
    return asdict(replace(offer, features=tuple(offer.features)))


def _no_plans() -> dict[str, Any]:
    return {
        plan.key: _with_empty(Offer(plan.key, plan.name, plan.description, plan.sells, **catalogue.held_by(plan)))
        for plan in PLANS.values()
    }


async def plan_held(viewer: Viewer) -> dict[str, Any]:
    """Further slots for a member: `mine.pro_v1` if that is the plan they have, which need not be offered to them.

    A plan that is only read-only until it is paid is theirs too. None while the database does not answer.
    """
    try:
        found = await db.read(viewer, entitlements)
    except Unavailable:
        return {}
    return {"mine": Blank({(found.locked or found.plan).key: "yes"})}
