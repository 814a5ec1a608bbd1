"""What a product's metadata in Stripe says about its plan: how many it holds, what it opens, where it stands.

    limit_scenarios = 5 (or: unlimited)        feature_compare = true (or: false)        order = 2

What is not said there is as `plans.py` has it. What cannot be read says so, and changes nothing: a slip of the finger
in Stripe must neither lock people out of what they paid for nor give something away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from saas_app.billing.plans import Feature, Limit, Plan

MOST = 1_000_000_000  # fits into every column
UNLIMITED = "unlimited"


@dataclass(frozen=True)
class Terms:
    """One product's metadata as we read it; `problems` are in words for whoever edits it."""

    limits: dict[str, int | None] = field(default_factory=dict[str, int | None])
    features: dict[str, bool] = field(default_factory=dict[str, bool])
    position: int = 0
    problems: tuple[str, ...] = ()


def read_terms(metadata: Mapping[str, str]) -> Terms:
    """Read what is ours; keys without our prefixes belong to somebody else."""
    limits: dict[str, int | None] = {}
    features: dict[str, bool] = {}
    position, problems = 0, list[str]()
    for key, value in sorted(metadata.items()):
        kind, _, name = key.partition("_")
        said = value.strip().lower()
        if kind == "limit":
            if name not in set(Limit):
                problems.append(f"{key} is no limit that the code knows")
            elif said == UNLIMITED:
                limits[name] = None
            elif (count := _whole(said)) is not None:
                limits[name] = count
            else:
                problems.append(f"{key} is “{_short(value)}”, and has to be a whole number or “{UNLIMITED}”")
        elif kind == "feature":
            if name not in set(Feature):
                problems.append(f"{key} is no feature that the code knows")
            elif said in ("true", "false"):
                features[name] = said == "true"
            else:
                problems.append(f"{key} is “{_short(value)}”, and has to be true or false")
        elif key == "order":
            if (found := _whole(said)) is not None:
                position = found
            else:
                problems.append(f"order is “{_short(value)}”, and has to be a whole number")
    return Terms(limits, features, position, tuple(problems))


def with_terms(plan: Plan, limits: Mapping[str, int | None], features: Mapping[str, bool]) -> Plan:
    """The plan of the code, changed by what its product says. Names that this code does not know count for nothing."""
    if not limits and not features:
        return plan
    opened = {Feature(name) for name, on in features.items() if on and name in set(Feature)}
    closed = {name for name, on in features.items() if not on}
    held = {**dict(plan.limits), **{Limit(name): count for name, count in limits.items() if name in set(Limit)}}
    return replace(
        plan,
        features=frozenset(each for each in plan.features | opened if each not in closed),
        limits=tuple((limit, count) for limit, count in held.items() if count is not None),
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= MOST else None


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
