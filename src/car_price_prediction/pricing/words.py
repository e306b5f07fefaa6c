"""A car's values in plain words, for the lines of a breakdown."""

from __future__ import annotations

from collections.abc import Iterable

from car_price_prediction.domain.listing import BY_NAME, Listing, Value, field_named

KM_A_MILE = 1.609344
NOT_GIVEN = "not given"
NAMES = ("make", "model", "trim")
"""Said one after another; other fields that are told together are set off with commas."""
AFTER = ("year", "mileage_km")


def said(names: Iterable[str], listing: Listing, mileage_unit: str) -> str:
    """Return what a listing tells of some fields.

    Parameters
    ----------
    names : iterable of str
        Fields that belong together.
    listing : Listing
    mileage_unit : {"km", "mi"}
        In which mileages are told.

    Examples
    --------
    >>> car = {"make": "Skoda", "model": "Octavia", "mileage_km": 80_467.2, "engine_l": 2.0, "cylinders": 4.0}
    >>> said(["make", "model", "trim"], car, "km"), said(["mileage_km"], car, "mi")
    ('Skoda Octavia', '50,000 mi')
    >>> said(["engine_l", "cylinders"], car, "km"), said(["fuel"], car, "km")
    ('2 l, 4 cylinders', 'not given')
    """
    names = tuple(names)
    told = [(name, value) for name in names if (value := listing.get(name)) is not None]
    words = [_value(name, value, mileage_unit, alone=len(names) == 1) for name, value in told]
    return (" " if set(names) <= set(NAMES) else ", ").join(words) or NOT_GIVEN


def car_text(car: Listing, mileage_unit: str, *, more: bool = False) -> str:
    """Return a car in a few words; with `more`, everything about it that has a canonical field.

    Examples
    --------
    >>> car = {"make": "Kia", "model": "Rio", "year": 2015.0, "mileage_km": 80_000.0, "fuel": "petrol", "doors": 5.0}
    >>> car_text(car, "km"), car_text(car, "km", more=True)
    ('Kia Rio, 2015, 80,000 km', 'Kia Rio, 2015, 80,000 km, petrol, 5 doors')
    """
    rest = [name for name in BY_NAME if name not in (*NAMES, *AFTER)] if more else []
    told = [said(group, car, mileage_unit) for group in (NAMES, (*AFTER, *rest))]
    return ", ".join(text for text in told if text != NOT_GIVEN)


def _value(name: str, value: Value, mileage_unit: str, *, alone: bool) -> str:
    if not isinstance(value, (int, float)):
        return str(value)
    field = field_named(name, "number")
    if name == "year":
        return f"{value:.0f}"
    if name == "mileage_km":
        return f"{value / KM_A_MILE if mileage_unit == 'mi' else value:,.0f} {mileage_unit}"
    unit = field.unit or ("" if alone else field.label.lower())
    return f"{value:,.6g} {unit}".rstrip()
