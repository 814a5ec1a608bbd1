"""Who wants to know at once when something was written; told after the commit, in whatever thread that was.

Nobody depends on being told: a page reads afresh when it loads, so a message that is lost heals.
"""

from collections.abc import Callable

CATALOGUE = "catalogue"

Listener = Callable[[str], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Be told a user's id when their rows have changed, or CATALOGUE. Must return at once and never raise."""
    _listeners.append(listener)


def forget(listener: Listener) -> None:
    """No longer be told."""
    _listeners.remove(listener)


def announce(user_id: str) -> None:
    """Something of this user has changed."""
    for listener in list(_listeners):
        listener(user_id)


def announce_catalogue() -> None:
    """Products or prices have changed."""
    announce(CATALOGUE)
