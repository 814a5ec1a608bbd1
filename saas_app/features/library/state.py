"""The library page asks; nothing of what a chapter says ever passes through a state."""

import reflex as rx

from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.edge.gate import AppState, member
from saas_app.edge.live import LiveState
from saas_app.features.library import service
from saas_app.features.library.files import BOOK
from saas_app.features.library.service import Shelf
from saas_app.purchases import service as purchases
from saas_app.purchases.catalogue import GoodOffer


class LibraryState(LiveState, AppState):
    """The book on the shelf: whose it is, how far it was read, or what it costs."""

    shelf: Shelf = Shelf()
    offers: list[GoodOffer] = []

    async def _read(self, viewer: Viewer) -> None:
        self.shelf = await db.read(viewer, service.shelf)
        self.offers = [offer for offer in await db.read(viewer, purchases.offers) if offer.key == BOOK]

    @rx.event
    @member
    async def load(self) -> None:
        """Show what this person has, now and whenever it changes."""
        await self._load()
