"""One cell of a file, read: the canonical value in the canonical unit, the same for training and pricing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.listing import Value

from .dates import date_year, year_of
from .names import make_of_file, make_or_same, model_and_trim, split_name, trim_of_title
from .numbers import ParsedNumber, is_missing, numbers_in, parse_number
from .words import category, count_word, word_inside, yes_no

__all__ = ["COUNTS", "FACTORS", "ParsedNumber", "parse_field", "parse_number"]

COUNTS = ("doors", "seats", "owners", "cylinders")
"""The fields that count something: words such as "second" and bounds such as ">5" are read as numbers."""

_MILE = 1.609344
FACTORS: Mapping[str, Mapping[str, float]] = {
    "mileage_km": {
        "km": 1.0, "mi": _MILE, "1000 km": 1e3, "1000 mi": 1e3 * _MILE, "10000 km": 1e4, "10000 mi": 1e4 * _MILE,
        "mil": 10.0,  # the Scandinavian mile
    },
    "engine_l": {"l": 1.0, "cm3": 1e-3},
    # DIN 66036 for the metric horsepower, SAE for the mechanical one; "KM" is the metric one in Polish.
    "power_kw": {"kw": 1.0, "ps": 0.73549875, "hp": 0.74569987, "km": 0.73549875},
    "price": {"": 1.0, "1000": 1e3, "10000": 1e4, "lakh": 1e5, "l": 1e5, "million": 1e6},
    "torque_nm": {"nm": 1.0, "kgm": 9.80665},
}  # fmt: skip
"""Canonical unit per unit of the file, by field."""

_CANONICAL = {"mileage_km": "km", "engine_l": "l", "power_kw": "kw", "price": "", "torque_nm": "nm"}
# Nothing lies between: no engine has 20 to 300 litres, none less than 20 cubic centimetres.
_LITRES_BELOW, _CM3_FROM = 20.0, 300.0


def parse_field(cell: object, column: Column) -> Value:
    """Read one cell as what its column holds.

    Parameters
    ----------
    cell : object
        Text or a number as the file or a client wrote it; None, blanks and words for missing give None.
    column : Column
        What the cell's column holds.

    Returns
    -------
    str, float or None
        The canonical value in the canonical unit; None where it is missing or cannot be read.

    Examples
    --------
    >>> parse_field("20,000", Column("mileage", "field", "mileage_km", "number", unit="mi"))
    32186.88
    >>> parse_field("1248 CC", Column("engine", "field", "engine_l", "number", unit="cm3"))
    1.248
    >>> parse_field("8@ 2,700(kgm@ rpm)", Column("torque", "field", "torque_nm", "number", unit="nm"))
    78.4532
    >>> parse_field("Benzin", Column("Kraftstoff", "field", "fuel", "category"))
    'petrol'
    """
    if isinstance(cell, bool):
        cell = "yes" if cell else "no"
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            return None
        if column.kind == "number" and not column.derive:
            return _in_canonical_unit(column, ParsedNumber(float(cell)))
        cell = repr(int(cell)) if cell == int(cell) else repr(cell)
    if not isinstance(cell, str) or is_missing(cell):
        return None
    name, _, parameter = column.derive.partition(":")
    if name:
        return _DERIVATIONS[name](cell, parameter, column)
    return _number(cell, column) if column.kind == "number" else _category(cell, column)


def _category(text: str, column: Column) -> str | None:
    found = make_or_same(text) if column.field == "make" else category(column.field, text)
    return found or None


def _number(text: str, column: Column) -> float | None:
    if column.field == "year":
        return year_of(text)
    number = parse_number(text, decimal=column.decimal)
    if number is None:
        return count_word(text) if column.field in COUNTS else None
    return _in_canonical_unit(column, number)


def _in_canonical_unit(column: Column, number: ParsedNumber) -> float | None:
    """Convert a number, or return None where its unit is no unit of the field."""
    field, value = column.field, number.value
    if field in COUNTS:
        return value + 1 if number.bound == ">" else value
    if field == "price" and number.currency and column.unit in _currencies() and number.currency != column.unit:
        return None
    factors = FACTORS.get(field)
    if factors is None:
        return value
    unit = _unit(field, number, column)
    if unit not in factors or (field == "power_kw" and value <= 0):
        return None
    return value * factors[unit]


def _unit(field: str, number: ParsedNumber, column: Column) -> str:
    unit = number.unit or (column.unit if column.unit in FACTORS[field] else _CANONICAL[field])
    if number.scaled and not number.unit:
        unit = unit.split(" ")[-1] if field == "mileage_km" else _CANONICAL[field]
    if field == "engine_l" and unit == "l" and number.value >= _CM3_FROM:
        return "cm3"
    if field == "engine_l" and unit == "cm3" and 0 < number.value < _LITRES_BELOW:
        return "l"
    if field == "price" and number.unit not in ("", "l"):
        return ""
    return unit


def _currencies() -> frozenset[str]:
    from .wordlists import table  # noqa: PLC0415

    return frozenset(table("values")["currencies"])


def _part(text: str, units: str, column: Column) -> float | None:
    """Read the number of that unit out of a text that holds several."""
    for number in numbers_in(text, column.decimal):
        if number.unit in units.split("+"):
            return _in_canonical_unit(column, number)
    return None


def _from(text: str, least: str, column: Column) -> float | None:
    number = parse_number(text, decimal=column.decimal)
    small = number is not None and not number.unit and not number.scaled and number.value < float(least)
    return None if number is None or small else _in_canonical_unit(column, number)


def _age(text: str, parameter: str, column: Column) -> float | None:
    at, _, unit = parameter.partition("/")
    number = parse_number(text, decimal=column.decimal)
    if number is None:
        return None
    months = "months" in (number.unit, unit)
    return float(int(at) - round(number.value / 12 if months else number.value))


def _flag(text: str, word: str, column: Column) -> str | None:
    number = parse_number(text, decimal=column.decimal)
    return None if number is None else "yes" if word in number.flags else "no"


def _model(text: str, parameter: str, _: Column) -> str | None:
    return model_and_trim(text)[0] if parameter else split_name(text)[1]


def _trim(text: str, parameter: str, _: Column) -> str | None:
    return {"": lambda: split_name(text)[2], "model": lambda: model_and_trim(text)[1]}.get(
        parameter, lambda: trim_of_title(text)
    )()


_DERIVATIONS: Mapping[str, Callable[[str, str, Column], Value]] = {
    "make": lambda text, *_: split_name(text)[0],
    "model": _model,
    "trim": _trim,
    "date": lambda text, *_: date_year(text) or year_of(text),
    "age": _age,
    "flag": _flag,
    "part": _part,
    "word": lambda text, field, _: word_inside(field, text),
    "yes_no": lambda text, *_: yes_no(text) or category("", text),
    "prefix": lambda text, size, _: text.strip()[: int(size)],
    "from": _from,
    "file_make": lambda text, *_: make_of_file(text),
}
