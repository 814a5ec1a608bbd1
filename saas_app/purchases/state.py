"""What the pages know of somebody's purchases. Files and payments go by links and forms; nothing here hands any out."""

from collections.abc import AsyncIterator

import reflex as rx

from saas_app.billing import checkout as hosted
from saas_app.billing.goods import GOODS
from saas_app.billing.state import LASTING, until_decided
from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.edge.gate import AppState, current_viewer, member
from saas_app.edge.live import LiveState
from saas_app.purchases import catalogue, checkout, service
from saas_app.purchases.catalogue import GoodOffer
from saas_app.purchases.checkout import NotSold
from saas_app.purchases.entitlements import OwnedAlready, UnderWay
from saas_app.purchases.service import PurchaseView

# What /billing says when our form came back with a problem.
LASTING.update({type(error).__name__: str(error) for error in (NotSold(), OwnedAlready(), UnderWay())})


class PurchasesState(LiveState, AppState):
    """The purchases on the billing page, and what else can be bought once."""

    purchases: list[PurchaseView] = []
    offers: list[GoodOffer] = []

    async def _read(self, viewer: Viewer) -> None:
        self.purchases = await db.read(viewer, service.purchases)
        self.offers = await db.read(viewer, service.offers)

    @rx.event
    @member
    async def load(self) -> None:
        """Show what is known here; the billing page asks Stripe afresh for everything at once."""
        await self._load()


class BoughtState(LiveState, AppState):
    """The page somebody lands on after paying once: what is theirs, as soon as that is the truth."""

    outcome: str = "activating"
    name: str = ""
    home: str = ""
    problem: str = ""

    def _session_id(self) -> str:
        return hosted.safe_session_id(str(self.router.url.query_parameters.get("session_id", "")))

    async def _read(self, viewer: Viewer) -> None:
        bought = await db.read(viewer, checkout.bought_in, self._session_id())
        if bought:
            known = await db.read(viewer, catalogue.names)
            self.outcome, self.name = "active", ", ".join(known.get(key, key) for key in bought)
            self.home = next((good.home for key in bought if (good := GOODS.get(key)) and good.home), "")

    @rx.event
    @member
    async def load(self) -> rx.event.EventSpec | None:
        """Show what is known already, then look at Stripe."""
        self.outcome, self.problem = "activating", ""
        await self._load()
        return None if self.outcome == "active" else BoughtState.look  # type: ignore[return-value]

    @rx.event(background=True)
    @member
    async def look(self) -> AsyncIterator[None]:
        """Ask Stripe about this checkout, until it is decided or it takes too long to wait for."""
        viewer = current_viewer()
        async with self:
            session_id = self._session_id()
        async for _ in until_decided(self, viewer, lambda: hosted.look_at(viewer, session_id, checkout.finish)):
            yield
