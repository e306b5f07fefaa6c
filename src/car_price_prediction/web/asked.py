"""The query of a pricing call: what is wanted besides the price, held strictly against what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from car_price_prediction.domain.errors import FieldProblem
from car_price_prediction.pricing.appraisal import Wanted
from car_price_prediction.pricing.comparables import MOST
from car_price_prediction.pricing.what_if import FIELDS

from .problems import RequestProblem

PRICE_ALONE = Wanted()
FLAGS = {"1": True, "true": True, "0": False, "false": False}
FOR_ONE = ("explain", "comparables", "what_if", "strict")
FOR_MANY = ("strict",)
MOST_PARAMETERS, SHOWN = 20, 60

_FLAG: dict[str, Any] = {"type": "string", "enum": list(FLAGS)}
SCHEMAS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "explain": ("Add `breakdown`: the way from a typical car's price to this one's, in money.", _FLAG),
    "comparables": (
        "Add `nearest`: so many of the listings nearest to the car.",
        {"type": "integer", "minimum": 0, "maximum": MOST},
    ),
    "what_if": (
        "Add `what_if`: price and range along these fields, separated by commas.",
        {"type": "array", "items": {"type": "string", "enum": list(FIELDS)}, "minItems": 1, "uniqueItems": True},
    ),
    "strict": ("Refuse (422, `abstained`) a car that is too little known, instead of warning.", _FLAG),
}


def wanted_in(query: str, allowed: tuple[str, ...]) -> Wanted:
    """Read a query string.

    Parameters
    ----------
    query : str
        As it stands in the address, after the question mark.
    allowed : tuple of str
        `FOR_ONE` or `FOR_MANY`.

    Raises
    ------
    RequestProblem
        Naming every parameter that is unknown, sent twice or of a value that is not allowed.

    Examples
    --------
    >>> wanted_in("explain=1&what_if=year,mileage_km", FOR_ONE)
    Wanted(explain=True, comparables=0, what_if=('year', 'mileage_km'), strict=False)
    >>> wanted_in("explain=maybe", FOR_ONE)
    Traceback (most recent call last):
    ...
    car_price_prediction.web.problems.RequestProblem: explain: "maybe" is not allowed
    """
    if not query:
        return PRICE_ALONE
    try:
        sent = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        detail = f"the query holds more than {MOST_PARAMETERS} parameters"
        raise RequestProblem(400, "bad_query", detail, hint=f"allowed: {', '.join(allowed)}") from None
    found: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name, text in sent:
        problem = _read(name, text, allowed, found)
        problems += [problem] if problem else []
    if problems:
        detail = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise RequestProblem(400, "bad_query", detail, errors=problems)
    return Wanted(**found)


def _read(name: str, text: str, allowed: tuple[str, ...], found: dict[str, Any]) -> FieldProblem | None:
    if name not in allowed:
        elsewhere = "is not a parameter of this call" if name in FOR_ONE else "is not a parameter"
        return FieldProblem(name[:SHOWN], "unknown_parameter", elsewhere, f"allowed: {', '.join(allowed)}")
    if name in found:
        return FieldProblem(name, "sent_twice", "is sent twice", "send it once")
    value, hint = _value(name, text)
    if value is None:
        return FieldProblem(name, "not_allowed", f'"{text[:SHOWN]}" is not allowed', f"allowed: {hint}")
    found[name] = value
    return None


def _value(name: str, text: str) -> tuple[Any, str]:
    """Return the value, or None where it is not allowed, and what is."""
    if name == "comparables":
        good = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST)) and int(text) <= MOST
        return int(text) if good else None, f"0 to {MOST}"
    if name == "what_if":
        fields = tuple(text.split(","))
        good = set(fields) <= set(FIELDS) and len(set(fields)) == len(fields)
        return fields if good else None, f"{', '.join(FIELDS)}, each once, separated by commas"
    return FLAGS.get(text.lower()), ", ".join(FLAGS)
