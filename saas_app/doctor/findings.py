"""What an examination finds, in one line that a person can act on."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

from saas_app.core.errors import AppError, ConfigError, in_full

State = Literal["ok", "warn", "wrong"]
LABELS: dict[State, str] = {"ok": "ok", "warn": "warn", "wrong": "WRONG"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it stands, and what to do if it does not stand well."""

    state: State
    about: str
    words: str = ""
    todo: str = ""

    def __str__(self) -> str:
        return f"{LABELS[self.state]:<7}" + ": ".join(filter(None, (self.about, self.words, self.todo)))

    def as_dict(self) -> dict[str, str]:
        """For machines."""
        return asdict(self)


def ok(about: str, words: str = "") -> Finding:
    return Finding("ok", about, words)


def warn(about: str, words: str, todo: str = "") -> Finding:
    return Finding("warn", about, words, todo)


def wrong(about: str, words: str, todo: str = "") -> Finding:
    return Finding("wrong", about, words, todo)


def attempt(about: str, check: Callable[[], object], todo: str = "") -> Finding:
    """What a check that raises in words has to say."""
    try:
        check()
    except (AppError, ConfigError) as error:
        return wrong(about, in_full(error), todo)
    return ok(about)
