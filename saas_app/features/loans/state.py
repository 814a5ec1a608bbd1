"""The scenario page asks; the service decides."""

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from saas_app.billing.entitlements import NotEntitled
from saas_app.billing.gate_state import needs
from saas_app.billing.gates import Refusal, explain
from saas_app.billing.plans import Feature
from saas_app.core import db
from saas_app.core.errors import AppError, BadInput
from saas_app.core.viewer import Viewer
from saas_app.edge.gate import current_viewer, member
from saas_app.edge.live import LiveState
from saas_app.features.loans import service
from saas_app.features.loans.forms import read_form
from saas_app.features.loans.service import Desk, ScenarioView
from saas_app.features.loans.views import ResultView

EMPTY = Desk((), "", "", False, False, False, False)


class ScenariosState(LiveState):
    """The loan form, its result, and what is saved."""

    desk: Desk = EMPTY
    result: ResultView = ResultView()
    compared: list[ScenarioView] = []
    errors: dict[str, str] = {}
    said: str = ""
    refusal: Refusal = Refusal()
    _typed: dict[str, str] = {}

    async def _read(self, viewer: Viewer) -> None:
        self.desk = await db.read(viewer, service.desk)
        if self.refusal.words and not self.desk.full and self.desk.may_repay_early:
            self.refusal = Refusal()
        if self.compared and self.desk.may_compare:
            self.compared = list(await db.read(viewer, service.compare))

    @rx.event
    @member
    async def load(self) -> None:
        """Read what is saved, and what the plan allows."""
        await self._load()

    @rx.event
    @member
    async def work_out(self, form: dict[str, Any]) -> None:
        """Work out the loan as typed. What was typed stays in the page, whatever comes of it."""
        self.said = ""
        self._typed = {key: value for key, value in form.items() if isinstance(value, str)}
        await self._try(db.read, service.work_out, self._typed)

    @rx.event
    @member
    async def save(self, form: dict[str, Any]) -> None:
        """Save the loan that was worked out last, under the name typed beside it."""
        self.said = ""
        names = {key: value for key, value in form.items() if key in ("name", "client") and isinstance(value, str)}
        await self._try(db.run, service.save_scenario, {**self._typed, **names})

    async def _try(
        self,
        transaction: Callable[..., Awaitable[ResultView | ScenarioView]],
        verb: Callable[..., ResultView | ScenarioView],
        typed: dict[str, str],
    ) -> None:
        """Do one of the two things with a form, and word whatever stands in the way."""
        viewer = current_viewer()
        self.errors, self.refusal = {}, Refusal()
        try:
            done = await transaction(viewer, verb, read_form(typed))
        except BadInput as error:
            self.errors = error.errors
        except NotEntitled as error:
            self.refusal = await explain(error)
        except AppError as error:
            self.errors = {"form": str(error)}
        else:
            if isinstance(done, ResultView):
                self.result = done
            else:
                self.said = f"Saved as {done.name}."
                await self._read(viewer)

    @rx.event
    @member
    async def delete(self, scenario_id: str) -> None:
        """Delete a scenario of one's own."""
        viewer = current_viewer()
        try:
            await db.run(viewer, service.delete_scenario, str(scenario_id))
            self.said = "Deleted."
        except AppError as error:
            self.errors = {"form": str(error)}
        await self._read(viewer)

    @rx.event
    @member
    @needs(Feature.COMPARE)
    async def compare(self) -> None:
        """Put everything that is saved side by side."""
        self.said = ""
        self.compared = list(await db.read(current_viewer(), service.compare))
