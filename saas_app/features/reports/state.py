"""Reports and links on the scenario page: it asks, the service decides."""

from typing import Any, cast

import reflex as rx

from saas_app.billing.gate_state import Told
from saas_app.billing.gates import Refusal, check, is_open_by_now
from saas_app.billing.plans import Feature
from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.edge.gate import AppState, member
from saas_app.features.loans.state import page_loads, page_states
from saas_app.features.reports import service, sharing
from saas_app.features.reports.forms import read_recipient, read_wish
from saas_app.features.reports.service import Shelf
from saas_app.features.reports.sharing import LinkView

NEEDED = {"report": Feature.REPORT, "share": Feature.SHARE}


class ReportsState(Told, AppState):
    """What was asked for and made, and the form that is open: `wanted` is "report" or "share", of scenario `of`.

    `address` is the link that was just made; nobody can show it again.
    """

    shelf: Shelf = Shelf()
    links: list[LinkView] = []
    wanted: str = ""
    of: str = ""
    address: str = ""

    async def _read(self, viewer: Viewer) -> None:
        self.shelf = await db.read(viewer, service.shelf)
        self.links = list(await db.read(viewer, sharing.links))
        if self.refusal.words and await db.read(viewer, is_open_by_now, self.refusal):
            self.refusal = Refusal()

    @rx.event
    @member
    async def load(self) -> None:
        """Read what there is."""
        await self._load()

    @rx.event
    @member
    async def ask(self, what: str, scenario_id: str) -> None:
        """Open the form for a report or a link of a scenario, or say what it takes to have one; with '' close it."""

        async def do(viewer: Viewer) -> str:
            await db.read(viewer, check, NEEDED[self.wanted])
            return ""

        self.address = ""
        self.wanted, self.of = (str(what), str(scenario_id)) if what in NEEDED else ("", "")
        if self.wanted:
            await self._do(do)
        else:
            self.errors, self.refusal, self.said = {}, Refusal(), ""

    @rx.event
    @member
    async def make(self, form: dict[str, Any]) -> None:
        """Have a report made. It comes by itself when it is ready."""

        async def do(viewer: Viewer) -> str:
            await db.run(viewer, service.ask_for, read_wish(_words(form)))
            return _("Your report is being made. It appears below.")

        if await self._do(do):
            self.wanted, self.of = "", ""

    @rx.event
    @member
    async def share(self, form: dict[str, Any]) -> None:
        """Make a link."""

        async def do(viewer: Viewer) -> str:
            typed = _words(form)
            self.address = await db.run(viewer, sharing.share, typed.get("scenario", ""), read_recipient(typed))
            return ""

        await self._do(do)

    @rx.event
    @member
    async def delete(self, report_id: str) -> None:
        """Delete a report of one's own."""

        async def do(viewer: Viewer) -> str:
            await db.run(viewer, service.delete_report, str(report_id))
            return _("The report is deleted.")

        await self._do(do)

    @rx.event
    @member
    async def revoke(self, link_id: str) -> None:
        """Let a link show nothing from now on."""

        async def do(viewer: Viewer) -> str:
            await db.run(viewer, sharing.revoke, str(link_id))
            return _("The link shows nothing from now on.")

        await self._do(do)


def _words(form: object) -> dict[str, str]:
    """The fields of a form that are text or a ticked box; a form over the socket may be anything."""
    fields = cast(dict[str, object], form) if isinstance(form, dict) else {}
    ticked = {key: "yes" for key, value in fields.items() if value is True}
    return {key: value for key, value in fields.items() if isinstance(value, str)} | ticked


page_loads.append(ReportsState.load)
page_states.append(ReportsState)
