"""Which parameters an operation acts on: whatever else Stripe knows is refused aloud, never ignored in silence.

`"items[price, quantity]"` takes two parts of each item, `"metadata"` takes all of it, and
`"billing_mode[type]=flexible"` takes one value (`|` between several). `"*"` takes what comes: for calls that are
private to Stripe's own tools.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from stripe_sandbox.errors import Invalid


@dataclass
class Taken:
    """A parameter that is acted on: some of its parts, some of its values, or (with neither) all of it."""

    parts: dict[str, Taken] = field(default_factory=dict)
    values: tuple[str, ...] = ()


def read(declared: Iterable[str]) -> Taken:
    """What a route declares, as a tree."""
    root = Taken()
    for each in declared:
        path, _, values = each.partition("=")
        *inside, last = path.replace("]", "").split("[")
        node = root
        for name in inside:
            node = node.parts.setdefault(name, Taken())
        for name in last.split(","):
            node.parts[name.strip()] = Taken(values=tuple(values.split("|")) if values else ())
    return root


def refuse_others(taken: Taken, params: dict[str, Any]) -> None:
    """Raise for the first parameter, in the order of the alphabet, that nobody would act on."""
    if "*" in taken.parts:
        return
    for name, value in sorted(params.items()):
        _check(taken.parts.get(name), value, name)


def _check(taken: Taken | None, value: Any, where: str) -> None:
    if taken is None:
        raise Invalid(f"The sandbox does not do `{where}` here, and would rather say so than ignore it.", param=where)
    if isinstance(value, list):
        for index, each in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            _check(taken, each, f"{where}[{index}]")
    elif isinstance(value, dict) and taken.parts:
        for name, each in sorted(value.items()):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            _check(taken.parts.get(name), each, f"{where}[{name}]")
    elif taken.values and value not in (None, "") and _text(value) not in taken.values:
        raise Invalid(f"The sandbox does `{where}` only as {' or '.join(taken.values)}.", param=where)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
