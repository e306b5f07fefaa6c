"""The keys under which values are looked up: the same for a car priced now as for the listings learnt from."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from car_price_prediction.domain.listing import Value
from car_price_prediction.domain.text import category_key

MISSING = ""
"""The key of an absent category; it has a code of its own where training saw absent ones."""
JOINT = "\x1f"
"""Stands between the parts of a joined key; no listing holds this control character."""

REMEMBERED, LONGEST = 32_768, 64
"""So many keys of words are remembered, of words of so many letters; longer ones seldom come again."""

_remembered_key = lru_cache(REMEMBERED)(category_key)


def key_of(value: Value) -> str:
    """Return the key under which a value is looked up.

    Examples
    --------
    >>> key_of(" Diesel"), key_of(2.0), key_of(None)
    ('diesel', '2', '')
    """
    if value is None:
        return MISSING
    if isinstance(value, str):
        return _remembered_key(value) if len(value) <= LONGEST else category_key(value)
    return f"{value:.6g}"


def joined_key(values: Iterable[Value]) -> str:
    """Return the key of several values together.

    Examples
    --------
    >>> joined_key(["Audi", 2015.0]) == "audi" + JOINT + "2015"
    True
    """
    return JOINT.join(key_of(value) for value in values)
