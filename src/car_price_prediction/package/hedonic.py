"""A hedonic regression of the log price: each field adds its own part, words of free text among them.

Its answer is one of the features that the boosted trees read: trees split on whole categories and miss what single
words of a trim or a title say, and they do not extrapolate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from car_price_prediction.domain.listing import Listing, Value
from car_price_prediction.domain.text import category_key

WORD = re.compile(r"\w[\w.]*")
Part = Callable[[Value], float]
REMEMBERED = 4_096
"""So many texts of a field are remembered: to take one apart takes longer than the whole rest of an encoding."""


class Curve(BaseModel):
    """What a number adds: a parabola over its usual range, level outside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float
    high: float
    centre: float
    scale: float = Field(gt=0)
    linear: float
    squared: float

    def __call__(self, value: Value) -> float:
        """Return what the number adds to the log price; an absent one adds nothing.

        Examples
        --------
        >>> age = Curve(low=2000, high=2020, centre=2010, scale=5, linear=0.4, squared=0.0)
        >>> age(2015.0), age(2035.0), age(None)
        (0.4, 0.8, 0.0)
        """
        return self.function()(value)

    def function(self) -> Part:
        """Return the same as a function of its own, which takes half the time of a call of this one."""
        low, high, centre, scale = self.low, self.high, self.centre, self.scale
        linear, squared = self.linear, self.squared

        def part(value: Value) -> float:
            if value is None or isinstance(value, str):
                return 0.0
            scaled = (min(max(float(value), low), high) - centre) / scale
            return scaled * linear + scaled * scaled * squared

        return part


class Hedonic(BaseModel):
    """The fitted regression.

    Attributes
    ----------
    intercept : float
    curves : dict of str to Curve
        Number field -> what it adds.
    words : dict of str to dict of str to float
        Category field -> word -> what its presence adds.
    shares : dict of str to float
        Field -> its share of the spread of the answers over the training listings; they add up to 1.

    References
    ----------
    Griliches (1961), "Hedonic price indexes for automobiles: an econometric analysis of quality change".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    intercept: float
    curves: dict[str, Curve]
    words: dict[str, dict[str, float]]
    shares: dict[str, float] = Field(default_factory=dict)

    def parts(self) -> dict[str, Part]:
        """Return for each field the function from its value to what it adds to the log price."""
        curves = {name: curve.function() for name, curve in self.curves.items()}
        return curves | {name: _words_part(weights) for name, weights in self.words.items()}

    def scorer(self) -> Callable[[Listing], float]:
        """Return a function from a listing to its log price.

        Examples
        --------
        >>> model = Hedonic(intercept=9.0, curves={}, words={"trim": {"gti": 0.3, "black": 0.1}})
        >>> model.scorer()({"trim": "GTI Black Edition"})
        9.4
        """
        intercept, parts = self.intercept, list(self.parts().items())

        def score(listing: Listing) -> float:
            # One after another, as whole columns are added: `sum` rounds otherwise since Python 3.12.
            total, get = intercept, listing.get
            for name, part in parts:
                total += part(get(name))
            return total

        return score


def words_of(text: str) -> list[str]:
    """Return the distinct words of a text, and the text itself where it has several.

    Examples
    --------
    >>> words_of("TDI  Sport, sport")
    ['sport', 'tdi', 'tdi sport, sport']
    """
    key = category_key(text)
    # Sorted, for sets have no order that is the same in every process, and sums depend on it.
    return sorted({*WORD.findall(key), key})


def _words_part(weights: Mapping[str, float]) -> Part:
    @lru_cache(REMEMBERED)
    def part(value: Value) -> float:
        if value is None:
            return 0.0
        text = value if isinstance(value, str) else f"{value:.6g}"
        return math.fsum(weights.get(word, 0.0) for word in words_of(text))

    return part
