"""Writes the reference of the HTTP API out of its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from car_price_prediction.domain.rules import this_year
from car_price_prediction.jobs.runner import Limits
from car_price_prediction.settings import Settings
from car_price_prediction.web.openapi import openapi_document
from car_price_prediction.web.problems import TITLES

HEAD = """# HTTP API

Made by `make docs-cli` from the OpenAPI document. A running service tells the same at `/openapi.json`, with the fields
and headers of its own model, and shows it at `/api/docs`, from where calls can be tried."""
UNUSED = " The current model does not use it."
NEXT_YEAR = "next year"

Schema = Mapping[str, Any]


def api_page() -> str:
    """Return the page."""
    document = openapi_document(None, Settings().max_batch, Limits())
    parts = [HEAD, "## Calls", *_calls(document), "## Keys", *_keys(document), "## Problems", *_problems()]
    parts += ["## Schemas", *_schemas(document["components"]["schemas"])]
    return "\n\n".join(parts) + "\n"


def _calls(document: Schema) -> Iterator[str]:
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method in [name for name in methods if name != "parameters"]:
            call = methods[method] | {"parameters": [*shared, *methods[method].get("parameters", [])]}
            yield f"### {method.upper()} {path}"
            yield f"{call['summary']}. {call.get('description', '')}".strip()
            yield from _sent(call)
            yield _table(("answer", "what it is", "body"), _answers(call["responses"]))


def _sent(call: Schema) -> Iterator[str]:
    parameters = [
        (f"`{one['name']}`", one["in"], type_of(one["schema"]), one["description"])
        for one in call.get("parameters", ())
    ]
    if parameters:
        yield _table(("parameter", "in", "type", "what it is"), parameters)
    for kind, content in call.get("requestBody", {}).get("content", {}).items():
        yield f"Body: `{kind}`, {type_of(content.get('schema', {}))}."


def _answers(responses: Schema) -> Iterator[tuple[str, ...]]:
    for status, answer in responses.items():
        bodies = [f"`{kind}`, {type_of(one.get('schema', {}))}" for kind, one in answer.get("content", {}).items()]
        yield status, answer["description"], "; ".join(bodies)


def _keys(document: Schema) -> Iterator[str]:
    rows = []
    for scheme in document["components"]["securitySchemes"].values():
        header = f"{scheme['name']}: <key>" if scheme["type"] == "apiKey" else "Authorization: Bearer <key>"
        rows.append((f"`{header}`", scheme["description"]))
    yield _table(("header", "what it is"), rows)
    yield "[Security](security.md#api-keys) tells how keys are made, and which call needs which."


def _problems() -> Iterator[str]:
    yield (
        "Every problem is `application/problem+json` (RFC 9457). Its `code` is stable, its `type` is `/problems/` and "
        "the code, and `errors` names every bad field at once. Other problems of HTTP have the status's own name as "
        "code, such as `not_found`."
    )
    yield _table(("code", "title"), ((f"`{code}`", title) for code, title in TITLES.items()))


def _schemas(schemas: Schema) -> Iterator[str]:
    for name, schema in schemas.items():
        yield f"### {name}"
        if "description" in schema:
            yield schema["description"]
        yield _table(("member", "type", "what it is"), _members(schema))


def _members(schema: Schema) -> Iterator[tuple[str, ...]]:
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        told = member.get("description", "").replace(UNUSED, "")
        mark = "" if name in required or not required else " (may be missing)"
        yield f"`{name}`{mark}", type_of(member), told


def type_of(schema: Schema) -> str:
    """Return a schema in words.

    Examples
    --------
    >>> type_of({"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]})
    'number, from 0, or null'
    >>> type_of({"type": "array", "items": {"$ref": "#/components/schemas/QuoteAnswer"}})
    'list of [QuoteAnswer](#quoteanswer)'
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return ", or ".join(type_of(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}))}" + _bound(schema, "maxItems", ", at most")
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {type_of(schema['additionalProperties'])}"
    return {"string": "text"}.get(kind, kind) + _bounds(schema)


def _bounds(schema: Schema) -> str:
    low, high = _bound(schema, "minimum", ", from"), _bound(schema, "maximum", " to" if "minimum" in schema else ", to")
    return low + high + _bound(schema, "maxLength", ", at most", " characters")


def _bound(schema: Schema, name: str, before: str, after: str = "") -> str:
    if name not in schema:
        return ""
    value = schema[name]
    # The page must not grow old on New Year's Eve.
    shown = NEXT_YEAR if value == this_year() + 1 and name == "maximum" else f"{value:,}" if value > 9_999 else value
    return f"{before} {shown}{after}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [f"| {' | '.join(head)} |"]
    lines.append("|" + "---|" * (lines[0].count("|") - 1))
    lines += [f"| {' | '.join(' '.join(cell.split()).replace('|', '&#124;') for cell in row)} |" for row in rows]
    return "\n".join(lines)
