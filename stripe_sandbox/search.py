"""Stripe's search language over what is stored (docs.stripe.com/search): `email:"a@b.c" AND metadata["k"]:"v"`.

Unlike Stripe's, which lags behind by up to a minute, it sees everything at once.
"""

import base64
import re
from typing import Any

from stripe_sandbox import lists, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.store import Object, Tx

_TAKES = ["query", "limit", "page"]
_TEXT, _NUMBER, _FLAG = "text", "number", "flag"
_FIELDS: dict[str, dict[str, str]] = {
    "customer": {"created": _NUMBER, "email": _TEXT, "name": _TEXT, "phone": _TEXT},
    "product": {"active": _FLAG, "description": _TEXT, "name": _TEXT, "shippable": _FLAG, "url": _TEXT},
    "price": {"active": _FLAG, "currency": _TEXT, "lookup_key": _TEXT, "product": _TEXT, "type": _TEXT},
    "subscription": {"canceled_at": _NUMBER, "created": _NUMBER, "status": _TEXT},
    "invoice": {
        "created": _NUMBER,
        "currency": _TEXT,
        "customer": _TEXT,
        "number": _TEXT,
        "status": _TEXT,
        "subscription": _TEXT,
        "total": _NUMBER,
    },
    "payment_intent": {
        "amount": _NUMBER,
        "created": _NUMBER,
        "currency": _TEXT,
        "customer": _TEXT,
        "status": _TEXT,
    },
    "charge": {
        "amount": _NUMBER,
        "created": _NUMBER,
        "currency": _TEXT,
        "customer": _TEXT,
        "disputed": _FLAG,
        "refunded": _FLAG,
        "status": _TEXT,
    },
}
_ELSEWHERE = {("invoice", "subscription"): "parent.subscription_details.subscription"}
_CLAUSE = re.compile(
    r"""\s*(?P<not>-)?(?P<field>\w+)(?:\[(?P<q>["'])(?P<key>.+?)(?P=q)\])?\s*(?P<op>[:~]|>=|<=|>|<)\s*"""
    r"""(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<bare>[^\s"']+))\s*"""
)
_JOIN = re.compile(r"(AND|OR)\b", re.IGNORECASE)
_MOST_CLAUSES = 10


def _refuse(said: str) -> Invalid:
    return Invalid(f"We were unable to parse your search query. {said} See docs.stripe.com/search.", param="query")


def condition(kind: str, query: str) -> tuple[str, list[Any]]:
    """The SQL condition for a query, and its values; raises Stripe's refusal with what was not understood."""
    parts: list[str] = []
    values: list[Any] = []
    joins: set[str] = set()
    position = 0
    while True:
        match = _CLAUSE.match(query, position)
        if match is None:
            raise _refuse(f"Expected a clause at position {position}.")
        sql, bound = _clause(kind, match)
        parts.append(sql)
        values += bound
        position = match.end()
        if position >= len(query):
            break
        join = _JOIN.match(query, position)
        if join:
            position = join.end()
        joins.add(join[1].upper() if join else "AND")  # a blank means AND
    if len(joins) > 1:
        raise _refuse("AND and OR cannot be mixed.")
    if len(parts) > _MOST_CLAUSES:
        raise _refuse(f"A query has at most {_MOST_CLAUSES} clauses.")
    return f" {joins.pop() if joins else 'AND'} ".join(parts), values


def _clause(kind: str, match: re.Match[str]) -> tuple[str, list[Any]]:
    field, operator = match["field"], match["op"]
    if field == "metadata":
        if match["key"] is None:
            raise _refuse('Name the key: metadata["key"].')
        path, sort = "(SELECT value FROM json_each(body, '$.metadata') WHERE key = ?)", _TEXT
        values: list[Any] = [match["key"]]
    elif field in _FIELDS[kind]:
        sort = _FIELDS[kind][field]
        path, values = f"json_extract(body, '$.{_ELSEWHERE.get((kind, field), field)}')", []
    else:
        raise _refuse(f"Field `{field}` is an unsupported search field for this resource.")
    quoted = match["double"] if match["double"] is not None else match["single"]
    bare = match["bare"]
    negated = "NOT " if match["not"] else ""
    if bare == "null" and operator == ":":
        return f"{path} IS {negated}NULL", values
    wanted = _value(sort, field, quoted, bare, operator)
    if operator == "~":
        test = f"instr(lower(coalesce({path}, '')), lower(?)) > 0"
    elif operator == ":":
        test = f"lower({path}) = lower(?)" if sort == _TEXT else f"{path} = ?"
    else:
        test = f"{path} {operator} ?"
    return (f"NOT coalesce({test}, 0)" if negated else test), [*values, wanted]


def _value(sort: str, field: str, quoted: str | None, bare: str | None, operator: str) -> Any:
    if sort == _NUMBER:
        text = bare if bare is not None else quoted or ""
        if operator == "~" or not re.fullmatch(r"-?\d{1,18}", text):
            raise _refuse(f"Field `{field}` is compared with a whole number.")
        return int(text)
    if operator not in ":~":
        raise _refuse(f"Field `{field}` has no order.")
    if sort == _FLAG:
        if (bare or quoted) not in ("true", "false") or operator == "~":
            raise _refuse(f"Field `{field}` is true or false.")
        return (bare or quoted) == "true"
    if quoted is None:
        raise _refuse(f"Put the value of `{field}` in quotation marks.")
    text = re.sub(r"\\(.)", r"\1", quoted)
    if operator == "~" and len(text) < 3:
        raise _refuse("A part of a text has at least three characters.")
    return text


def found(tx: Tx, kind: str, url: str, params: Params) -> Object:
    """One page of what a query finds, newest first."""
    if not params.get("query"):
        raise Invalid("Missing required param: query.", param="query", code="parameter_missing")
    where, values = condition(kind, params["query"])
    limit = lists.limit_of(params)
    start = _offset(params.get("page"))
    rows = tx.select(kind, f"({where})", tuple(values), limit + 1, offset=start)
    more = len(rows) > limit
    return {
        "object": "search_result",
        "data": [wire.public(row) for row in rows[:limit]],
        "has_more": more,
        "next_page": base64.urlsafe_b64encode(str(start + limit).encode()).decode() if more else None,
        "url": url,
    }


def _offset(page: str | None) -> int:
    if not page:
        return 0
    try:
        return max(0, int(base64.urlsafe_b64decode(page.encode())))
    except ValueError:
        raise Invalid("Invalid page.", param="page") from None


@route("GET", "/v1/customers/search", takes=_TAKES)
def customers(tx: Tx, params: Params) -> Object:
    return found(tx, "customer", "/v1/customers/search", params)


@route("GET", "/v1/products/search", takes=_TAKES)
def products(tx: Tx, params: Params) -> Object:
    return found(tx, "product", "/v1/products/search", params)


@route("GET", "/v1/prices/search", takes=_TAKES)
def prices(tx: Tx, params: Params) -> Object:
    return found(tx, "price", "/v1/prices/search", params)


@route("GET", "/v1/subscriptions/search", takes=_TAKES)
def subscriptions(tx: Tx, params: Params) -> Object:
    return found(tx, "subscription", "/v1/subscriptions/search", params)


@route("GET", "/v1/invoices/search", takes=_TAKES)
def invoices(tx: Tx, params: Params) -> Object:
    return found(tx, "invoice", "/v1/invoices/search", params)


@route("GET", "/v1/payment_intents/search", takes=_TAKES)
def payment_intents(tx: Tx, params: Params) -> Object:
    return found(tx, "payment_intent", "/v1/payment_intents/search", params)


@route("GET", "/v1/charges/search", takes=_TAKES)
def charges(tx: Tx, params: Params) -> Object:
    return found(tx, "charge", "/v1/charges/search", params)
