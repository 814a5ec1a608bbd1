"""Form and query text -> typed parameters, checked against Stripe's own description of each call.

Nested brackets, indexed or empty (`items[0][price]`, `lookup_keys[]`), as docs.stripe.com/api describes.
"""

import re
import urllib.parse
from typing import Any

from stripe_sandbox import money
from stripe_sandbox.errors import Invalid
from stripe_sandbox.spec import Schema, Spec

Tree = dict[str, Any]
_DEEPEST = 20
_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def decode(text: str) -> Tree:
    """`a[b][0][c]=1&d[]=x` -> `{"a": {"b": [{"c": "1"}]}, "d": ["x"]}`; every value is still text."""
    tree: Tree = {}
    for key, value in urllib.parse.parse_qsl(text, keep_blank_values=True):
        match = _KEY.match(key)
        if match is None:
            raise Invalid(f"Invalid parameter name: {key}", param=key)
        parts = [match[1], *re.findall(r"\[([^\]]*)\]", match[2])]
        if len(parts) > _DEEPEST:
            raise Invalid("Invalid parameters: they are nested too deeply.", param=match[1])
        _put(tree, parts, value)
    return {key: _lists(value) for key, value in tree.items()}


def _put(node: Tree, parts: list[str], value: str) -> None:
    for position, part in enumerate(parts):
        name = part or str(len(node))
        if position == len(parts) - 1:
            node[name] = value
            return
        child = node.setdefault(name, {})
        if not isinstance(child, dict):
            raise Invalid(f"Invalid mix of a value and a hash at {name}", param=name)
        node = child


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(re.fullmatch(r"[0-9]{1,9}", key) for key in node):
        return [_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _lists(value) for key, value in node.items()}


class Reader:
    """Types the parameters of one call, or says what is wrong with them in Stripe's words."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def read(self, schema: Schema, tree: Tree) -> Tree:
        """Coerce a whole request."""
        return self._object(schema, tree, "")

    def _object(self, schema: Schema, tree: Tree, where: str) -> Tree:
        fields = schema.get("properties", {})
        unknown = [key for key in tree if key not in fields]
        if unknown:
            names = ", ".join(_join(where, key) for key in unknown)
            raise Invalid(
                f"Received unknown parameter{'s' if len(unknown) > 1 else ''}: {names}",
                param=_join(where, unknown[0]),
                code="parameter_unknown",
            )
        for name in schema.get("required", ()):
            if name not in tree:
                path = _join(where, name)
                raise Invalid(f"Missing required param: {path}.", param=path, code="parameter_missing")
        return {key: self._value(fields[key], value, _join(where, key)) for key, value in tree.items()}

    def _value(self, schema: Schema, value: Any, where: str) -> Any:
        schema = self.spec.resolve(schema)
        if "anyOf" in schema:
            return self._any(schema["anyOf"], value, where)
        kind = schema.get("type")
        if kind == "object":
            return self._mapping(schema, value, where)
        if kind == "array":
            if value == "":
                return []
            if not isinstance(value, list):
                raise Invalid("Invalid array", param=where)
            return [self._value(schema["items"], each, f"{where}[{index}]") for index, each in enumerate(value)]
        if not isinstance(value, str):
            raise Invalid(f"Invalid {kind or 'value'}: expected a plain value", param=where)
        return _scalar(schema, value, where)

    def _mapping(self, schema: Schema, value: Any, where: str) -> Any:
        if isinstance(value, list):  # a hash with numbers for keys, as in metadata[1]=x
            value = {str(index): each for index, each in enumerate(value)}
        if value == "":
            return ""
        if not isinstance(value, dict):
            raise Invalid("Invalid object", param=where)
        free = schema.get("additionalProperties")
        if free and "properties" not in schema:
            inner = free if isinstance(free, dict) else {"type": "string"}
            return {key: self._value(inner, each, _join(where, key)) for key, each in value.items()}
        return self._object(schema, value, where)

    def _any(self, schemas: list[Schema], value: Any, where: str) -> Any:
        resolved = [self.spec.resolve(each) for each in schemas]
        fitting = [each for each in resolved if _fits(each, value)]
        first: Invalid | None = None
        for each in fitting or resolved:
            try:
                return self._value(each, value, where)
            except Invalid as error:
                first = first or error
        raise first or Invalid("Invalid value", param=where)


def _fits(schema: Schema, value: Any) -> bool:
    kind = schema.get("type")
    if isinstance(value, dict):
        return kind == "object"
    if isinstance(value, list):
        return kind == "array"
    return kind not in ("object", "array")


def _scalar(schema: Schema, value: str, where: str) -> Any:
    kind = schema.get("type")
    choices = schema.get("enum")
    if kind == "integer":
        if value == "":
            return None
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise Invalid(f"Invalid integer: {value}", param=where, code="parameter_invalid_integer")
        return int(value)
    if kind == "number":
        if not re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", value):
            raise Invalid(f"Invalid decimal: {value}", param=where)
        return float(value)
    if kind == "boolean":
        if value not in ("true", "false"):
            raise Invalid(f"Invalid boolean: {value}", param=where)
        return value == "true"
    if schema.get("format") == "currency" and value and value.lower() not in money.CURRENCIES:
        known = ", ".join(sorted(money.CURRENCIES))
        raise Invalid(f"Invalid currency: {value}. Stripe currently supports these currencies: {known}", param=where)
    if choices is not None and value not in choices:
        listed = ", ".join(str(each) for each in choices if each)
        raise Invalid(f"Invalid {where}: must be one of {listed}", param=where)
    longest = schema.get("maxLength")
    if longest and len(value) > longest:
        raise Invalid(f"Invalid string: must be at most {longest} characters", param=where)
    return value


def _join(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name
