"""What members keep, by its name and address. A feature adds its own to `kept`."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Place:
    """Something with an address; `kind` says what it is, in a word."""

    label: str
    kind: str
    href: str


# What a feature keeps for somebody, read in that person's own session.
Read = Callable[[Session], list[Place]]
kept: list[Read] = []


def mine(session: Session) -> list[Place]:
    """What the features keep for whoever this session belongs to."""
    return [place for read in kept for place in read(session)]
