"""The gates in one line each, wherever one stands (docs/gates.md).

    require(session, Feature.COMPARE)                                in a service (entitlements.py)
    viewer = await admitted(request, Feature.COMPARE)                in a route
    async with using(viewer, Limit.REPORTS): …                       around work outside a transaction
    @needs(Feature.COMPARE)                                          on an event handler (gate_state.py)
    gated(Feature.COMPARE, comparison())                             around a part of a page (gate_components.py)

All of them refuse in the same shape: what is needed, why, what it costs and where.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse

from saas_app.billing import catalogue, usage
from saas_app.billing.catalogue import Offer
from saas_app.billing.entitlements import NotEntitled, PlanLocked, entitlements, require, require_plan
from saas_app.billing.plans import FREE, Feature, Limit, Plan
from saas_app.billing.usage import Taken, UsedUp
from saas_app.core import db, written
from saas_app.core.config import settings
from saas_app.core.errors import LoginNeeded
from saas_app.core.viewer import Viewer
from saas_app.edge.who import viewer_of

Need = Feature | Plan
NO_OFFER = Offer("", "", "", ())


@dataclass(frozen=True)
class Refusal:
    """Why somebody may not go on and what opens it: `offer` is the plan that does, empty when none is sold.

    `need` is the name of a feature, a limit or a plan; `resets` is the day on which it opens by itself, in words.
    """

    need: str = ""
    words: str = ""
    offer: Offer = NO_OFFER
    resets: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For programs: the price per month when paid by the year, or else by the month."""
        price = self.offer.year if self.offer.year.available else self.offer.month
        return {
            "need": self.need,
            "reason": self.words,
            "plan": self.offer.key,
            "price_per_month": price.per_month,
            "way": f"{settings().base_url}/pricing",
            "resets": self.resets,
        }


async def explain(error: NotEntitled) -> Refusal:
    """A refusal in the words and prices of now."""
    found = [] if isinstance(error, PlanLocked) else await db.read_system("catalogue", catalogue.offers)  # not for sale
    offer = next((each for each in found if each.key == error.plan.key and error.plan is not FREE), NO_OFFER)
    resets = written.day_of_month(error.resets_at) if isinstance(error, UsedUp) else ""
    return Refusal(error.need, str(error), offer, resets)


def check(session: Session, *needs: Need) -> None:
    """Go on only if this person's plan has all of it; raises the first NotEntitled."""
    for need in needs:
        if isinstance(need, Plan):
            require_plan(session, need)
        else:
            require(session, need)


def is_open_by_now(session: Session, refusal: Refusal) -> bool:
    """Whether this person's plan holds by now what was refused to them, so that the refusal need not stand there."""
    found, plan = usage.what_is_open(session), entitlements(session).plan
    room = any(each.limit == refusal.need and each.left != 0 for each in found.meters)
    return room or refusal.need in (*found.features, plan.key)


async def admitted(request: Request, *needs: Need) -> Viewer:
    """Who sent this request, if they may go on. Raises LoginNeeded (401) and NotEntitled (402)."""
    viewer = await viewer_of(request, settings().base_url)
    if viewer is None:
        raise LoginNeeded
    await db.read(viewer, check, *needs)
    return viewer


@asynccontextmanager
async def using(viewer: Viewer, limit: Limit, amount: int = 1) -> AsyncGenerator[Taken]:
    """Count a use before the work, and give it back if the work fails or is cancelled. Raises UsedUp.

    A process that is killed in between leaves it counted.
    """
    taken = await db.run(viewer, usage.use, limit, amount)
    try:
        yield taken
    except BaseException:
        await asyncio.shield(db.run(viewer, usage.give_back, taken))
        raise


async def refused_as_json(error: NotEntitled) -> JSONResponse:
    """402 for a program."""
    return JSONResponse((await explain(error)).as_dict(), 402, {"cache-control": "no-store"})
