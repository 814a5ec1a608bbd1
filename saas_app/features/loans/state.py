"""The scenario page asks; the service decides."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import reflex as rx
from reflex.event import EventSpec

from saas_app.billing.gate_state import Told, needs
from saas_app.billing.gates import Refusal, is_open_by_now
from saas_app.billing.plans import Feature
from saas_app.billing.state import AccountState
from saas_app.core import db
from saas_app.core.errors import NotFound
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.edge.gate import AppState, current_viewer, member
from saas_app.edge.live import LiveState
from saas_app.features.loans import compare, payments, service
from saas_app.features.loans.compare import MOST, Compared
from saas_app.features.loans.forms import read_change, read_form, typed_again
from saas_app.features.loans.payments import Plan
from saas_app.features.loans.quick import carried
from saas_app.features.loans.service import Desk, ScenarioView
from saas_app.features.loans.views import ResultView

EMPTY = Desk((), "", "", False, False, False, False)


class ScenariosState(Told, AppState):
    """The loan form, its result, and what is saved. `source` is the scenario whose numbers stand in the form."""

    desk: Desk = EMPTY
    result: ResultView = ResultView()
    compared: list[Compared] = []
    picked: list[str] = []
    opened: Plan = Plan()
    folder: str = ""
    changing: str = ""
    deleting: str = ""
    brought: dict[str, str] = {}
    form_number: int = 0
    source: str = ""
    source_name: str = ""
    _typed: dict[str, str] = {}
    _shown: str = ""

    async def _read(self, viewer: Viewer) -> None:
        self.desk = await db.read(viewer, service.desk)
        there = {each.id for each in self.desk.scenarios}
        self.picked = [each for each in self.picked if each in there]
        if self.folder not in self.desk.clients:
            self.folder = ""
        if self.opened.id not in there:
            self.opened = Plan()
        if self.source not in there:
            self.source = ""
        if self.refusal.words and await db.read(viewer, is_open_by_now, self.refusal):
            self.refusal = Refusal()
        if self.compared and self.desk.may_compare:
            self.compared = list(await db.read(viewer, compare.compare, self.picked))

    @rx.event
    @member
    async def load(self) -> EventSpec | None:
        """Read what is saved, and what the plan allows.

        Work out the loan that the calculator has sent along, and open the schedule that the address names.
        """
        await self._load()
        carried_along = carried(self.router.url.query_parameters)
        if carried_along or self._typed:  # else what was typed while the server was away stays
            self._bring(carried_along or self._typed)
        if carried_along:
            self._typed = carried_along
            await self._try(db.read, service.work_out, self._typed)
        asked_for = self.router.url.query_parameters.get("show", "")
        if asked_for != self._shown and asked_for in {each.id for each in self.desk.scenarios}:
            self._shown = asked_for  # once: this is done again whenever the connection was gone
            await self._open(asked_for)
            return rx.set_focus("schedule")
        return None

    @rx.event
    @member
    async def work_out(self, form: dict[str, Any]) -> None:
        """Work out the loan as typed. What was typed stays in the page, whatever comes of it."""
        self._typed = _words(form)
        await self._try(db.read, service.work_out, self._typed)

    @rx.event
    @member
    async def save(self, form: dict[str, Any]) -> None:
        """Save the loan that was worked out last, under the name typed beside it."""
        names = {key: value for key, value in _words(form).items() if key in ("name", "client")}
        await self._try(db.run, service.save_scenario, {**self._typed, **names})

    @rx.event
    @member
    async def take(self, scenario_id: str) -> EventSpec | None:
        """Put the numbers of a scenario of one's own into the form, to change them there."""

        async def do(viewer: Viewer) -> str:
            row = await db.read(viewer, service.find, str(scenario_id))
            typed = typed_again(service.loan_of(row))
            self.result = await db.read(viewer, service.work_out, read_form(typed))
            self._typed = typed
            self._bring(typed)
            self.source, self.source_name, self.changing = row.id, row.name, ""
            return _("These are the numbers of {name}. Change them above, work it out, and keep it below.").format(
                name=row.name
            )

        return rx.set_focus("loan-card") if await self._do(do) else None

    def _bring(self, typed: dict[str, str]) -> None:
        """Put this into the fields of the form, whatever somebody has typed there since."""
        self.brought = typed
        self.form_number += 1

    @rx.event
    @member
    async def keep(self) -> None:
        """Give the scenario whose numbers were taken those that were worked out last."""

        async def do(viewer: Viewer) -> str:
            done = await db.run(viewer, service.change_loan, self.source, read_form(self._typed).loan)
            self.source = ""
            return _("{name} has the new numbers.").format(name=done.name)

        await self._do(do)

    async def _try(
        self,
        transaction: Callable[..., Awaitable[ResultView | ScenarioView]],
        verb: Callable[..., ResultView | ScenarioView],
        typed: dict[str, str],
    ) -> None:
        """Do one of the two things with a form, and word whatever stands in the way."""

        async def do(viewer: Viewer) -> str:
            done = await transaction(viewer, verb, read_form(typed))
            if isinstance(done, ScenarioView):
                self.source = ""
                return _("Saved as {name}.").format(name=done.name)
            self.result = done
            return ""

        await self._do(do)

    @rx.event
    @member
    async def change(self, form: dict[str, Any]) -> None:
        """Rename a scenario, write notes, or put it into another folder."""

        async def do(viewer: Viewer) -> str:
            name, notes, client = read_change(_words(form))
            await db.run(viewer, service.change_scenario, _words(form).get("scenario", ""), name, notes, client)
            return _("Changed.")

        if await self._do(do):
            self.changing = ""

    @rx.event
    @member
    async def copy_one(self, scenario_id: str) -> None:
        """Save a scenario of one's own once more."""

        async def do(viewer: Viewer) -> str:
            made = await db.run(viewer, service.copy_scenario, str(scenario_id))
            return _("Saved as {name}.").format(name=made.name)

        await self._do(do)

    @rx.event
    @member
    async def delete(self, scenario_id: str) -> None:
        """Delete a scenario of one's own; the page has asked first."""

        async def do(viewer: Viewer) -> str:
            await db.run(viewer, service.delete_scenario, str(scenario_id))
            return _("Deleted.")

        self.deleting = ""
        await self._do(do)

    @rx.event
    @member
    async def show(self, scenario_id: str) -> None:
        """Open the whole schedule of a scenario, or close it again."""

        if self.opened.id == scenario_id:
            self.opened = Plan()
        else:
            await self._open(str(scenario_id))

    async def _open(self, scenario_id: str) -> None:
        async def do(viewer: Viewer) -> str:
            self.opened = await db.read(viewer, payments.plan_of, scenario_id)
            return ""

        await self._do(do)

    @rx.event
    @member
    async def ask(self, what: str, scenario_id: str) -> None:
        """Show the form to change a scenario, or the question before one is deleted; with '' hide it."""
        self.changing, self.deleting = "", ""
        if what == "change":
            self.changing = str(scenario_id)
        elif what == "delete":
            self.deleting = str(scenario_id)

    @rx.event
    @member
    async def show_folder(self, client: str) -> None:
        """Show the scenarios of one client, or with '' all."""
        self.folder = client if client in self.desk.clients else ""

    @rx.event
    @member
    async def pick(self, scenario_id: str) -> None:
        """Take a scenario into the next comparison, or out of it; the fifth pushes the first out."""
        mine = {each.id for each in self.desk.scenarios}
        without = [each for each in self.picked if each != scenario_id]
        taken_out = len(without) < len(self.picked)
        self.picked = without if taken_out or scenario_id not in mine else [*without, scenario_id][-MOST:]

    @rx.event
    @member
    @needs(Feature.COMPARE)
    async def compare(self) -> None:
        """Put what was picked side by side, or else the first four."""
        self.said = ""
        try:
            self.compared = list(await db.read(current_viewer(), compare.compare, self.picked))
        except NotFound as error:  # deleted in another tab a moment ago
            self.errors = {"form": str(error)}


# What the scenario page loads; a feature that stands on it adds its own.
page_loads: list[Any] = [AccountState.load, ScenariosState.load]
page_states: list[type[LiveState]] = [AccountState, ScenariosState]


def _words(form: object) -> dict[str, str]:
    """The fields of a form that are text; a form over the socket may be anything."""
    fields = cast(dict[str, object], form) if isinstance(form, dict) else {}
    return {key: value for key, value in fields.items() if isinstance(value, str)}
