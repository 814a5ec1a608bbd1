"""What the first screen knows of its viewer beside the account."""

import reflex as rx

from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.dashboard import service
from saas_app.dashboard.service import Recent, Step
from saas_app.edge.gate import AppState, member
from saas_app.edge.live import LiveState


class DashboardState(LiveState, AppState):
    """What somebody did last; the first steps, and how many are behind: the account itself is the first."""

    recent: tuple[Recent, ...] = ()
    steps: tuple[Step, ...] = ()
    done: int = 0
    all: int = 0

    async def _read(self, viewer: Viewer) -> None:
        found = await db.read(viewer, service.screen)
        self.steps, self.recent = found.steps, found.recent
        behind = [True, viewer.email_verified, *(step.done for step in self.steps)]
        self.done, self.all = sum(behind), len(behind)

    @rx.event
    @member
    async def load(self) -> None:
        """Read what is done."""
        await self._load()
