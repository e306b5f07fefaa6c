"""Queries of plain parameters, held strictly against what is allowed; the OpenAPI document tells of the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from car_price_prediction.domain.errors import FieldProblem

from .problems import RequestProblem

FLAGS = {"1": True, "true": True, "0": False, "false": False}
MOST_PARAMETERS, SHOWN = 20, 60


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query.

    Attributes
    ----------
    about : str
    schema : dict of str to object
        What may be sent, as JSON Schema has it.
    read : callable
        From what was sent to its value; None where it is not allowed.
    allowed : str
        What may be sent, for people.
    """

    about: str
    schema: dict[str, Any]
    read: Callable[[str], Any]
    allowed: str = ""


def text(about: str) -> Parameter:
    """Return a parameter that may be anything."""
    return Parameter(about, {"type": "string"}, str)


def choice(about: str, values: Mapping[str, Any]) -> Parameter:
    """Return a parameter that is one of a few words, each with its meaning."""
    schema = {"type": "string", "enum": list(values)}
    return Parameter(about, schema, lambda sent: values.get(sent.lower()), ", ".join(values))


def flag(about: str) -> Parameter:
    """Return a parameter that is on or off."""
    return choice(about, FLAGS)


def number(about: str, most: int) -> Parameter:
    """Return a parameter that is a whole number from 0."""

    def read(sent: str) -> int | None:
        good = sent.isascii() and sent.isdecimal() and len(sent) <= len(str(most)) and int(sent) <= most
        return int(sent) if good else None

    return Parameter(about, {"type": "integer", "minimum": 0, "maximum": most}, read, f"0 to {most}")


def some_of(about: str, words: tuple[str, ...]) -> Parameter:
    """Return a parameter that is one or more of a few words, each once, separated by commas."""

    def read(sent: str) -> tuple[str, ...] | None:
        found = tuple(sent.split(","))
        return found if set(found) <= set(words) and len(set(found)) == len(found) else None

    schema = {"type": "array", "items": {"type": "string", "enum": list(words)}, "minItems": 1, "uniqueItems": True}
    return Parameter(about, schema, read, f"{', '.join(words)}, each once, separated by commas")


def described(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """Return what the OpenAPI document says of the parameters of a call."""
    found = []
    for name, parameter in parameters.items():
        listed = {"style": "form", "explode": False} if parameter.schema["type"] == "array" else {}
        about = {"description": parameter.about, "schema": parameter.schema}
        found.append({"name": name, "in": "query"} | about | listed)
    return {"parameters": found}


def read_query(query: str, parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """Read a query string.

    Raises
    ------
    RequestProblem
        Naming every parameter that is unknown, sent twice or of a value that is not allowed.

    Examples
    --------
    >>> read_query("limit=5", {"limit": number("Most rows.", 100)})
    {'limit': 5}
    >>> read_query("limit=many", {"limit": number("Most rows.", 100)})
    Traceback (most recent call last):
    ...
    car_price_prediction.web.problems.RequestProblem: limit: "many" is not allowed
    """
    try:
        sent = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        detail = f"the query holds more than {MOST_PARAMETERS} parameters"
        raise RequestProblem(400, "bad_query", detail, hint=f"allowed: {', '.join(parameters)}") from None
    found: dict[str, Any] = {}
    problems = [problem for name, text in sent if (problem := _read(name, text, parameters, found))]
    if problems:
        detail = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise RequestProblem(400, "bad_query", detail, errors=problems)
    return found


def _read(name: str, text: str, parameters: Mapping[str, Parameter], found: dict[str, Any]) -> FieldProblem | None:
    parameter = parameters.get(name)
    if parameter is None:
        hint = f"allowed: {', '.join(parameters)}" if parameters else "none is"
        return FieldProblem(name[:SHOWN], "unknown_parameter", "is not a parameter of this call", hint)
    if name in found:
        return FieldProblem(name, "sent_twice", "is sent twice", "send it once")
    found[name] = parameter.read(text)
    if found[name] is None:
        hint = f"allowed: {parameter.allowed}"
        return FieldProblem(name, "not_allowed", f'"{text[:SHOWN]}" is not allowed', hint)
    return None
