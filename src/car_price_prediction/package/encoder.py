"""A listing -> the row of numbers that the model reads: the one encoder of training and of pricing.

Pure Python, for one listing at a time; `frames` does the same for whole tables, and a test holds the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from car_price_prediction.domain.listing import Listing, Value

from .hedonic import REMEMBERED, Hedonic
from .keys import joined_key, key_of
from .usual import Usual

UNKNOWN = math.nan
"""The code of a category that training did not see often enough: LightGBM reads it as missing."""


class Feature(BaseModel):
    """One column of the model's input.

    A ``number`` is taken as it is, or as `low` or `high` where it lies beyond; `absent` stands in for one that is not
    there, and `plus` names a further number that is added where it is. A ``category`` is the code of the
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
    absent: float | None = None
    plus: str = ""

    @property
    def otherwise(self) -> float:
        """What stands in for an absent number."""
        return math.nan if self.absent is None else self.absent

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value of a number."""
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high


class Encoder(BaseModel):
    """The features of a model, in the order of its input columns, and what stands in for absent values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: tuple[Feature, ...]
    usual: Usual = Usual()

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
        encode, filled = self.whole_row_encoder(), self.usual.filled
        return lambda listing: encode(filled(listing))

    def whole_row_encoder(self) -> Callable[[Listing], list[float]]:
        """Return a function that encodes one listing in which usual values stand already."""
        categories, numbers, others = [], [], []
        for at, feature in enumerate(self.features):
            if feature.kind == "category":
                categories.append((at, feature.fields[0], feature.codes))
            elif feature.kind == "number":
                numbers.append((at, feature.fields[0], feature.plus, feature.otherwise, *feature.bounds))
            else:
                others.append((at, _step(feature)))
        empty = [UNKNOWN] * len(self.features)

        def encode(listing: Listing) -> list[float]:
            # Each kind in a loop of its own: a function for each feature would take twice as long.
            row, get = empty.copy(), listing.get
            for at, name, codes in categories:
                row[at] = codes.get(key_of(get(name)), UNKNOWN)
            for at, name, plus, absent, low, high in numbers:
                value = get(name)
                if value is None:
                    row[at] = absent
                    continue
                number = float(value)
                if plus and (more := get(plus)) is not None:
                    number += float(more)
                row[at] = low if number < low else min(number, high)
            for at, step in others:
                row[at] = step(listing)
            return row

        return encode


def _step(feature: Feature) -> Callable[[Listing], float]:
    if feature.hedonic is not None:
        return feature.hedonic.scorer()
    codes, names = feature.codes, feature.fields

    @lru_cache(REMEMBERED)
    def code(*values: Value) -> float:
        return codes.get(joined_key(values), UNKNOWN)

    return lambda listing: code(*map(listing.get, names))
