"""Open tabs that change when their person's rows change, without a reload.

A tab registers when it loads; what was announced reaches each tab of that person. A push that is missed heals at
the next load, because loading reads the same rows.
"""

import asyncio
import logging

import reflex as rx

from saas_app.core import live
from saas_app.core.errors import AppError
from saas_app.core.viewer import Viewer
from saas_app.edge.gate import AppState, current_viewer, session_digest

log = logging.getLogger(__name__)


class LiveState(AppState):
    """A state that shows somebody's rows: `_read` fetches them, on loading and whenever they have changed."""

    loaded: bool = False

    async def _read(self, viewer: Viewer) -> None:
        """Fill this state's vars with what this viewer may see now."""
        raise NotImplementedError

    async def _load(self) -> Viewer:
        """Read, and be told of changes from now on. Call it from the page's on_load handler."""
        viewer = current_viewer()
        tabs.register(self.router.session.client_token, viewer, session_digest(self.router.headers.cookie), type(self))
        await self._read(viewer)
        self.loaded = True
        return viewer


class Tabs:
    """The open tabs of this process: which person, which log-in session, and which states they have loaded."""

    def __init__(self) -> None:
        self._tabs: dict[str, tuple[Viewer, str, set[type[LiveState]]]] = {}
        self._app: rx.App | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, app: rx.App) -> None:
        """Begin to listen, on the running loop."""
        self._app, self._loop = app, asyncio.get_running_loop()
        live.listen(self._hear)

    def register(self, tab: str, viewer: Viewer, digest: str, state: type[LiveState]) -> None:
        """Remember that this tab shows this state of this person."""
        _, known_digest, states = self._tabs.get(tab, (viewer, digest, set[type[LiveState]]()))
        self._tabs[tab] = (viewer, digest, {state} if known_digest != digest else states | {state})

    def _hear(self, user_id: str) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._start_push, user_id)

    def _start_push(self, user_id: str) -> None:
        task = asyncio.create_task(self._push(user_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _push(self, user_id: str) -> None:
        mine = [(tab, *rest) for tab, rest in self._tabs.items() if rest[0].id == user_id]
        for tab, viewer, digest, states in mine:
            try:
                await self._push_to(tab, viewer, digest, states)
            except AppError:
                log.warning("a tab could not be refreshed; it will be at its next load")
            except Exception:
                log.exception("pushing to a tab failed; it will read afresh at its next load")

    async def _push_to(self, tab: str, viewer: Viewer, digest: str, states: set[type[LiveState]]) -> None:
        if self._app is None or self._app.event_namespace is None:
            return
        if not await self._app.event_namespace._token_manager.is_token_connected(tab):  # pyright: ignore[reportPrivateUsage]
            self._tabs.pop(tab, None)
            return
        async with self._app.modify_state(rx.BaseStateToken(ident=tab, cls=AppState)) as root:
            if (await root.get_state(AppState))._owner != digest:  # pyright: ignore[reportPrivateUsage]
                return  # the tab has changed hands since
            for state in states:
                await (await root.get_state(state))._read(viewer)  # pyright: ignore[reportPrivateUsage]


tabs = Tabs()
