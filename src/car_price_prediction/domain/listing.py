"""The canonical fields of a car listing, their units and their plausible ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["category", "number"]
Value: TypeAlias = "str | float | None"
#: One car: canonical field name -> value. Numbers are in the canonical unit, absent and None are the same.
Listing: TypeAlias = "Mapping[str, Value]"

FIRST_YEAR = 1885
"""The year of the Benz Patent-Motorwagen: no car is older."""


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field.

    Attributes
    ----------
    name : str
        The canonical name; a unit, where there is one, stands in it.
    kind : {"category", "number"}
        A word or a number.
    label : str
        The name for people.
    unit : str
        The canonical unit, or ``""``.
    low, high : float or None
        The plausible range, both ends included. ``year`` ends next year: see `rules.plausible_range`.
    """

    name: str
    kind: Kind
    label: str
    unit: str = ""
    low: float | None = None
    high: float | None = None


FIELDS: tuple[Field, ...] = (
    Field("make", "category", "Make"),
    Field("model", "category", "Model"),
    Field("trim", "category", "Trim"),
    Field("year", "number", "Year", "year", FIRST_YEAR, None),
    Field("mileage_km", "number", "Mileage", "km", 0, 2_000_000),
    Field("price", "number", "Price", "currency", 0, 1e12),
    Field("body", "category", "Body"),
    Field("fuel", "category", "Fuel"),
    Field("transmission", "category", "Transmission"),
    Field("drive", "category", "Drive"),
    Field("engine_l", "number", "Engine", "l", 0, 30),
    Field("power_kw", "number", "Power", "kW", 0, 2_000),
    Field("cylinders", "number", "Cylinders", "", 0, 18),
    Field("doors", "number", "Doors", "", 0, 9),
    Field("seats", "number", "Seats", "", 0, 100),
    Field("colour", "category", "Colour"),
    Field("steering", "category", "Steering"),
    Field("condition", "category", "Condition"),
    Field("owners", "number", "Owners", "", 0, 50),
    Field("region", "category", "Region"),
    Field("seller", "category", "Seller"),
)

BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}

ASKING_PRICE = "asking_price"
"""Sent beside a car's fields, to have it rated: no field of the car, and no model reads it."""
ASKING = Field(ASKING_PRICE, "number", "Asking price", "currency", 0.01, 1e12)


def field_named(name: str, kind: Kind = "category") -> Field:
    """Return the canonical field of that name, or an extra field of the given kind.

    Examples
    --------
    >>> field_named("mileage_km").unit
    'km'
    >>> field_named("levy", "number").label
    'Levy'
    """
    if name == ASKING_PRICE:
        return ASKING
    return BY_NAME.get(name) or Field(name, kind, name.replace("_", " ").strip().capitalize())
