"""Reads the annotations of the installed Stripe SDK into JSON Schema. Nothing of it is imported or run."""

import ast
import importlib.util
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
ROOT = "stripe:"
_SCALARS: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "float": {"type": "number"},
    "Decimal": {"type": "string"},
    "Any": {},
    "None": {"type": "null"},
    "object": {},
    "StripeObject": {"type": "object"},
    "UntypedStripeObject": {"type": "object"},
}


@dataclass
class SdkTypes:
    """What the SDK's services take and answer."""

    operations: dict[tuple[str, str], tuple[Schema, dict[str, Schema]]]
    schemas: dict[str, Schema]
    version: str


def read(only: str | None = None) -> SdkTypes:
    """The types of the installed package; `only` limits the paths by a pattern."""
    found = importlib.util.find_spec("stripe")
    if found is None or found.origin is None:
        raise RuntimeError("The Stripe SDK is not installed.")
    reader = _Reader(Path(found.origin).parent)
    reader.ref("stripe._error_object", ["ErrorObject"])
    operations: dict[tuple[str, str], tuple[Schema, dict[str, Schema]]] = {}
    for call in reader.calls():
        if only and not re.match(only, call.path):
            continue
        imports = reader.module(call.module).imports
        takes: Schema = {"type": "object", "properties": {"expand": {}}, "additionalProperties": False}
        if call.params in imports:
            takes = reader.ref(imports[call.params][0], [imports[call.params][1]])
        answer = reader.annotation(call.returns, call.module, [call.service])[0] if call.returns else {}
        operations[call.method, call.path] = (takes, {"200": answer})
    reader.drain()
    text = (reader.root / "_api_version.py").read_text()
    version = re.search(r'CURRENT = "([^"]+)"', text)
    return SdkTypes(operations, reader.schemas, version[1] if version else "")


@dataclass(frozen=True)
class _Call:
    method: str
    path: str
    module: str
    service: str
    params: str
    returns: ast.expr | None


@dataclass(frozen=True)
class _Module:
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.schemas: dict[str, Schema] = {}
        self._modules: dict[str, _Module] = {}
        self._todo: list[tuple[str, str, list[str]]] = []

    def module(self, dotted: str) -> _Module:
        if dotted not in self._modules:
            tree = ast.parse(self.root.joinpath(*dotted.split(".")[1:]).with_suffix(".py").read_text())
            made = _Module()
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stripe"):
                    made.imports.update({n.asname or n.name: (node.module or "", n.name) for n in node.names})
            made.classes.update({node.name: node for node in tree.body if isinstance(node, ast.ClassDef)})
            self._modules[dotted] = made
        return self._modules[dotted]

    def ref(self, dotted: str, path: list[str]) -> Schema:
        """A reference to a class; it is read later, because classes refer to each other."""
        key = f"{dotted}:{'.'.join(path)}"
        if key not in self.schemas:
            self.schemas[key] = {}
            self._todo.append((key, dotted, path))
        return {"$ref": f"{ROOT}#/components/schemas/{key}"}

    def drain(self) -> None:
        """Read every class that was referred to."""
        while self._todo:
            key, dotted, path = self._todo.pop()
            node = self.module(dotted).classes[path[0]]
            for name in path[1:]:
                node = _inner(node, name) or node
            self.schemas[key] = self._class(node, dotted, path)

    def _class(self, node: ast.ClassDef, dotted: str, path: list[str]) -> Schema:
        fields: dict[str, Schema] = {}
        required: list[str] = []
        renamed = _renamed(node)
        for each in node.body:
            if not (isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)):
                continue
            name = each.target.id
            if name == "OBJECT_NAME" or name.startswith("_"):
                continue
            schema, optional = self.annotation(each.annotation, dotted, path)
            name = renamed.get(name, name)
            fields[name] = schema
            if not optional:
                required.append(name)
        whole: Schema = {
            "type": "object",
            "properties": fields,
            "required": required,
            "additionalProperties": False,
        }
        if not {"deleted", "object"} <= set(fields):
            return whole
        stub = {"id": {"type": "string"}, "object": fields["object"], "deleted": {"enum": [True]}}
        # the SDK types a deleted object as the whole one; how much of it is left, the published description knows
        gone = {"type": "object", "properties": {**fields, **stub}, "required": list(stub)}
        return {"anyOf": [whole, {**gone, "additionalProperties": False}]}

    def annotation(self, node: ast.expr, dotted: str, path: list[str]) -> tuple[Schema, bool]:
        """The schema of an annotation, and whether it may be left out."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.annotation(ast.parse(node.value, mode="eval").body, dotted, path)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union([node.left, node.right], dotted, path), False
        if isinstance(node, ast.Subscript):
            return self._generic(node, dotted, path)
        text = ast.unparse(node)
        return (_SCALARS[text] if text in _SCALARS else self._named(text.split("."), dotted, path)), False

    def _generic(self, node: ast.Subscript, dotted: str, path: list[str]) -> tuple[Schema, bool]:
        head = ast.unparse(node.value).split(".")[-1]
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if head == "Literal":
            return {"enum": [ast.literal_eval(each) for each in arguments]}, False
        if head == "Union":
            return self._union(arguments, dotted, path), False
        if head == "ClassVar":
            return {}, True
        if head == "UntypedStripeObject":
            return {"type": "object"}, False
        inner, _ = self.annotation(arguments[-1], dotted, path)
        if head == "Optional":
            return {"anyOf": [inner, {"type": "null"}]}, True
        if head == "NotRequired":
            return inner, True
        if head in ("List", "list", "Iterable", "Sequence"):
            return {"type": "array", "items": inner}, False
        if head in ("Dict", "dict", "Mapping"):
            return {"type": "object", "additionalProperties": inner}, False
        if head == "ExpandableField":
            return {"anyOf": [{"type": "string"}, inner]}, False
        if head in ("ListObject", "SearchResultObject"):
            return _list_of(inner), False
        raise ValueError(ast.unparse(node))

    def _named(self, parts: list[str], dotted: str, path: list[str]) -> Schema:
        module = self.module(dotted)
        chain: list[ast.ClassDef] = []
        for name in path:  # nested classes, to look the name up from the innermost outwards
            node = _inner(chain[-1], name) if chain else module.classes.get(name)
            if node is None:
                break
            chain.append(node)
        for depth in range(len(chain), 0, -1):
            if _inner(chain[depth - 1], parts[0]):
                return self.ref(dotted, [*path[:depth], *parts])
        if parts[0] in module.classes:
            return self.ref(dotted, parts)
        if parts[0] in module.imports:
            source, real = module.imports[parts[0]]
            return self.ref(source, [real, *parts[1:]])
        raise ValueError(f"{dotted} {path}: {'.'.join(parts)}")

    def _union(self, arguments: list[ast.expr], dotted: str, path: list[str]) -> Schema:
        return {"anyOf": [self.annotation(each, dotted, path)[0] for each in arguments]}

    def calls(self) -> list[_Call]:
        """Every call of every v1 service."""
        found = []
        for file in sorted(self.root.rglob("*_service.py")):
            dotted = "stripe." + ".".join(file.relative_to(self.root).with_suffix("").parts)
            if ".v2." in dotted:
                continue
            for service in self.module(dotted).classes.values():
                for function in service.body:
                    call = _call(function, dotted, service.name)
                    if call:
                        found.append(call)
        return found


def _call(function: ast.stmt, dotted: str, service: str) -> _Call | None:
    if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
        return None
    if function.name.endswith("_async"):
        return None
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr != "_request":
            continue
        url = node.args[1]
        if isinstance(url, ast.Call) and isinstance(url.func, ast.Attribute):
            url = url.func.value
        if not (isinstance(url, ast.Constant) and isinstance(node.args[0], ast.Constant)):
            return None
        given = next((each.annotation for each in function.args.args if each.arg == "params"), None)
        named = re.search(r"[A-Za-z0-9]+Params", ast.unparse(given)) if given is not None else None
        method, path = str(node.args[0].value).upper(), str(url.value)
        return _Call(method, path, dotted, service, named[0] if named else "", function.returns)
    return None


def _inner(node: ast.ClassDef, name: str) -> ast.ClassDef | None:
    return next((each for each in node.body if isinstance(each, ast.ClassDef) and each.name == name), None)


def _renamed(node: ast.ClassDef) -> dict[str, str]:
    """Fields whose name on the wire is a reserved word in Python."""
    for each in node.body:
        if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == "_field_remappings":
            return ast.literal_eval(each.value)
    return {}


def _list_of(inner: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["object", "data", "has_more", "url"],
        "properties": {
            "object": {"enum": ["list", "search_result"]},
            "data": {"type": "array", "items": inner},
            "has_more": {"type": "boolean"},
            "url": {"type": "string"},
            "next_page": {"type": ["string", "null"]},
            "total_count": {"type": "integer"},
        },
        "additionalProperties": False,
    }
