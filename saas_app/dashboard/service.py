"""What to do first. Each part of the product adds a step of its own, and the list ends when all are done."""

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


# How a part of the product sees whether its step is done.
first_steps: list[Callable[[Session], Step]] = []


def steps(session: Session) -> tuple[Step, ...]:
    """The steps of this person, in the order of the menu."""
    return tuple(read(session) for read in first_steps)
