"""The encoder over some hundred or thousand listings at once: what words mean is looked up once and remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from car_price_prediction.domain.listing import Listing, Value

from .booster import Matrix
from .encoder import UNKNOWN, Encoder, Feature
from .hedonic import Curve, Hedonic, Part
from .keys import joined_key

REMEMBERED = 50_000
Columns = Mapping[str, Sequence[Value]]
"""Field -> its value of each listing."""


class Memo(dict[Any, Any]):
    """Remembers what a function of one value answers; forgets all when that is too much.

    Parameters
    ----------
    function : callable
    most : int

    Examples
    --------
    >>> lengths = Memo(len)
    >>> lengths["Audi"], list(lengths)
    (4, ['Audi'])
    """

    def __init__(self, function: Callable[[Any], Any], most: int = REMEMBERED) -> None:
        super().__init__()
        self._function, self._most = function, most

    def __missing__(self, value: Hashable) -> Any:
        answer = self._function(value)
        if len(self) >= self._most:
            self.clear()
        self[value] = answer
        return answer

    def all(self, values: Sequence[Hashable]) -> list[Any]:
        """Return the answers for many values."""
        return list(map(self.__getitem__, values))


class RowsEncoder:
    """Encodes listings in which usual values stand already, column by column. Several threads may use it at once.

    Parameters
    ----------
    encoder : Encoder

    Examples
    --------
    >>> make = Feature(name="make", kind="category", fields=("make",), codes={"audi": 0})
    >>> year = Feature(name="year", kind="number", fields=("year",))
    >>> cars = [{"make": "AUDI ", "year": 2015}, {"make": "Audi"}]
    >>> RowsEncoder(Encoder(features=(make, year))).encode(columns_of(cars, ("make", "year")), 2).tolist()
    [[0.0, 2015.0], [0.0, nan]]
    """

    def __init__(self, encoder: Encoder) -> None:
        self.fields = encoder.fields
        self._steps = [_step(feature) for feature in encoder.features]

    def encode(self, columns: Columns, height: int) -> Matrix:
        """Return the matrix of the listings, equal to what `Encoder.row_encoder` makes of each.

        Parameters
        ----------
        columns : mapping of str to sequence
            Of every field in `fields`.
        height : int
            How many listings there are.
        """
        out = np.empty((height, len(self._steps)))
        for position, step in enumerate(self._steps):
            out[:, position] = step(columns)
        return out


def columns_of(listings: Sequence[Listing], fields: Sequence[str]) -> dict[str, list[Value]]:
    """Return the fields of listings, None where one is absent."""
    return {name: [listing.get(name) for listing in listings] for name in fields}


def numbers_of(column: Sequence[Value]) -> Matrix:
    """Return a column of numbers, NaN where one is absent."""
    return np.array(column, dtype=np.float64)


def _step(feature: Feature) -> Callable[[Columns], Any]:
    if feature.hedonic is not None:
        return _hedonic(feature.hedonic)
    names, codes = feature.fields, feature.codes
    if feature.kind == "number":
        return lambda columns: _numbers(feature, columns)
    memo = Memo(lambda values: codes.get(joined_key(values), UNKNOWN))
    return lambda columns: memo.all(list(zip(*(columns[name] for name in names), strict=True)))


def _numbers(feature: Feature, columns: Columns) -> Matrix:
    more = numbers_of(columns[feature.plus]) if feature.plus in columns else None
    return numbers_as_read(feature, numbers_of(columns[feature.fields[0]]), more)


def _hedonic(hedonic: Hedonic) -> Callable[[Columns], Matrix]:
    parts = [(name, _part(part)) for name, part in hedonic.parts().items()]

    def score(columns: Columns) -> Matrix:
        total: Any = hedonic.intercept
        for name, part in parts:
            if name in columns:
                total = total + np.array(part(columns[name]))
        return np.asarray(total, dtype=np.float64)

    return score


def _part(part: Part) -> Callable[[Sequence[Value]], Any]:
    if not isinstance(part, Curve):
        return Memo(part).all
    return lambda column: curve_of(part, numbers_of(column))


def numbers_as_read(feature: Feature, numbers: Matrix, more: Matrix | None) -> Matrix:
    """Return what the model reads of numbers, NaN where one is absent, and of those that are added to them."""
    value = numbers if more is None else numbers + np.nan_to_num(more)
    return np.where(np.isnan(value), feature.otherwise, np.clip(value, *feature.bounds))


def curve_of(curve: Curve, numbers: Matrix) -> Matrix:
    """Return what numbers add; absent ones add nothing."""
    scaled = (np.clip(numbers, curve.low, curve.high) - curve.centre) / curve.scale
    added: Matrix = np.nan_to_num(scaled * curve.linear + scaled * scaled * curve.squared)
    return added
