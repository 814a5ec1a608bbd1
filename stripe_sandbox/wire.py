"""From what is stored to what is sent: private notes off, hidden lists attached, ids expanded.

Follows docs.stripe.com/api/expanding_objects: four levels, `data.` inside lists.
"""

from collections.abc import Callable
from typing import Any

from pydantic_core import to_json

from stripe_sandbox import spec
from stripe_sandbox.errors import Invalid
from stripe_sandbox.store import PRIVATE, Object, Tx

_DEPTH = 4
Virtual = Callable[[Tx, Object], Any]
_VIRTUAL: dict[tuple[str, str], Virtual] = {}


def virtual(kind: str, field: str) -> Callable[[Virtual], Virtual]:
    """Register a field that is only there when asked for with `expand`."""

    def register(function: Virtual) -> Virtual:
        _VIRTUAL[kind, field] = function
        return function

    return register


def public(value: Any) -> Any:
    """A copy without private notes, at any depth. A price is shown in the currency that it was made in."""
    if isinstance(value, dict):
        if value.get("object") == "price":
            value = {**value, **value.get(PRIVATE, {}).get("made_in", {})}
        return {
            key: public(each) if isinstance(each, (dict, list)) else each
            for key, each in value.items()
            if key != PRIVATE
        }
    if isinstance(value, list):
        return [public(each) for each in value]
    return value


def text(body: Any) -> str:
    """JSON in lines, as Stripe writes it. Python's own indents in Python, which took half the time of an answer."""
    return to_json(body, indent=2).decode()


def listing(items: list[Object], url: str, *, has_more: bool = False) -> Object:
    """A list object around items."""
    return {"object": "list", "data": items, "has_more": has_more, "url": url}


def expand(tx: Tx, answer: Any, paths: list[str]) -> Any:
    """Put objects in the place of their ids, path by path."""
    for path in paths:
        parts = path.split(".")
        depth = len([part for part in parts if part != "data"])
        if depth > _DEPTH:
            raise Invalid(
                f"You cannot expand more than {_DEPTH} levels of a property. Property: {path}", param="expand"
            )
        _walk(tx, answer, parts, path)
    return answer


def _walk(tx: Tx, node: Any, parts: list[str], path: str) -> None:
    if not parts or node is None:
        return
    if isinstance(node, list):
        for each in node:
            _walk(tx, each, parts, path)
        return
    if not isinstance(node, dict) or node.get("deleted"):
        return
    name, rest = parts[0], parts[1:]
    kind = node.get("object", "")
    if (kind, name) in _VIRTUAL:
        if not isinstance(node.get(name), dict):
            stored = tx.find(node["id"]) or node
            node[name] = public(_VIRTUAL[kind, name](tx, stored))
    elif name not in node and not (kind and spec.load().expandable(kind, name)):
        raise Invalid(f"This property cannot be expanded ({path}).", param="expand")
    else:
        node[name] = _load(tx, node.get(name))
        if not rest and not _is_object(node[name]):
            raise Invalid(f"This property cannot be expanded ({path}).", param="expand")
    _walk(tx, node[name], rest, path)


def _load(tx: Tx, value: Any) -> Any:
    if isinstance(value, list):
        return [_load(tx, each) for each in value]
    if isinstance(value, str):
        found = tx.find(value)
        return public(found) if found else value
    return value


def _is_object(value: Any) -> bool:
    return value is None or isinstance(value, dict | list)
