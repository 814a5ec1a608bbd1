"""The gates as Reflex knows them: a mark for handlers, and what this person's plan opens and holds."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

import reflex as rx

from saas_app.billing import usage
from saas_app.billing.entitlements import NotEntitled
from saas_app.billing.gates import Need, Refusal, check, explain
from saas_app.billing.plans import Plan, named
from saas_app.billing.usage import Meter
from saas_app.core import db, written
from saas_app.core.errors import AppError, BadInput
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.core.written import sentence
from saas_app.edge.gate import AppState, current_viewer, member
from saas_app.edge.live import LiveState

NEEDS = "__needs__"  # on a handler: the names of what it asks for, so that tests find all that is paid
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])


def needs(*wanted: Need) -> Callable[[Handler], Handler]:
    """Let a handler run only if its caller's plan has all of this; otherwise the state's `refusal` says why not.

    It goes below @member, on a plain coroutine of a state that has `refusal: Refusal = Refusal()`.
    """

    def guard(handler: Handler) -> Handler:
        if not inspect.iscoroutinefunction(handler):
            raise TypeError(f"{handler.__qualname__}: @needs goes on a plain coroutine; others call gates.check")

        @wraps(handler)
        async def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                await db.read(current_viewer(), check, *wanted)
            except NotEntitled as error:
                self.refusal = await explain(error)
                return None
            self.refusal = Refusal()
            return await handler(self, *args, **kwargs)

        setattr(guarded, NEEDS, [need.key if isinstance(need, Plan) else need.value for need in wanted])
        return cast(Handler, guarded)

    return guard


class Told(LiveState, mixin=True):
    """For a state whose handlers do one thing each: what was done, or what stood in the way, in words."""

    said: str = ""
    errors: dict[str, str] = {}
    refusal: Refusal = Refusal()

    async def _load(self) -> Viewer:
        """Read as ever; what was done on an earlier visit of this tab is no news any more."""
        self.said = ""
        return await super()._load()

    async def _do(self, work: Callable[[Viewer], Awaitable[str]]) -> bool:
        """Do something, say what was done, and word whatever stands in the way. Whether it was done."""
        viewer = current_viewer()
        self.said, self.errors, self.refusal = "", {}, Refusal()
        try:
            self.said = await work(viewer)
        except BadInput as error:
            self.errors = error.errors
        except NotEntitled as error:
            self.refusal = await explain(error)
        except AppError as error:
            self.errors = {"form": str(error)}
        await self._read(viewer)
        return not self.errors and not self.refusal.words


@dataclass(frozen=True)
class MeterView:
    """A limit in words, for a bar: `percent` is 0 where there is no limit."""

    label: str
    words: str
    percent: int = 0
    resets: str = ""
    is_full: bool = False


class OpenState(LiveState, AppState):
    """What the viewer's plan opens, why the rest is closed, and how full it is."""

    features: list[str] = []
    refusals: dict[str, Refusal] = {}
    meters: list[MeterView] = []

    async def _read(self, viewer: Viewer) -> None:
        found = await db.read(viewer, usage.what_is_open)
        self.features = [feature.value for feature in found.features]
        self.refusals = {error.need: await explain(error) for error in found.locked}
        self.meters = [in_words(meter) for meter in found.meters]

    @rx.event
    @member
    async def load(self) -> None:
        """Read what this person's plan opens."""
        await self._load()


def in_words(meter: Meter) -> MeterView:
    """A limit as a person reads it: 3 of 20, and the day on which it starts again."""
    label = sentence(named(meter.limit))
    resets = written.day_of_month(meter.resets_at) if meter.resets_at else ""
    if meter.holds is None:
        return MeterView(label, _("{used}, without limit").format(used=meter.used), resets=resets)
    if not meter.holds and not meter.used:
        return MeterView(label, _("None on this plan"), is_full=True)
    share = min(100, meter.used * 100 // meter.holds) if meter.holds else 100
    return MeterView(
        label,
        _("{used} of {holds}").format(used=meter.used, holds=meter.holds),
        share,
        resets,
        meter.used >= meter.holds,
    )
