"""What to do first, and what somebody did last. Each part of the product adds its own.

The list of steps ends when all are done.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from saas_app.core.frozen import Frozen


@dataclass(frozen=True)
class Step(Frozen):
    """Something to do once: what and why, where, and whether it is done."""

    title: str = ""
    words: str = ""
    action: str = ""
    href: str = ""
    done: bool = False


@dataclass(frozen=True)
class Recent(Frozen):
    """Something to go on with: its name, what it came to, and where it is. An island is not `inside`."""

    title: str = ""
    words: str = ""
    href: str = ""
    inside: bool = True


@dataclass(frozen=True)
class Screen(Frozen):
    """What the first screen shows of somebody's own rows."""

    steps: tuple[Step, ...] = ()
    recent: tuple[Recent, ...] = ()


# How a part of the product sees whether its step is done.
first_steps: list[Callable[[Session], Step]] = []
# What it has for somebody who comes back, newest first, a few at most.
latest: list[Callable[[Session], list[Recent]]] = []


def screen(session: Session) -> Screen:
    """The steps of this person, and what they did last, in the order of the menu."""
    return Screen(
        steps=tuple(read(session) for read in first_steps),
        recent=tuple(found for read in latest for found in read(session)),
    )
