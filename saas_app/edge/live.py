"""Open tabs that change when their person's rows change, without a reload.

A tab registers when it loads; what was announced reaches each tab of that person. A push that is missed heals at
the next load, because loading reads the same rows.
"""

import asyncio
import logging
from collections.abc import Coroutine
from functools import reduce
from typing import Any, cast

import reflex as rx

from saas_app.core import live
from saas_app.core.errors import AppError
from saas_app.core.viewer import Viewer
from saas_app.edge.gate import AppState, current_viewer, sent_by, write_as_read_in
from saas_app.edge.who import viewer_by

log = logging.getLogger(__name__)

FORGET_AFTER = 500  # registrations between two looks for tabs that were closed


class LiveState(AppState, mixin=True):
    """A state that shows somebody's rows: `_read` fetches them, on loading and whenever they have changed.

    Write `class NotesState(LiveState, AppState)`: Reflex then gives each state a `loaded` of its own.
    """

    loaded: bool = False

    async def _read(self, viewer: Viewer) -> None:
        """Fill this state's vars with what this viewer may see now."""
        raise NotImplementedError

    async def _load(self) -> Viewer:
        """Read, and be told of changes from now on. Call it from the page's on_load handler."""
        viewer = current_viewer()
        tab, digest = sent_by(self)
        tabs.register(tab, viewer, digest, type(self))
        await self._read(viewer)
        self.loaded = True
        return viewer


def all_loaded(*states: type[LiveState]) -> rx.Var[bool]:
    """For `rx.cond`: whether all of these have been read.

    They arrive one after the other. A page that draws what depends on them when all are there draws once, and nothing
    moves under somebody's finger.
    """
    return reduce(lambda one, other: one & other, [cast(rx.Var[bool], state.loaded) for state in states])


class Tabs:
    """The open tabs of this process: which person, which log-in session, and which states they have loaded."""

    def __init__(self) -> None:
        self._tabs: dict[str, tuple[str, str, set[type[LiveState]]]] = {}  # tab → (user id, session digest, states)
        self._registrations = 0
        self._app: rx.App | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, app: rx.App) -> None:
        """Begin to listen, on the running loop."""
        self._app, self._loop = app, asyncio.get_running_loop()
        live.listen(self._hear)

    def register(self, tab: str, viewer: Viewer, digest: str, state: type[LiveState]) -> None:
        """Remember that this tab shows this state of this person."""
        _, known_digest, states = self._tabs.get(tab, (viewer.id, digest, set[type[LiveState]]()))
        self._tabs[tab] = (viewer.id, digest, {state} if known_digest != digest else states | {state})
        self._registrations += 1
        if self._registrations % FORGET_AFTER == 0:
            self._begin(self._forget_closed())

    def _hear(self, user_id: str) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(lambda: self._begin(self._push(user_id)))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _forget_closed(self) -> None:
        for tab in list(self._tabs):
            if not await self._is_open(tab):
                self._tabs.pop(tab, None)

    async def _is_open(self, tab: str) -> bool:
        if self._app is None or self._app.event_namespace is None:
            return False
        manager = self._app.event_namespace._token_manager  # pyright: ignore[reportPrivateUsage]
        return await manager.is_token_connected(tab)

    async def _push(self, user_id: str) -> None:
        mine = [(tab, digest, states) for tab, (owner, digest, states) in self._tabs.items() if owner == user_id]
        for tab, digest, states in mine:
            try:
                await self._push_to(tab, digest, states)
            except AppError:
                log.warning("a tab could not be refreshed; it will be at its next load")
            except Exception:
                log.exception("pushing to a tab failed; it will read afresh at its next load")

    async def _push_to(self, tab: str, digest: str, states: set[type[LiveState]]) -> None:
        """Read afresh into one tab, unless it was closed, logged out, or somebody else's since."""
        viewer = await viewer_by(digest)
        if self._app is None or viewer is None or not await self._is_open(tab):
            self._tabs.pop(tab, None)
            return
        async with self._app.modify_state(rx.BaseStateToken(ident=tab, cls=AppState)) as root:
            if (await root.get_state(AppState))._owner != digest:  # pyright: ignore[reportPrivateUsage]
                return  # the tab has changed hands since
            write_as_read_in(root)
            for state in states:
                await (await root.get_state(state))._read(viewer)  # pyright: ignore[reportPrivateUsage]


tabs = Tabs()
