"""A listing -> the row of numbers that the model reads: the one encoder of training and of pricing.

Pure Python, for one listing at a time; `frames` does the same for whole tables, and a test holds the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from car_price_prediction.domain.listing import Listing, Value
from car_price_prediction.domain.text import category_key

from .hedonic import REMEMBERED, Hedonic

MISSING = ""
"""The key of an absent category; it has a code of its own where training saw absent ones."""
JOINT = "\x1f"
"""Stands between the parts of a joined key; no listing holds this control character."""
UNKNOWN = math.nan
"""The code of a category that training did not see often enough: LightGBM reads it as missing."""


class Feature(BaseModel):
    """One column of the model's input.

    A ``number`` is taken as it is, or as `low` or `high` where it lies beyond. A ``category`` is the code of the
    field's key in `codes`; a ``joined`` category the code of several fields' keys together, such as make, model and
    year. A ``hedonic`` one is the answer of a hedonic regression on the fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["number", "category", "joined", "hedonic"]
    fields: tuple[str, ...] = Field(min_length=1)
    codes: dict[str, int] = Field(default_factory=dict)
    hedonic: Hedonic | None = None
    low: float | None = None
    high: float | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value of a number."""
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high


class Encoder(BaseModel):
    """The features of a model, in the order of its input columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: tuple[Feature, ...]

    @property
    def categorical(self) -> list[int]:
        """The positions of the features that hold codes."""
        return [i for i, feature in enumerate(self.features) if feature.kind in ("category", "joined")]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the features read, each once, in order."""
        return tuple(dict.fromkeys(name for feature in self.features for name in feature.fields))

    def row_encoder(self) -> Callable[[Listing], list[float]]:
        """Return a function that encodes one listing.

        Examples
        --------
        >>> make = Feature(name="make", kind="category", fields=("make",), codes={"audi": 0})
        >>> year = Feature(name="year", kind="number", fields=("year",))
        >>> Encoder(features=(make, year)).row_encoder()({"make": "AUDI ", "year": 2015})
        [0, 2015.0]
        """
        steps = [_step(feature) for feature in self.features]
        return lambda listing: [step(listing) for step in steps]


def key_of(value: Value) -> str:
    """Return the key under which a value is looked up.

    Examples
    --------
    >>> key_of(" Diesel"), key_of(2.0), key_of(None)
    ('diesel', '2', '')
    """
    if value is None:
        return MISSING
    return category_key(value) if isinstance(value, str) else f"{value:.6g}"


def joined_key(values: Iterable[Value]) -> str:
    """Return the key of several values together.

    Examples
    --------
    >>> joined_key(["Audi", 2015.0]) == "audi" + JOINT + "2015"
    True
    """
    return JOINT.join(key_of(value) for value in values)


def _step(feature: Feature) -> Callable[[Listing], float]:
    if feature.hedonic is not None:
        return feature.hedonic.scorer()
    name, codes, names = feature.fields[0], feature.codes, feature.fields
    if feature.kind == "number":
        low, high = feature.bounds

        def number(listing: Listing) -> float:
            value = listing.get(name)
            return math.nan if value is None else min(max(float(value), low), high)

        return number
    if feature.kind == "category":
        return lambda listing: codes.get(key_of(listing.get(name)), UNKNOWN)

    @lru_cache(REMEMBERED)
    def code(*values: Value) -> float:
        return codes.get(joined_key(values), UNKNOWN)

    return lambda listing: code(*map(listing.get, names))
