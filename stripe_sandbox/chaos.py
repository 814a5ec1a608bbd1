"""Unkindness on request: what networks and Stripe itself do on a bad day, so that an app can show that it copes."""

import random
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Chaos:
    """How unkind to be. Shares lie between 0 and 1, times are seconds; all zero is an ordinary day."""

    duplicate: float = 0.0  # share of deliveries that come twice
    drop: float = 0.0  # share of deliveries whose first try gets lost
    delay: float = 0.0  # every delivery waits this long
    shuffle: bool = False  # deliveries come in any order
    fail: float = 0.0  # share of API calls answered with a 500
    limit: float = 0.0  # share of API calls answered with a 429
    slow: float = 0.0  # every API call takes this much longer
    seed: int = 0  # the same seed, the same luck

    @property
    def on(self) -> bool:
        return any(value for name, value in asdict(self).items() if name != "seed")


_MOST = {"duplicate": 1.0, "drop": 1.0, "fail": 1.0, "limit": 1.0, "delay": 3600.0, "slow": 30.0}


def parse(given: dict[str, Any]) -> Chaos:
    """Chaos as asked for; raises ValueError that says what is wrong."""
    known = {field.name for field in fields(Chaos)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ValueError(f"There is no `{unknown[0]}`. There are: {', '.join(sorted(known))}.")
    values: dict[str, Any] = {}
    for name, most in _MOST.items():
        values[name] = float(given.get(name) or 0)
        if not 0 <= values[name] <= most:
            raise ValueError(f"`{name}` lies between 0 and {most:g}.")
    values["shuffle"] = given.get("shuffle") in (True, "true", "on", "1")
    values["seed"] = int(given.get("seed") or 0)
    return Chaos(**values)


class Weather:
    """The chaos that reigns now, and its dice; everybody who is unkind asks here."""

    def __init__(self) -> None:
        self.now = Chaos()
        self.dice = random.Random(0)  # noqa: S311 - repeatable on purpose

    def become(self, chaos: Chaos) -> None:
        self.now = chaos
        self.dice = random.Random(chaos.seed)  # noqa: S311 - repeatable on purpose

    def strikes(self, share: float) -> bool:
        """Does it happen this time?"""
        return share > 0 and self.dice.random() < share
