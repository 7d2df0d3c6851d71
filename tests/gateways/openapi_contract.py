"""Holds what was said between us and Stripe against the description of Stripe's API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

DOCUMENT: Final = Path(__file__).parents[3] / "shared" / "stripe" / "openapi-subset.json"
"""Beside the repository; not part of it."""


class Contract:
    """The operations of the document, and what does not fit them."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = {
            name: _as_json_schema(schema)
            for name, schema in document["components"]["schemas"].items()
        }
        self._operations = [
            (method, re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path, operation)
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        ]

    def faults(self, line: dict[str, Any]) -> list[str]:
        """What is wrong with one request and its answer; nothing when both fit."""
        asked, answered = line["request"], line["answer"]
        found = self._operation(asked["method"].lower(), asked["path"])
        if found is None:
            return [f"{asked['method']} {asked['path']}: no such operation"]
        path, operation = found
        where = f"{asked['method']} {path}"
        faults = [f"{where} request: {fault}" for fault in self._request(operation, asked)]
        if not line["dropped"]:
            faults += [
                f"{where} {answered['status']}: {fault}"
                for fault in self._answer(operation, answered)
            ]
        return faults

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        for named, pattern, template, operation in self._operations:
            if named == method and pattern.match(path):
                return template, operation
        return None

    def _request(self, operation: dict[str, Any], asked: dict[str, Any]) -> Iterator[str]:
        query = _tree(parse_qsl(asked["query"], keep_blank_values=True))
        parameters = {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "query"}
        for name, value in query.items():
            if name not in parameters:
                yield f"unknown query parameter {name}"
                continue
            schema = _as_json_schema(parameters[name]["schema"])
            yield from self._check(_typed(value, schema, self._schemas), schema)
        for name, parameter in parameters.items():
            if parameter.get("required") and name not in query:
                yield f"missing query parameter {name}"
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            schema = _as_json_schema(content["application/json"]["schema"])
            yield from self._check(json.loads(asked["body"] or "{}"), schema)
        elif content:
            (form,) = content.values()
            schema = _as_json_schema(form["schema"])
            body = _tree(parse_qsl(asked["body"], keep_blank_values=True))
            yield from self._check(_typed(body, schema, self._schemas), schema)

    def _answer(self, operation: dict[str, Any], answered: dict[str, Any]) -> Iterator[str]:
        responses = operation["responses"]
        response = responses.get(str(answered["status"]), responses.get("default"))
        if response is None:
            yield "no such answer"
            return
        schema = _as_json_schema(response["content"]["application/json"]["schema"])
        yield from self._check(answered["body"], schema)

    def _check(self, value: Any, schema: dict[str, Any]) -> Iterator[str]:
        whole = {**schema, "components": {"schemas": self._schemas}}
        for error in Draft202012Validator(whole).iter_errors(value):
            yield f"{error.json_path}: {error.message[:300]}"


@cache
def the_contract() -> Contract:
    """Read the document; raises FileNotFoundError where it is not."""
    return Contract(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def faults_in(record: Path) -> list[str]:
    """What does not fit in all that the product and the sandbox said to each other.

    No request may fail the sandbox's own check of parameters; where the document is beside the
    repository, requests and answers are held against it as well.
    """
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    said = [json.loads(line) for line in lines]
    faults = {f"{line['request']['path']}: {_misshapen(line)}" for line in said if _misshapen(line)}
    if DOCUMENT.is_file():
        contract = the_contract()
        faults |= {fault for line in said for fault in contract.faults(line)}
    return sorted(faults)


def _misshapen(line: dict[str, Any]) -> str | None:
    answer = line["answer"]["body"]
    code = (answer.get("error") or {}).get("code") if isinstance(answer, dict) else None
    return code if str(code).startswith("parameter_") else None


def _as_json_schema(schema: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema: null by type, open enums without their list."""
    if isinstance(schema, list):
        return [_as_json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: _as_json_schema(value) for name, value in schema.items() if name != "nullable"}
    if told.get("x-open-enum"):
        told.pop("enum", None)
    if schema.get("nullable") is True:
        return {"anyOf": [told, {"type": "null"}]}
    return told


def _tree(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return ``a[b][0]=c`` as nested objects; numbered ones become lists."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head, *rest = re.findall(r"[^\[\]]+", name)
        here, keys = tree, [head, *rest]
        for key in keys[:-1]:
            here = here.setdefault(key, {})
        here[keys[-1]] = value
    listed = _listed(tree)
    assert isinstance(listed, dict)
    return listed


def _listed(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    values = {key: _listed(value) for key, value in tree.items()}
    if values and all(key.isdigit() for key in values):
        return [values[key] for key in sorted(values, key=int)]
    return values


def _typed(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """Return a form's texts as what the schema says they are; what does not fit stays a text."""
    if "$ref" in schema:
        return _typed(value, schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for option in schema.get("anyOf", []):
        tried = _typed(value, option, schemas)
        if Draft202012Validator({**option, "components": {"schemas": schemas}}).is_valid(tried):
            return tried
    kind = schema.get("type")
    if isinstance(value, dict):
        known, other = schema.get("properties", {}), schema.get("additionalProperties")
        return {
            name: _typed(
                each, known.get(name) or (other if isinstance(other, dict) else {}), schemas
            )
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_typed(each, schema.get("items", {}), schemas) for each in value]
    if kind == "integer" and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value
