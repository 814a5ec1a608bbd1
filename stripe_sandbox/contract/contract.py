"""Checks one API call: its parameters, and the body of its answer.

Two sources, merged by `check_both`: Stripe's OpenAPI subset (dahlia; exact about null, required and enums) and the
annotations of the installed SDK (exactly the version it pins). Unknown fields and parameters are problems.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from stripe_sandbox import forms, spec
from stripe_sandbox.contract import sdk_types

Schema = dict[str, Any]
ROOT = sdk_types.ROOT
_DROPPED = ("nullable", "discriminator", "example", "format")
_SHOWN = 180


@dataclass
class Contract:
    """What each operation takes and answers. `operations`: (method, path) -> (request, responses by status)."""

    operations: dict[tuple[str, str], tuple[Schema, dict[str, Schema]]]
    schemas: dict[str, Schema]
    version: str
    _validators: dict[Any, Validator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        document = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": {"schemas": self.schemas},
        }
        self._registry = Registry().with_resource(ROOT, Resource.from_contents(document, DRAFT202012))
        paths = sorted({path for _, path in self.operations}, key=lambda path: path.count("{"))
        self._routes = [
            (re.compile("^" + re.sub(r"\{[^/]+\}", "(?!search$)[^/]+", path) + "$"), path) for path in paths
        ]

    def route(self, method: str, path: str) -> str | None:
        """The path template of a call; literal segments win over ids."""
        plain = path.split("?")[0]
        for pattern, template in self._routes:
            if pattern.match(plain) and (method.upper(), template) in self.operations:
                return template
        return None

    def check_request(self, method: str, path: str, form: str) -> list[str]:
        """What is wrong with the parameters (form or query text), in words."""
        template = self.route(method, path)
        if template is None:
            return [f"{method} {path}: not in the contract"]
        schema = self.operations[method.upper(), template][0]
        data = self._coerce(schema, forms.decode(form))
        return self._problems(("request", method.upper(), template), schema, data)

    def check_response(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer, in words."""
        template = self.route(method, path)
        if template is None:
            return [f"{method} {path}: not in the contract"]
        responses = self.operations[method.upper(), template][1]
        if status < 400:
            return self._problems(("response", method.upper(), template), responses["200"], body)
        if not isinstance(body.get("error"), dict) or "type" not in body["error"]:
            return ['an error must be {"error": {"type": …}}']
        schema = responses.get("default")
        return self._problems(("error", method.upper(), template), schema, body) if schema else []

    def _validator(self, key: Any, schema: Schema) -> Validator:
        if key not in self._validators:
            self._validators[key] = _Readable(schema, registry=self._registry)
        return self._validators[key]

    def _problems(self, key: Any, schema: Schema, value: Any) -> list[str]:
        found = []
        for error in self._validator(key, schema).iter_errors(value):
            while error.context:  # of a failed anyOf, the branch that got furthest says most
                error = max(error.context, key=lambda each: (len(each.path), each.validator != "type"))
            where = "/".join(str(part) for part in error.absolute_path) or "(top)"
            found.append(f"{where}: {error.message[:_SHOWN]}")
        return found

    def _coerce(self, schema: Schema, value: Any) -> Any:
        """Form text as the type its schema wants; what does not fit is left for the validator to report."""
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].split("/schemas/")[1]]
        for option in schema.get("anyOf", ()):
            made = self._coerce(option, value)
            if not list(self._validator(id(option), option).iter_errors(made)):
                return made
        types = schema.get("type")
        types = types if isinstance(types, list) else [types]
        if isinstance(value, dict):
            return self._coerce_hash(schema, value)
        if isinstance(value, list) and "array" in types:
            return [self._coerce(schema.get("items", {}), each) for each in value]
        if isinstance(value, str):
            return _scalar(schema, types, value)
        return value

    def _coerce_hash(self, schema: Schema, value: dict[str, Any]) -> dict[str, Any]:
        fields, free = schema.get("properties", {}), schema.get("additionalProperties")
        if isinstance(free, dict):
            return {key: self._coerce(free, each) for key, each in value.items()}
        return {key: self._coerce(fields[key], each) if key in fields else each for key, each in value.items()}


def from_spec(file: Path = spec.SPEC_FILE) -> Contract:
    """The contract of Stripe's published description."""
    document = json.loads(file.read_text())
    spec.schemas_to_endive(document["components"]["schemas"])
    schemas = {name: _convert(schema) for name, schema in document["components"]["schemas"].items()}
    operations: dict[tuple[str, str], tuple[Schema, dict[str, Schema]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            responses = {
                status: _convert(next(iter(each["content"].values()))["schema"])
                for status, each in operation["responses"].items()
            }
            operations[method.upper(), path] = (_convert(spec.parameters_of(operation)), responses)
    return Contract(operations, schemas, document["info"]["version"])


def from_sdk(only: str | None = None) -> Contract:
    """The contract of the installed SDK. `only`: a pattern of paths, because reading all takes a second or two."""
    types = sdk_types.read(only)
    return Contract(types.operations, types.schemas, types.version)


def check_both(published: Contract, sdk: Contract, method: str, path: str, status: int, body: Any) -> list[str]:
    """Problems by either source. A field only the newer SDK knows is none, nor one the public spec hides."""
    new = sdk.check_response(method, path, status, body) if sdk.route(method, path) else []
    old = published.check_response(method, path, status, body) if published.route(method, path) else []
    places = {problem.split(":")[0] for problem in new}
    return new + [each for each in old if "Additional properties" not in each or each.split(":")[0] in places]


def check_both_requests(published: Contract, sdk: Contract, method: str, path: str, form: str) -> list[str]:
    """Problems of a request: the SDK's types are the newer ones, so they decide where they know the call."""
    source = sdk if sdk.route(method, path) else published
    return source.check_request(method, path, form)


def _convert(node: Any) -> Any:
    """OpenAPI 3.0 -> JSON Schema: nullable becomes null, and every object with fields is closed."""
    if isinstance(node, list):
        return [_convert(each) for each in node]
    if not isinstance(node, dict):
        return node
    out: Schema = {}
    for key, value in node.items():
        if key in _DROPPED or key.startswith("x-"):
            continue
        if key == "properties":
            out[key] = {name: _convert(each) for name, each in value.items()}
        elif key == "$ref":
            out[key] = value.replace("#/", f"{ROOT}#/")
        else:
            out[key] = _convert(value)
    if node.get("nullable"):
        out = _nullable(out)
    if "properties" in out:
        out.setdefault("additionalProperties", False)
    return out


def _nullable(schema: Schema) -> Schema:
    if "type" in schema:
        enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return {**schema, "type": [schema["type"], "null"], **enum}
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def _scalar(schema: Schema, types: list[Any], value: str) -> Any:
    if "integer" in types and re.fullmatch(r"-?\d+", value):
        return int(value)
    if "number" in types and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    if ("boolean" in types or schema.get("enum") == [True]) and value in ("true", "false"):
        return value == "true"
    return value


def _matcher(template: str) -> re.Pattern[str]:
    """What a path looks like; `search` is never an id."""
    return re.compile("^" + re.sub(r"\{[^/]+\}", "(?!search$)[^/]+", template) + "$")


def _any_of(validator: Any, options: list[Schema], instance: Any, schema: Schema) -> Iterator[ValidationError]:
    """anyOf with readable errors: an object picks the one candidate whose `object` value is its own."""
    if isinstance(instance, dict) and "object" in instance:
        for option in options:
            target = option
            if "$ref" in option:
                target = validator._resolver.lookup(option["$ref"]).contents
            tag = target.get("properties", {}).get("object", {}).get("enum")
            gone = "deleted" in target.get("required", ())
            if tag and instance["object"] in tag and bool(instance.get("deleted")) == gone:
                yield from validator.descend(instance, option)
                return
    yield from Draft202012Validator.VALIDATORS["anyOf"](validator, options, instance, schema)


_Readable: Any = validators.extend(Draft202012Validator, {"anyOf": _any_of})
