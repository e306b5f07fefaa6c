"""When two descriptions are of one car."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from car_price_prediction.domain.listing import ASKING_PRICE, Listing, Value
from car_price_prediction.domain.text import category_key

IDENTITY = ("make", "model", "year", "mileage_km")
"""Equal in every description of one car; see docs/decisions/0054."""
KEY_BYTES = 16
REMEMBERED = 16_384


def car_key(car: Listing) -> str:
    """Return what is equal for two descriptions of which make, model, year and mileage are equal.

    Examples
    --------
    >>> car_key({"make": "BMW", "year": 2015.0}) == car_key({"make": " bmw", "year": 2015, "fuel": "petrol"})
    True
    >>> car_key({"make": "BMW", "mileage_km": 80_000}) == car_key({"make": "BMW", "mileage_km": 81_000})
    False
    """
    told = "\x1f".join(_word(car.get(name)) for name in IDENTITY)
    return hashlib.blake2b(told.encode(), digest_size=KEY_BYTES).hexdigest()


def contradicts(one: Listing, other: Listing) -> bool:
    """Whether two descriptions tell a field differently; what only one of them tells is no contradiction.

    Examples
    --------
    >>> contradicts({"make": "BMW", "fuel": "petrol"}, {"make": "bmw", "colour": "red"})
    False
    >>> contradicts({"make": "BMW", "fuel": "petrol"}, {"make": "BMW", "fuel": "diesel"})
    True
    """
    return any(_word(one[name]) != _word(other[name]) for name in _told(one) & _told(other))


def whole_key(car: Listing) -> str:
    """Return what is equal for two descriptions that tell the same fields, all of them equal."""
    told = "\x1f".join(f"{name}\x1e{_word(car[name])}" for name in sorted(_told(car)))
    return hashlib.blake2b(told.encode(), digest_size=KEY_BYTES).hexdigest()


def _told(car: Listing) -> set[str]:
    return {name for name, value in car.items() if value is not None and name != ASKING_PRICE}


def _word(value: Value) -> str:
    if value is None:
        return ""
    return _category(value) if isinstance(value, str) else f"{float(value):.6g}"


_category = lru_cache(REMEMBERED)(category_key)
