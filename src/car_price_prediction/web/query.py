"""Queries of plain parameters, held strictly against what is allowed; the OpenAPI document tells of the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from car_price_prediction.domain.errors import FieldProblem

from .asked import FLAGS, MOST_PARAMETERS, SHOWN
from .problems import RequestProblem


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query.

    Attributes
    ----------
    about : str
    values : mapping of str to object, optional
        What may be sent, and what it means; without any, a text.
    most : int, optional
        It is a number from 0 to this one.
    """

    about: str
    values: Mapping[str, Any] | None = None
    most: int | None = None

    def read(self, text: str) -> Any:
        """Return the value; None where it is not allowed."""
        if self.most is not None:
            good = text.isascii() and text.isdecimal() and len(text) <= len(str(self.most)) and int(text) <= self.most
            return int(text) if good else None
        return text if self.values is None else self.values.get(text.lower())

    @property
    def allowed(self) -> str:
        """What may be sent, for people."""
        return f"0 to {self.most}" if self.most is not None else ", ".join(self.values or ())

    def schema(self) -> dict[str, Any]:
        """Return what may be sent as JSON Schema has it."""
        if self.most is not None:
            return {"type": "integer", "minimum": 0, "maximum": self.most}
        return {"type": "string"} | ({"enum": list(self.values)} if self.values else {})


def flag(about: str) -> Parameter:
    """Return a parameter that is on or off."""
    return Parameter(about, FLAGS)


def read_query(query: str, parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """Read a query string.

    Raises
    ------
    RequestProblem
        Naming every parameter that is unknown, sent twice or of a value that is not allowed.

    Examples
    --------
    >>> read_query("limit=5", {"limit": Parameter("Most rows.", most=100)})
    {'limit': 5}
    >>> read_query("limit=many", {"limit": Parameter("Most rows.", most=100)})
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
