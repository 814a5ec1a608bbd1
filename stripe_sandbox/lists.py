"""Lists in Stripe's manner: newest first, cursors, `created` ranges (docs.stripe.com/api/pagination)."""

from typing import Any

from stripe_sandbox import wire
from stripe_sandbox.errors import Invalid
from stripe_sandbox.store import Object, Tx

PAGE = ("limit", "starting_after", "ending_before", "created")
_RANGE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(
    tx: Tx,
    kind: str,
    url: str,
    params: dict[str, Any],
    equals: dict[str, Any] | None = None,
    extra: str = "",
    values: tuple[Any, ...] = (),
    ranges: dict[str, str] | None = None,
) -> Object:
    """One page of a kind. `equals` maps a JSON path of the object to the value it must have.

    `ranges` maps further parameters of the shape of `created` to the JSON path of their moment.
    """
    where: list[str] = []
    bound: list[Any] = []
    for path, value in (equals or {}).items():
        if value is not None:
            where.append(f"json_extract(body, '$.{path}') = ?")
            bound.append(value)
    if extra:
        where.append(extra)
        bound += values
    _range("created", params.get("created"), where, bound)
    for name, path in (ranges or {}).items():
        _range(f"json_extract(body, '$.{path}')", params.get(name), where, bound)
    limit = limit_of(params)
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise Invalid("You may only specify one of these parameters: ending_before, starting_after.")
    if after or before:
        where.append("seq < ?" if after else "seq > ?")
        bound.append(_position(tx, after or before, "starting_after" if after else "ending_before"))
    rows = tx.select(kind, " AND ".join(where), tuple(bound), limit + 1, "ASC" if before else "DESC")
    has_more, rows = len(rows) > limit, rows[:limit]
    if before:
        rows.reverse()
    return wire.listing([wire.public(row) for row in rows], url, has_more=has_more)


def limit_of(params: dict[str, Any]) -> int:
    """How many at most."""
    limit = params.get("limit", 10)
    if limit is None or not 1 <= limit <= 100:
        raise Invalid("Limit must be between 1 and 100", param="limit", code="parameter_invalid_integer")
    return limit


def one_of(field: str, values: list[Any]) -> str:
    """The condition that a field of ours has one of these values."""
    return f"json_extract(body, '$.{field}') IN ({','.join('?' * len(values))})"


def of(items: list[Object], url: str, params: dict[str, Any] | None = None) -> Object:
    """One page of a list that lies inside an object, already in order."""
    params = params or {}
    ids = [each["id"] for each in items]
    limit = limit_of(params)
    start, end = 0, len(items)
    if params.get("starting_after") in ids:
        start = ids.index(params["starting_after"]) + 1
    if params.get("ending_before") in ids:
        end = ids.index(params["ending_before"])
    window = items[start:end]
    return wire.listing([wire.public(each) for each in window[:limit]], url, has_more=len(window) > limit)


def _position(tx: Tx, id_: str | None, param: str) -> int:
    row = tx.db.execute("SELECT seq FROM objects WHERE id = ?", (id_,)).fetchone()
    if row is None:
        raise Invalid(f"No such object: '{id_}'", param=param, code="resource_missing")
    return row[0]


def _range(what: str, value: Any, where: list[str], bound: list[Any]) -> None:
    if isinstance(value, int):
        value = {"gte": value, "lte": value}
    for name, moment in (value or {}).items():
        where.append(f"{what} {_RANGE[name]} ?")
        bound.append(moment)
