"""Who may call which event handler.

Every public method of a State can be called by anyone over the socket (docs/decisions/0004), so every handler
says who it is for, an unmarked one stops the start, and this middleware asks before each event.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import reflex as rx
from reflex.event import Event
from reflex.state import BaseState, StateUpdate
from reflex_base.constants import ROUTER_HEADERS, ROUTER_SESSION

from saas_app.core import habits, logs
from saas_app.core.viewer import Viewer
from saas_app.edge.who import FindViewer

Handler = TypeVar("Handler", bound=Callable[..., Any])

MARK = "_for_whom"
ROOT = "reflex___state____state"
HYDRATE = {f"{ROOT}.hydrate", f"{ROOT}.hydrate_and_load"}
# Reflex's own events that a browser needs; all else of Reflex's (setvar, upload, …) is refused.
INTERNAL = {
    f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal",
    f"{ROOT}.reflex___state____on_load_internal_state.set_is_hydrated",
    f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal",
    f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception",
    f"{ROOT}.set_is_hydrated",
}
EVENTS_PER_SECOND = 30
BURST = 90


class UnmarkedHandler(RuntimeError):
    """A handler that does not say who may call it."""


def public(handler: Handler) -> Handler:
    """Anyone may call this handler."""
    setattr(handler, MARK, "public")
    return handler


def member(handler: Handler) -> Handler:
    """Only somebody who is logged in may call this handler."""
    setattr(handler, MARK, "member")
    return handler


def admin(handler: Handler) -> Handler:
    """Only an administrator may call this handler; others are answered as if it did not exist."""
    setattr(handler, MARK, "admin")
    return handler


class AppState(rx.State):
    """Parent of every state of the app: remembers which log-in session this tab's state belongs to.

    "" is a stranger's, and None nobody's yet: a new tab's, or one that Reflex forgot since nothing was done in it for
    an hour.
    """

    _owner: str | None = None


_viewer: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


class NobodyHere(PermissionError):
    """A handler asked for its viewer outside an event that the gate let through."""


def current_viewer() -> Viewer:
    """Who sent the event that is being handled. The gate looked it up for this very event."""
    viewer = _viewer.get()
    if viewer is None:
        raise NobodyHere
    return viewer


def marks() -> dict[str, str]:
    """Every handler of the app's own states by its full event name, with its mark ('' when it has none)."""
    found: dict[str, str] = {}
    for state in _descendants(rx.State):
        if state.__module__.startswith("reflex"):
            continue
        for name, handler in state.event_handlers.items():
            if name == "setvar":  # Reflex puts it on every state; the gate never lets it through
                continue
            found[f"{state.get_full_name()}.{name}"] = getattr(handler.fn, MARK, "")
    return found


def _descendants(state: type[BaseState]) -> list[type[BaseState]]:
    children = list(state.get_substates())
    return children + [below for child in children for below in _descendants(child)]


class Gate(rx.Middleware):
    """Look before each event: is this tab still this person's, and may they call this handler?"""

    def __init__(self, find_viewer: FindViewer) -> None:
        self._find_viewer = find_viewer
        self._marks = marks()
        self._buckets: dict[str, tuple[float, float]] = {}
        unmarked = sorted(name for name, mark in self._marks.items() if not mark)
        if unmarked:
            raise UnmarkedHandler(
                "Say who may call each of these with @public, @member or @admin, or rename it _so: "
                + ", ".join(unmarked)
            )

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        logs.new_request_id()
        write_as_read_in(state)
        root = state._get_root_state()  # pyright: ignore[reportPrivateUsage]
        tab, digest = sent_by(state)
        viewer = await self._find_viewer(digest) if digest else None
        _viewer.set(viewer)
        if not self._has_room(tab):
            return StateUpdate()
        if not await self._bind(root, digest if viewer else "", event.name):
            return _to("/login")
        if event.name in HYDRATE or event.name in INTERNAL:
            return None
        mark = self._marks.get(event.name, "")
        if mark == "public" or (viewer and mark == "member") or (viewer and viewer.is_admin and mark == "admin"):
            return None
        return _to("/login") if viewer is None else StateUpdate()

    async def _bind(self, root: BaseState, owner: str, event_name: str) -> bool:
        """Tie the state tree to the log-in session. A tree of another session is emptied before it is shown."""
        mine = await root.get_state(AppState)
        if mine._owner is None:  # pyright: ignore[reportPrivateUsage]
            mine._owner = owner  # pyright: ignore[reportPrivateUsage]
        if mine._owner == owner:  # pyright: ignore[reportPrivateUsage]
            return True
        if event_name not in HYDRATE:
            return False
        arrived_with = root.router_data
        root.reset()
        root._update_router_vars(arrived_with, {})  # pyright: ignore[reportPrivateUsage]
        mine._owner = owner  # pyright: ignore[reportPrivateUsage]
        return True

    def _has_room(self, tab: str) -> bool:
        """A tab may send a burst, then so many events a second."""
        now = time.monotonic()
        room, last = self._buckets.get(tab, (float(BURST), now))
        room = min(float(BURST), room + (now - last) * EVENTS_PER_SECOND)
        if len(self._buckets) > 10_000:
            self._buckets.clear()
        self._buckets[tab] = (max(0.0, room - 1), now)
        return room >= 1


def sent_by(state: BaseState) -> tuple[str, str]:
    """The tab that an event came from, and the digest of its log-in session; read past `router`, which is put together
    anew each time and took a sixth of an event.
    """
    root = state._get_root_state()  # pyright: ignore[reportPrivateUsage]
    session, headers = root.get_value(ROUTER_SESSION), root.get_value(ROUTER_HEADERS)
    return session.client_token, session_digest(headers.cookie)


def write_as_read_in(state: BaseState) -> None:
    """From here on dates, numbers and money are those of the person at this tab."""
    root = state._get_root_state()  # pyright: ignore[reportPrivateUsage]
    habits.follow(root.get_value(ROUTER_HEADERS).accept_language)


def session_digest(cookie_header: str) -> str:
    """The digest that the edge put in place of the session cookie; '' when there was none."""
    name, _, value = cookie_header.partition("=")
    return value if name == "session" and len(value) == 64 else ""


def _to(path: str) -> StateUpdate:
    events: list[Event] = Event.from_event_type(rx.redirect(path))  # pyright: ignore[reportUnknownMemberType]
    return StateUpdate(events=events)
